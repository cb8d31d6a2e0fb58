"""What a call does, by the verbs of its tool, sub-command and command line: changes something, or only looks."""

import re
from functools import lru_cache
from typing import Any

from sessions_platform.sessions.jsontext import NotJson, parse

_SHELLS = re.compile(
    r"(?:^|[_.:-])(?:bash|sh|zsh|shell|terminal|console|powershell|cmd|exec|execute|command|commands|run|ssh|cli)(?:$|[_.:-])",
    re.IGNORECASE,
)
_COMMAND_KEYS = ("command", "cmd", "script", "code", "input", "commands")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GLUE = re.compile(r"\s*(?:&&|\|\||;|\||\n)\s*")
_WRITES_WORDS = """
create update delete remove apply patch edit write replace insert set put post deploy restart scale install
upgrade uninstall commit push merge book cancel modify send exchange return refund pay purchase order schedule
reschedule add move rename drop alter grant revoke submit drain cordon uncordon taint rollback rollout undo
destroy import append overwrite enable disable start stop kill terminate reboot register assign change reset
rotate provision publish release upload save store configure mkdir rm mv cp tee touch chmod chown ln sed
truncate annotate label expose promote migrate restore resize attach detach approve reject close reopen invite
reserve transfer charge share notify archive pause resume lock unlock block unblock subscribe unsubscribe rerun trigger
launch redirect reroute invite email
"""
_WRITES = frozenset(_WRITES_WORDS.split())
_READS_WORDS = """
get list describe read show view search find query status logs log diff cat ls grep head tail check test tests
verify validate lint plan fetch browse calculate lookup inspect top events history count look peek print echo
think open scan trace explain compare summarize analyze analyse retrieve select whoami pwd wc curl ping dig
nslookup env which
"""
_READS = frozenset(_READS_WORDS.split())
_SQL_WRITE = re.compile(
    r"^\s*(?:insert|update|delete|alter|drop|create|truncate|merge|grant|revoke|replace)\b", re.IGNORECASE
)
_HTTP_WRITE = re.compile(r"(?:\"method\"\s*:\s*\"|-X ?|--request[ =])(?:post|put|patch|delete)\b", re.IGNORECASE)
_REDIRECT = re.compile(r"(?<![0-9&>-])>{1,2}(?!&|\s*/dev/null)\s*[\w./~$\"'-]")
_WORD = re.compile(r"[A-Za-z][\w.-]*")


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a tool's name: `get_user`, `getUser` and `user.get` are two words each."""
    return tuple(word.lower() for word in re.split(r"[^A-Za-z0-9]+", _CAMEL.sub(" ", name[:120])) if word)


def command_of(arguments: str) -> str:
    """The command line, query or code inside the arguments; '' where there is none."""
    text = arguments[:20_000]
    value: Any = text
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = parse(text)
        except NotJson:
            return text
    if isinstance(value, dict):
        value = next(
            (value[key] for key in (*_COMMAND_KEYS, "sql", "query") if isinstance(value.get(key), str | list)), ""
        )
    if isinstance(value, list):
        value = " ".join(str(one) for one in value[:50])
    return value if isinstance(value, str) else ""


def is_shell(tool: str) -> bool:
    """Whether a tool runs command lines."""
    return bool(_SHELLS.search(tool))


def program_of(tool: str, arguments: str) -> str:
    """Program (and its sub-command, if it has one) of a shell's call; '' for any other tool."""
    if not is_shell(tool):
        return ""
    for piece in _GLUE.split(command_of(arguments)[:2000]):
        words = [
            word for word in piece.split() if word not in ("sudo", "time", "env", "nohup", "exec") and "=" not in word
        ]
        if not words or words[0] in ("cd", "set", "export", "source", "echo", "sleep"):
            continue
        name = words[0].rsplit("/", 1)[-1]
        if not _WORD.fullmatch(name):
            return ""
        sub = next((word for word in words[1:3] if not word.startswith("-")), "")
        return f"{name} {sub}" if sub.isalpha() and sub.islower() and len(sub) <= 16 else name
    return ""


@lru_cache(maxsize=8192)
def is_mutating(tool: str, operation: str, arguments: str) -> bool:
    """Whether a call changes something: the first verb that is known decides."""
    if is_shell(tool) or operation.partition(" ")[0].lower() == tool.lower() != "":
        # An operation may be one word of several (`charts add_chart`).
        return _command_writes(command_of(arguments) or f"{' '.join(words_of(operation))} {arguments}")
    named = (*words_of(operation.partition(" ")[2]), *words_of(tool))
    verb = next((word for word in named if word in _WRITES or word in _READS), "")
    if verb in ("query", "select", "") and _SQL_WRITE.match(command_of(arguments)):
        return True
    if verb in ("", "post", "fetch", "curl") and _HTTP_WRITE.search(arguments[:2000]):
        return True
    return verb in _WRITES


def writes(text: str) -> bool:
    """Whether words ask for a change: one of them is a verb that changes something."""
    return any(word.lower() in _WRITES - _NOUNS for word in _WORD.findall(text[:2000]))


_NOUNS = frozenset(
    {"order", "set", "change", "book", "charge", "release", "schedule", "stage", "store", "label", "pay", "start"}
)
"""Verbs that are as often names of things."""
_TRIES_WORDS = """
test tests pytest unittest verify validate check build lint run exec execute make npm yarn cargo go mvn gradle
tox jest plan health healthcheck status smoke compile code python node ci pipeline
"""
_TRIES = frozenset(_TRIES_WORDS.split())
"""Verbs that look, and whose failure says that something does not work."""


def looks_only(tool: str, operation: str, arguments: str) -> bool:
    """Whether a call only looks something up: its failure says nothing of what was done."""
    if is_mutating(tool, operation, arguments):
        return False
    command = command_of(arguments)[:400] if is_shell(tool) else ""
    named = [*words_of(operation), *words_of(tool), *words_of(command)][:16]
    return bool(_READS & {*named}) and not _TRIES & {*named}


def _command_writes(command: str) -> bool:
    if _REDIRECT.search(command[:4000]) or _HTTP_WRITE.search(command[:2000]):
        return True
    for piece in _GLUE.split(command[:2000])[:12]:
        words = [word.lower() for word in piece.split()[:6] if not word.startswith("-") and "=" not in word]
        verbs = [word for word in words[:4] if word in _WRITES or word in _READS]
        if (
            verbs
            and verbs[0] in _WRITES
            and not (verbs[0] == "rollout" and "status" in words)
            and _really(piece, verbs[0])
        ):
            return True
    return False


def _really(piece: str, verb: str) -> bool:
    """`sed` and dry runs only print."""
    if verb == "sed":
        return " -i" in piece
    return "--dry-run" not in piece and "--check" not in piece
