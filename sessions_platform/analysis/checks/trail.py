"""A session as checks look at it: its calls in order with what each did, its texts by speaker, its hand-offs.

Made once for all checks. What is derived from long texts is derived when a check first asks for it.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from sessions_platform.analysis.checks import results
from sessions_platform.analysis.checks.shapes import QUOTE_CHARACTERS, ends_of, quote_at, quote_of, shape_of, steady
from sessions_platform.analysis.checks.verbs import command_of, is_mutating, program_of, words_of
from sessions_platform.analysis.checks.whole import WholeMessage, WholeSession
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.digest.words import flat
from sessions_platform.sessions.jsontext import NotJson, parse
from sessions_platform.sessions.model import Part

_ARGUMENTS_MOST = 20_000
_REQUEST_PART, _REQUEST_MOST = 4000, 12_000
_SPOKEN_PART, _SPOKEN_MOST = 16_000, 200_000
_ESSENCE = 40
"""Characters of an error's one line by which its place in the result is found."""
_LONG_WAIT_MS = 30_000
"""A call that fails after so long, and does not say why, has timed out."""
_UNSAID = frozenset(
    {
        "thought",
        "reasoning",
        "explanation",
        "description",
        "request_id",
        "requestid",
        "timestamp",
        "trace_id",
        "attempt",
    }
    | {"retry", "idempotency_key", "rationale", "comment", "title", "purpose"}
)
"""Arguments that say why or when, not what."""
_encoder = msgspec.json.Encoder(order="sorted")
_BREAKS = re.compile(r"[\s,;=\"']+")
_VALUE_MOST = 4000
_ONE_WORD = re.compile(r"[\w][\w./-]{1,39}")
_OPTION = re.compile(
    r"(?<![\w-])(--[a-z][\w-]{1,30}|-[a-z]|[a-z_]{2,30})(?:=|(?<=[a-z]) (?=[\w]))[\"']?([\w][\w.-]{1,39})(?![\w/(])"
)


