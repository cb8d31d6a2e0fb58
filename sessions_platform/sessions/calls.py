"""What a tool call did: whether it succeeded, on what basis, and which sub-command it was.

Source: CONTRACT section 1 (tool call).
"""

import re
import shlex
from typing import Any

import msgspec

from sessions_platform.sessions.jsontext import NotJson, parse

MESSAGE_LENGTH = 500
"""Characters of an error message kept beside the result itself."""

_EXIT_TEXT = re.compile(r"\s*exit(?:ed)?[ _-]?(?:code|status|with code)\s*[:=]?\s*(-?\d+)", re.IGNORECASE)
_ERROR_TEXT = re.compile(r"\s*(?:Error\b|[\w.]*Error:|Traceback\b)")
_ERROR_JSON = re.compile(r'\s*\{\s*"error"\s*:(?!\s*(?:null|false|""|\[\s*\]|\{\s*\}))')
_ERROR_NAME = re.compile(r"\b([A-Z]\w*(?:Error|Exception))\b")
_EXIT_KEYS = ("exit_code", "exitCode", "exitcode", "returncode", "return_code")
_HTTP_KEYS = ("status_code", "statusCode", "http_status", "httpStatus")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_OPERATION_KEYS = ("subcommand", "sub_command", "operation", "action", "verb")
_COMMAND_KEYS = ("command", "cmd", "script", "args", "arguments")
_SUBCOMMAND_TOOLS = frozenset(
    {
        *("ansible", "apt", "apt-get", "argocd", "aws", "az", "brew", "cargo", "crictl", "docker", "flux"),
        *("gcloud", "gh", "git", "glab", "go", "gradle", "helm", "istioctl", "kubectl", "make", "mvn", "nomad"),
        *("npm", "oc", "pip", "poetry", "podman", "pulumi", "systemctl", "terraform", "tofu", "uv", "vault"),
        *("yarn"),
    }
)
_SHELL_GLUE = re.compile(r"\s*(?:&&|\|\||;|\||\n)\s*")


class Success(msgspec.Struct, frozen=True):
    """Whether a call succeeded and which evidence spoke: `level|error_type|protocol|text|default`."""

    ok: bool
    basis: str
    error_type: str | None = None
    error_message: str | None = None


def judge(*, level: str, error_type: str, status_message: str, response: str, said_error: bool | None) -> Success:
    """Success of a call by the first evidence that speaks. `said_error` is what the response says of itself."""
    message = (status_message or response).strip()[:MESSAGE_LENGTH] or None
    if level == "ERROR":
        return Success(False, "level", error_type or _named(message), message)
    if error_type:
        return Success(False, "error_type", error_type, message)
    protocol = _protocol(response, said_error)
    if protocol is not None:
        ok, kind = protocol
        return Success(True, "protocol") if ok else Success(False, "protocol", kind or _named(message), message)
    if _ERROR_TEXT.match(response) or _ERROR_JSON.match(response):
        return Success(False, "text", _named(message), message)
    return Success(True, "default")


def operation(tool_name: str, arguments: str) -> str:
    """The sub-command of a call, as `kubectl get`; '' where the tool has none or the arguments do not show it."""
    try:
        value: Any = parse(arguments) if arguments.lstrip()[:1] in ("{", "[", '"') else arguments
    except NotJson:
        return ""
    if isinstance(value, dict):
        for key in _OPERATION_KEYS:
            word = value.get(key)
            if isinstance(word, str) and _WORD.fullmatch(word):
                return f"{tool_name} {word}"
        value = next((value[key] for key in _COMMAND_KEYS if isinstance(value.get(key), str | list)), "")
    if isinstance(value, list):
        value = " ".join(str(item) for item in value)
    return _of_command(tool_name, value) if isinstance(value, str) else ""


def _of_command(tool_name: str, command: str) -> str:
    program = tool_name.lower()
    if program in _SUBCOMMAND_TOOLS:
        words = _words(command)
        words = words[1:] if words[:1] == [program] else words
        return _with_subcommand(program, words)
    for piece in _SHELL_GLUE.split(command[:2000]):
        words = _words(piece)
        while words and ("=" in words[0] or words[0] in ("sudo", "time", "env")):
            words = words[1:]
        if words and words[0] in _SUBCOMMAND_TOOLS:
            return _with_subcommand(words[0], words[1:])
    return ""


def _with_subcommand(program: str, words: list[str]) -> str:
    sub = next((word for word in words if not word.startswith("-")), "")
    return f"{program} {sub}" if _WORD.fullmatch(sub) else ""


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text[:2000])
    except ValueError:
        return text[:2000].split()


def _protocol(response: str, said_error: bool | None) -> tuple[bool, str] | None:
    """What MCP, an exit code or an HTTP status say: (succeeded, kind of error); None if none of them speaks."""
    if said_error is not None:
        return not said_error, ""
    if exited := _EXIT_TEXT.match(response):
        return int(exited.group(1)) == 0, f"exit_code_{exited.group(1)}"
    if not response.lstrip().startswith("{"):
        return None
    try:
        value = parse(response)
    except NotJson:
        return None
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("isError"), bool):
        return not value["isError"], ""
    code = _integer(value, _EXIT_KEYS)
    if code is not None:
        return code == 0, f"exit_code_{code}"
    status = _integer(value, _HTTP_KEYS)
    if status is None and isinstance(value.get("status"), int):
        status = _integer(value, ("status",))
    if status is not None and 100 <= status <= 599:
        return status < 400, f"http_{status}"
    return None


def _integer(value: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    for key in keys:
        number = value.get(key)
        if isinstance(number, int) and not isinstance(number, bool):
            return number
    return None


def _named(message: str | None) -> str | None:
    """The exception's name that an error message begins or ends with, if it has one."""
    found = _ERROR_NAME.search(message or "")
    return found.group(1) if found else None
