"""Acting in another place than the request named: namespace, cluster, account, branch, region, file, production or not.

Only what is named on both sides is compared: the request's words, and the flags, keys and sub-commands of calls.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from sessions_platform.analysis.checks.shapes import ends_of, words
from sessions_platform.analysis.checks.trail import Call, Trail
from sessions_platform.analysis.checks.verbs import command_of
from sessions_platform.analysis.model import Signal

_CLASSES = {
    **dict.fromkeys(("prod", "production", "prd", "live"), "production"),
    **dict.fromkeys(("staging", "stage", "stg", "preprod", "preproduction", "uat"), "staging"),
    **dict.fromkeys(("dev", "development", "sandbox", "develop"), "development"),
    **dict.fromkeys(("qa", "test", "testing"), "test"),
}
_SURE = frozenset({"prod", "production", "prd", "staging", "stg", "preprod", "uat"})
"""Words that name an environment wherever they stand; the others only beside such a word as cluster."""
_DIMENSIONS = {
    "namespace": ("namespace", "ns"),
    "cluster": ("cluster", "context", "kube_context"),
    "account": ("account", "subscription", "profile", "tenant", "organization", "org"),
    "project": ("project", "repo", "repository", "workspace"),
    "region": ("region", "zone", "location"),
    "branch": ("branch", "ref", "base"),
    "database": ("database", "db", "schema", "dbname"),
    "environment": ("environment", "env", "stage", "tier"),
    "host": ("host", "hostname", "server", "node", "instance"),
    "file": ("file", "path", "file_path", "filename", "filepath"),
    "bucket": ("bucket",),
}
_BY_WORD = {word: name for name, own in _DIMENSIONS.items() for word in own}
_NAMED = "|".join(sorted((re.escape(word) for word in _BY_WORD), key=len, reverse=True))
_PLACE = words(rf"\b({_NAMED})\b")
_BEFORE = re.compile(r"(?<![\w/.-])([A-Za-z0-9][\w./:@-]{1,80})[`'\"”*]{0,3}\s$")
_AFTER = re.compile(r"(?: (?:named|called|is|id)|:|=|\s#)?\s*[`'\"“*]{0,3}([A-Za-z0-9][\w./:@-]{1,80})", re.IGNORECASE)
_WINDOW = 90
_FLAG = re.compile(
    rf"--?((?:[a-z]{{1,20}}[-_]){{0,3}}(?:{_NAMED})|n|p|w)(?:[-_](?:name|id))?(?:=|\s+)[\"']?([\w./:@-]+)",
    re.IGNORECASE,
)
_KEY = re.compile(rf"\"((?:\w{{1,40}}_)?(?:{_NAMED})(?:_?(?:name|id))?)\"\s*:\s*\"([^\"\n]{{1,120}})\"", re.IGNORECASE)
_FILE = re.compile(
    r"(?<![\w@])[\w./-]{0,80}\w\.(?:ya?ml|json|py|tsx?|jsx?|tfvars|tf|toml|md|txt|csv|sql|go|java|rs|rb|php|c|cpp|h|cs|sh|cfg|conf"
    r"|ini|env|xml|html|css|docx?|xlsx?|pdf|ipynb)\b"
)
_COMMANDS = re.compile(
    r"\b(?:git (?:push(?: -\S+)* \S+|checkout(?: -b)?|switch|merge|rebase)|(?:terraform|tofu) workspace select"
    r"|kubectl config use-context|kubectx|kubens|gcloud config set project|use) ([\w./:-]+)"
)
_FLAG_WORDS = {"n": "namespace", "w": "project"}
_READ_WIDELY = frozenset({"file", "database", "host"})
"""An agent works on others for good reasons; only changes count, and only if it left the named one alone."""
_LIMIT = re.compile(
    r"\b(?:only|exclusively|nothing else|nowhere else|within|inside|stick to|keep to|stay (?:in|on|with)|"
    r"limit(?:ed)? to)\b",
    re.IGNORECASE,
)
_FILLING_WORDS = """
only just please exclusively nothing nowhere else within inside stick keep stay limit limited work about use be are do
there here and as say
"""
_FILLING = frozenset(_FILLING_WORDS.split())
_LONGEST_LIMIT = 120
_WITHIN = re.compile(r"\b(?:in|of|on|for|within|inside) (?:the )?([a-z][\w.-]*\w)")
_SCHEMA = re.compile(r"\b(?:from|join|into|update|table)\s+([a-z_]\w*)\.[a-z_]\w*", re.IGNORECASE)
_WHOLE = re.compile(r"[\w][\w.-]+")
_IDENTIFIER = re.compile(r".*[\d_./-].*")
_SEGMENT = re.compile(r"[A-Za-z]+")
_STOP_WORDS = """
the this that our your my a an in on of for to is it and or with from new same whole each every any which other
right wrong correct default current
"""
_STOP = frozenset(_STOP_WORDS.split())


def check(trail: Trail) -> Iterator[Signal]:
    """One signal for each kind of place, at the first call in a wrong one."""
    request = ends_of(trail.request)
    if not request or not trail.calls:
        return
    asked, low = _asked(request), request.lower()
    for name in sorted(asked):
        yield from _by_name(trail, name, asked[name], low)
    yield from _by_class(trail)
    yield from _by_limit(trail)


def _by_name(trail: Trail, name: str, wanted: set[str], request: str) -> Iterator[Signal]:
    named = [(call, value) for call in trail.calls if (value := places_of(call.tool, call.arguments).get(name))]
    wrong = [
        (call, value) for call, value in named if value not in request and not any(_same(value, one) for one in wanted)
    ]
    right = len(named) > len(wrong)
    changing = [(call, value) for call, value in wrong if call.mutates and not call.failed]
    if changing and _mended(changing[-1][0], [call for call, _ in named], [call for call, _ in wrong]):
        return
    widely = name in _READ_WIDELY
    if wrong and ((changing and not (widely and right)) or (not right and not widely)):
        call, _ = (changing or wrong)[0]
        yield call.signal(
            "wrong_environment",
            f"{name}: {call.label}",
            also=tuple(one.index for one, _ in wrong if one is not call)[:20],
        )


def _by_class(trail: Trail) -> Iterator[Signal]:
    """Held against what users had named before the call: what they say afterwards may be a complaint."""
    named = [(one.index, found) for one in trail.users if (found := _classes_in(ends_of(one.text, 2000)))]
    if not named:
        return
    acting, wanted = list[Call](), ""
    for call in trail.calls:
        before = frozenset(kind for index, found in named if index < call.index for kind in found)
        if len(before) == 1 and _classes_of(call):
            acting.append(call)
            wanted = next(iter(before))
    wrong = [call for call in acting if wanted not in _classes_of(call)]
    changing = [call for call in wrong if call.mutates and not call.failed]
    # Elsewhere first, as a trial, is good practice; in production it is none.
    grave = wanted != "production" and any("production" in _classes_of(call) for call in changing)
    if changing and not grave and _mended(changing[-1], acting, wrong):
        return
    if wrong and (changing or len(wrong) == len(acting)):
        call = (changing or wrong)[0]
        shape = f"environment: {wanted} asked, {' '.join(sorted(_classes_of(call)))} used"
        yield call.signal("wrong_environment", shape, also=tuple(one.index for one in wrong if one is not call)[:20])


def _by_limit(trail: Trail) -> Iterator[Signal]:
    """The user has just said where to look or to stay, and all calls up to the answer that name a place name others."""
    used = {part for call in trail.calls for one in _places_in(call) for part in _names_in(one)}
    told = used | {value.strip(".:,").lower() for one in trail.users for _, value in _pairs(ends_of(one.text, 2000))}
    for message in trail.users if used else ():
        wanted = _limits_to(message.text.strip().lower(), used, told)
        # What an agent goes on with after its answer may be about something else.
        until = trail.until(message.index + 1)
        acting = [
            one
            for one in trail.calls
            if one.turn == message.turn and message.index < one.index < until and _places_in(one)
        ]
        if wanted and acting and not any(_says(one, wanted) for one in acting):
            call = next((one for one in acting if one.mutates and not one.failed), acting[0])
            also = (message.index, *(one.index for one in acting if one is not call))
            yield call.signal("wrong_environment", f"not where told: {call.label}", also=also[:20])
            return


def _limits_to(text: str, used: set[str], told: set[str]) -> set[str]:
    """The places that short words limit the work to, or ask about."""
    if len(text) > _LONGEST_LIMIT:
        return set()
    if _LIMIT.search(text) and "?" not in text:
        left = _names_in(text) - _STOP - _FILLING
        return left if len(left) == 1 else {one for one in left if one in told or "_" in one}
    return {one for one in _WITHIN.findall(text) if any(_is_sibling(one, place) for place in used)}


def _is_sibling(one: str, place: str) -> bool:
    return one == place or one.startswith(f"{place}_") or place.startswith(f"{one}_")


def _says(call: Call, names: set[str]) -> bool:
    low = call.arguments.lower()
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", low) for name in names)


def _places_in(call: Call) -> list[str]:
    found = [value for name, value in places_of(call.tool, call.arguments).items() if name not in _READ_WIDELY]
    return found + [one.lower() for one in _SCHEMA.findall(command_of(call.arguments)[:4000])]


def _names_in(text: str) -> set[str]:
    return {one.strip(".-") for one in _WHOLE.findall(text)}


def _mended(last: Call, acting: list[Call], wrong: list[Call]) -> bool:
    """Whether something was changed in the right place afterwards: first elsewhere, as a trial, is good practice."""
    return any(one.mutates and not one.failed and one.number > last.number and one not in wrong for one in acting)


def _asked(request: str) -> dict[str, set[str]]:
    """The places a request names, by kind."""
    found: dict[str, set[str]] = {}
    for word, value in _pairs(request):
        value = value.strip(".:,").lower()
        quoted = f"`{value}`" in request.lower() or f'"{value}"' in request.lower() or f"'{value}'" in request.lower()
        if value in _STOP or not (_IDENTIFIER.fullmatch(value) or quoted or value in _CLASSES):
            continue
        found.setdefault(_BY_WORD[word.lower()], set()).add(value)
    if files := {one.lower() for one in _FILE.findall(request)}:
        found.setdefault("file", set()).update(files)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Kind words with the word before and the word after each: `the billing namespace`, `namespace billing`."""
    for found in _PLACE.finditer(text):
        start, end = found.span()
        before = _BEFORE.search(text[max(0, start - _WINDOW) : start])
        after = _AFTER.match(text[end : end + _WINDOW])
        for one in (before, after):
            if one is not None:
                yield found.group(), one.group(1)


