"""Made-up personal data and secrets, one or more of each class, and the encodings they may come in.

What belongs here: values that must never be found in what was written. Each is put together from pieces, so that
secret scanners do not take this file for a leak; keys are documented examples or invented. What does not: look-
alikes (patterns.toml), the check itself (leaks.py).
"""

import base64
import json
from urllib.parse import quote

from sessions_platform.sessions.redact.leaks import leaks

__all__ = ["CANARIES", "encodings", "leaks"]

_PEM = " PRIVATE" + " KEY-----"

# By class. Where only the words around a value give it away, they are part of the canary.
CANARIES: dict[str, list[str]] = {
    "email": ["anna.novak" + "@acme.test", "j.doe+agents" + "@mail.example.org"],
    "phone": ["+420 777 123" + " 456", "(415) 555" + "-2671", "415.268." + "3391x204"],
    "ip": ["61.73." + "118.92", "2001:db8:85a3::" + "8a2e:370:7334"],
    "mac": ["00:1b:44:" + "11:3a:b7"],
    "card": ["4111 1111" + " 1111 1111", "5500000000" + "000004", "3782-822463" + "-10005"],
    "iban": ["DE89 3704 0044" + " 0532 0130 00", "GB82WEST1234" + "5698765432"],
    "ssn": ["412-33" + "-9018"],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NSJ9" + ".c2lnbmF0dXJlLWV4YW1wbGU"],
    "private_key": ["-----BEGIN RSA" + _PEM + "\nMIIEowIBAAKCAQEAx1Q2hhbmdlTWU\nTm90QUtleQ==\n-----END RSA" + _PEM],
    "aws_access_key": ["AKIA" + "IOSFODNN7EXAMPLE"],
    "aws_secret_key": ["aws_secret_access_key = wJalrXUtnFEMI/" + "K7MDENG/bPxRfiCYEXAMPLEKEY"],
    "gcp_key": ["AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "ya29." + "a0AfH6SMBx1234567890abcdef"],
    "azure_key": ["AccountKey=" + "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYg=="],
    "github_token": ["ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a", "github_" + "pat_11ABCDEFG0abcdefghijkl_mnopqrs"],
    "gitlab_token": ["glpat" + "-ABCdef123456789xyzAB"],
    "slack_token": [
        "xox" + "b-123456789012-abcdefABCDEF",
        "https://hooks.slack" + ".com/services/T00000000/B00000000/XXXXXXXX",
    ],
    "langfuse_key": [
        "sk-lf-" + "1234abcd-12ab-34cd-56ef-1234567890ab",
        "pk-lf-" + "1234abcd-12ab-34cd-56ef-1234567890ab",
    ],
    "openai_key": ["sk-" + "abcdEFGH1234567890abcdEFGH1234567890", "sk-proj" + "-abcDEF1234567890_abcDEF"],
    "anthropic_key": ["sk-ant" + "-api03-abcDEF1234567890_abcDEF"],
    "huggingface_token": ["hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345"],
    "stripe_key": ["sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc"],
    "npm_token": ["npm_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"],
    "pypi_token": ["pypi-" + "AgEIcHlwaS5vcmcCJDEyMzQ1Njc4LTkwYWItY2RlZi0xMjM0"],
    "api_key": ["SG." + "abcdefghijklmnop1234.ABCDEFGHIJKLMNOPqrstuvwxyz12345"],
    "secret": ["DB_PASSWORD=" + "hunter2x", "Authorization: Bearer " + "0a1b2c3d4e5f60718293a4b5"],
    "url_credentials": ["postgres://svc_app:" + "s3cr3tPw" + "@db.internal:5432/app"],
    "home": ["/home/" + "nadia/src/x.py", "/Users/" + "nadia.k/Library"],
    "account": ["arn:aws:iam::" + "210987654321:role/x", "/subscriptions/" + "3f2c1a90-7b1e-4c55-9a10-0123456789ab/x"],
}


def encodings(value: str) -> dict[str, str]:
    """The value in every encoding that redaction looks through, by the encoding's name."""
    data = value.encode()
    forms = {
        "plain": value,
        "unicode escapes": "".join(f"\\u{ord(character):04x}" for character in value),
        "hex escapes": "".join(f"\\x{byte:02x}" for byte in data),
        "percent": quote(value, safe=""),
        "percent, every byte": "".join(f"%{byte:02X}" for byte in data),
        "percent, twice": quote(quote(value, safe=""), safe=""),
        "HTML entities": "".join(f"&#{ord(character)};" for character in value),
        "HTML entities in hex": "".join(f"&#x{ord(character):x};" for character in value),
        "base64": base64.b64encode(data).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(data).decode().rstrip("="),
        "base64, twice": base64.b64encode(base64.b64encode(data)).decode(),
        "key of an object": json.dumps({value: 1}),
        "item of a list": json.dumps([1, value, None]),
    }
    nested = value
    for depth in range(1, 5):
        nested = json.dumps({"content": nested})
        forms[f"JSON in a string, depth {depth}"] = nested
    return forms
