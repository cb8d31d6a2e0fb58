"""The ASGI application: OpenAI's routes and formats around the embeddings and the answers.

Nothing of a request is logged or kept but its counts. Serving it belongs to `server`.
"""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sessions_platform.gateway.answers import Answer, answer
from sessions_platform.gateway.embeddings import embed
from sessions_platform.gateway.ledger import EMBEDDING, UNKNOWN, Ledger, estimated_tokens
from sessions_platform.gateway.options import GatewayOptions
from sessions_platform.gateway.prompts import UnknownPrompt, recognise, text_of

CHAT_MODEL = "offline-extractive"
EMBEDDING_MODEL = "offline-hashed-words"
LABEL = "offline, extractive: no language model"
_HEADERS = {"X-Sessions-Gateway": "offline; extractive"}
_log = logging.getLogger(__name__)
_DIMENSIONS = range(32, 8193)
_MAX_INPUTS = 2048


class Refused(Exception):
    """An error in OpenAI's form. Its message holds nothing of the request."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.code = status, kind, code

    def response(self, headers: dict[str, str] | None = None) -> Response:
        error = {"message": f"offline gateway: {self}", "type": self.kind, "param": None, "code": self.code}
        return _json({"error": error}, self.status, headers)


class GatewayApp:
    """`asgi` serves; `options` may be replaced or changed while it runs."""

    def __init__(self, options: GatewayOptions | None = None) -> None:
        self.options = options or GatewayOptions()
        self.ledger = Ledger()
        self.asgi = Starlette(
            routes=[
                Route("/v1/embeddings", self._guarded(self._embeddings, EMBEDDING), methods=["POST"]),
                Route("/v1/chat/completions", self._guarded(self._chat, "chat"), methods=["POST"]),
                Route("/v1/models", self._models),
                Route("/health", self._health),
                Route("/ledger", self._ledger),
            ]
        )

    def _guarded(self, endpoint: Callable[[Request, dict[str, Any]], Any], kind: str) -> Callable[[Request], Any]:
        """The endpoint with its waits, its injected failures and its errors. A refusal is counted once."""

        async def guarded(request: Request) -> Response:
            await request.body()  # first: looking whether the client left would swallow a body that is not read yet
            if not await self._wait(request):
                return Response(status_code=499)
            try:
                if self.options.takes_failure(request.url.path):
                    return self._injected(kind)
                response: Response = await endpoint(request, await _body(request))
            except UnknownPrompt as error:
                self.ledger.note(UNKNOWN, refused=True)
                _log.warning("refused a chat request: %s", error)
                return Refused(400, str(error), "unknown_prompt", "unknown_prompt").response()
            except Refused as refused:
                self.ledger.note(kind, refused=True)
                return refused.response()
            return response

        return guarded

    async def _wait(self, request: Request) -> bool:
        """Latency and pause; false where the client left meanwhile."""
        if self.options.latency:
            await asyncio.sleep(self.options.latency.total_seconds())
        while self.options.paused:
            if await request.is_disconnected():
                return False
            await asyncio.sleep(0.02)
        return True

    def _injected(self, kind: str) -> Response:
        status = self.options.fail_status
        self.ledger.note(kind, refused=True)
        headers = {}
        if status == 429 and self.options.retry_after is not None:
            headers["Retry-After"] = str(self.options.retry_after)
        name = "rate_limit_exceeded" if status == 429 else "server_error"
        return Refused(status, "injected failure", name, name).response(headers)

    async def _embeddings(self, request: Request, body: dict[str, Any]) -> Response:
        texts = _inputs(body.get("input"))
        dimensions = _dimensions(body, self.options.dimensions)
        encode = _encoder(body.get("encoding_format") or "float")

        def rows() -> list[dict[str, Any]]:
            return [
                {"object": "embedding", "index": index, "embedding": encode(embed(text, dimensions))}
                for index, text in enumerate(texts)
            ]

        data = await run_in_threadpool(rows)
        tokens = sum(estimated_tokens(len(text)) for text in texts)
        self.ledger.note(EMBEDDING, tokens)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return _json({"object": "list", "data": data, "model": str(body.get("model", EMBEDDING_MODEL)), "usage": usage})

    async def _chat(self, request: Request, body: dict[str, Any]) -> Response:
        messages = _messages(body)
        prompt = recognise(messages, _tools(body))
        said = await run_in_threadpool(answer, prompt)
        prompt_tokens = sum(estimated_tokens(len(text_of(message.get("content")))) for message in messages)
        completion_tokens = estimated_tokens(len(said.written))
        self.ledger.note(prompt.kind, prompt_tokens, completion_tokens)
        usage = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        }
        if body.get("stream"):
            with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
            chunks = _chunks(body, said, usage if with_usage else None)
            return StreamingResponse(chunks, media_type="text/event-stream", headers=_HEADERS)
        choice = {"index": 0, "message": _message(said), "finish_reason": _finish(said), "logprobs": None}
        return _json({**_head(body, "chat.completion"), "choices": [choice], "usage": usage})

    async def _models(self, request: Request) -> Response:
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": f"sessions-platform ({LABEL})"}
            for name in (CHAT_MODEL, EMBEDDING_MODEL)
        ]
        return _json({"object": "list", "data": models})

    async def _health(self, request: Request) -> Response:
        return _json({"status": "ok", "models": LABEL, "dimensions": self.options.dimensions})

    async def _ledger(self, request: Request) -> Response:
        return _json({"models": LABEL, **self.ledger.as_dict()})


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    # ASCII: a model's name with half of a surrogate pair has no bytes otherwise.
    return Response(json.dumps(body), status, {**_HEADERS, **(headers or {})}, media_type="application/json")


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body is not a JSON object")
    return body


def _inputs(given: Any) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or len(texts) > _MAX_INPUTS:
        raise Refused(400, f"input: a string, or a list of 1 to {_MAX_INPUTS} strings")
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "input: tokens are not accepted, only text: there is no tokenizer here")
    return texts


def _dimensions(body: dict[str, Any], default: int) -> int:
    given = body.get("dimensions")
    wanted = default if given is None else given
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted not in _DIMENSIONS:
        raise Refused(400, f"dimensions: {_DIMENSIONS.start} to {_DIMENSIONS.stop - 1}")
    return wanted


def _encoder(name: Any) -> Callable[[NDArray[Any]], Any]:
    if name == "float":
        return lambda vector: vector.tolist()
    if name == "base64":
        return lambda vector: base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
    raise Refused(400, "encoding_format: float or base64")


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise Refused(400, "messages: a list of objects")
    wanted = body.get("response_format") or {"type": "text"}
    if not isinstance(wanted, dict) or wanted.get("type") != "text":
        raise Refused(400, "response_format: only text; each prompt kind has its own form", code="response_format")
    if body.get("n") not in (None, 1):
        raise Refused(400, "n: only 1")
    return messages


def _tools(body: dict[str, Any]) -> list[dict[str, Any]]:
    tools = body.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise Refused(400, "tools: a list of objects")
    return tools if body.get("tool_choice") != "none" else []


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-offline",
        "object": kind,
        "created": int(time.time()),
        "model": str(body.get("model", CHAT_MODEL)),
        "system_fingerprint": CHAT_MODEL,
    }


def _message(said: Answer) -> dict[str, Any]:
    if said.tool is None:
        return {"role": "assistant", "content": said.text}
    function = {"name": said.tool, "arguments": said.written}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_offline", "type": "function", "function": function}],
    }


def _finish(said: Answer) -> str:
    return "stop" if said.tool is None else "tool_calls"


def _chunks(body: dict[str, Any], said: Answer, usage: dict[str, int] | None) -> Iterator[str]:
    """The whole answer as one delta, then its end: an extract is ready at once."""
    head = _head(body, "chat.completion.chunk")
    delta = _message(said)
    for index, call in enumerate(delta.get("tool_calls", [])):
        call["index"] = index
    for part, finish in ((delta, None), ({}, _finish(said))):
        yield _event({**head, "choices": [{"index": 0, "delta": part, "finish_reason": finish}]})
    if usage is not None:
        yield _event({**head, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"
