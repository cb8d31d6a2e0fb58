"""Small published files for the pages: hostile texts, a file without dates, and enough calls for a rate."""

from pathlib import Path
from typing import Any

from sessions_platform.resources.object_store import open_store
from sessions_platform.resources.warehouse import Publisher
from sessions_platform.sessions.model import StagedSession
from sessions_platform.settings import Settings
from sessions_platform_tests.pages.pictures import settings_at
from sessions_platform_tests.staged_sessions import agent, score, staged, system, tool, user, write_day

D1, D2 = "2026-11-01", "2026-11-02"
SCRIPT = "<script>document.title='taken'</script>"
IMAGE = "<img src=x onerror=\"document.title='taken'\">"
TEMPLATE = "{{ 7 * 191 }}{% for x in y %}"
BREAKOUT = "</bdi></table></script>\"'--><style>*{display:none}</style>"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}drowssap\N{RIGHT-TO-LEFT ISOLATE} \N{HEBREW LETTER ALEF}"
LONG = "x" * 1_000_000
FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "\t=1", "  =1"]
HOSTILE = [SCRIPT, IMAGE, TEMPLATE, BREAKOUT, RIGHT_TO_LEFT, LONG, "javascript:alert(1)", *FORMULAS]
HOSTILE_ID = "a/../b?x=1#y&z <i>%2F"
HOSTILE_IDS = [HOSTILE_ID, *(text for text in HOSTILE if text != LONG), "..", "y" * 1500]
"""Session ids; no address holds a megabyte."""


def _hostile(session_id: str, text: str) -> StagedSession:
    """A session with this text wherever a session has one, and with every other hostile text somewhere."""
    lines = [
        line
        for one in HOSTILE
        if one != LONG or text == LONG
        for line in (user(one), agent(one, one), tool(one, one, one, ok=False, extra={"operation": one}))
    ]
    calls = [tool(text, text, text, ok=False, extra={"operation": text}) for _ in range(4)]
    scores = [score(text, text, f"{D1}T13:00:00.000Z", session_id=session_id, score_id=session_id)]
    return staged(
        session_id, D1, [*lines, *calls], hour=12, segments=[("team", text), (text, "x"), (text, text)], title=text,
        version=text, release=text, environment=text, user_id=text, scores=scores,
    )  # fmt: skip


def world(folder: Path, *, hostile: bool = False, dates: bool = True, **more: Any) -> Settings:
    """Publish a small file below `folder`; its settings."""
    store = open_store(str(folder / "store"))
    if dates:
        calls = [tool("git", "coder", "remote: error 1234 of 'main'" if n % 4 == 0 else "done", ok=n % 4 != 0,
                      extra={"operation": "git push"}) for n in range(16)]  # fmt: skip
        scored = [score("success", 1.0, f"{D1}T12:00:00.000Z", session_id="first")]
        sessions = [
            staged(
                "first", D1, [system("be kind"), user("push it"), agent("coder"), *calls, agent("coder")], scores=scored
            ),
            staged(
                "team/second", D1, [user("what?"), agent("planner"), agent("coder"), agent("planner"), agent("coder")]
            ),
        ]
        if hostile:
            sessions += [
                _hostile(session_id, text)
                for session_id, text in zip(HOSTILE_IDS, [LONG, *HOSTILE_IDS[1:-2], SCRIPT, IMAGE], strict=True)
            ]
        write_day(store, D1, sessions)
        write_day(store, D2, [staged("third", D2, [user("again"), agent("coder")])])
    settings = settings_at(folder, **more)
    Publisher(store, settings.database).publish(None)
    return settings
