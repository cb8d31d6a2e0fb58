"""One date from the sample server into a store: what is fetched, what is left alone, what is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sessions_platform.errors import ConfigurationError, SourceError, WouldShrink
from sessions_platform.extraction import Progress, stored_rows
from sessions_platform.sessions.layout import (
    raw_manifest_key,
    raw_scores_key,
    raw_slice_key,
    raw_slice_note_key,
    table_key,
)
from sessions_platform.sessions.table_schemas import FACT_TABLES
from sessions_platform_tests.extraction.conftest import DAY, NOW, Bench, FakeRedactor, day_rows, row, score


async def test_a_day_becomes_hours_scores_and_a_manifest(bench: Bench) -> None:
    steps: list[Progress] = []
    report = await bench.run(progress=steps.append)
    manifest = report.manifest
    assert report.changed and report.hours_fetched == ["08", "09", "10", "11", "12", "13"] and not report.warnings
    assert (manifest.fetched_rows, manifest.distinct_rows, manifest.traces, manifest.scores) == (36, 36, 12, 4)
    assert manifest.complete and manifest.sessions_without_id == 0 and manifest.context_rows == 0
    assert manifest.redactions == {"email": 24, "name": 12 + 24 + 1}
    assert bench.ids(raw_slice_key(DAY, "08")) == ["t01-2", "t01-1", "t01-r", "t00-2", "t00-1", "t00-r"]
    assert json.loads(bench.store.get(raw_manifest_key(DAY)))["hours"]["08"]["metrics"] == [6, 60, 1.5]
    assert steps[-1] == Progress(DAY, "hours", 6, 6, 36)


async def test_a_name_known_from_the_root_is_redacted_in_the_children_that_come_before_it(bench: Bench) -> None:
    await bench.run()
    text = bench.text("08", "09", "10", "11", "12", "13")
    assert "Petra" not in text and "@example.com" not in text and "<name:" in text


async def test_scores_come_by_window_by_trace_and_by_session(bench: Bench) -> None:
    await bench.run()
    scores = {line["id"]: line for line in stored_rows(bench.store, raw_scores_key(DAY))}
    assert list(scores) == ["sc-window", "sc-other", "sc-late", "sc-session"]
    assert "Petra" not in scores["sc-window"]["comment"] and "glad" in scores["sc-window"]["comment"]
    # Names of a trace of another day are not known here, so the words about it are not kept.
    assert scores["sc-other"]["comment"] is None


async def test_a_day_costs_few_requests(bench: Bench) -> None:
    await bench.run()
    requests = {path.rsplit("/", 1)[-1]: count for path, count in bench.server.stats.requests.items()}
    # One light walk, one page an hour with rows; scores by window, traces, sessions. No trace is cut.
    assert requests == {"projects": 1, "metrics": 4, "observations": 1 + 6, "scores": 3}


async def test_an_unchanged_day_costs_the_fingerprint_alone_and_writes_nothing(bench: Bench) -> None:
    await bench.run()
    before = bench.changes()
    report = await bench.run()
    assert not report.changed and report.manifest.distinct_rows == 36
    assert {path.rsplit("/", 1)[-1] for path in bench.server.stats.requests} == {"projects", "metrics"}
    assert bench.server.stats.requests["/api/public/v2/metrics"] == 4
    assert bench.changes() == before


@pytest.mark.parametrize("fault", ["429", "429-text", "500", "503", "cut", "524", "422"])
async def test_faults_on_every_seventh_request_leave_the_same_bytes(bench: Bench, fault: Any) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)
    bench.server.options.faults = {fault: 3 if fault == "422" else 7}
    client = bench.client()
    client.pages.rows = 16
    await bench.run(client=client)
    assert bench.server.stats.faults[fault] >= 2
    assert bench.objects() == clean


async def test_a_request_that_hangs_is_given_up_and_repeated(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)
    bench.server.options.next_faults.extend([None] * 6 + ["timeout"])
    await bench.run(client=bench.client(timeout=0.3))
    assert bench.server.stats.faults["timeout"] == 1 and bench.objects() == clean


async def test_after_a_break_only_the_missing_hours_are_fetched(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)

    class Stop(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.step == "hours" and progress.done == 2:
            raise Stop

    with pytest.raises(Stop):
        await bench.run(progress=stop, hours_in_flight=1)
    assert set(bench.objects()) == {
        key(DAY, hour) for hour in ("08", "09") for key in (raw_slice_key, raw_slice_note_key)
    }
    report = await bench.run()
    assert report.hours_fetched == ["10", "11", "12", "13"] and bench.hours_asked() == {"10", "11", "12", "13"}
    assert bench.objects() == clean


async def test_only_a_changed_hour_is_fetched_again(bench: Bench) -> None:
    await bench.run()
    before = bench.objects()
    bench.server.dataset.add([row("t04", "t04-3", "10:00:05", parentObservationId="t04-r")])
    report = await bench.run()
    assert report.hours_fetched == ["10"] and bench.hours_asked() == {"10"}
    changed = {key for key, data in bench.objects().items() if before.get(key) != data}
    assert changed == {raw_slice_key(DAY, "10"), raw_slice_note_key(DAY, "10"), raw_manifest_key(DAY)}
    assert report.manifest.distinct_rows == 37


async def test_a_name_learned_later_redoes_every_hour_of_its_trace(bench: Bench) -> None:
    bench.server.dataset.add([row("t00", "t00-z", "12:45:00", parentObservationId="t00-r", input="Ask Gunda")])
    await bench.run()
    late = row("t00", "t00-y", "09:40:00", parentObservationId="t00-r", metadata={"attributes.user.name": "Gunda"})
    bench.server.dataset.add([late])
    report = await bench.run()
    assert report.hours_fetched == ["08", "09", "12"]
    assert "Gunda" not in bench.text("12")


async def test_a_row_that_comes_twice_is_kept_and_counted(bench: Bench) -> None:
    again = {**day_rows()[0], "updatedAt": f"{DAY}T20:00:00.000Z"}
    bench.server.dataset.add([again])
    report = await bench.run()
    assert (report.manifest.fetched_rows, report.manifest.distinct_rows) == (37, 36)


async def test_new_scores_alone_change_no_hour(bench: Bench) -> None:
    await bench.run()
    bench.server.dataset.add_scores([score("sc-new", {"kind": "trace", "id": "t05"}, f"{DAY}T21:00:00.000Z")])
    report = await bench.run()
    assert report.changed and report.hours_fetched == [] and report.manifest.scores == 5
    assert not bench.hours_asked()


async def test_a_trace_over_midnight_is_completed_from_both_sides(bench: Bench) -> None:
    bench.server.dataset.add(
        [
            row("night", "n-root", "2026-11-17T23:50:00.000Z", sessionId="s-night", userId="Wanda"),
            row("night", "n-1", "00:05:00", parentObservationId="n-root", input="Wanda is here"),
            row("late", "l-root", "23:55:00", sessionId="s-late", endTime="2026-11-19T00:10:00.000Z"),
            row("late", "l-1", "2026-11-19T00:05:00.000Z", parentObservationId="l-root", userId="Otmar"),
            row("late", "l-2", "23:56:00", parentObservationId="l-root", input="Otmar is here"),
            row("other", "o-1", "2026-11-17T23:50:00.000Z"),
        ]
    )
    report = await bench.run()
    assert sorted(bench.ids(raw_slice_key(DAY, "context"))) == ["l-1", "n-root"]
    assert report.manifest.context_rows == 2 and report.manifest.sessions_without_id == 0
    for hour, name in (("00", "Wanda"), ("23", "Otmar")):
        assert name not in bench.text(hour)
    before = bench.changes()
    assert not (await bench.run()).changed and bench.changes() == before


async def test_nothing_later_than_now_is_asked_for(bench: Bench) -> None:
    bench.server.dataset.add([row("late", "l-root", "23:55:00", endTime=None)])
    await bench.run(now=datetime(2026, 11, 19, 0, 30, tzinfo=UTC))
    asked = bench.asked("v2/observations", filter="late")
    assert [(q["fromStartTime"], q["toStartTime"]) for q in asked] == [
        ("2026-11-11T00:00:00.000Z", "2026-11-18T00:00:00.000Z"),
        ("2026-11-19T00:00:00.000Z", "2026-11-19T00:30:00.000Z"),
    ]


async def test_many_cut_traces_are_asked_for_a_hundred_at_a_time(bench: Bench) -> None:
    bench.server.dataset.add([row(f"lost{n:03d}", f"lost{n:03d}", "15:00:00") for n in range(230)])
    await bench.run()
    light = bench.asked("v2/observations", filter="lost")
    assert len(light) == 6 and max(q["filter"].count("lost") for q in light) == 100


async def test_a_date_the_source_no_longer_answers_changes_nothing(bench: Bench) -> None:
    await bench.run()
    before = bench.changes()
    bench.server.options.access_window = timedelta(days=30)
    bench.server.options.clock = lambda: NOW + timedelta(days=60)
    with pytest.raises(WouldShrink, match="answers 0 rows where 36 are stored; nothing was changed"):
        await bench.run()
    assert bench.changes() == before


async def test_a_tenth_of_the_rows_lost_changes_nothing_unless_allowed(bench: Bench) -> None:
    await bench.run()
    before = bench.changes()
    bench.server.dataset.delete(["t05-r", "t05-1", "t05-2", "t06-2"])
    with pytest.raises(WouldShrink, match="32 rows where 36"):
        await bench.run()
    assert bench.changes() == before
    report = await bench.run(allow_shrink=True)
    assert report.manifest.distinct_rows == 32 and report.hours_fetched == ["10", "11"]


async def test_less_than_a_tenth_lost_replaces_the_hours(bench: Bench) -> None:
    await bench.run()
    bench.server.dataset.delete(["t05-2"])
    assert (await bench.run()).manifest.distinct_rows == 35


async def test_first_hours_lost_to_an_access_window_change_nothing(bench: Bench) -> None:
    bench.server.dataset.add([row("early", "early-r", "01:00:00", sessionId="s")])
    await bench.run()
    bench.server.options.access_window = timedelta(days=1)
    bench.server.options.clock = lambda: datetime(2026, 11, 19, 3, tzinfo=UTC)
    with pytest.raises(WouldShrink, match="first hours"):
        await bench.run()


async def test_a_date_beyond_retention_is_not_replaced(bench: Bench) -> None:
    await bench.run()
    bench.server.options.retention_days = 30
    bench.server.dataset.delete(["t05-2"])
    with pytest.raises(WouldShrink, match="keeps rows for 30 days"):
        await bench.run(now=NOW + timedelta(days=30))


async def test_an_empty_date_beyond_retention_is_no_empty_day(bench: Bench) -> None:
    bench.server.options.retention_days = 3
    with pytest.raises(SourceError, match="SESSIONS_START_DATE"):
        await bench.run("2026-11-01")


async def test_an_expired_raw_date_is_guarded_by_what_else_is_stored(bench: Bench) -> None:
    bench.store.put(f"staged/date={DAY}/manifest.json", b'{"source_rows": 100}')
    with pytest.raises(WouldShrink, match="36 rows where 100"):
        await bench.run()
    bench.store.put(table_key(FACT_TABLES[0], "2026-11-01"), b"x")
    with pytest.raises(WouldShrink, match="tables of that date are stored"):
        await bench.run("2026-11-01")
    assert not bench.objects("2026-11-01")


async def test_a_quiet_day_is_a_whole_day(bench: Bench) -> None:
    report = await bench.run("2026-11-01")
    assert report.manifest.complete and report.manifest.distinct_rows == 0
    assert set(bench.objects("2026-11-01")) == {raw_manifest_key("2026-11-01")}
    assert not (await bench.run("2026-11-01")).changed


async def test_another_projects_keys_are_refused(bench: Bench) -> None:
    await bench.run()
    bench.server.options.project_id = "proj-2"
    before = bench.changes()
    with pytest.raises(ConfigurationError, match=r"LANGFUSE_PUBLIC_KEY .* proj-2 .* holds project proj-1"):
        await bench.run("2026-11-17")
    assert bench.changes() == before


async def test_a_changed_redaction_key_is_refused(bench: Bench) -> None:
    await bench.run()
    bench.redactor = FakeRedactor("another")
    with pytest.raises(ConfigurationError, match="SESSIONS_REDACTION_KEY has changed"):
        await bench.run()


async def test_a_v3_server_is_named(bench: Bench) -> None:
    bench.server.options.mode = "v3"
    with pytest.raises(SourceError, match="this server is Langfuse v3 without the v2 API: "):
        await bench.run()


async def test_a_date_that_is_not_over_is_a_programming_error(bench: Bench) -> None:
    with pytest.raises(ValueError, match="not over"):
        await bench.run(now=datetime(2026, 11, 18, 23, 59, tzinfo=UTC))


async def test_counts_sent_as_text_are_counts(bench: Bench) -> None:
    bench.server.options.counts_as_text = True
    assert (await bench.run()).manifest.fingerprint["observations"]["08"] == [6, 60, 1.5]  # type: ignore[index]


async def test_rows_missing_from_an_answer_are_an_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bench.client()
    real = client.observations

    async def short(*args: Any, **named: Any) -> Any:
        async for page in real(*args, **named):
            rows = [line for line in page if line["id"] != "t03-1" or "input" not in line]
            yield rows

    monkeypatch.setattr(client, "observations", short)
    with pytest.raises(SourceError, match="09:00: rows are missing: v2/metrics counts 6, v2/observations answered 5"):
        await bench.run(client=client)
    assert raw_manifest_key(DAY) not in bench.objects() and raw_slice_key(DAY, "09") not in bench.objects()


async def test_a_row_that_arrives_meanwhile_restarts_the_date_once(bench: Bench) -> None:
    arrived = [
        row("new", "new-r", "11:10:00", sessionId="s9", userId="Nora"),
        row("new", "new-1", "13:50:00", input="Nora!"),
    ]

    def arrive(progress: Progress) -> None:
        if progress.step == "survey" and arrived:
            bench.server.dataset.add([arrived.pop(), arrived.pop()])

    report = await bench.run(progress=arrive)
    assert report.manifest.distinct_rows == 38
    assert "Nora" not in bench.text("13")


async def test_a_name_only_the_whole_row_tells_is_carried_into_a_second_pass(bench: Bench) -> None:
    long = {"attributes.user.name": "Bartholomea" * 20, "attributes.note": "x"}
    bench.server.dataset.add(
        [row("long", "long-r", "11:10:00", sessionId="s9", metadata=long, input="I am " + "Bartholomea" * 20)]
    )
    await bench.run()
    assert "Bartholomea" not in bench.text("11")


class TestWithoutMetrics:
    @pytest.fixture
    def bench(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
        from sessions_platform.demo import app
        from sessions_platform.demo.query import not_found

        def gone(*_: Any) -> Any:
            raise not_found("Not Found")

        monkeypatch.setattr(app.metrics, "answer", gone)
        return bench

    async def test_a_day_goes_on_with_a_warning(self, bench: Bench) -> None:
        report = await bench.run()
        assert report.manifest.distinct_rows == 36 and report.manifest.fingerprint is None
        assert "does not serve /api/public/v2/metrics" in report.warnings[0]

    async def test_a_second_run_sees_by_the_rows_marks_that_nothing_changed(self, bench: Bench) -> None:
        await bench.run()
        before = bench.changes()
        report = await bench.run()
        assert not report.changed and not report.hours_fetched and bench.changes() == before

    async def test_no_rows_is_a_misconfigured_server(self, bench: Bench) -> None:
        with pytest.raises(SourceError, match="misconfigured server"):
            await bench.run("2026-11-01")


async def test_the_same_rows_give_the_same_bytes_whatever_the_page_size(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)
    client = bench.client()
    client.pages.rows = client.light_pages.rows = client.score_pages.rows = 2
    await bench.run(client=client)
    assert bench.objects() == clean


async def test_a_killed_replacement_is_taken_up_again(bench: Bench) -> None:
    await bench.run()
    bench.server.dataset.add([row("t04", "t04-3", "10:00:05", parentObservationId="t04-r")])
    bench.server.options.next_faults.extend([None] * 5 + ["cut"] * 40)
    with pytest.raises(SourceError, match="run again to resume"):
        await bench.run()
    # What is half replaced is not read as whole by anyone.
    assert bench.store.head(raw_manifest_key(DAY)) is None
    bench.server.options.next_faults.clear()
    report = await bench.run()
    assert report.changed and report.manifest.complete and report.manifest.distinct_rows == 37


async def test_an_object_that_was_lost_is_fetched_again(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete([raw_slice_key(DAY, "11")])
    await bench.run()
    assert bench.hours_asked() == {"11"} and bench.objects() == clean


def test_a_server_may_be_used_without_an_event_loop(bench: Bench) -> None:
    from sessions_platform.extraction import ExtractOptions, extract_date_sync
    from sessions_platform_tests.extraction.conftest import known_values

    client = bench.client()
    for changed in (True, False):
        options = ExtractOptions(known_values=known_values)
        report = extract_date_sync(client, bench.store, bench.redactor, DAY, now=NOW, options=options)
        assert report.changed is changed


async def test_a_project_without_metadata_or_traces_ids_still_extracts(bench: Bench) -> None:
    bench.server.dataset.add([row("", "no-trace", "16:00:00", metadata=None)])
    assert (await bench.run()).manifest.distinct_rows == 37


async def test_force_fetches_what_is_stored_and_gives_the_same_bytes(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    report = await bench.run(force=True)
    assert not report.changed and len(report.hours_fetched) == 6 and bench.objects() == clean


async def test_a_trace_whose_root_has_a_parent_elsewhere_is_not_asked_for_again(bench: Bench) -> None:
    bench.server.dataset.add(
        [
            row("app", "app-r", "15:00:00", parentObservationId="callers-span", isRootObservation=True, sessionId="s"),
            row("orphan", "orphan-1", "15:10:00", parentObservationId="lost", sessionId="s"),
            row("event", "event-r", "15:20:00", type="EVENT", endTime=None, sessionId="s"),
        ]
    )
    await bench.run()
    asked = [q["filter"] for q in bench.asked("v2/observations") if "filter" in q]
    assert len(asked) == 2 and all('["orphan"]' in text for text in asked)


async def test_a_page_that_is_too_large_is_halved_until_it_passes(bench: Bench) -> None:
    await bench.run()
    clean = bench.objects()
    bench.store.delete(clean)
    bench.server.dataset.add([row("big", f"big-{n}", "17:00:00", input="word " * 800) for n in range(60)])
    bench.server.options.max_body_bytes = 100_000
    report = await bench.run()
    assert report.manifest.distinct_rows == 96 and bench.server.stats.statuses[422] > 0


async def test_a_limit_of_requests_is_kept_without_being_refused_twice(bench: Bench) -> None:
    bench.server.options.rate_limit = 6
    bench.server.options.monotonic = bench.time.clock
    report = await bench.run()
    assert report.manifest.distinct_rows == 36
    assert bench.server.stats.statuses[429] <= 4 and bench.time.now - 1000 <= 240
