"""What a call's result says: failed or not, why, empty or not, good news or bad. Structure first, words second.

The platform judges a call by the evidence its protocol gives; many tools only say in their own words or JSON that they
failed, with success assumed. Only the places where a result speaks of the call itself are read: top-level keys, the
first line, the last line. A log that holds errors is a success.
"""

import re
from typing import Any

from sessions_platform.analysis.checks import result_words
from sessions_platform.analysis.checks.shapes import ends_of
from sessions_platform.sessions.digest.failures import error_text, essence_of, is_failed
from sessions_platform.sessions.jsontext import NotJson, parse
from sessions_platform.sessions.model import Part

_JSON_MOST = 20_000
_FEW_LINES = 12
_ERROR_CHARACTERS = 1500
_FALSE_KEYS = ("ok", "success", "succeeded", "successful", "is_success")
_ERROR_KEYS = ("error", "errors", "exception", "error_message", "errorMessage", "error_code", "errorCode", "fault")
_REASON_KEYS = ("reason", "cause", "why", "message", "detail", "hint")
_DONE_KEYS = ("done", "accepted", "applied", "completed", "executed", "processed")
_ERROR_CODE = re.compile(r"(?:E|ERR)[-_]?\w{0,20}\d{2,6}|[A-Z]{2,}(?:_[A-Z]+)*_(?:ERROR|FAILED|DENIED|TIMEOUT)")
_STATUS_KEYS = ("status", "state", "result", "type", "outcome")
_STATUS_WORDS = frozenset(
    {
        "failure",
        "nok",
        "refused",
        "aborted",
        "error",
        "errored",
        "timeout",
        "timed_out",
        "timedout",
        "denied",
        "forbidden",
        "unauthorized",
        "rejected",
        "exception",
    }
    | {"failed_precondition", "permission_denied", "not_authorized", "invalid_request", "bad_request", "rate_limited"}
)
_CODE_KEYS = ("code", "status", "statusCode", "status_code", "http_status", "httpStatus", "error_code")
_LIST_KEYS = (
    "results",
    "items",
    "hits",
    "data",
    "rows",
    "matches",
    "records",
    "entries",
    "result",
    "events",
    "logs",
    "value",
)
_COUNT_KEYS = ("count", "total", "total_count", "totalCount", "num_results", "matched", "size", "n")
_KINDS = {
    "timeout": result_words.TIMEOUT,
    "denied": result_words.DENIED,
    "rate_limit": result_words.RATE_LIMIT,
    "unknown_tool": result_words.UNKNOWN_TOOL,
    "wrong_argument": result_words.WRONG_ARGUMENT,
    "malformed": result_words.MALFORMED,
    "context": result_words.CONTEXT_LIMIT,
}


_SAYING = ("timeout", "denied", "rate_limit", "unknown_tool")
"""Kinds that a result of one short line tells of the call itself."""
_SHORT_LINE = 200


def failed(part: Part) -> bool:
    """Whether the call failed, by the platform's evidence or by what its result says of the call."""
    if is_failed(part):
        return True
    if part.success_basis not in (None, "", "default"):
        return False
    return _says_failed(part.tool_output or "")


def error_of(part: Part) -> str:
    """The words of a failed call by which its kind is told: its type, and both ends of its text."""
    text = error_text(part)
    return f"{part.error_type or ''} {ends_of(text, _ERROR_CHARACTERS)}".strip()


def essence(part: Part) -> str:
    """One line of what the error says."""
    return essence_of(error_text(part))


def kinds_of(error: str) -> frozenset[str]:
    """Of what kinds an error is; an error can be of several (a flag that the tool rejects as not valid)."""
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.search(error))


def is_empty(output: str) -> bool:
    """Whether a result holds nothing: no text, an empty list, a count of 0, or a sentence that says so."""
    text = output.strip()
    if len(text) > 2000:
        return False
    if text in ("", "[]", "{}", "null", "None", "()", '""', "''", "[ ]", "{ }"):
        return True
    if text[0] in "{[":
        return _empty_json(text)
    plain = ends_of(text) if len(text) <= 160 else ""
    if not plain:
        return False
    zero = result_words.ZERO_OF.search(plain) and not result_words.GOOD_ZERO.search(plain)
    return bool(zero or result_words.EMPTY.search(plain))