@lru_cache(maxsize=4096)
def places_of(tool: str, arguments: str) -> dict[str, str]:
    """The place that a call names, by kind; the last where it names several."""
    text = arguments[:4000]
    command = command_of(text) or text
    found: dict[str, str] = {}
    for key, value in [*_KEY.findall(text), *_FLAG.findall(command)]:
        word = re.sub(r"[-_]?(?:name|id)$", "", key.lower())
        name = _FLAG_WORDS.get(word) or _BY_WORD.get(word) or _BY_WORD.get(re.split(r"[-_]", word)[-1])
        if name and (name != "file" or "." in value or "/" in value):
            found[name] = value.lower()
    if met := _COMMANDS.search(command):
        kind = "branch" if met.group().startswith("git") else "cluster" if "kube" in met.group() else "project"
        found.setdefault(kind, met.group(1).lower())
    return found


def _same(one: str, other: str) -> bool:
    if one in other or other in one:
        return True
    kinds = _classes_in(one, sure=False), _classes_in(other, sure=False)
    return bool(kinds[0] and kinds[0] == kinds[1])


def _classes_in(text: str, *, sure: bool = True) -> frozenset[str]:
    """Environments that words name; all words count in a place's own name (`sure` false)."""
    low = text.lower()
    found = {_CLASSES[word] for word in _SEGMENT.findall(low) if word in _CLASSES and (not sure or word in _SURE)}
    if sure:
        for _, value in _pairs(text):
            found |= {_CLASSES[one] for one in _SEGMENT.findall(value.lower()) if one in _CLASSES}
    return frozenset(found)


def _classes_of(call: Call) -> frozenset[str]:
    places = places_of(call.tool, call.arguments)
    named = [value for name, value in places.items() if name not in ("file", "branch")]
    found = {one for value in named for one in _classes_in(value, sure=False)}
    return frozenset(found) | _classes_in(ends_of(command_of(call.arguments[:2000]) or call.arguments[:2000]))
