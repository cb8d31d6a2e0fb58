"""Hand-offs between agents that lose something: the request's facts, the answer, or the way (ping-pong).

A hand-off is a call of a tool that delegates, or words of one agent that open another's run. A transfer to a person is
the right end of many sessions and says nothing here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sessions_platform.analysis.checks import result_words, spoken_words
from sessions_platform.analysis.checks.facts import facts_in, held_in
from sessions_platform.analysis.checks.final_claims import admits, claim_in
from sessions_platform.analysis.checks.shapes import ends_of, quote_of
from sessions_platform.analysis.checks.terms import terms_of
from sessions_platform.analysis.checks.trail import Trail, at
from sessions_platform.analysis.checks.whole import WholeMessage
from sessions_platform.analysis.model import Signal
from sessions_platform.sessions.jsontext import NotJson, parse

_FEWEST_FACTS = 2
_BEFORE = 4000
_BARE = 4
"""Content words that a hand-off without a subject may have ("please handle this, thanks")."""
_PING_PONG = 4
_SHOWN = 8000
_SAME_WORDS = 40
_NAME = re.compile(r"[\w.-]+/[\w./-]+\.[a-z]{1,5}\b|[a-z]+(?:_[a-z]+)+")
_TOKEN = re.compile(r"\w{3,}")
_HUMAN = re.compile(r"human|person|operator|representative|live_?agent|support_?team|supervisor", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Handoff:
    """Who asked whom for what, and what came back."""

    index: int
    source: str
    target: str
    asked: str
    answer: str
    answered_at: int
    tool: str = ""
    called: bool = False
    """Whether it is a call, not words that reached another agent."""


def check(trail: Trail) -> Iterator[Signal]:
    """Signals at the hand-off, or at the answer that shows the loss."""
    handoffs = [*_calls(trail), *_words(trail)]
    if not handoffs and len(trail.agents) < 2:
        return
    handoffs.sort(key=lambda one: one.index)
    by_index = {message.index: message for message in trail.messages}
    for handoff in handoffs:
        yield from _lost(trail, handoff, by_index)
        yield from _other_subject(trail, handoff, by_index)
    yield from _again(handoffs, by_index)
    yield from _ping_pong(trail, handoffs, by_index)
    yield from _contradicted(trail, handoffs)
    yield from _user_again(trail)


def _calls(trail: Trail) -> Iterator[Handoff]:
    for call in trail.calls:
        if result_words.HANDOFF_TOOL.search(call.tool) and not _HUMAN.search(f"{call.tool} {call.arguments[:200]}"):
            yield Handoff(call.index, call.agent, call.tool, call.arguments, call.output, call.index, call.tool, True)


def _words(trail: Trail) -> Iterator[Handoff]:
    """An agent's words that reach another agent as its input, with that agent's last words before others speak."""
    for place, message in enumerate(trail.messages):
        if message.role != "user" or trail.is_user(message) or not message.text.strip():
            continue
        answer: WholeMessage | None = None
        for later in trail.messages[place + 1 :]:
            if later.role == "user" or (later.role == "assistant" and later.agent == message.agent):
                break
            if later.role == "assistant" and later.text.strip():
                answer = later
        if answer is not None:
            tool = _tool_of(trail, message)
            yield Handoff(message.index, message.agent, answer.agent, message.text, answer.text, answer.index, tool)


def _tool_of(trail: Trail, message: WholeMessage) -> str:
    """The tool by whose call these words were handed on, where one stands among the calls."""
    words_there = " ".join(message.text.split())[:_SAME_WORDS]
    for call in trail.calls:
        if call.index > message.index and words_there in " ".join(call.arguments.split()):
            return call.tool
    return ""


def _lost(trail: Trail, handoff: Handoff, by_index: dict[int, WholeMessage]) -> Iterator[Signal]:
    """None of the request's facts is handed on, or some are not and the other agent asks for what is missing."""
    if not handoff.asked.strip():
        return
    request = " ".join(one.text[:4000] for one in trail.users if one.index < handoff.index)
    facts = facts_in(request)
    kept = held_in(facts, handoff.asked)
    answer = ends_of(handoff.answer, 2000)
    asks = bool(spoken_words.MISSING_FACTS.search(answer))
    bare = asks and _is_bare(trail, handoff)
    if not bare and (len(facts) < _FEWEST_FACTS or len(kept) == len(facts) or (kept and not asks)):
        return
    if not asks and held_in(facts, _work_of(trail, handoff)):
        return
    shown = by_index[handoff.answered_at if asks else handoff.index]
    quote = quote_of(shown.text, spoken_words.MISSING_FACTS if asks else None)
    yield _at(shown, quote, f"facts lost: {handoff.source} to {handoff.target}", handoff)


def _is_bare(trail: Trail, handoff: Handoff) -> bool:
    """Nothing that was said or found before is in what is handed on, and the other agent made no call of it."""
    subject = terms_of(asked_words(handoff.asked))
    before = " ".join(one.text[:_BEFORE] for one in trail.messages if one.index < handoff.index)
    called = any(handoff.index < call.index < handoff.answered_at for call in trail.calls)
    return not called and len(subject) <= _BARE and not subject & terms_of(before)


def asked_words(arguments: str) -> str:
    """The words of a hand-off's arguments, without the names of its fields and of the agent."""
    try:
        value = parse(arguments) if arguments.lstrip()[:1] == "{" else arguments
    except NotJson:
        return arguments
    if not isinstance(value, dict):
        return arguments
    return " ".join(one for one in value.values() if isinstance(one, str) and " " in one.strip())


