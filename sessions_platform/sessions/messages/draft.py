"""A message under construction, from parts in the order they stand."""

from sessions_platform.sessions.model import AskedCall, ChatMessage, Role


class Draft:
    """Collects text, reasoning and calls of one wire message into `out`.

    A result is a message of its own: it closes what was collected before it, so that order is kept. A wire message
    that holds nothing at all is one empty message.
    """

    __slots__ = ("call_id", "calls", "emitted", "is_error", "name", "out", "reasoning", "role", "texts")

    def __init__(self, out: list[ChatMessage], role: Role, name: str = "") -> None:
        self.out = out
        self.role = role
        self.name = name
        self.call_id = ""
        self.is_error: bool | None = None
        self.texts: list[str] = []
        self.reasoning: list[str] = []
        self.calls: list[AskedCall] = []
        self.emitted = False

    def text(self, text: str) -> None:
        self.texts.append(text)

    def think(self, text: str) -> None:
        if text:
            self.reasoning.append(text)

    def call(self, call: AskedCall) -> None:
        """Adds a call, unless the message has it already (LangChain writes each one in up to three places)."""
        if not call.id or all(known.id != call.id for known in self.calls):
            self.calls.append(call)

    def result(self, message: ChatMessage) -> None:
        self.flush()
        self.out.append(message)
        self.emitted = True

    def flush(self) -> None:
        """Ends the message collected so far, if there is any."""
        if self.texts or self.calls or self.reasoning:
            self._emit()

    def close(self) -> None:
        """Ends the wire message."""
        if self.texts or self.calls or self.reasoning or not self.emitted:
            self._emit()

    def _emit(self) -> None:
        # A `tool` message is exactly one result; one that asks for calls is the assistant's, whatever it is called.
        role: Role = "assistant" if self.calls and self.role == "tool" else self.role
        self.out.append(
            ChatMessage(
                role,
                "\n".join(self.texts),
                name=self.name,
                calls=self.calls,
                call_id=self.call_id if role == "tool" else "",
                reasoning="\n".join(self.reasoning),
                is_error=self.is_error if role == "tool" else None,
            )
        )
        self.texts, self.reasoning, self.calls, self.emitted = [], [], [], True