class Call:
    """A call that ran, in its place."""

    def __init__(self, number: int, message: WholeMessage, part: Part) -> None:
        self.number = number
        """Place among the session's calls."""
        self.index = message.index
        self.turn = message.turn
        self.agent = part.caller or message.agent
        self.tool = part.tool_name or ""
        self.operation = part.operation or ""
        self.arguments = part.tool_input or ""
        self.output = part.tool_output or ""
        self.part = part
        self.failed = results.failed(part)

    @cached_property
    def label(self) -> str:
        """What was called: the sub-command or program where it is known, else the tool."""
        return flat(self.operation or program_of(self.tool, self.arguments) or self.tool, 80) or "tool"

    @cached_property
    def kin(self) -> tuple[str, ...]:
        """The first three words of its tool's name, which tools for one purpose share (`find_user_id_by_...`)."""
        named = words_of(self.tool)
        return named[:3] if len(named) > 3 else ()

    @cached_property
    def _parsed(self) -> Any:
        """The arguments as JSON, None where they are none."""
        text = self.arguments[:_ARGUMENTS_MOST].strip()
        if text[:1] not in ("{", "["):
            return None
        try:
            return parse(text)
        except NotJson:
            return None

    @cached_property
    def key(self) -> tuple[str, str]:
        """Equal for calls that ask for the same."""
        value = self._parsed
        if isinstance(value, dict):
            value = {name: one for name, one in value.items() if name.lower() not in _UNSAID}
        if value is None:
            return self.tool, " ".join(self.arguments[:_ARGUMENTS_MOST].split())
        return self.tool, _encoder.encode(value).decode()

    @cached_property
    def result(self) -> str:
        """Equal for results that say the same at different times."""
        return steady(self.output)

    @cached_property
    def error(self) -> str:
        """The words of its failure, '' where it did not fail."""
        return results.error_of(self.part) if self.failed else ""

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Of what kinds its failure is."""
        found = results.kinds_of(self.error) if self.failed else frozenset()
        waited = self.failed and (self.part.duration_ms or 0) >= _LONG_WAIT_MS
        return frozenset({"timeout"}) if waited and not found else found

    @cached_property
    def empty(self) -> bool:
        """Whether it succeeded and found nothing."""
        return not self.failed and not self.mutates and results.is_empty(self.output)

    @cached_property
    def bad(self) -> bool:
        """Whether it failed, or its result tells of something that is not as it should be."""
        return self.failed or results.is_bad_news(self.output)

    @cached_property
    def mutates(self) -> bool:
        """Whether it changes something outside the session."""
        return is_mutating(self.tool, self.operation, self.arguments)

    @cached_property
    def targets(self) -> frozenset[str]:
        """The names and values it speaks of, in lower case."""
        said = self._parsed if self._parsed is not None else self.arguments[:_ARGUMENTS_MOST]
        return frozenset(word for text in _strings(said) for word in _BREAKS.split(text.lower()) if len(word) >= 3)

    @cached_property
    def named(self) -> dict[str, str]:
        """Its values of one word by the names of their arguments, in lower case; of a command line its options."""
        if isinstance(self._parsed, dict):
            own = {key.lower(): value.lower() for key, value in self._parsed.items() if isinstance(value, str)}
            found = {key: value for key, value in own.items() if _ONE_WORD.fullmatch(value)}
        else:
            found = {}
        options = _OPTION.findall(command_of(self.arguments)[:_VALUE_MOST].lower()) if self.arguments else []
        # A single letter means something else in every program.
        program = self.label.partition(" ")[0]
        names = ((key.strip("-"), value) for key, value in options if not value.isdigit())
        return found | {key if len(key) > 1 else f"{program} {key}": value for key, value in names}

    @cached_property
    def error_shape(self) -> str:
        """The error's one line, masked."""
        return shape_of(results.essence(self.part)) if self.failed else ""

    @cached_property
    def _essence(self) -> str:
        return results.essence(self.part)[:_ESSENCE]

    def signal(self, check: str, shape: str = "", pattern: Any = None, also: tuple[int, ...] = ()) -> Signal:
        """A signal at this call's result; the quote is the line the pattern is found in, else the error's own."""
        quote = quote_at(self.output, self._essence) if self.failed and pattern is None and self._essence else ""
        return Signal(
            check,
            self.index,
            quote or quote_of(self.output, pattern),
            shape,
            self.turn,
            self.agent,
            self.tool,
            self.operation,
            also,
        )


