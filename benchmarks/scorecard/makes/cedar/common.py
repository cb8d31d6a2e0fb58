"""What the patterns share: a matter that a user brings up, faults in a world's own form, and work handed on."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.scorecard.makes.cedar.lexicon import ALONG, DEEDS, Deed
from benchmarks.scorecard.recorder import succeeding
from benchmarks.scorecard.scene import Failure, Scene

_BRINGS = (
    "[Could you {ask}?|{ask} pls|Next thing on my desk: {ask}.|I would kindly request that you {ask}.|{ask}, they are "
    "waiting for it|Now we need to {ask}, is possible?|One more for you - {ask}. Tell me when it's through.]"
)
_DECIMAL = re.compile(r"(?<![\w.:])-?\d[\d,]*\.\d+(?![\w.])")


@contextmanager
def case(scene: Scene, operation: str, words: str = "") -> Iterator[Deed]:
    """The event's matter: at times the task's own, else another of the kind, which the user brings up."""
    deed = DEEDS[operation]
    own = operation in scene.task.operations and operation not in scene.written
    if own and not words and scene.chance(0.5):
        yield deed
    else:
        changed = () if own else (deed.key, deed.label, *ALONG.get(operation, ()))
        fresh = {slot: other(scene, slot) for slot in changed}
        with scene.about(**fresh):
            scene.user(words or _BRINGS, **named(scene, deed))
            yield deed
    scene.written.add(operation)


def named(scene: Scene, deed: Deed) -> dict[str, str]:
    """Words for a deed, to be put into a template."""
    return {"ask": scene.say(deed.ask), "matter": scene.say(deed.matter), "did": scene.say(deed.did)}


def other(scene: Scene, slot: str) -> str:
    """Another value of a slot."""
    own = scene.speech.slots.get(slot)
    return scene.draw.choice([value for value in scene.world.slots[slot] if value != own])


def says(scene: Scene, template: str, deed: Deed, **more: str) -> None:
    """The lead speaks of a deed."""
    words = named(scene, deed) | more
    text = scene.say(template, **words)
    starts = text.startswith(words["matter"])
    scene.recorder.agent(text[:1].upper() + text[1:] if starts else text)


def fault(scene: Scene, operation: str, code: str, text: str, status: int = 500) -> Failure:
    """A fault in the form of the world's tools; its words stay the same within a session."""
    said = scene.say(text)
    if scene.world.name == "yard":
        return f"{scene.world.operations[operation].tool}: {said}", code, status
    form = scene.draw.choice(('{"ok": false, "code": "%s", "message": "%s"}', "SOAP-ENV:Server %s %s", "%s %s"))
    return form % (code, said), code, status


def plus(given: dict[str, Any], name: str, value: str | int) -> dict[str, Any]:
    """The arguments with a further value, in a command's own way where there is one."""
    if "command" in given:
        return {**given, "command": f"{given['command']} --{name} {value!r}"}
    return {**given, name: value}


def answer(scene: Scene, operation: str) -> Any:
    """What an operation would answer."""
    return scene.speech.fill(scene.world.operations[operation].result)


def returns(
    scene: Scene, operation: str, value: Any, given: dict[str, Any], *, words: str = "", agent: str = ""
) -> int:
    """The operation is called and gives just this, as a success."""
    one = scene.world.operations[operation]
    said = scene.say(words) if words else ""
    output = succeeding(scene.world.style, value)
    return scene.recorder.call(one.tool, given, output, seconds=one.seconds, words=said, agent=agent)


def in_texts(value: Any, change: Callable[[str], Any]) -> Any:
    """A JSON value with each of its texts changed."""
    if isinstance(value, dict):
        return {name: in_texts(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [in_texts(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def hollow(scene: Scene, value: Any) -> Any:
    """An answer whose contents are gone: nothing in its fields, or rubbish where its words were."""
    if not isinstance(value, str):
        return in_texts(value, lambda _: None)
    rubbish = scene.draw.choice(("%s", "undefined", "NaN", "<nil>"))
    return " ".join(rubbish if re.search(r"\d", word) else word for word in value.split())


def decimal(value: Any) -> str:
    """The first number with decimals in an answer."""
    found = _DECIMAL.search(value if isinstance(value, str) else json.dumps(value))
    return found.group() if found else "1.5"


def blown(value: Any) -> Any:
    """An answer in which the decimal points are lost."""
    return in_texts(value, lambda text: _DECIMAL.sub(lambda one: unpointed(one.group()), text))


def unpointed(number: str) -> str:
    """A number without its decimal point."""
    return number.replace(",", "").replace(".", "")


def prefixed(value: Any, name: str, text: str) -> Any:
    """An answer with a remark on top of it."""
    return {name: text, **value} if isinstance(value, dict) else f"{name}: {text}\n{value}"


def helper_of(scene: Scene, operation: str) -> str:
    """The helper that does an operation."""
    able = [name for name, does in scene.world.helpers.items() if operation in does]
    return scene.draw.choice(able or list(scene.world.helpers))


def a_read(scene: Scene, operation: str) -> str:
    """A read of the task, another one if there is one."""
    reads = scene.reads()
    return scene.draw.choice([name for name in reads if name != operation] or reads)


@contextmanager
def radioed(scene: Scene, helper: str, brief: str, back: list[str]) -> Iterator[None]:
    """Work that the lead hands to a helper; the last of `back` is what it gets for an answer."""
    asked = scene.recorder.ask(scene.world.delegate, {"agent": helper, "request": brief}, scene.chatter())
    scene.recorder.delegated(brief, scene.world.lead)
    yield
    scene.recorder.answered(asked, back[-1] if back else "")
