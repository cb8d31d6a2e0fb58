"""Two spellings of one value made one, so that they get one token.

What belongs here: functions from text to text. What does not: the keyed hash (redactor.py). `Redactor.token`
applies `plain` to every value, whatever its class: the same e-mail address as user id and in a text must meet in
one token.
"""

import unicodedata


def plain(value: str) -> str:
    """Without case, outer blanks, and differences of Unicode form."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value.encode("utf-8", "replace").decode())
    return " ".join(value.casefold().split())


def exact(value: str) -> str:
    """A key or password as it stands."""
    return value


def alphanumeric(value: str) -> str:
    """Letters and digits alone: card and account numbers are grouped in many ways."""
    return "".join(character for character in value if character.isalnum())


def phone(value: str) -> str:
    """Digits alone, without the international prefix and the extension's mark."""
    digits = "".join(character for character in value if character.isdigit())
    return digits.removeprefix("00")
