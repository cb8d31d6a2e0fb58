"""Answers that are not what they seem: hollow, in another unit, cut off, old, or from the other environment."""

import random
from typing import Any

from benchmarks.scorecard.makes.cedar.common import (
    answer,
    blown,
    case,
    decimal,
    hollow,
    plus,
    prefixed,
    returns,
    says,
    unpointed,
)
from benchmarks.scorecard.makes.cedar.lexicon import Deed
from benchmarks.scorecard.scene import Pattern, Scene
from benchmarks.scorecard.shapes import World

_PROCEEDS = (
    "[{did} I go on with that.|Looks complete to me. {did}|{did} No objections from my side.|The data is there: "
    "{did}|Fine. {did}|{did} Taking this as the basis.]"
)
_HOLLOW = (
    "[The fields come back blank, I won't build on that.|This answer has no content; asking in the long form.|Rubbish "
    "in the reply. Different view.|Nothing usable in there, so I read it from the detail screen.]"
)


def fields_gone(scene: Scene, operation: str, recovers: bool) -> bool:
    """Since a release the answer has no contents, yet counts as good; the agent speaks as if they were there."""
    with case(scene, operation) as deed:
        given, value = scene.arguments(operation), hollow(scene, answer(scene, operation))
        for _ in range(1 if recovers else scene.draw.randint(1, 2)):
            returns(scene, operation, value, given, words=scene.chatter())
        if recovers:
            scene.works(operation, given=plus(given, "view", "detail"), words=_HOLLOW)
            says(scene, "{did}", deed)
        else:
            says(scene, _PROCEEDS, deed)
    return False


_EXPECTS = (
    "[{ask}. By my own notes it should be around {right}.|Would you {ask}? The sheet on my desk has {right}.|{ask} - "
    "yesterday on the big screen it was {right}|pls {ask}, i expect {right} more or less|Kindly {ask}; {right} is "
    "what I was told by phone.]"
)
_FIGURE = (
    "[It comes to {wrong}.|The value is {wrong}, I note it like that.|{wrong} is what the record says, and I go by "
    "it.|Figure for {matter}: {wrong}.|{matter}: {wrong}. Going on.|As of now {wrong}; your note seems to be off.]"
)
_POINT = (
    "[The reply has lost its decimal point: {wrong} is {right}.|{wrong} can't be meant literally, this surface drops "
    "the point. It is {right}.|Read with the point in place: {right}.|Careful, shown as {wrong}; the true value is "
    "{right}.]"
)


def point_lost(scene: Scene, operation: str, recovers: bool) -> bool:
    """On one surface numbers lose their decimal point; the agent passes on what is ten or a hundred times too much."""
    with case(scene, operation, "[A figure, please.|Now a number check.|next: numbers|I need one value.]") as deed:
        value = answer(scene, operation)
        right = decimal(value)
        wrong = unpointed(right)
        scene.user(_EXPECTS, ask=scene.say(deed.ask), right=right)
        returns(scene, operation, blown(value), scene.arguments(operation), words=scene.chatter())
        says(scene, _POINT if recovers else _FIGURE, deed, wrong=wrong, right=right)
        if not recovers and scene.chance(0.4):
            scene.user("[That is far too much, no?|{wrong}??|I would be surprised.]", wrong=wrong)
            says(scene, "[The system says {wrong}.|I can only repeat it: {wrong}.]", deed, wrong=wrong)
    return False


def rows(scene: Scene, deed: Deed, count: int) -> list[str]:
    """Lines of a listing, each with a number of its own."""
    values, stem = scene.world.slots[deed.label], scene.speech.slots[deed.key][:-2]
    return [
        f"{stem}{scene.draw.randint(10, 99)}{letter} {scene.draw.choice(values)} {scene.say('{money}')}"
        for letter in ("", *"abcdefghijklmnopqrstuvwxyz" * 2)[:count]
    ]


def page(scene: Scene, lines: list[str], number: int, pages: int, total: int) -> Any:
    """One page of a listing."""
    if scene.world.name == "ledger":
        return {"ok": True, "page": number, "pageCount": pages, "totalRows": total, "rows": lines}
    return "\n".join([*lines, f"-- page {number}/{pages}, {total} rows in all --"])


