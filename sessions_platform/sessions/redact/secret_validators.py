"""Passwords and keys that only the words around them give away, told from code, prose and placeholders.

What belongs here: judging a value that stands behind "password=" and its like. What does not: keys with a shape of
their own (patterns.toml), numbers and addresses (validators.py).
"""

import base64
import binascii
import re

Span = tuple[int, int]

_NOT_VALUES = frozenset(
    b"none null true false string str bytes int bool boolean object required optional hidden redacted masked secret"
    b" password passwd token changeme undefined value type any text unknown empty missing invalid valid expired enabled"
    b" disabled input number example placeholder default basic bearer authentication authorization self this".split()
)
_PLACEHOLDER = re.compile(
    rb"^[$%{<*\[(]|\$\{|\{\{|\.\.\.|^[*xX.#_-]+$|(?i:^(?:your|my|the|some|a)[-_ ]|_here$|[-_ ]here\b|^https?://)|^TOKEN$"
)
_CODE = re.compile(
    rb"(?i)pass|pwd|secret|(?<![a-z])key|token|config|settings|environ|getenv|args|params|self\.|option"
    rb"|credential"
)
_IDENTIFIER = re.compile(rb"[A-Za-z]+(?:_[A-Za-z]+)+|(?:AWS|[A-Z][a-z]+)(?:[A-Z][a-z]+)+")
_WORDLIKE = re.compile(rb"[A-Za-z_.:/-]+")
_RESOURCE = re.compile(rb"[a-z][a-z0-9]{0,15}(?:-[a-z0-9]{1,12})+")
_TOKENISH = re.compile(
    rb"(?i)(?:token|credentials?)[_-]?(?:value|key|string|text|plain|[0-9])?"
    rb"[\"'\\]{0,6}[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}[bruf]?[\"'\\]*$"
)
_ASSIGNED = re.compile(rb"[A-Za-z0-9_]=$")


def placeholder(value: bytes) -> bool:
    """A word that stands where a secret would: none, <password>, ${VAR}, ****."""
    return value.lower().strip(b".:!?") in _NOT_VALUES or _PLACEHOLDER.search(value) is not None


def has_digit_and_letter(value: bytes) -> bool:
    return re.search(rb"[0-9]", value) is not None and re.search(rb"[A-Za-z]", value) is not None


def looks_chosen(value: bytes) -> bool:
    """Not a plain word: it has a digit or a sign that words don't have."""
    return _WORDLIKE.fullmatch(value) is None


def mixed(data: bytes, start: int, end: int) -> Span | None:
    """A key has digits and letters; a long word has not."""
    return (start, end) if has_digit_and_letter(data[start:end]) else None


def userinfo(data: bytes, start: int, end: int) -> Span | None:
    """User and password before a host; a shared user name alone, or a template, is none."""
    value = data[start:end]
    if value[:1] == b"[" or value in (
        b"git",
        b"ssh",
        b"root",
        b"ubuntu",
        b"ec2-user",
        b"admin",
        b"hg",
        b"svn",
        b"user",
    ):
        return None
    parts = [part for part in value.split(b":") if part]
    template = re.compile(rb"\$?\{[^}]*\}?|\$[A-Za-z_]+|%s|\*+|\.\.\.")
    return None if not parts or all(template.fullmatch(part) for part in parts) else (start, end)


def authorization(data: bytes, start: int, end: int) -> Span | None:
    """A header's value, not a word about it."""
    value = data[start:end].rstrip(b".:")
    if placeholder(value) or not (has_digit_and_letter(value) or re.search(rb"[a-z][A-Z]", value)) or len(value) < 6:
        return None
    return start, start + len(value)


def basic_credentials(data: bytes, start: int, end: int) -> Span | None:
    """Base64 of user:password."""
    value = data[start:end]
    try:
        decoded = base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return (start, end) if re.fullmatch(rb"[\x20-\x7e]*:[\x20-\x7e]*", decoded) else None


def secret_quoted(data: bytes, start: int, end: int) -> Span | None:
    """A string literal given to a name that says secret."""
    value = data[start:end]
    if placeholder(value) or _CODE.fullmatch(value):
        return None
    if _TOKENISH.search(data[max(0, start - 48) : start]):
        return (start, end) if len(value) >= 8 and b" " not in value and has_digit_and_letter(value) else None
    words = value.split()
    if len(words) > 6 or (len(words) == 1 and len(value) < 6 and not looks_chosen(value)):
        return None
    named = _RESOURCE.fullmatch(value) or _IDENTIFIER.fullmatch(value)
    return None if named and _CODE.search(value) else (start, end)


def secret_bare(data: bytes, start: int, end: int) -> Span | None:
    """A value without quotes may as well be code or prose: it must look chosen, or be assigned without a blank."""
    value = data[start:end].rstrip(b".:")
    if len(value) < 4 or placeholder(value) or _continues_as_code(data, value, end):
        return None
    assigned = _ASSIGNED.search(data[max(0, start - 4) : start]) is not None
    if _TOKENISH.search(data[max(0, start - 48) : start]):
        good = len(value) >= 8 and has_digit_and_letter(value)
    elif _RESOURCE.fullmatch(value):
        good = assigned and not _CODE.search(value)
    elif looks_chosen(value):
        good = not (re.fullmatch(rb"[A-Za-z_]+\d?", value) and _CODE.search(value))
    else:
        good = assigned and len(value) >= 6 and b"." not in value and not _CODE.search(value)
    return (start, start + len(value)) if good else None


def _continues_as_code(data: bytes, value: bytes, end: int) -> bool:
    """Whether a call or an index follows. Functions may have digits in their names (`sha256(`), lists hardly."""
    after = data[end : end + 2]
    return after[:1] == b"(" or after == b"\\(" or (after[:1] == b"[" and not has_digit_and_letter(value))


def secret_flag(data: bytes, start: int, end: int) -> Span | None:
    """The argument of --password and its like; `-u 1000:1000` is a user and a group."""
    value = data[start:end]
    if placeholder(value) or not looks_chosen(value) or value.isdigit():
        return None
    return start, end


def secret_told(data: bytes, start: int, end: int) -> Span | None:
    """What a sentence says the password is."""
    value = data[start:end].rstrip(b".:!?)")
    if placeholder(value) or not re.search(rb"[A-Za-z]", value) or not re.search(rb"[0-9@#$%^&*!+=]", value):
        return None
    return start, start + len(value)


def plausible_secret(key: str, value: str) -> bool:
    """Whether the value of a JSON key that says secret is one: no placeholder, name of a resource, or sentence."""
    data = value.encode("utf-8", "surrogatepass")
    if not 4 <= len(data) <= 2000 or placeholder(data) or data[:1] in (b"{", b"["):
        return False
    if re.search(r"(?i)pass|pwd", key):
        return len(data.split()) <= 6 and (len(data) >= 6 or looks_chosen(data))
    if b" " in data or _RESOURCE.fullmatch(data):
        return False
    return len(data) >= 8 and has_digit_and_letter(data)
