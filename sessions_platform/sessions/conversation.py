"""What is new in an input: tracers send the whole conversation, its last part, or only what is new.

A `Conversation` holds the messages of one session in order and judges each message of an input: `new`, `same` as one it
holds, or `history` that no row of this context produced. It knows nothing of rows, dates or tables.
Source: CONTRACT section 1 (new in an input, over midnight).
"""

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from sessions_platform.sessions.model import ChatMessage
from sessions_platform.sessions.sameness import SameTexts

Key = tuple[int, tuple[str, ...]]
_OWN_OUTPUTS_SEARCHED = 64
"""How far back an agent's own words are looked for in its input; older ones only matter where tracers trim."""


class Verdict(Enum):
    """What a message of an input is to the session."""

    NEW = "new"
    SAME = "same"
    HISTORY = "history"


@dataclass(slots=True, eq=False)
class Held:
    """A message the session holds. `agent` is who spoke it; `position` its place among all held messages."""

    message: ChatMessage
    agent: str
    key: Key
    position: int


class Conversation:
    """The messages of a session so far, and how an input relates to them."""

    def __init__(self) -> None:
        self._held: list[Held] = []
        self._counts: Counter[Key] = Counter()
        self._call_ids: Counter[str] = Counter()
        self._outputs: dict[str, list[Held]] = {}
        self._system_texts: set[int] = set()
        self._texts = SameTexts()

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, message: ChatMessage, agent: str, *, own_output: bool, at: int | None = None) -> Held:
        """Take a message into the session, at the end or at a position; `own_output` marks an agent's own words."""
        position = len(self._held) if at is None else at
        held = Held(message, agent, self.key(message), position)
        self._held.insert(position, held)
        for later in self._held[position + 1 :]:
            later.position += 1
        self._counts[held.key] += 1
        if message.role == "system":
            self._system_texts.add(held.key[0])
        if message.role == "tool" and message.call_id:
            self._call_ids[message.call_id] += 1
        if own_output:
            self._outputs.setdefault(agent, []).append(held)
        return held

    def judge(self, agent: str, messages: list[ChatMessage], *, output: bool = False) -> list[Verdict]:
        """For each message of an input of `agent`: is it new, the same as one held, or history from elsewhere?

        `output`: the list is what an enclosing row gave back, so that a reply in it is no sign of an earlier past.
        """
        keys = [self.key(message) for message in messages]
        boundary, since, spoke = self._boundary(agent, messages, keys, output=output)
        before = _Pool(self._counts, self._call_ids)
        after = _Pool.of(self._held[since:])
        fresh_system: set[int] = set()
        verdicts = []
        for index, (message, key) in enumerate(zip(messages, keys, strict=True)):
            if message.role == "system":
                known = key[0] in self._system_texts or key[0] in fresh_system
                fresh_system.add(key[0])
                unknown = Verdict.NEW if spoke or index > boundary else Verdict.HISTORY
                verdicts.append(Verdict.SAME if known else unknown)
            elif index <= boundary:
                verdicts.append(Verdict.SAME if before.take(message, key) else Verdict.HISTORY)
            else:
                verdicts.append(Verdict.SAME if after.take(message, key) else Verdict.NEW)
        return verdicts

    def key(self, message: ChatMessage) -> Key:
        """What makes two messages the same: text with white space collapsed, and the call ids asked."""
        # A result is JSON as often as not, and its white space differs between the row and the conversation.
        number = self._texts.number(message.text, "" if message.role == "tool" else " ")
        return (number, tuple([call.id for call in message.calls]) if message.calls else ())

    def _boundary(
        self, agent: str, messages: list[ChatMessage], keys: list[Key], *, output: bool
    ) -> tuple[int, int, bool]:
        """Index of the last message that is history, position from which held messages count, and whether it spoke."""
        own = self._outputs.get(agent)
        if not own:
            return -1 if output else _last_reply(messages), 0, False
        last_index = {key: index for index, key in enumerate(keys) if messages[index].role != "system"}
        for said in reversed(own[-_OWN_OUTPUTS_SEARCHED:]):
            index = last_index.get(said.key)
            # Silence recurs, so it only says something as the agent's very last output.
            silent = said is not own[-1] and not said.message.text.strip() and not said.message.calls
            if index is not None and not silent and messages[index].role in ("assistant", said.message.role):
                return index, said.position + 1, True
        # None of its own words is there: the tracer sends only what is new.
        return -1, own[-1].position + 1, True


class _Pool:
    """Held messages that an input may repeat, each once."""

    def __init__(self, keys: Counter[Key], call_ids: Counter[str]) -> None:
        self._keys, self._call_ids = keys, call_ids
        self._taken: Counter[Key] = Counter()
        self._taken_calls: Counter[str] = Counter()

    @classmethod
    def of(cls, held: list[Held]) -> "_Pool":
        """The pool of some held messages."""
        calls = Counter(one.message.call_id for one in held if one.message.role == "tool" and one.message.call_id)
        return cls(Counter(one.key for one in held), calls)

    def take(self, message: ChatMessage, key: Key) -> bool:
        """Whether a message like this is left; takes it. A result is known by its call id before its text."""
        call = message.call_id if message.role == "tool" else ""
        if call and call in self._call_ids:
            if self._taken_calls[call] < self._call_ids[call]:
                self._taken_calls[call] += 1
                return True
            return False
        if self._taken[key] < self._keys.get(key, 0):
            self._taken[key] += 1
            return True
        return False


def _last_reply(messages: list[ChatMessage]) -> int:
    """Index of the last assistant message, or of the results that directly answer it; -1 if there is none."""
    last = next((i for i in range(len(messages) - 1, -1, -1) if messages[i].role == "assistant"), -1)
    if last < 0:
        return -1
    while last + 1 < len(messages) and messages[last + 1].role == "tool":
        last += 1
    return last
