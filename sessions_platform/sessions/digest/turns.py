"""The turns of a slice, one line each: who asked what, who then did what, where a call looped or was tried again."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sessions_platform.sessions.digest.failures import MODEL_CALL, Failure, calls, is_failed, label_of
from sessions_platform.sessions.digest.words import clip, clip_bytes, flat, plural, size
from sessions_platform.sessions.endings import is_closing, text_of
from sessions_platform.sessions.model import Message, Part, StagedSession

LOOP = 3
"""So many equal calls make a loop."""
_FIRST, _LAST = 3, 4
"""Turns at either end that stay where not all fit."""
_GAP_BYTES = 60
_LINE_BYTES = 2400
_WORDS = (140, 70, 0)
"""How much of an agent's words each step shows, where there is room for all turns."""
_STEPS = (14, 8)
"""Steps at the beginning and end of a turn that stay where it has more."""
_STOP_MARK = re.compile(r"[A-Z#\[\] _.-]{3,20}")


class Step(msgspec.Struct):
    """What one agent did until another took over. `tools` counts its calls by label, `failed` those that failed."""

    agent: str
    index: int
    tools: Counter[str]
    failed: Counter[str]
    words: str = ""


class Turn(msgspec.Struct):
    """A turn: its first message, what the user asked, the steps that followed, loops and retries in words."""

    number: int
    first: int
    asked: str
    asker: str
    steps: list[Step]
    marks: list[str]
    failed: bool


def turn_lines(staged: StagedSession, found: Sequence[Failure], most: int) -> list[str]:
    """The lines of all turns within `most` bytes; where they do not fit, the ends and the turns with failures."""
    turns = list(_turns(staged, found))
    if not turns:
        return ["- none"]
    for words in _WORDS if len(turns) * 60 < most else (0,):
        lines = [_line(turn, words) for turn in turns]
        if sum(size(line) + 1 for line in lines) <= most:
            return lines
    return _chosen(turns, lines, most)


