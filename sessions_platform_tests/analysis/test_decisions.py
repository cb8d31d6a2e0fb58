"""Decisions on findings: kept with their history, seen in the published table, refused where they hold a secret."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessions_platform.analysis.decisions import decide, read_decision, rejected
from sessions_platform.analytics import SessionAnalytics
from sessions_platform.errors import ConfigurationError
from sessions_platform.resources.object_store import ObjectStore, open_store
from sessions_platform.resources.warehouse import Publisher

MONDAY, TUESDAY = datetime(2026, 11, 9, 8, tzinfo=UTC), datetime(2026, 11, 10, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "store"))


def test_a_later_decision_counts_and_the_earlier_one_is_kept(store: ObjectStore, tmp_path: Path) -> None:
    decide(store, "f-0123456789ab", "reject", "known, see the runbook", MONDAY)
    assert rejected(store) == {"f-0123456789ab"}
    decide(store, "f-0123456789ab", "accept", "", TUESDAY)
    assert rejected(store) == set()
    Publisher(store, tmp_path / "analytics.duckdb").publish(None)
    rows = SessionAnalytics(tmp_path / "analytics.duckdb").records("FROM decisions ORDER BY decided_at")
    assert [(row["verdict"], row["note"]) for row in rows] == [("reject", "known, see the runbook"), ("accept", "")]


def test_the_same_decision_again_changes_nothing(store: ObjectStore) -> None:
    first = decide(store, "f-0123456789ab", "accept", "fix it", MONDAY)
    assert (
        decide(store, "f-0123456789ab", "accept", "fix it", TUESDAY) == first == read_decision(store, "f-0123456789ab")
    )


def test_a_note_with_a_secret_is_refused_and_not_repeated(store: ObjectStore) -> None:
    secret = "ghp_" + "a1B2" * 9
    with pytest.raises(ConfigurationError) as refused:
        decide(store, "f-0123456789ab", "accept", f"use {secret}", MONDAY)
    assert secret not in str(refused.value)
    assert read_decision(store, "f-0123456789ab") == {}
