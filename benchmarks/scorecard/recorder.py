"""Records a session message by message in the staged format, with times, model calls and what each call was judged.

What belongs here: the format. What happens in a session is told by `course` and the patterns. Success and operation of
a call, end state and segments are read by the platform's own functions, as staging reads them: they are the format.
"""

import hashlib
import json
import random
from datetime import datetime, timedelta
from typing import Any

import msgspec

from benchmarks.scorecard.shapes import About, Style
from sessions_platform.sessions import calls, endings
from sessions_platform.sessions.assemble import segments_of
from sessions_platform.sessions.model import (
    SCHEMA_VERSION,
    Message,
    ModelCall,
    Observation,
    Part,
    Score,
    SliceFacts,
    StagedSession,
)
from sessions_platform.sessions.segments import Taxonomy

_encoder = msgspec.json.Encoder()
_PREAMBLE = 1_100
"""Tokens of instructions and tool schemas in every model call."""


class Recorder:
    """One session on its way. `now` moves on with everything that is said or done."""

    def __init__(self, about: About, draw: random.Random) -> None:
        self.about = about
        self.draw = draw
        self.now = datetime.fromisoformat(about.start)
        self.messages: list[Message] = []
        self.model_calls: list[ModelCall] = []
        self.characters = 0
        self.thrift = draw.lognormvariate(0, 0.45)
        """Factor on tokens: some sessions carry much context."""
        self.model = about.model
        self._turn = 0
        self._in_run = False
        self._trace = ""
        self._made = 0

    def system(self, text: str) -> None:
        """The instructions of the lead agent."""
        self._open_trace()
        self._add("system", self.about.world.lead, [Part("text", text=text)], spoken=False)

    def user(self, text: str) -> None:
        """Words of the user, which open a turn."""
        self._wait(self.draw.lognormvariate(3.6, 0.9) if self._turn else 0.5)
        self._open_trace()
        opens = not self._in_run
        self._turn += opens
        self._in_run = True
        self._add("user", "user", [Part("text", text=text)], opens=opens)

    def agent(self, text: str, name: str = "") -> None:
        """Words of an agent; the lead, if no other is named."""
        self._speak(text, name or self.about.world.lead, [])

    def call(
        self,
        tool: str,
        arguments: dict[str, Any],
        output: str,
        *,
        level: str = "",
        error_type: str = "",
        seconds: float = 0.8,
        words: str = "",
        agent: str = "",
    ) -> int:
        """An agent's call and its result; the index of the result."""
        name = agent or self.about.world.lead
        part = self._asked(tool, arguments, words, name)
        self._wait(0.05)
        part.start_time = self._at()
        spent = seconds * self.draw.lognormvariate(0, 0.4)
        self._wait(spent)
        self._settle(part, output, spent, name, level, error_type)
        return len(self.messages) - 1

    def delegated(self, text: str, outer: str) -> None:
        """The words by which an outer agent addresses a nested one: of role user, but no turn."""
        self._wait(0.1)
        self._add("user", outer, [Part("text", text=text)])

    def ask(self, tool: str, arguments: dict[str, Any], words: str) -> Part:
        """A call of the lead whose result comes later (see `answered`)."""
        return self._asked(tool, arguments, words, self.about.world.lead)

    def answered(self, asked: Part, output: str) -> None:
        """The result of a call that was asked before."""
        self._wait(0.05)
        spent = (self.now - datetime.fromisoformat(str(asked.start_time))).total_seconds()
        self._settle(asked, output, spent, self.about.world.lead)

    def _asked(self, tool: str, arguments: dict[str, Any], words: str, name: str) -> Part:
        call_id = f"call_{self._id()}"
        self._speak(words, name, [call_id])
        return Part("tool", tool_id=call_id, tool_name=tool, tool_input=json.dumps(arguments), start_time=self._at())

    def _settle(self, part: Part, output: str, spent: float, name: str, level: str = "", error_type: str = "") -> None:
        """Judge a call by its output, and give the result as a message."""
        judged = calls.judge(
            level=level, error_type=error_type, status_message=output if level else "", response=output, said_error=None
        )
        part.tool_output, part.tool_status = output, "completed" if judged.ok else "error"
        part.duration_ms = round(spent * 1000, 3)
        part.operation = calls.operation(str(part.tool_name), str(part.tool_input))
        part.success, part.success_basis = judged.ok, judged.basis
        part.error_type, part.error_message = judged.error_type, judged.error_message
        part.caller = name
        self._add("tool", name, [part], spoken=False)

    def spend(self, agent: str, tokens_in: int, tokens_out: int) -> None:
        """A model call of an agent, beside its words."""
        _, dear_in, dear_out = self.about.world.models[self.model]
        seconds = 0.4 + tokens_out / 70
        self.model_calls.append(
            ModelCall(
                observation_id=self._id(),
                trace_id=self._trace,
                type="GENERATION",
                agent_name=agent,
                model=self.model,
                start_time=self._at(),
                latency_seconds=round(seconds, 3),
                time_to_first_token_seconds=round(0.2 + self.draw.random() / 2, 3),
                input_tokens=tokens_in,
                output_tokens=tokens_out,
                cost_usd=round((tokens_in * dear_in + tokens_out * dear_out) / 1e6, 8),
                cost_known=True,
                level="DEFAULT",
            )
        )
        self._wait(seconds)

    def _speak(self, text: str, name: str, asks: list[str]) -> None:
        tokens = int((_PREAMBLE + min(self.characters, 160_000) / 4) * self.thrift)
        self.spend(name, tokens, 20 + len(text) // 4 + 30 * len(asks))
        self._in_run = False
        self._add("assistant", name, [Part("text", text=text)] if text else [], asks=asks)

    def _add(
        self, role: str, name: str, parts: list[Part], *, spoken: bool = True, opens: bool = False, asks: Any = ()
    ) -> None:
        self.characters += sum(len(part.text or part.tool_output or "") for part in parts)
        self.messages.append(
            Message(role, name, self._at(), self._trace, self._id(), self._turn, spoken, parts, list(asks), opens)
        )

    def _open_trace(self) -> None:
        if not (self._trace and self._turn == 0):
            self._trace = f"{self._id()}{self._id()}"

    def _wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _at(self) -> str:
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _id(self) -> str:
        self._made += 1
        return hashlib.blake2b(f"{self.about.session_id}/{self._made}".encode(), digest_size=8).hexdigest()


def failing(style: Style, text: str, error_type: str, status: int) -> tuple[str, str, str]:
    """Output, level and error type of a call that fails, in the style of its tool."""
    if style == "shell":
        return f"exit code {1 + status % 3}\n{text}", "", ""
    if style == "level":
        return text, "ERROR", error_type
    if style == "http":
        return json.dumps({"status": status, "code": error_type, "message": text}), "", ""
    if style == "json_exit":
        return json.dumps({"exit_code": 1 + status % 3, "stdout": "", "stderr": text}), "", ""
    return (f"Error: {text}" if style == "text" else text), "", ""


def succeeding(style: Style, result: Any) -> str:
    """Output of a call that works, in the style of its tool."""
    if style == "http":
        return json.dumps({"status": 200, "data": result})
    if style == "json_exit":
        return json.dumps({"exit_code": 0, "stdout": result if isinstance(result, str) else json.dumps(result)})
    return result if isinstance(result, str) else json.dumps(result)


def slices(recorder: Recorder, scores: list[Score], taxonomy: Taxonomy) -> list[StagedSession]:
    """The staged slices of a recorded session, one for each date that it touches; scores come with the first."""
    dates = list(dict.fromkeys(message.created_at[:10] for message in recorder.messages))
    made = []
    for number, date in enumerate(dates):
        messages = [message for message in recorder.messages if message.created_at[:10] == date]
        before = min((m.turn_index for m in messages if m.opens_turn), default=messages[-1].turn_index + 1) - 1
        for message in messages:
            message.turn_index = max(0, message.turn_index - before)
        last = date == dates[-1]
        model_calls = [
            one for one in recorder.model_calls if one.start_time[:10] == date or (last and one.start_time[:10] > date)
        ]
        made.append(_slice(recorder.about, date, messages, model_calls, [] if number else scores, taxonomy))
    return made


def _slice(
    about: About,
    date: str,
    messages: list[Message],
    model_calls: list[ModelCall],
    scores: list[Score],
    taxonomy: Taxonomy,
) -> StagedSession:
    state, reason = endings.ended(messages, failed=False)
    first = next((message for message in messages if message.role == "user"), messages[0])
    end = (
        max(messages[-1].created_at, *(one.start_time for one in model_calls))
        if model_calls
        else messages[-1].created_at
    )
    facts = SliceFacts(
        start_time=messages[0].created_at,
        end_time=end,
        last_row_time=end,
        row_count=len(messages) + len(model_calls),
        trace_ids=sorted({message.trace_id for message in messages}),
        user_id=about.user,
        environment="production",
        release="",
        version=about.version,
        title=" ".join(endings.text_of(first).split())[:119],
        end_state=state,
        end_reason=reason,
        segments=segments_of([_root(about)], messages, taxonomy),
        shapes={"text": len(messages)},
        session_id_basis="row",
    )
    staged = StagedSession(SCHEMA_VERSION, about.session_id, date, "", facts, [], messages, model_calls, scores)
    staged.content_hash = hashlib.sha256(_encoder.encode(staged)).hexdigest()
    return staged


def _root(about: About) -> Observation:
    """The root row that declares the session's properties, as its tracer would."""
    known = {"platform": about.platform, "task": about.task, "app": about.world.name}
    tags = list(about.tags)
    metadata: dict[str, str] = {}
    if about.world.declared == "tag":
        tags += [f"{key}:{value}" for key, value in known.items()]
    else:
        metadata = known
    return Observation(
        id="root", start_time=about.start, name="session", version=about.version, environment="production",
        tags=tags, metadata=metadata,
    )  # fmt: skip
