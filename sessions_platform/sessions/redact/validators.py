"""Look-alikes told from the real thing: each function sees the text and the span of a candidate.

What belongs here: `validator(data, start, end) -> (start, end) | None`, where None says "not one" and a narrower
span says "this part". What does not: the shapes (patterns.toml). Secrets told by the words around them are in
secret_validators.
"""

import ipaddress
import re

from sessions_platform.sessions.redact.secret_validators import (
    authorization,
    basic_credentials,
    mixed,
    secret_bare,
    secret_flag,
    secret_quoted,
    secret_told,
    userinfo,
)

__all__ = [
    "authorization", "basic_credentials", "mixed", "secret_bare", "secret_flag", "secret_quoted",
    "secret_told", "userinfo",
    "card", "email", "home", "iban", "ipv4", "ipv6", "mac", "phone_international", "phone_national",
    "phone_told", "ssn",
]  # fmt: skip
Span = tuple[int, int]

_FILES = {
    b"png", b"jpg", b"jpeg", b"gif", b"svg", b"webp", b"ico", b"css", b"js", b"ts", b"json", b"html", b"py",
    b"md", b"yaml",
    b"yml", b"service", b"timer", b"socket", b"target", b"mount", b"slice", b"conf",
}  # fmt: skip
_SHARED_HOMES = {
    b"ubuntu", b"runner", b"root", b"ec2-user", b"circleci", b"vscode", b"jovyan", b"coder", b"linuxbrew",
    b"git", b"jenkins",
    b"airflow", b"admin", b"deploy", b"app", b"node", b"shared", b"public", b"default", b"user", b"username",
    b"users", b"me",
    b"you", b"name", b"guest", b"test", b"sandbox", b"agent", b"debian", b"centos", b"opc", b"azureuser",
    b"vagrant", b"pi",
    b"docker", b"www-data", b"postgres", b"gitlab-runner", b"codespace", b"gradle", b"dagster", b"spark", b"hadoop",
    b"appuser", b"runneradmin", b"administrator", b"containeradministrator", b"all", b"oai",
}  # fmt: skip
_IBAN_LENGTH = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
    "BY": 28, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25,
    "MC": 27, "MD": 24,
    "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29,
    "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22,
    "VG": 24, "XK": 20,
}  # fmt: skip
# Card networks: first digits, and how many digits in all.
_CARD = re.compile(
    rb"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}"
    rb"|(?:6011|65\d\d|64[4-9]\d|62\d\d)\d{12}|35\d{14}|3(?:0[0-5]|6\d|8\d)\d{11}"
)
_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1)}
_VERSION_BEFORE = re.compile(
    rb"(?i)(?:\bv|\bversions?|\bver\.?|\brelease|\btag|\bbuild|\boid|[=<>~^!]=|[~^]|[a-z_]-|[a-z]/v)"
    rb"[\"'\\]{0,6}\s{0,2}[:=]?\s{0,2}[\"'\\]{0,6}$"
)
_OIDS = (b"1.3.6.", b"2.5.4.", b"2.5.29.", b"1.2.840", b"1.0.", b"0.9.2342", b"2.16.")
_DIGITS = re.compile(rb"\d+")
_EXTENSION = re.compile(rb" ?(?:x|ext\.?) ?\d{1,6}$")
_DATE = re.compile(
    rb"(?:19|20)\d\d[-. ](?:0?[1-9]|1[0-2])[-. ](?:[012]?\d|3[01])(?:\D|$)"
    rb"|[0-3]?\d[-. ][01]?\d[-. ](?:19|20)\d\d(?:\D|$)"
)
_ESCAPE_BEFORE = re.compile(rb"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrtbf]|%[0-9A-Fa-f]{2})")
_STRONG_PHONE = re.compile(rb"(?i)(?:phone|tel|mobile|cell|fax|whatsapp|sms|msisdn)")


def digits_only(value: bytes) -> bytes:
    """The ASCII digits of the value."""
    return b"".join(_DIGITS.findall(value))


def _follows(data: bytes, end: int, pattern: bytes) -> bool:
    return re.match(pattern, data[end : end + 8]) is not None


def _precedes(data: bytes, start: int, pattern: bytes) -> bool:
    return re.search(pattern, data[max(0, start - 8) : start]) is not None


def email(data: bytes, start: int, end: int) -> Span | None:
    """No file name such as icon@2x.png, no git remote; an escape such as \\n before the address is not part of it."""
    escape = _ESCAPE_BEFORE.match(data, max(0, start - 1), end) if data[start - 1 : start] in (b"\\", b"%") else None
    if escape is not None:
        start = escape.end()
    elif _precedes(data, start, rb"[A-Za-z0-9_]$"):
        return None
    local, _, domain = data[start:end].rpartition(b"@")
    last = domain.rpartition(b".")[2].lower()
    if not local or last in _FILES or local == b"git":
        return None
    if local.startswith(b"'"):
        start += 1
    return start, end


def luhn(number: bytes) -> bool:
    """The check digit of payment cards."""
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = character - 48
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def card(data: bytes, start: int, end: int) -> Span | None:
    """A known network, its grouping, its check digit; not part of a longer number, decimal, or UUID."""
    if _precedes(data, start, rb"(?:\d[-.:_/]?|[0-9A-Fa-f]-|\.)$") or _follows(
        data, end, rb"[-.:_/]?\d|-[0-9A-Fa-f]|_\w"
    ):
        return None
    value = data[start:end]
    number = digits_only(value)
    separators = {bytes([character]) for character in value if character in b" -"}
    if len(separators) > 1:
        return None
    if separators and tuple(map(len, re.split(rb"[ -]", value))) not in _CARD_GROUPS:
        return None
    return (start, end) if _CARD.fullmatch(number) and len(set(number)) > 1 and luhn(number) else None


