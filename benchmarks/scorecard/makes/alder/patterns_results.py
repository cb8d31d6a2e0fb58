"""Answers that are less than they seem: the first page, the clipped text, yesterday's copy, the token that ran out."""

from typing import Any

from benchmarks.scorecard.makes.alder.patterns_kit import (
    CHANGING,
    another_read,
    answer,
    elsewhere,
    fault,
    matter,
    one_of,
    served,
    sharing,
    tell,
)
from benchmarks.scorecard.scene import Pattern, Scene

_MORE = ("next_cursor", "continuation", "has_more", "page_token")
_CLIP = (
    "... (output limit of 2000 characters reached, {left} more lines)",
    "<clipped: {left} rows not shown, use offset>",
    "-- response shortened by gateway, {left} records omitted --",
    "(+{left} further lines cut)",
)
_COPIES = (
    {"source": "replica", "lag": "9 days"},
    {"cache": "HIT", "refreshed": "2026-08-30T04:00:00Z"},
    {"snapshot": "2026-09-14", "live": False},
    {"as_of": "2026-07-21", "fresh": False},
)
_LAPSED = (
    "token {token} lapsed at {clock}",
    "session {token} is closed",
    "{token} is no longer valid, start anew",
    "reference {token} was issued before the nightly reset",
)


