"""Going round in circles without calls: the same words again, and model calls in a row that lead to nothing."""

from collections.abc import Iterator

from sessions_platform.analysis.checks.shapes import quote_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.endings import is_closing

_SAME = 3
_RUN = 6
_SHORTEST = 25
_HIDDEN_CALLS, _HIDDEN_TIMES = 10, 4


def check(trail: Trail) -> Iterator[Signal]:
    """Signals at the repeated words, or where a run becomes too long."""
    yield from _same_words(trail)
    yield from _runs(trail)
    spoken = sum(message.role == "assistant" for message in trail.messages)
    made = sum(call.type == "GENERATION" for call in trail.session.model_calls)
    if trail.final is not None and made >= max(_HIDDEN_CALLS, _HIDDEN_TIMES * max(spoken, 1)):
        yield at(trail.final, "model_call_run", quote_of(trail.final.text), "calls without words")


def _same_words(trail: Trail) -> Iterator[Signal]:
    """One agent's words, equal three times in a row, or three times within one turn."""
    said: dict[str, list[WholeMessage]] = {}
    for message in trail.said:
        if len(message.text) >= _SHORTEST:
            said.setdefault(message.agent, []).append(message)
    for messages in said.values():
        texts = [message.text.strip().lower() for message in messages]
        for place in range(_SAME - 1, len(messages)):
            before = [n for n in range(place) if texts[n] == texts[place]]
            row = before[-2:] == [place - 2, place - 1]
            in_turn = sum(messages[n].turn == messages[place].turn for n in before) >= _SAME - 1
            if (row or in_turn) and not is_closing(messages[place].text):
                also = tuple(messages[n].index for n in before)
                yield at(messages[place], "repeated_message", quote_of(messages[place].text), also=also[:20])
                break


def _runs(trail: Trail) -> Iterator[Signal]:
    run: list[WholeMessage] = []
    for message in trail.messages:
        if message.role == "system":
            continue
        if message.role != "assistant" or (run and run[-1].agent != message.agent):
            run = []
        if message.role == "assistant":
            run.append(message)
            if len(run) == _RUN:
                yield at(
                    message, "model_call_run", quote_of(message.text), "in a row", tuple(one.index for one in run[:-1])
                )