def iban(data: bytes, start: int, end: int) -> Span | None:
    """The country's length and mod 97; what follows the account number is left alone."""
    value = data[start:end].decode("latin-1")
    length = _IBAN_LENGTH.get(value[:2].upper())
    if length is None or len(value) < length:
        return None
    places = [place for place, character in enumerate(value) if character.isalnum()]
    if len(places) < length:
        return None
    cut = places[length - 1] + 1
    if re.match(rb"[A-Za-z0-9]", data[start + cut : start + cut + 1]):
        return None
    compact = "".join(value[place] for place in places[:length]).upper()
    rest = int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4]))
    return (start, start + cut) if rest % 97 == 1 else None


def ssn(data: bytes, start: int, end: int) -> Span | None:
    """The areas, groups and serials that the issuer gives out; not part of a longer number."""
    number = digits_only(data[start:end])
    if _precedes(data, start, rb"\d[-.]?$") or _follows(data, end, rb"[-.]?\d"):
        return None
    given = number[:3] not in (b"000", b"666") and number[:1] != b"9" and number[3:5] != b"00" and number[5:] != b"0000"
    return (start, end) if given else None


def mac(data: bytes, start: int, end: int) -> Span | None:
    """Not the empty and not the broadcast address."""
    return (start, end) if len(set(data[start:end].lower())) > 2 else None


def ipv6(data: bytes, start: int, end: int) -> Span | None:
    """An address that parses, is not loopback, and has enough groups not to be a C++ scope."""
    value = data[start:end].decode("ascii")
    groups = [group for group in value.split(":") if group]
    if not (len(groups) >= 4 or (groups and len(groups[0]) == 4 and len(groups) >= 2)):
        return None
    if not any(character.isdigit() for character in value) or ("::" not in value and max(map(len, groups)) < 3):
        return None
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else (start, end)


def ipv4(data: bytes, start: int, end: int) -> Span | None:
    """Four octets; no loopback, mask, version or object identifier."""
    value = data[start:end]
    parts = value.split(b".")
    if any(int(part) > 255 or (len(part) > 1 and part[:1] == b"0") for part in parts):
        return None
    if parts[0] in (b"127", b"0", b"255") or value.startswith(_OIDS):
        return None
    if _precedes(data, start, rb"(?:\d[.-]|\.)$") or _follows(data, end, rb"\.\d|-\d|_|\.\*"):
        return None
    return None if _VERSION_BEFORE.search(data[max(0, start - 24) : start]) else (start, end)


def _plausible_phone(value: bytes) -> bool:
    digits = digits_only(_EXTENSION.sub(b"", value))
    return 7 <= len(digits) <= 15 and len(set(digits)) > 2 and _DATE.match(value.lstrip(b"+(")) is None


def _decimal(value: bytes) -> bool:
    """One dot and no other separator: 12345.678901 is a number."""
    return value.count(b".") == 1 and not re.search(rb"[ ()-]", value)


def phone_international(data: bytes, start: int, end: int) -> Span | None:
    """A plus and a country code; ten digits if nothing separates them. A North American number ends after eleven."""
    value = data[start:end]
    if _decimal(value) or _follows(data, end, rb"[0-9A-Za-z]|[-.:]\d") or not _plausible_phone(value):
        return None
    digits = digits_only(_EXTENSION.sub(b"", value))
    if len(digits) < (8 if re.search(rb"[ ().-]", value) else 10):
        return None
    if digits[:1] == b"1" and len(digits) > 11:
        place = [match.start() for match in re.finditer(rb"\d", value)][10]
        return (start, start + place + 1) if value[place + 1 : place + 2] == b" " else None
    return start, end


def phone_national(data: bytes, start: int, end: int) -> Span | None:
    """A grouping that telephone numbers have; not a row of figures and not a longer number."""
    value = data[start:end]
    if _precedes(data, start, rb"(?:\d[ .-]?|[0-9a-f]{4} )$") or _follows(data, end, rb"[A-Za-z0-9]|[-.:]\d| \d{4}"):
        return None
    if len(digits_only(_EXTENSION.sub(b"", value))) < 8:
        return None
    return (start, end) if _plausible_phone(value) else None


def phone_told(data: bytes, start: int, end: int) -> Span | None:
    """A number that the words around it call a telephone number; after weak words ("call") it must be grouped, too."""
    value = data[start:end]
    if (
        _follows(data, end, rb"[A-Za-z0-9]|[-.:]\d")
        or _precedes(data, start, rb"[0-9.]$")
        or not _plausible_phone(value)
    ):
        return None
    grouped = re.search(rb"\d[ ().-]+\d", value) is not None
    strong = _STRONG_PHONE.search(data[max(0, start - 48) : start]) is not None
    dotted = b"." in value and not re.search(rb"[ ()-]", value) and not re.match(rb"\d{3}\.\d{3}\.\d{4}", value)
    if dotted or (not grouped and not (strong and len(digits_only(value)) >= 9)):
        return None
    return start, end


def home(data: bytes, start: int, end: int) -> Span | None:
    """The folder's owner, unless it is an account that machines share."""
    value = data[start:end].rstrip(b".")
    escape = value.find(b"\\")
    name = value if escape < 0 else value[:escape]
    return None if not name or name.lower() in _SHARED_HOMES else (start, start + len(name))