class Trail:
    """The session in the forms that checks ask for."""

    def __init__(self, session: WholeSession) -> None:
        self.session = session
        self.messages = session.messages
        self.calls: list[Call] = []
        for message in session.messages:
            if message.role == "tool":
                for part in message.parts:
                    if part.type == "tool" and part.tool_status in ("completed", "error"):
                        self.calls.append(Call(len(self.calls), message, part))

    @cached_property
    def users(self) -> list[WholeMessage]:
        """What the user said, in order."""
        return [one for one in self.messages if self.is_user(one) and one.text.strip()]

    @cached_property
    def request(self) -> str:
        """What the user said, each text once, the beginnings of them."""
        return " \n".join(dict.fromkeys(one.text[:_REQUEST_PART] for one in self.users))[:_REQUEST_MOST]

    @cached_property
    def spoken(self) -> str:
        """All that agents said in one text, by which words are looked for before each message is."""
        return ends_of("\n".join(one.text[:_SPOKEN_PART] for one in self.said), _SPOKEN_MOST)

    @cached_property
    def agents(self) -> frozenset[str]:
        """Who spoke or called, without users."""
        spoke = {one.agent for one in self.messages if one.role == "assistant"}
        return frozenset(spoke | {call.agent for call in self.calls})

    def is_user(self, message: WholeMessage) -> bool:
        """Whether a message is the user's own, not an outer agent's words to another."""
        return message.role == "user" and message.agent in self._user_names

    @cached_property
    def _user_names(self) -> frozenset[str]:
        """`user`, and simulated users: whoever opened a turn."""
        return frozenset({"user", *(one.agent for one in self.messages if one.role == "user" and one.opens_turn)})

    @cached_property
    def said(self) -> list[WholeMessage]:
        """What agents said, in order, without messages that only ask for calls."""
        return [one for one in self.messages if one.role == "assistant" and one.text.strip()]

    @cached_property
    def conclusions(self) -> tuple[int, ...]:
        """Indices of agents' words that no call came with: the next message is no result."""
        after = {one.index: later.role for one, later in zip(self.messages, self.messages[1:], strict=False)}
        return tuple(one.index for one in self.said if after.get(one.index) != "tool")

    def concluded(self, after: int, before: int) -> bool:
        """Whether the agent spoke without a call between two indices."""
        return any(after < at < before for at in self.conclusions)

    def until(self, index: int) -> int:
        """Index of the agent's next words without a call; the number of messages where there are none."""
        return next((at for at in self.conclusions if at > index), len(self.messages))

    @cached_property
    def final(self) -> WholeMessage | None:
        """The last words of an agent."""
        return self.said[-1] if self.said else None

    def last_before(self, index: int) -> Call | None:
        """The last call whose result stands before a message."""
        return next((call for call in reversed(self.calls) if call.index < index), None)

    def worked_later(self, call: Call) -> bool:
        """Whether the same thing worked afterwards: a success of its label, or of a tool of the same purpose."""
        return self._label_worked.get(call.label, -1) > call.number or self._kin_worked.get(call.kin, -1) > call.number

    def left(self, call: Call) -> bool:
        """Whether neither the same call nor one of its purpose worked before the agent's next words without a call."""
        until = self.until(call.index)
        asked = until < len(self.messages) and self.messages[until].text.rstrip().endswith("?")
        if asked and any(
            one.turn == call.turn + 1 and one.label == call.label and not one.failed for one in self.calls
        ):
            return False
        for later in self.calls[call.number + 1 :]:
            if later.turn != call.turn or later.index > until:
                return True
            if not later.failed and (later.label == call.label or (call.kin and later.kin == call.kin)):
                return False
        return True

    def recovered(self, call: Call) -> bool:
        """Whether it was done after all: the same thing worked afterwards, or another way to the same target."""
        return self.worked_later(call) or call.number in self._reached_later

    @cached_property
    def _label_worked(self) -> dict[str, int]:
        """Number of the last successful call by its label."""
        return {call.label: call.number for call in self.calls if not call.failed}

    @cached_property
    def _kin_worked(self) -> dict[tuple[str, ...], int]:
        return {call.kin: call.number for call in self.calls if not call.failed and call.kin}

    @cached_property
    def _reached_later(self) -> frozenset[int]:
        """Failed calls at least half of whose targets a later successful call spoke of.

        A look at what was to be changed does not change it.
        """
        later, changed = set[str](), set[str]()
        found = set()
        for call in reversed(self.calls):
            if not call.failed:
                later |= call.targets
                changed |= call.targets if call.mutates else set()
            else:
                own = {one for one in call.targets if len(one) >= 4}
                if own and len(own & (changed if call.mutates else later)) * 2 >= len(own):
                    found.add(call.number)
        return frozenset(found)


def at(message: WholeMessage, check: str, quote: str, shape: str = "", also: tuple[int, ...] = ()) -> Signal:
    """A signal at a message that is not a call's result."""
    return Signal(check, message.index, quote[:QUOTE_CHARACTERS].strip(), shape, message.turn, message.agent, also=also)


def grouped(calls: list[Call]) -> Iterator[tuple[str, list[Call]]]:
    """Calls by label, in the order of each one's first."""
    by_label: dict[str, list[Call]] = {}
    for call in calls:
        by_label.setdefault(call.label, []).append(call)
    yield from by_label.items()


def _strings(value: Any) -> Iterator[str]:
    """The values inside arguments as texts."""
    if isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)[:_VALUE_MOST]
