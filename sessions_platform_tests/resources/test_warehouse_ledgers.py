"""Ledgers in the published file: taken as they stand, apart from the tables of their date."""

import json
from pathlib import Path

from sessions_platform.sessions.layout import ledger_key
from sessions_platform_tests.resources.test_warehouse import World
from sessions_platform_tests.staged_sessions import agent, staged, user, write_day

D1 = "2026-11-03"


def ledger(**statuses: str) -> bytes:
    """A date's ledger with sessions of these statuses."""
    entries = {
        name.replace("_", "-"): {
            "uri": f"viking://{name}",
            "l0": f"About {name}.",
            "status": status,
            "reason": "" if status == "verified" else "the server is gone",
            "index_tokens": 7,
            "committed_at": "2026-11-04T05:00:00Z" if status == "verified" else None,
        }
        for name, status in statuses.items()
    }
    return json.dumps({"schema": 1, "date": D1, "sessions": entries}).encode()


def test_ledgers_are_published_as_they_stand_and_change_apart_from_the_tables(tmp_path: Path) -> None:
    world = World(tmp_path)

    def put(*names: str) -> None:
        write_day(world.store, D1, [staged(name, D1, [user("a"), agent("b")]) for name in names])

    put("s-1", "s-2")
    assert world.publish(D1).wrote
    assert world.ask("SELECT count(*) FROM openviking_commits") == [(0,)]
    world.store.put(ledger_key(D1), ledger(s_1="verified", s_2="pending"))
    assert world.publish(D1).wrote
    assert world.ask(
        "SELECT session_id, uri, l0, status, reason, index_tokens, committed_at::VARCHAR FROM openviking_commits"
        " ORDER BY ALL"
    ) == [
        ("s-1", "viking://s_1", "About s_1.", "verified", "", 7, "2026-11-04 05:00:00"),
        ("s-2", "viking://s_2", "About s_2.", "pending", "the server is gone", 7, None),
    ]
    assert world.ask("SELECT committed_sessions FROM data_health") == [(1,)]
    assert not world.publish(D1).wrote
    put("s-1", "s-2", "s-3")
    world.publish(D1)
    assert world.ask("SELECT staged_sessions, committed_sessions FROM data_health")[0][1] == 1
    world.store.put(ledger_key(D1), ledger(s_1="verified", s_2="verified", s_3="verified"))
    world.publish(D1)
    assert world.ask("SELECT committed_sessions FROM data_health") == [(3,)]
    world.publish(rebuild=True)
    assert world.ask("SELECT status, count(*) FROM openviking_commits GROUP BY ALL") == [("verified", 3)]
    assert world.ask("SELECT count(*) FROM sessions") == [(3,)]


def test_memories_are_published_from_the_ledgers_of_verified_sessions(tmp_path: Path) -> None:
    world = World(tmp_path)
    write_day(world.store, D1, [staged(name, D1, [user("a"), agent("b")]) for name in ("s-1", "s-2")])
    made = json.loads(ledger(s_1="verified", s_2="pending"))
    line = {"kind": "event", "type": "failure", "name": "kubectl get", "summary": "m2: it failed.", "uri": "viking://m"}
    for entry in made["sessions"].values():
        entry["memories"] = [line, {**line, "kind": "outcome", "type": "outcome"}]
    world.store.put(ledger_key(D1), json.dumps(made).encode())
    world.publish(D1)
    asked = "SELECT session_id, date::VARCHAR, kind, type, name, summary, uri FROM memories ORDER BY ALL"
    assert world.ask(asked) == [
        ("s-1", D1, "event", "failure", "kubectl get", "m2: it failed.", "viking://m"),
        ("s-1", D1, "outcome", "outcome", "kubectl get", "m2: it failed.", "viking://m"),
    ]
    world.store.put(ledger_key(D1), ledger(s_1="verified"))
    world.publish(D1)
    assert world.ask("SELECT count(*) FROM memories") == [(0,)]