def _chosen(turns: list[Turn], lines: list[str], most: int) -> list[str]:
    """First and last turns, then those with failures, then the others, newest first, while they fit."""
    every = range(len(turns))
    order = [*every[:_FIRST], *every[-_LAST:], *(i for i in reversed(every) if turns[i].failed), *reversed(every)]
    longest = max(200, most // (_FIRST + _LAST + 1) - _GAP_BYTES)
    kept: dict[int, str] = {}
    room = most - _GAP_BYTES
    for position in dict.fromkeys(order):
        line = clip_bytes(lines[position], longest)
        cost = size(line) + 1 + _GAP_BYTES
        if cost <= room:
            kept[position] = line
            room -= cost
    return list(_with_gaps(turns, kept))


def _with_gaps(turns: list[Turn], kept: dict[int, str]) -> Iterator[str]:
    start = 0
    for position in (*sorted(kept), len(turns)):
        if gap := turns[start:position]:
            failed = sum(turn.failed for turn in gap)
            span = f"{gap[0].number} to {gap[-1].number}" if len(gap) > 1 else f"{gap[0].number}"
            yield f"- turn {span} left out ({len(gap)}{f', {failed} with failures' if failed else ''})"
        if position in kept:
            yield kept[position]
        start = position + 1


def _turns(staged: StagedSession, found: Sequence[Failure]) -> Iterator[Turn]:
    marks = _marks(staged)
    for failure in found:
        if failure.tool == MODEL_CALL:
            marks.setdefault(failure.turn, []).append("a model call failed")
    seen: dict[str, int] = {}
    failed = {failure.turn for failure in found}
    groups: dict[int, list[tuple[int, Message]]] = {}
    for index, message in enumerate(staged.messages):
        if message.role != "system":
            groups.setdefault(message.turn_index, []).append((index, message))
    for number, group in sorted(groups.items()):
        asked = [m for _, m in group if m.role == "user" and m.turn_index]
        words = next((words for message in asked if (words := flat(text_of(message), 160))), "")
        before = seen.setdefault(words, number)
        yield Turn(
            number,
            group[0][0],
            words if before == number or len(words) < 40 else f"(the words of turn {before} again)",
            flat(asked[0].agent_name, 40) if asked else "",
            _steps(group),
            list(dict.fromkeys(marks.get(number, []))),
            number in failed,
        )


def _steps(group: list[tuple[int, Message]]) -> list[Step]:
    steps: list[Step] = []
    for index, message in group:
        if message.role == "user" and message.turn_index:
            continue
        agent = flat(message.agent_name, 40) or message.role
        if not steps or steps[-1].agent != agent:
            steps.append(Step(agent, index, Counter(), Counter()))
        step = steps[-1]
        for part in message.parts:
            if part.type == "tool":
                label = label_of(part) + (" (unanswered)" if part.tool_status == "requested" else "")
                step.tools[label] += 1
                step.failed[label] += is_failed(part)
        words = flat(text_of(message), max(_WORDS)) if message.role != "tool" else ""
        if words and not (step.words and _STOP_MARK.fullmatch(words)):
            step.words = words
    return steps


def _line(turn: Turn, words: int) -> str:
    head = f"- turn {turn.number} (m{turn.first})" if turn.number else f"- before the first turn (m{turn.first})"
    asked = f" {turn.asker}: {clip(turn.asked, 160 if words else 90)}" if turn.asked else ""
    steps = [_step(step, words) for step in turn.steps]
    first, last = _STEPS
    if len(steps) > first + last:
        steps = [*steps[:first], f"({len(steps) - first - last} more steps)", *steps[-last:]]
    did = f" | {' -> '.join(steps)}" if steps else "" if is_closing(turn.asked) else " | no answer"
    marks = f" | {'; '.join(turn.marks)}" if turn.marks else ""
    return clip_bytes(head + asked, _LINE_BYTES // 3) + clip_bytes(did, _LINE_BYTES - 1200) + clip_bytes(marks, 400)


def _step(step: Step, words: int) -> str:
    used = []
    for label, count in step.tools.items():
        failed = f" ({step.failed[label]} failed)" if step.failed[label] else ""
        used.append(f"{label}{f' x{count}' if count > 1 else ''}{failed}")
    said = f'"{clip(step.words, words)}"' if words and step.words else ""
    more = [f"{len(used) - 8} more tools"] if len(used) > 8 else []
    does = ", ".join([*used[:8], *more])
    return f"{step.agent}: {does}{' ' if does and said else ''}{said}" if does or said else step.agent


def _marks(staged: StagedSession) -> dict[int, list[str]]:
    """Loops and retries in words, by turn."""
    called = [(message.turn_index, part) for _, message, part in calls(staged) if part.tool_status != "requested"]
    marks: dict[int, list[str]] = {}
    for (turn, label), count in _loops(called).items():
        marks.setdefault(turn, []).append(f"loop: {label} x{count}")
    for (turn, label), (tries, ok) in _retries(called).items():
        often = f" {plural(tries, 'time')}" if tries > 1 else ""
        marks.setdefault(turn, []).append(f"{label} retried{often}, then {'ok' if ok else 'failed again'}")
    return marks


def _loops(called: list[tuple[int, Part]]) -> dict[tuple[int, str], int]:
    """Equal calls, three or more in one turn or in a row; a row over several turns is told where it ends."""
    in_turn: Counter[tuple[int, str, str]] = Counter()
    loops: dict[tuple[int, str], int] = {}
    run, previous, last_turn = 0, ("", ""), -1
    for turn, part in called:
        call = (label_of(part), part.tool_input or "")
        # Calls whose arguments are not known are not known to be equal.
        run = run + 1 if call == previous and call[1] else 1
        if run > 1 and turn != last_turn and in_turn[last_turn, *call] < LOOP:
            loops.pop((last_turn, call[0]), None)
        previous, last_turn = call, turn
        in_turn[turn, *call] += bool(call[1])
        count = max(run, in_turn[turn, *call])
        if count >= LOOP:
            loops[turn, call[0]] = max(count, loops.get((turn, call[0]), 0))
    return loops


def _retries(called: list[tuple[int, Part]]) -> dict[tuple[int, str], tuple[int, bool]]:
    """Calls of a tool right after it failed: how often in a turn, and whether the last of them succeeded."""
    failed: dict[str, bool] = {}
    retries: dict[tuple[int, str], tuple[int, bool]] = {}
    for turn, part in called:
        label = label_of(part)
        if failed.get(label):
            tries, _ = retries.get((turn, label), (0, False))
            retries[turn, label] = (tries + 1, not is_failed(part))
        failed[label] = is_failed(part)
    return retries