def is_bad_news(output: str) -> bool:
    """Whether a result that was no error tells of something that is not as it should be."""
    return result_words.BAD_STATE.search(ends_of(output[-3000:])) is not None


def _says_failed(output: str) -> bool:
    text = output.strip()
    if not text:
        return False
    if text[0] == "{" and len(text) <= _JSON_MOST:
        value = _parsed(text)
        if isinstance(value, dict):
            return _dict_failed(value)
    first, _, rest = text.partition("\n")
    few = rest.count("\n", 0, 4000) < _FEW_LINES and len(text) < 4000
    if few and _begins_as_errors(first):
        return True
    if not rest and len(first) <= _SHORT_LINE and text[0] not in "{[(<0123456789" and _kind_said(first):
        return True
    if not rest and len(first) <= _SHORT_LINE and result_words.SHORT_FAILURE.search(ends_of(first)):
        return result_words.NO_ERROR.match(ends_of(first)) is None
    last = text[-400:].rsplit("\n", 1)[-1]
    return any(_exit_failed(line) for line in {first[:200], last[-200:]})


def _kind_said(line: str) -> bool:
    line = ends_of(line)
    return any(_KINDS[kind].search(line) for kind in _SAYING)


def _begins_as_errors(line: str) -> bool:
    line = ends_of(line[:400])
    return result_words.FIRST_LINE.match(line) is not None and result_words.NO_ERROR.match(line) is None


def _exit_failed(line: str) -> bool:
    found = result_words.EXIT.search(ends_of(line))
    return found is not None and int(found.group(1)[:6]) not in (0,) and abs(int(found.group(1)[:6])) < 1000


def _dict_failed(value: dict[str, Any]) -> bool:
    if any(value.get(key) is False for key in _FALSE_KEYS):
        return True
    if value.get("timed_out") is True or value.get("timeout") is True:
        return True
    few = len(value) <= 4
    if any(
        value.get(key) not in (None, "", [], {}, False, 0) and (few or key.startswith("error_")) for key in _ERROR_KEYS
    ):
        return True
    if any(isinstance(word := value.get(key), str) and word.lower() in _STATUS_WORDS for key in _STATUS_KEYS):
        return True
    if any(_is_http_error(value.get(key)) for key in _CODE_KEYS):
        return True
    reason = any(isinstance(value.get(key), str) and value[key] for key in _REASON_KEYS)
    if few and reason and any(value.get(key) is False for key in _DONE_KEYS):
        return True
    if few and any(isinstance(value.get(key), str) and _ERROR_CODE.fullmatch(value[key]) for key in _CODE_KEYS):
        return True
    errors, said = value.get("stderr"), value.get("stdout")
    return isinstance(errors, str) and not said and _begins_as_errors(errors.strip())


def _is_http_error(value: Any) -> bool:
    if isinstance(value, str) and value.isdigit():
        value = int(value[:6])
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599


def _empty_json(text: str) -> bool:
    value = _parsed(text)
    if isinstance(value, dict):
        lists = [value[key] for key in _LIST_KEYS if isinstance(value.get(key), list | dict)]
        if lists:
            return not any(_holds(one) for one in lists)
        counts = [value[key] for key in _COUNT_KEYS if isinstance(value.get(key), int)]
        if counts:
            return not any(counts)
        said = next(
            (value[key] for key in ("message", "result", "output", "detail") if isinstance(value.get(key), str)), ""
        )
        return len(value) <= 3 and 0 < len(said) <= 160 and result_words.EMPTY.search(ends_of(said)) is not None
    return isinstance(value, list) and not any(value)


def _holds(value: Any) -> bool:
    """Whether there is anything inside: an object whose only values are empty lists holds nothing."""
    if isinstance(value, dict) and value and all(isinstance(one, list | dict) for one in value.values()):
        return any(_holds(one) for one in value.values())
    return bool(value)


def _parsed(text: str) -> Any:
    try:
        return parse(text)
    except NotJson:
        return None