def _other_subject(trail: Trail, handoff: Handoff, by_index: dict[int, WholeMessage]) -> Iterator[Signal]:
    """What is handed on names another thing of a known form, which nothing said or showed before.

    Of the form of an id that the user gave, or of the family of a name that was shown (`orders_eu`, `orders_us`).
    """
    told = " ".join(one.text[:4000] for one in trail.users if one.index < handoff.index)
    asked = facts_in(handoff.asked)
    if not asked or held_in(facts_in(told), handoff.asked):
        return
    shown_before = " ".join(
        [one.text[:_SHOWN] for one in trail.messages if one.index < handoff.index and one.text]
        + [call.arguments[:4000] for call in trail.calls if call.index < handoff.index]
    ).lower()
    unheard = {fact for fact in asked if fact not in shown_before}
    wanted = {form for fact in facts_in(told) if (form := _form(fact))}
    names = {family for fact in _names_in(shown_before) if (family := _family(fact))} if unheard else set()
    if any(_form(fact) in wanted or _family(fact) in names for fact in unheard):
        shown = by_index[handoff.index]
        quote = quote_of(shown.text)
        yield _at(shown, quote, f"another subject: {handoff.source} to {handoff.target}", handoff)


def _form(fact: str) -> str:
    """Equal for two ids of one kind, or two names of as many parts; '' for other words."""
    if not any(sign.isdigit() for sign in fact):
        parts = re.split(r"[-_]", fact)
        return f"name {len(parts)}" if len(parts) > 1 and all(len(one) > 2 and one.isalpha() for one in parts) else ""
    return re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", fact))


def _names_in(text: str) -> set[str]:
    return set(_NAME.findall(text))


def _family(fact: str) -> str:
    """Equal for names of as many parts with the first in common, and for files of a sort; '' for what has no parts."""
    if "/" in fact:
        return f"file {fact.rpartition('.')[2]}" if _NAME.fullmatch(fact) else ""
    parts = fact.split("_")
    return f"{parts[0]} {len(parts)}" if len(parts) > 1 and parts[0].isalpha() and parts[-1].isalpha() else ""


def _work_of(trail: Trail, handoff: Handoff) -> str:
    """What the other agent said and called until it answered."""
    calls = [call.arguments[:2000] for call in trail.calls if handoff.index <= call.index <= handoff.answered_at + 6]
    return " ".join([handoff.answer[:4000], *calls])


def _again(handoffs: list[Handoff], by_index: dict[int, WholeMessage]) -> Iterator[Signal]:
    """The same agent is asked the same again though it had answered."""
    seen: dict[str, list[frozenset[str]]] = {}
    for handoff in handoffs:
        tokens = frozenset(_TOKEN.findall(handoff.asked[:2000].lower()))
        before = seen.setdefault(handoff.target, [])
        if len(tokens) >= 4 and any(len(tokens & one) >= 0.85 * len(tokens | one) for one in before):
            shown = by_index[handoff.index]
            yield _at(shown, quote_of(shown.text), f"asked again: {handoff.source} to {handoff.target}", handoff)
            return
        before.append(tokens)


def _ping_pong(trail: Trail, handoffs: list[Handoff], by_index: dict[int, WholeMessage]) -> Iterator[Signal]:
    """Transfers to and fro with no other call in between."""
    moves = [one for one in handoffs if one.called]
    run: list[Handoff] = []
    for handoff in moves:
        between = [call for call in trail.calls if run and run[-1].index < call.index < handoff.index]
        run = [*run, handoff] if run and not between else [handoff]
        agents = {one.target for one in run}
        if len(run) == _PING_PONG and len(agents) <= 2:
            shown = by_index[handoff.index]
            yield _at(shown, quote_of(shown.text), "ping-pong: " + " ".join(sorted(agents)), handoff)
            return


def _contradicted(trail: Trail, handoffs: list[Handoff]) -> Iterator[Signal]:
    """The other agent's last answer owns up to a failure, and the last words claim success."""
    final = trail.final
    answered = [one for one in handoffs if final is not None and one.answered_at < final.index]
    if final is None or not answered or any(call.index > answered[-1].answered_at for call in trail.calls):
        return
    last = answered[-1]
    claim = claim_in(final.text)
    if claim and not admits(final.text) and admits(last.answer) and not claim_in(last.answer):
        yield _at(final, claim, f"answer ignored: {last.target}", last)


def _user_again(trail: Trail) -> Iterator[Signal]:
    """After another agent took over it asks, and the user has to say what was said before."""
    told: set[str] = set()
    speaker, asked, changed = "", False, False
    for message in trail.messages:
        if message.role == "assistant" and message.text.strip():
            changed = changed or bool(speaker and message.agent != speaker)
            speaker, asked = (
                message.agent,
                "?" in message.text or bool(spoken_words.MISSING_FACTS.search(ends_of(message.text))),
            )
        elif trail.is_user(message) and message.text.strip():
            facts = facts_in(message.text)
            if changed and asked and told & facts:
                yield at(message, "handoff_loss", quote_of(message.text), f"said again to {speaker}")
                return
            told |= facts
            changed = False


def _at(message: WholeMessage, quote: str, shape: str, handoff: Handoff) -> Signal:
    also = tuple(dict.fromkeys(one for one in (handoff.index, handoff.answered_at) if one != message.index))
    return Signal(
        "handoff_loss", message.index, quote, shape[:160], message.turn, message.agent, handoff.tool, "", also
    )
