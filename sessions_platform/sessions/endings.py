"""How a conversation ended, read from its last messages and rows. Source: CONTRACT section 1 (status).

`active` and `unknown` are not decided here: they need the data's clock and the whole session, which publication has.
"""

import re

from sessions_platform.sessions.model import Message

_CLOSING = re.compile(
    r"(?:###\s*[A-Z -]+\s*###|\[?(?:STOP|END|TERMINATE|DONE|EXIT|QUIT)\]?[.!]?\s*$"
    r"|\b(?:thanks|thank you|thx|cheers|goodbye|good bye|bye|see you|have a (?:nice|good|great)|that'?s all|that is all"
    r"|all set|no(?:thing)? (?:more|else)|appreciate)\b)",
    re.IGNORECASE,
)
_STILL_ASKS = re.compile(r"\?|\b(?:please|could you|can you|would you|but|also|however|still|wait)\b", re.IGNORECASE)
_OFFER = re.compile(
    r"(?:anything else|any(?:thing)? (?:other|further|more)|further (?:questions|assistance|help)|else I can"
    r"|more (?:questions|help)|help you with)[^?]*\?\s*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\?[\s\"'*_)\]»”’]*$")


def is_closing(text: str) -> bool:
    """Whether a user's words close the conversation (thanks, goodbye, a stop mark) and ask for nothing more."""
    found = _CLOSING.search(text)
    if not found:
        return False
    if found.group(0).startswith(("#", "[")):
        return True
    # "Thanks, could you also restart the pod?" thanks and asks.
    return not _STILL_ASKS.search(text[found.end() :]) and "?" not in text


def asks_back(text: str) -> bool:
    """Whether an agent's words end in a question that wants an answer; an offer of more help does not."""
    stripped = text.rstrip()
    return bool(_QUESTION.search(stripped)) and not _OFFER.search(stripped)


def ended(messages: list[Message], *, failed: bool) -> tuple[str | None, str]:
    """End state of a slice and its reason. `failed`: its last generation or root is ERROR and no assistant spoke after.

    (None, '') where the slice says nothing of an ending: neither an utterance nor a failure.
    """
    if failed:
        return "error", "last_row_failed"
    if not any(message.is_utterance for message in messages):
        return None, ""
    last = next((message for message in reversed(messages) if message.role != "system"), messages[-1])
    if any(part.tool_status == "requested" for part in last.parts):
        return "abandoned", "call_without_response"
    text = text_of(last)
    if last.role == "user" and not is_closing(text):
        return "abandoned", "user_not_answered"
    if last.role == "assistant" and asks_back(text):
        return "abandoned", "question_not_answered"
    return "completed", ""


def text_of(message: Message) -> str:
    """The words of a message, without tool results."""
    return "\n".join(part.text for part in message.parts if part.type == "text" and part.text)