def _first_page_only(scene: Scene, operation: str, recovers: bool) -> bool:
    """The tool gives one page and says that there are more; the agent counts the page as the whole."""
    size, total = scene.draw.choice((5, 8, 10)), scene.draw.randint(23, 190)
    more = one_of(scene, "more", _MORE)
    with matter(scene, operation, always=True):
        scene.user(
            "[all of them please, the old ones too|the complete list, how many in total?|every single one. dont leave "
            "any out|How many are there altogether, with the history?]"
        )
        given = scene.arguments(operation)
        for page in range(-(-total // size) if recovers else 1):
            rows = [_row(scene, operation) for _ in range(min(size, total - page * size))]
            shown = {"results": rows, "count": size, "total": total, more: more == "has_more" or scene.say("{hex}")}
            served(scene, operation, shown, given=given | ({"page": page + 1} if page else {}), words=scene.chatter())
            if page == 3:
                break
        if recovers:
            scene.agent(
                f"[{total} in all; these are the first ones and I'll read on if you like.|Out of {total} entries I "
                f"have read you the beginning - not the whole of it.|There are {total}. Too many for here, shall I "
                f"mail the list?]"
            )
            return False
        tell(
            scene,
            operation,
            "[There are {size} in total.|That's all of it: {size} entries. {told}|I went through the entire list, "
            "{size} of them.|{size}, and not one more.|Complete overview above, {size} items. {told}|Nothing else "
            "exists besides these {size}.]",
            size=str(size),
        )
        if scene.chance(0.4):
            scene.user(
                "[there must be way more|only {size}? I count more on my phone|are you sure thats all|the one "
                "from March is missing]",
                size=str(size),
            )
    return False


def _row(scene: Scene, operation: str) -> dict[str, Any]:
    """One entry of a long list, as the operation would give it."""
    kept = {"pnr", "account", "origin", "dest", "topic", "product"}
    with scene.about(**{name: value for name, value in elsewhere(scene).items() if name not in kept}):
        whole = answer(scene, operation)
    lists = [item for item in whole.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
    return dict(lists[0][0]) if lists else {name: item for name, item in whole.items() if name != "status"}


def _clipped_text(scene: Scene, operation: str, recovers: bool) -> bool:
    """A long answer is cut off and says so; the agent denies that anything is in the part it did not see."""
    left = str(scene.draw.randint(40, 900))
    clip = scene.say(one_of(scene, "clip", _CLIP), left=left)
    with matter(scene, operation, always=True):
        scene.user(
            "[is there anything else on it? an older one, from {weekday}|Please check for a second entry further down.|"
            "anything over {money} in there?|Look at the oldest ones too.]"
        )
        lines = [f"{number:03d}  " + ", ".join(_cells(_row(scene, operation))) for number in range(1, 14)]
        given = scene.arguments(operation)
        served(scene, operation, "\n".join([*lines, clip]), given=given, words=scene.chatter())
        if recovers:
            for start in scene.draw.sample((14, 200, 400), 2):
                rest = [f"{start + n:03d}  " + ", ".join(_cells(_row(scene, operation))) for n in range(6)]
                served(
                    scene, operation, "\n".join(rest), given={**given, "offset": start}, words="[The rest, then.|On.|]"
                )
            tell(scene, operation, "[Now I've seen the remainder too. {told}|Read to the end: {told}]")
            return False
        tell(
            scene,
            operation,
            "[No, there's no second one.|I checked everything, nothing older exists.|The list is short and yours isn't "
            "on it.|Nothing of that kind in the whole record. {told}|Thirteen lines, none of them fits, so it never "
            "took place.|You can be sure: there is no such entry.]",
        )
    return False


def _cells(value: object) -> list[str]:
    """The plain values in an answer."""
    if isinstance(value, dict):
        return [cell for item in value.values() for cell in _cells(item)]
    if isinstance(value, list):
        return [cell for item in value[:1] for cell in _cells(item)]
    return [str(value)]


def _old_copy(scene: Scene, operation: str, recovers: bool) -> bool:
    """The answer is marked as an old copy, and the agent gives it out as today's, even when the user objects."""
    mark = dict(scene.draw.choice(_COPIES))
    with matter(scene, operation, always=True):
        scene.user(
            "[as of right now pls|I need today's state, it changed this morning.|current, not last month's|whats it "
            "NOW]"
        )
        with scene.about(**elsewhere(scene, *CHANGING)):
            served(scene, operation, {**answer(scene, operation), **mark}, words=scene.chatter())
            if not recovers:
                _insists(scene, operation, mark)
                return False
        given = {**scene.arguments(operation), "refresh": True}
        now = {"as_of": scene.recorder.now.isoformat(timespec="seconds"), "live": True}
        stale = "[That copy is old. Asking the source.|This is weeks out of date, once more and fresh.]"
        served(scene, operation, {**answer(scene, operation), **now}, given=given, words=stale)
        tell(scene, operation, "[Straight from the source: {told}|As of this minute: {told}]")
    return False


def _insists(scene: Scene, operation: str, mark: dict[str, Any]) -> None:
    """The old copy is given out as today's, and again when the user objects."""
    tell(
        scene,
        operation,
        "[As of today: {told}|{told} That's live data.|Right now it looks like this. {told}|The current state: {told}|"
        "{told} Checked this very second.]",
    )
    if scene.chance(0.6):
        scene.user("[that was weeks ago|No, I changed that on the weekend.|old info!!|thats from summer, no?]")
        served(scene, operation, {**answer(scene, operation), **mark}, words="[Looking again.|Double-checking.||]")
        tell(
            scene,
            operation,
            "[Our system is always up to date, so it stands. {told}|I see the same, sorry. {told}|It's the latest "
            "there is.|Your change may not exist, then. {told}]",
        )


def _lapsed_token(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent keeps using a token that ran out, and never fetches a new one."""
    token = scene.say("[Q|S|TK]-{hex}")
    text = scene.say(one_of(scene, "lapsed", _LAPSED), token=token)
    with matter(scene, operation):
        name = scene.draw.choice(("quote", "session", "hold_ref"))
        other = another_read(scene, operation)
        served(scene, other, {**answer(scene, other), name: token, "good_for_seconds": 20}, words=scene.chatter())
        given = {**scene.arguments(operation), name: token}
        for _ in range(1 if recovers else scene.draw.randint(3, 5)):
            words = "[The offer from before still counts.|With {token}, as earlier.|I have a reference for it.||]"
            said = scene.say(words, token=token)
            scene.fails(operation, fault(scene, text, "Expired", 410), given=given, words=said)
        if recovers:
            fresh = {**given, name: scene.say("[Q|S|TK]-{hex}")}
            scene.works(operation, given=fresh, words="[It ran out; with a new one.|Fresh token, please.]")
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[It says {token} is over, and I have only that.|The offer has gone, I fear. That's it for {thing}, "
            "then.|Strange: {token} worked earlier. Nothing I can do.|Your session seems to have ended on their side; "
            "{thing} is blocked by it.|I keep sending {token} and they keep saying it's old.]",
            token=token,
        )
    return False


RESULTS = (
    Pattern("alder_first_page_only", "cut_result", _first_page_only, needs="reads", drawn=sharing("more", _MORE)),
    Pattern("alder_clipped_text", "cut_result", _clipped_text, needs="reads", drawn=sharing("clip", _CLIP)),
    Pattern("alder_old_copy", "out_of_date", _old_copy, needs="reads"),
    Pattern("alder_lapsed_token", "out_of_date", _lapsed_token, drawn=sharing("lapsed", _LAPSED)),
)