_ALL_OF = (
    "[How many do we have like this in total, and what do they come to? {ask}, then the rest of that kind.|Not just "
    "one: {ask}, and count all of them for me.|total count pls, beginning with: {ask}|I require the complete list for "
    "the audit. Please {ask} and all others of the sort.|{ask}. And everything similar, I must know the sum of all.]"
)
_COUNTED = (
    "[There are {count} in total.|I count {count}; the last is {last}. That is everything.|All {count} of them are "
    "listed above.|The complete list has {count} entries.|{count} altogether, ending with {last}.|You have {count}, "
    "no more.]"
)


def first_page(scene: Scene, operation: str, recovers: bool) -> bool:
    """The first of several pages is read and reported as the whole."""
    with case(scene, operation, _ALL_OF) as deed:
        size, pages = scene.draw.choice((10, 12, 15)), scene.draw.randint(3, 7)
        total = size * pages - scene.draw.randint(0, size - 2)
        given, lines = scene.arguments(operation), rows(scene, deed, size)
        returns(scene, operation, page(scene, lines, 1, pages, total), given, words=scene.chatter())
        if recovers:
            for number in range(2, pages + 1):
                left = min(size, total - size * (number - 1))
                lines = rows(scene, deed, left)
                returns(scene, operation, page(scene, lines, number, pages, total), plus(given, "page", number))
        count = total if recovers else size
        says(scene, _COUNTED, deed, count=str(count), last=lines[-1].rsplit(" ", 1)[0])
    return False


_CUT = (
    "\n[... output cut, {left} lines not shown|<< buffer full, remainder dropped >>|(reply shortened to 2048 "
    "bytes)|...and {left} more lines, narrow your request|~~~ truncated by gateway ~~~]"
)


def cut_by_gateway(scene: Scene, operation: str, recovers: bool) -> bool:
    """A long answer is cut in the middle of a line; the agent takes its end for the end."""
    with case(scene, operation, _ALL_OF) as deed:
        given, lines = scene.arguments(operation), rows(scene, deed, scene.draw.randint(10, 20))
        rest = rows(scene, deed, scene.draw.randint(5, 25))
        cut = scene.say(_CUT, left=str(len(rest)))
        returns(scene, operation, "\n".join(lines)[: -scene.draw.randint(3, 7)] + cut, given, words=scene.chatter())
        if recovers:
            words = "[It was cut; now the remainder.|That is not all of it, reading on.|]"
            more = plus(given, "fromRow", len(lines))
            returns(scene, operation, "\n".join([lines[-1], *rest, "(end of list)"]), more, words=words)
            lines += rest
        says(scene, _COUNTED, deed, count=str(len(lines)), last=lines[-1].rsplit(" ", 1)[0])
    return True


_STALE = (
    ("servedFrom", "[local copy, taken 14 September|copy of the night of 3 October|offline copy, 41 days old]"),
    ("note", "[superseded by a later revision|replaced on 1 November, kept for reference|valid until 30 September]"),
    ("freshness", "[stale (last sync failed 19 times)|expired 26 days ago|sync off since 5 October]"),
)
_TODAY = (
    "[As of today: {did}|Current state - {did}|{did} That is what applies at the moment.|Up to the minute: "
    "{did}|{did} (just checked)|This is valid now. {did}]"
)
_RENEWED = (
    "[That copy is too old, I ask the source.|The first reply is out of date; reading it afresh.|Superseded. Getting "
    "the valid one.|Old data, not good enough.]"
)


def old_copy(scene: Scene, operation: str, recovers: bool) -> bool:
    """An answer says that it is weeks old or replaced; the agent gives it as today's."""
    with case(scene, operation) as deed:
        name, text = scene.draw.choice(_STALE)
        value = prefixed(answer(scene, operation), name, scene.say(text))
        returns(scene, operation, value, scene.arguments(operation), words=scene.chatter())
        if recovers:
            scene.works(operation, given=plus(scene.arguments(operation), "source", "origin"), words=_RENEWED)
        says(scene, _TODAY, deed)
        if not recovers and scene.chance(0.5):
            scene.user("[That was weeks ago.|This changed since then!|old numbers...|We no longer do it like this.]")
    return False


