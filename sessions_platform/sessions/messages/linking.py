"""Results find the calls they answer, within one list of messages."""

from sessions_platform.sessions.model import AskedCall, ChatMessage


def link_results(messages: list[ChatMessage]) -> None:
    """Fills the missing ids and names of results, in place.

    Results without an id that directly follow a message with calls take its unanswered calls in order (a result that
    names its tool takes the first call of that name). Results with an id take the name of the last call of that id.
    """
    names: dict[str, str] = {}
    pending: list[AskedCall] = []
    for message in messages:
        if message.role != "tool":
            pending = list(message.calls) if message.calls else []
            for call in pending:
                if call.id:
                    names[call.id] = call.name
        elif message.call_id:
            pending = [call for call in pending if call.id != message.call_id]
            message.name = message.name or names.get(message.call_id, "")
        elif pending:
            call = next((call for call in pending if message.name and call.name == message.name), pending[0])
            pending.remove(call)
            message.call_id = call.id
            message.name = message.name or call.name
