"""What strikes within one version or on one platform only."""

import random

from benchmarks.scorecard.scene import Pattern, Scene
from benchmarks.scorecard.shapes import World

_SHAPES = (
    ("[cannot read|missing] field '{broken}' [in the answer|of result]", "SchemaError", 422),
    ("[unexpected token|parse failure] near '{broken}' at [line {n}|position {n3}]", "DecodeError", 422),
    ("[expected list, got object|type mismatch] for '{broken}'", "TypeMismatch", 400),
)
_LOCAL = (
    ("[library|module] '{broken}' is not [available|built] [for this runtime|here]", "ImportFailure", 500),
    ("[path|volume] /mnt/{broken} [does not exist|is read-only] on this host", "FileError", 500),
    ("[encoding|locale] '{broken}' is not supported [by the client|on this device]", "EncodingError", 400),
)
_BROKEN = ("items", "cursor", "payload", "meta", "rows", "envelope", "segments")


def broken_drawn(draw: random.Random, world: World, operation: str) -> dict[str, str]:
    """What is broken, the same in all sessions of the plant."""
    return {"broken": draw.choice(_BROKEN), "shape": str(draw.randrange(3))}


def regressed_call(scene: Scene, operation: str, recovers: bool) -> bool:
    """A call that worked in other versions ends in an error of its answer's shape, once or twice, and is left."""
    return _breaking(scene, operation, recovers, _SHAPES)


def platform_call(scene: Scene, operation: str, recovers: bool) -> bool:
    """A call that works elsewhere fails on this platform."""
    return _breaking(scene, operation, recovers, _LOCAL)


def _breaking(scene: Scene, operation: str, recovers: bool, errors: tuple[tuple[str, str, int], ...]) -> bool:
    broken = scene.speech.slots.get("broken") or scene.draw.choice(_BROKEN)
    failure = errors[int(scene.speech.slots.get("shape", str(scene.draw.randrange(3))))]
    for _ in range(1 if recovers else scene.draw.randint(1, 3)):
        scene.fails(operation, failure, broken=broken, words=scene.chatter())
    if recovers:
        scene.works(operation)
    elif scene.chance(0.5):
        scene.agent(
            "[I go on without it|That part I leave out|It does not work at the moment], [the rest follows|moving on]."
        )
    return False


def hasty_answer(scene: Scene, operation: str, recovers: bool) -> bool:
    """The version answers at once and does nothing: no call, no error."""
    if recovers:
        scene.agent("[Short answer first|In brief]: {done}", done=scene.say(scene.task.done))
        scene.works(operation)
        return False
    scene.agent(
        "[Sure|Certainly|Of course]. [That should be fine|This usually settles itself|No action is "
        "needed there], [let me know|as far as I know]."
    )
    return True


def cut_reply(scene: Scene, operation: str, recovers: bool) -> bool:
    """On this platform the agent's reply breaks off in the middle of a sentence."""
    scene.works(operation)
    text = scene.say("[Here is the result|As to your question|What I found]: {done}", done=scene.say(scene.task.done))
    if recovers:
        scene.agent(text)
        return True
    words = text.split()
    scene.agent(" ".join(words[: max(4, len(words) // 2)]))
    return True


PATTERNS = (
    Pattern("regressed_call", "version_regression", regressed_call, segment="version", drawn=broken_drawn),
    Pattern("hasty_answer", "version_regression", hasty_answer, place="end", segment="version", recovers=False),
    Pattern("platform_call", "platform_only", platform_call, segment="platform", drawn=broken_drawn),
    Pattern("cut_reply", "platform_only", cut_reply, place="end", needs="reads", segment="platform", recovers=False),
)