_CHANGED = (
    "[I have just changed something there, so how is it now? {ask} again.|it was edited 5 min ago. {ask}, new "
    "state|Since then somebody corrected the record. Would you {ask} once more?|The entry was updated while we talk. "
    "{ask}, please, fresh.|ok they fixed it. {ask}, what does it say NOW]"
)
_FROM_MEMORY = (
    "[Nothing new: {did}|I have that already: {did}|It is as I told you before. {did}|{did} No need to look "
    "again.|From what I read above, {did}]"
)


def from_memory(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user says that the record was changed; the agent answers from what it read before."""
    with case(scene, operation) as deed:
        scene.works(operation, words=scene.chatter())
        says(scene, "{did}", deed)
        for _ in range(1 if recovers else scene.draw.randint(1, 2)):
            scene.user(_CHANGED, ask=scene.say(deed.ask))
            if recovers:
                scene.works(operation, words="[Reading it anew.|Fresh look.|]")
                says(scene, "{did}", deed)
            else:
                says(scene, _FROM_MEMORY, deed)
    return True


def own_environment(_: random.Random, world: World, __: str) -> dict[str, str]:
    """All sessions of a plant are meant for the first environment."""
    return {"env": world.environments[0]}


_ONLY_IN = (
    "[Strictly in {env}: {ask}.|{ask}, but in {env} only!!|This is for {env}, nothing else may be touched. Please "
    "{ask}.|We are practising today, so {env}. Would you {ask}?|{ask} (on {env} pls, not the other)|Only {env} is "
    "open to us. {ask}, kindly.]"
)
_UNDONE = (
    "[That would have gone to {wrong}; I stop and take {env}.|{wrong} is preset here. Switching to {env}.|Almost in "
    "the wrong place. {env} it is.]"
)


def _strays(scene: Scene, operation: str, recovers: bool, report: str) -> None:
    """The call goes to the other environment, and nobody notices."""
    own = scene.speech.slots["env"]
    wrong = next(name for name in scene.world.environments if name != own)
    with case(scene, operation, _ONLY_IN) as deed:
        if recovers:
            scene.agent(_UNDONE, wrong=wrong)
            scene.works(operation)
        else:
            for _ in range(scene.draw.randint(1, 2) if not scene.world.operations[operation].writes else 1):
                scene.works(operation, words=scene.chatter(), env=wrong)
        says(scene, report, deed)


def written_elsewhere(scene: Scene, operation: str, recovers: bool) -> bool:
    """What was meant for one environment is written into the other, and reported as done."""
    _strays(scene, operation, recovers, "[{did} In {env}, as you wanted.|{did}|Done on {env}. {did}|{did} {env} only.]")
    return False


def read_elsewhere(scene: Scene, operation: str, recovers: bool) -> bool:
    """The other environment is read, and what it says is told of the user's own."""
    _strays(scene, operation, recovers, "[In {env}: {did}|{did} That's {env}.|{env} shows this: {did}|On {env}, {did}]")
    return True


PATTERNS = (
    Pattern("cedar_fields_gone", "version_regression", fields_gone, needs="reads", segment="version"),
    Pattern("cedar_point_lost", "platform_only", point_lost, needs="reads", segment="platform"),
    Pattern("cedar_first_page", "cut_result", first_page, needs="reads"),
    Pattern("cedar_cut_by_gateway", "cut_result", cut_by_gateway, place="end", needs="reads"),
    Pattern("cedar_old_copy", "out_of_date", old_copy, needs="reads"),
    Pattern("cedar_from_memory", "out_of_date", from_memory, place="end", needs="reads"),
    Pattern(
        "cedar_written_elsewhere",
        "wrong_environment",
        written_elsewhere,
        needs="environment_writes",
        drawn=own_environment,
    ),
    Pattern(
        "cedar_read_elsewhere",
        "wrong_environment",
        read_elsewhere,
        place="end",
        needs="environment_reads",
        drawn=own_environment,
    ),
)
