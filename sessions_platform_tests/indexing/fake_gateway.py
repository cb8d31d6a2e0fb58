"""The smallest OpenAI-compatible endpoint that a real OpenViking server works with: extractive answers, no model.

Summaries are the first words of the text, an overview opens with its first paragraph, vectors count hashed words.
`failing` makes every answer a 500; `delay` makes chat slow; `most` is the highest number of requests in flight.
"""

import base64
import json
import re
import struct
import threading
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class FakeGateway:
    """A running endpoint on a free loopback port."""

    def __init__(self) -> None:
        self.failing = False
        self.delay = 0.0
        self.calls: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._guard = threading.Lock()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, answer = gateway.answer(self.path, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        kind = "embedding" if path.endswith("/embeddings") else "chat"
        with self._guard:
            self.calls[kind] += 1
            self._now[kind] += 1
            self.most[kind] = max(self.most[kind], self._now[kind])
        try:
            if self.failing:
                return 500, {"error": {"message": "the model is away", "type": "server_error"}}
            if kind == "embedding":
                return 200, _embeddings(body)
            time.sleep(self.delay)
            return 200, _chat(body)
        finally:
            with self._guard:
                self._now[kind] -= 1


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    vectors = [_vector(text, int(body.get("dimensions") or DIMENSION)) for text in texts]
    data = [
        {"object": "embedding", "index": n, "embedding": base64.b64encode(struct.pack(f"<{len(v)}f", *v)).decode()}
        for n, v in enumerate(vectors)
    ]
    return {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


DIMENSION = 64


def _vector(text: str, dimension: int) -> list[float]:
    vector = [0.0] * dimension
    for word in re.findall(r"[a-z0-9]{3,}", text.lower()):
        vector[zlib.crc32(word.encode()) % dimension] += 1.0
    length = sum(value * value for value in vector) ** 0.5
    return [value / length for value in vector] if length else [1.0] + [0.0] * (dimension - 1)


def _chat(body: dict[str, Any]) -> dict[str, Any]:
    prompt = "\n".join(_words(message.get("content")) for message in body["messages"])
    if "memory extraction" in prompt:
        text = (
            'sdk.create_events(event_name="what_was_asked", goal="user request", summary="A request.", ranges="0-1")\n'
            "sdk.commit()"
        )
    elif "Generate an overview document" in prompt:
        text = "# overview\n\nSessions of agents.\n\n## Files\n\nDigests."
    else:
        text = " ".join(prompt.split())[-400:]
    message = {"role": "assistant", "content": text}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(text) // 4, "total_tokens": 1},
    }


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return str(content or "")
