"""What a user wanted: the requests of a slice, in the user's own words."""

import re
from collections.abc import Iterable, Iterator

from sessions_platform.sessions.digest.words import flat
from sessions_platform.sessions.endings import text_of
from sessions_platform.sessions.model import Message, StagedSession

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|dear|hola|hallo|u[mh]+|hmm+|well)\b"
    r"(?:[ ,]+(?:there|all|team)\b)?[\s,.!:;…—–-]*)+",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"(?:yes|no|ok(?:ay)?|sure|yep|nope|y|n|thanks?|thank you|go on|go ahead|continue|proceed|please|do it|done|fine"
    r"|great|perfect|correct|right|of course|that's (?:right|correct|all)|next)\b[\s,.!]*",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r"\b(?:also|another (?:thing|question|issue|problem|request|task)|one other (?:thing|question|issue|request)"
    r"|one more|next task|new task|separately|besides that|additionally|while you(?:'re| are) at it|instead)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:can|could|would|will) you\b|\bplease\b|\bI(?:'d| would| want| need| have to)\b|\bhow (?:do|can|about)\b|\?",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?<=[.!?])\s+(?:please[, ]+)?(?:can|could|would) you (?:please )?(?:help|assist) ?(?:me)?(?: out)?"
    r"(?: with (?:that|this|it))?(?:,? please)?\s*[?.!]",
    re.IGNORECASE,
)
_FURTHER_WITHIN = 160


def goals(staged: StagedSession, most: int = 3) -> list[tuple[int, str]]:
    """(message index, words) of the slice's distinct requests: its first real one, and later ones that say they are.

    An answer to an agent's question is no request; a prompt that is repeated is one.
    """
    found: dict[str, tuple[int, str]] = {}
    for index, words in _said(staged.messages):
        if not found or (_FURTHER.search(words[:_FURTHER_WITHIN]) and _REQUEST.search(words)):
            found.setdefault(words.lower()[:300], (index, words))
            if len(found) == most:
                break
    return list(found.values())


def earlier_goal(staged: StagedSession) -> str:
    """The request that stands in the slice's history, '' where there is none."""
    return next((words for _, words in _said(staged.history)), "")


def task_of(staged: StagedSession) -> str:
    """What was asked: a user's first request in this slice or its history, else any words, the title, the id."""
    first = next((words for _, words in goals(staged, 1)), "") or earlier_goal(staged)
    if first:
        return first
    every = (flat(text_of(message)) for message in (*staged.messages, *staged.history) if message.role == "user")
    return next(filter(None, every), "") or flat(staged.session.title) or flat(staged.session_id)


def without_greeting(words: str) -> str:
    """The words without a greeting before them; the words themselves where they are nothing else."""
    met = _GREETING.match(words)
    return words[met.end() :] or words if met else words


def without_phrases(words: str) -> str:
    """The words without greeting and phrases that every request has, so that what is left tells requests apart."""
    return _PHRASE.sub("", without_greeting(words)).strip() or words


def _said(messages: Iterable[Message]) -> Iterator[tuple[int, str]]:
    """Index and words of user messages that say more than a greeting or yes."""
    for index, message in enumerate(messages):
        if message.role != "user":
            continue
        words = flat(text_of(message))
        rest = _ANSWER.sub("", without_greeting(words), count=1).strip(" ,.!?")
        # Scripts without spaces say much in few signs.
        if len(rest.split()) >= 3 or len(rest) >= 12:
            yield index, words
