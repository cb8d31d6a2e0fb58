"""What a materialization shows in the UI: true figures, a table, a plot; and names of sessions nowhere as markup."""

import base64
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sessions_platform.assets import shown
from sessions_platform.assets.steps import table
from sessions_platform.assets.tables import MARTS
from sessions_platform.automation import DAILY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.settings import Settings
from sessions_platform_tests.assets.test_plots import HOSTILE, texts
from sessions_platform_tests.pages.pictures import settings_at
from sessions_platform_tests.staged_sessions import agent, score, staged, tool, user, write_day

D1, D2 = "2026-11-01", "2026-11-02"
Metadata = dict[str, Any]


class World:
    """An installation of two dates, and what was materialized in it."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = settings_at(folder, SESSIONS_START_DATE="2026-10-01")
        self.store: ObjectStore = open_store(self.settings.store_url)

    def materialize(self, day: str, *assets: str, instance: dg.DagsterInstance | None = None) -> dict[str, Metadata]:
        """Materialize assets of a date, in a passing instance if none is given; the metadata of each."""
        job = build_defs(self.settings).resolve_job_def(DAILY_JOB)
        with instance or dg.DagsterInstance.ephemeral() as instance:
            done = job.execute_in_process(
                partition_key=day, asset_selection=[dg.AssetKey(name) for name in assets], instance=instance
            )
        events = [event for event in done.all_events if event.event_type_value == "ASSET_MATERIALIZATION"]
        return {event.asset_key.to_user_string(): dict(event.materialization.metadata) for event in events}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    calls = [tool("git", "coder", ok=n % 4 != 0, extra={"operation": "git push"}) for n in range(8)]
    lines = [user("push it"), agent("coder"), *calls, agent("coder"), agent("planner")]
    scores = [score("success", 1.0, f"{D1}T12:00:00.000Z", session_id="first")]
    write_day(
        made.store, D1, [staged("first", D1, lines, scores=scores), staged("second", D1, [user("?"), agent("coder")])]
    )
    write_day(made.store, D2, [staged("third", D2, [user("again"), agent("coder")])])
    return made


def write_hostile_day(store: ObjectStore, names: list[str]) -> None:
    """A date on which agents and tools have these names."""
    lines = [line for name in names for line in (agent(name), tool(name, name, extra={"operation": ""}))]
    write_day(store, D1, [staged("first", D1, [user("?"), *lines])])


def plot(metadata: Metadata) -> list[str]:
    """Texts of the plot."""
    (data,) = re.fullmatch(r"!\[[\w, ]+\]\(data:image/svg\+xml;base64,([\w+/=]+)\)", metadata["plot"].value).groups()
    return texts(base64.b64decode(data).decode())


def rows(metadata: Metadata) -> list[dict[str, Any]]:
    return [dict(record.data) for record in metadata["table"].records]


def numbers(metadata: Metadata, *names: str) -> dict[str, float]:
    return {name: metadata[name].value for name in names}


def test_each_mart_shows_its_true_figures_in_numbers_table_and_plot(world: World) -> None:
    made = world.materialize(D1, *MARTS)
    tools, matrix, agents, days = (made[name] for name in MARTS)
    assert numbers(tools, "calls", "failed_calls", "success_rate") == {
        "calls": 8,
        "failed_calls": 2,
        "success_rate": 0.75,
    }
    assert "75% of 8" in plot(tools) and "git push" in plot(tools)
    (row,) = rows(tools)
    assert (row["tool_name"], row["total_calls"], row["success_rate"]) == ("git", 8, 0.75)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(0.4093, abs=1e-4), pytest.approx(0.9285, abs=1e-4))

    assert numbers(matrix, "interactions", "agents") == {"interactions": 4, "agents": 3}
    assert rows(matrix)[0] == {"from_agent": "user", "to_agent": "coder", "interaction_count": 2, "session_count": 2}
    assert plot(matrix)[1:] == ["coder", "user", "planner", "coder", "1", "1", "user", "2", "planner"]

    assert numbers(agents, "utterances", "agents", "tool_calls", "tool_errors", "cost_usd") == {
        **{"utterances": 6, "agents": 3, "tool_calls": 8, "tool_errors": 2, "cost_usd": 0.5}
    }
    assert "1; $0.50" in plot(agents) and rows(agents)[0]["agent_name"] == "coder"

    assert numbers(days, "total_sessions", "success_rate", "unknown_share", "total_cost_usd") == {
        **{"total_sessions": 2, "success_rate": 1.0, "unknown_share": 0.5, "total_cost_usd": 0.5}
    }
    assert [row["date"] for row in rows(days)] == [D1] and "11-01" in plot(days)


def test_a_rate_of_nothing_is_left_out_and_nothing_is_drawn_of_no_rows(world: World) -> None:
    made = world.materialize(D2, *MARTS)
    assert made["tool_success_rates"]["calls"].value == 0
    assert {"success_rate", "plot"}.isdisjoint(made["tool_success_rates"])
    assert "tool_success_rate" not in made["daily_metrics"] and "success_rate" not in made["daily_metrics"]


def test_daily_metrics_and_the_published_file_show_the_dates_that_are_published(world: World) -> None:
    first = world.materialize(D1, "analytics_database")["analytics_database"]
    assert [row["date"] for row in rows(first)] == [D2, D1][1:]
    world.materialize(D2, "analytics_database")
    later = world.materialize(D2, "daily_metrics")["daily_metrics"]
    assert [(row["date"], row["total_sessions"]) for row in rows(later)] == [(D2, 1), (D1, 2)]
    assert {"11-01", "11-02"} <= set(plot(later))


def test_a_file_that_cannot_be_read_does_not_stop_a_mart(world: World) -> None:
    world.settings.database.write_bytes(b"no database")
    assert [row["date"] for row in rows(world.materialize(D1, "daily_metrics")["daily_metrics"])] == [D1]


def test_names_of_sessions_are_in_no_markdown_and_in_tables_as_they_are(world: World) -> None:
    names = [name for name in HOSTILE if "\ud800" not in name and name] + [f"agent {n:02d}" for n in range(40)]
    write_hostile_day(world.store, names)
    made = world.materialize(D1, *MARTS)
    for name in MARTS:
        markdown = [entry.value for entry in made[name].values() if isinstance(entry, dg.MarkdownMetadataValue)]
        assert [text for text in markdown if not re.fullmatch(r"!\[[\w, ]+\]\([\w:/+;,=]+\)", text)] == []
        assert sum(map(len, markdown)) < 20_000
    (table,) = [rows(made["tool_success_rates"])]
    assert len(table) == shown.MOST_ROWS
    assert any(row["tool_name"] == HOSTILE[0] for row in table)
    assert max(len(row["tool_name"]) for row in table) <= 120
    assert f"{shown.MOST_AGENTS} of {len(names) + 1} agents" in plot(made["interaction_matrix"])[0]


def test_every_number_is_one_that_dagster_can_draw(world: World) -> None:
    published = world.materialize(D1, "daily_metrics", "analytics_database")
    for metadata in [*published.values(), *world.materialize(D1, "data_health").values()]:
        drawn = [
            entry.value for entry in metadata.values() if isinstance(entry, dg.IntMetadataValue | dg.FloatMetadataValue)
        ]
        assert len(drawn) >= 2
        assert all(isinstance(value, int | float) and math.isfinite(value) for value in drawn)


def test_text_in_a_markdown_table_is_escaped_after_it_is_cut() -> None:
    shown_as = table({"a|b\n<b>~~&lt;`x`": 1, "*" * 500: 2}).value.splitlines()[2:]
    assert shown_as == [r"| a\|b \<b\>\~\~\&lt;\`x\` | 1 |", f"| {chr(92) + '*'}" + r"\*" * 119 + " | 2 |"]


def test_rows_by_hour_are_drawn_at_their_hour() -> None:
    assert "1200" in texts(
        base64.b64decode(shown.rows_by_hour({"03": 1200})["plot"].value[:-1].partition(",")[2]).decode()
    )
    assert shown.rows_by_hour({}) == {}
