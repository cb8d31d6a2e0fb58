"""A published file whose sessions and calls succeed as often as a test says, and a webhook on loopback."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.settings import Settings, load_settings
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user, write_day

FIRST = date(2026, 11, 2)


def home(folder: Path, rules: str | None = None, **more: Any) -> Settings:
    """Settings of an installation below a folder, with these rules."""
    folder.mkdir(parents=True, exist_ok=True)
    if rules is not None:
        (folder / "alerts.yaml").write_text(rules)
    given = {"sessions_home": folder, "dagster_home": None, "sessions_store_url": "", "sessions_start_date": FIRST}
    return load_settings(**(given | more))


def rules_of(*rules: dict[str, Any]) -> str:
    """The text of alerts.yaml; JSON is YAML."""
    return json.dumps({"alerts": list(rules)})


def day_of(number: int) -> str:
    """The date so many days after the first."""
    return (FIRST + timedelta(days=number)).isoformat()


def put_day(settings: Settings, day: str, good: int, bad: int = 0, *, sessions: int = 1, complete: bool = True) -> None:
    """Store a date: each session calls `kubectl` so often with and without success, and is judged by its calls."""
    made = []
    for number in range(sessions):
        calls = [tool("kubectl", "coder", ok=place < good) for place in range(good + bad)]
        judged = [score("success", float(bad == 0), f"{day}T12:00:00.000Z", session_id=f"{day}-{number}")]
        made.append(staged(f"{day}-{number}", day, [user("go"), *calls, agent("coder")], scores=judged))
    write_day(open_store(settings.store_url), day, made, complete=complete)


def publish(settings: Settings, dates: Sequence[str] | None = None) -> None:
    """Publish dates, or all."""
    Publisher(open_store(settings.store_url), settings.database).publish(dates)


class Hook:
    """What a webhook received, and how it answers."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answers: list[int] = []
        self.url = ""
        self.asked = 0


@contextmanager
def webhook() -> Iterator[Hook]:
    """A Slack-compatible receiver on loopback, as a real HTTP server; its address holds a secret."""
    hook = Hook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.asked += 1
            answer = hook.answers.pop(0) if hook.answers else 200
            if answer == 200:
                hook.texts.append(body["text"])
            self.send_response(answer)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/services/T0/B0/hush-hush"
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
