"""Loops: a call that times out again and again, a query that finds nothing again and again, work that only costs."""

import json

from benchmarks.scorecard.recorder import succeeding
from benchmarks.scorecard.scene import Pattern, Scene

_SLOW = (
    "[deadline exceeded|the operation timed out|timed out] [after|while waiting] {s} s",
    "[no answer|no response] within {s} seconds, [giving up|request cancelled]",
    "[context deadline exceeded|read timeout]: [{s}s elapsed|upstream took longer than {s} s]",
)
_AGAIN = "[Let me try that again|Retrying|Once more|Another attempt|I try it a second time|Maybe it works now][.|...]"
_STOPPED = (
    "[It keeps|That keeps] timing out, [so I leave it there|I stop here|I can't get past it].",
    "[The service does not answer in time|No luck with this call], [I have to stop|nothing more to do from here].",
)


def timeout_chain(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same call times out three to six times; nothing else is tried."""
    given, text = scene.arguments(operation), scene.draw.choice(_SLOW)
    for number in range(scene.draw.randint(1, 3) if recovers else scene.draw.randint(3, 6)):
        words = _AGAIN if number and scene.chance(0.6) else ""
        scene.fails(operation, (text, "Timeout", 504), given=given, words=words, seconds=35.0)
    if recovers:
        scene.works(operation, given=given)
    elif scene.chance(0.8):
        scene.agent(scene.draw.choice(_STOPPED))
    return False


def timeout_varied(scene: Scene, operation: str, recovers: bool) -> bool:
    """The call times out with changing arguments, other calls in between."""
    text = scene.draw.choice(_SLOW)
    for _ in range(2 if recovers else scene.draw.randint(3, 5)):
        scene.fails(operation, (text, "Timeout", 504), words=_AGAIN if scene.chance(0.3) else "", seconds=50.0)
        if scene.chance(0.35):
            scene.works(scene.draw.choice(scene.task.operations))
    if recovers:
        scene.works(operation)
    return False


def same_empty(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same question, word for word, finds nothing four to seven times, and is taken for an answer."""
    given = scene.arguments(operation)
    for number in range(2 if recovers else scene.draw.randint(4, 7)):
        scene.nothing(
            operation,
            given=given,
            words="[Again|Let me look again|Checking once more]." if number and scene.chance(0.4) else "",
        )
    if recovers:
        scene.works(operation, words="[A wider search|Without the filter].")
    else:
        scene.agent(
            "[There is nothing|It does not exist|I find no trace of it|Nothing is recorded], [so that is "
            "settled|sorry|so no action is needed]."
        )
    return False


def drifting_empty(scene: Scene, operation: str, recovers: bool) -> bool:
    """Variants of one question all find nothing; the conclusion is that nothing exists."""
    for _ in range(2 if recovers else scene.draw.randint(4, 6)):
        scene.nothing(operation, words=scene.chatter())
    if recovers:
        scene.works(operation)
    else:
        scene.agent(
            "[After several tries|Having looked everywhere]: [no such entry|the result is empty], [I close "
            "this|that's all I can say]."
        )
    return False


def rereading(scene: Scene, operation: str, recovers: bool) -> bool:
    """A sub-agent reads the same long thing over and over, each time with all of it in its context."""
    name = list(scene.world.helpers)[0]
    given = scene.arguments(operation)
    one = scene.world.operations[operation]
    page = scene.speech.fill(one.result)
    text = page if isinstance(page, str) else json.dumps(page)
    for _ in range(3 if recovers else scene.draw.randint(14, 24)):
        scene.recorder.call(
            one.tool,
            given,
            succeeding(scene.world.style, f"{text}\n" * 12),
            seconds=one.seconds,
            agent=name,
            words=scene.say(
                "[Reading it again to be sure|Let me re-read that|Once more from the top|Back to the source]."
            ),
        )
        if not recovers:
            scene.recorder.spend(name, scene.draw.randint(30_000, 70_000), 900)
    return False


def overthinking(scene: Scene, operation: str, recovers: bool) -> bool:
    """The lead plans, revises and plans again with an enormous context; the work itself is ordinary."""
    for number in range(2 if recovers else scene.draw.randint(8, 14)):
        scene.agent(
            "[Plan|Revised plan|New plan] {n}: [first read, then act|weigh the options|compare before "
            "acting|start over with less]."
        )
        if not recovers:
            scene.recorder.spend(scene.world.lead, scene.draw.randint(60_000, 140_000), 3_000)
        if number % 4 == 3:
            scene.works(operation)
    return False


PATTERNS = (
    Pattern("timeout_chain", "timeout_loop", timeout_chain),
    Pattern("timeout_varied", "timeout_loop", timeout_varied),
    Pattern("same_empty", "empty_repeated", same_empty, needs="empties"),
    Pattern("drifting_empty", "empty_repeated", drifting_empty, needs="empties"),
    Pattern("rereading", "cost_blowup", rereading, needs="reads", failing=(-1, -1)),
    Pattern("overthinking", "cost_blowup", overthinking, needs="reads", failing=(-1, -1)),
)
