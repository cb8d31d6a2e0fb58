"""The demo server, read by Langfuse's own client."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from langfuse.api import (
    Error,
    LangfuseAPI,
    NotFoundError,
    UnauthorizedError,
)
from langfuse.api.core.api_error import ApiError
from langfuse.api.core.request_options import RequestOptions

from sessions_platform.demo.generator import Corpus
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform_tests.sample import SAMPLE, needs_sample

ALL_FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
NO_RETRY = RequestOptions(max_retries=0)


def every_row(official: LangfuseAPI, limit: int = 1000, **params: Any) -> list[Any]:
    rows: list[Any] = []
    cursor = None
    while True:
        page = official.observations.get_many(fields=ALL_FIELDS, limit=limit, cursor=cursor, **params)
        rows += page.data
        cursor = page.meta.cursor
        if not cursor:
            return rows


def every_score(official: LangfuseAPI, **params: Any) -> list[Any]:
    scores: list[Any] = []
    cursor = None
    while True:
        page = official.scores.get_many(fields="details,subject,annotation", limit=100, cursor=cursor, **params)
        scores += page.data
        cursor = page.meta.cursor
        if not cursor:
            return scores


def test_the_official_client_reads_every_row_once_by_cursor(official: LangfuseAPI, corpus: Corpus) -> None:
    rows = every_row(official, limit=97)
    assert [row.id for row in rows] != []
    assert sorted((row.trace_id, row.id) for row in rows) == sorted(
        (r["traceId"], r["id"]) for r in corpus.observations
    )


def test_the_official_client_reads_texts_and_figures_unchanged(official: LangfuseAPI, corpus: Corpus) -> None:
    expected = {row["id"]: row for row in corpus.observations}
    for row in every_row(official):
        wanted = expected[row.id]
        assert (row.input, row.output, row.metadata) == (wanted["input"], wanted["output"], wanted["metadata"])
        assert (row.total_cost, row.usage_details) == (wanted["totalCost"], wanted["usageDetails"])
        assert (row.session_id, row.model) == (wanted["sessionId"], wanted["model"])


def test_the_official_client_reads_every_score_by_cursor(official: LangfuseAPI, corpus: Corpus) -> None:
    scores = every_score(official)
    assert sorted(score.id for score in scores) == sorted(score["id"] for score in corpus.scores)
    assert {score.subject.kind for score in scores} == {"session", "trace", "observation"}


def test_scores_of_one_session_and_of_traces_are_found(official: LangfuseAPI, corpus: Corpus) -> None:
    by_session = next(score for score in corpus.scores if score["subject"]["kind"] == "session")
    found = every_score(official, session_id=by_session["subject"]["id"])
    assert by_session["id"] in {score.id for score in found}
    observed = next(score for score in corpus.scores if score["subject"]["kind"] == "observation")
    found = every_score(official, trace_id=f"{observed['subject']['traceId']},no-such-trace")
    assert observed["id"] in {score.id for score in found}
    narrowed = every_score(official, trace_id=observed["subject"]["traceId"], observation_id=observed["subject"]["id"])
    assert {score.subject.id for score in narrowed} == {observed["subject"]["id"]}


def test_metrics_count_the_rows_of_each_hour(official: LangfuseAPI, corpus: Corpus) -> None:
    query = {
        "view": "observations",
        "metrics": [{"measure": "count", "aggregation": "count"}, {"measure": "totalCost", "aggregation": "sum"}],
        "timeDimension": {"granularity": "hour"},
        "fromTimestamp": "2026-11-02T00:00:00Z",
        "toTimestamp": "2026-11-05T00:00:00Z",
        "config": {"row_limit": 1000},
    }
    hours: dict[str, int] = {}
    for row in corpus.observations:
        hour = f"{row['startTime'][:13]}:00:00.000Z"
        hours[hour] = hours.get(hour, 0) + 1
    answer = official.metrics.metrics(query=json.dumps(query)).data
    assert {row["time_dimension"]: row["count_count"] for row in answer} == hours
    assert sum(row["sum_totalCost"] for row in answer) == pytest.approx(corpus.truth.cost_usd)


def test_metrics_group_by_dimensions_and_filter(official: LangfuseAPI, corpus: Corpus) -> None:
    query = {
        "view": "observations",
        "metrics": [{"measure": "totalTokens", "aggregation": "sum"}, {"measure": "latency", "aggregation": "max"}],
        "dimensions": [{"field": "providedModelName"}],
        "filters": [{"type": "stringOptions", "column": "type", "operator": "any of", "value": ["GENERATION"]}],
        "fromTimestamp": "2026-11-02T00:00:00Z",
        "toTimestamp": "2026-11-05T00:00:00Z",
    }
    answer = {row["providedModelName"]: row for row in official.metrics.metrics(query=json.dumps(query)).data}
    spoken = [row for row in corpus.observations if row["model"] == "gpt-5-mini"]
    assert answer["gpt-5-mini"]["sum_totalTokens"] == sum(row["totalUsage"] for row in spoken)
    assert answer["gpt-5-mini"]["max_latency"] == pytest.approx(1000 * max(row["latency"] for row in spoken))


@pytest.mark.parametrize(
    ("view", "kinds"),
    [
        ("scores-numeric", {"NUMERIC", "BOOLEAN"}),
        ("scores-boolean", {"BOOLEAN"}),
        ("scores-categorical", {"CATEGORICAL"}),
    ],
)
def test_metrics_count_scores(official: LangfuseAPI, corpus: Corpus, view: str, kinds: set[str]) -> None:
    query = {
        "view": view,
        "metrics": [{"measure": "count", "aggregation": "count"}],
        "fromTimestamp": "2026-11-02T00:00:00Z",
        "toTimestamp": "2026-11-05T00:00:00Z",
    }
    count = sum(score["dataType"] in kinds for score in corpus.scores)
    assert official.metrics.metrics(query=json.dumps(query)).data == [{"count_count": count}]


def test_metrics_refuse_what_cannot_be_grouped_by(official: LangfuseAPI) -> None:
    query = {
        "view": "observations",
        "metrics": [{"measure": "count", "aggregation": "count"}],
        "dimensions": [{"field": "sessionId"}],
        "fromTimestamp": "2026-11-02T00:00:00Z",
        "toTimestamp": "2026-11-05T00:00:00Z",
    }
    with pytest.raises(Error):
        official.metrics.metrics(query=json.dumps(query))


def test_project_and_health_answer(official: LangfuseAPI, server: LangfuseServer) -> None:
    server.options.retention_days = 30
    (project,) = official.projects.get().data
    assert (project.id, project.retention_days) == ("proj-demo", 30)
    assert official.health.health().status == "OK"


def test_a_wrong_key_is_401(server: LangfuseServer) -> None:
    with httpx.Client() as client:
        stranger = LangfuseAPI(username="pk-lf-x", password="sk-lf-x", base_url=server.url, httpx_client=client)
        with pytest.raises(UnauthorizedError):
            stranger.observations.get_many()
        assert stranger.health.health().status == "OK"


def test_a_limit_beyond_the_most_is_400(official: LangfuseAPI) -> None:
    with pytest.raises(Error):
        official.observations.get_many(limit=1001)
    with pytest.raises(Error):
        official.scores.get_many(limit=101)
    with pytest.raises(Error):
        official.observations.get_many(parse_io_as_json=True)


def test_a_v3_server_has_no_v2_endpoints(official: LangfuseAPI, server: LangfuseServer) -> None:
    server.options.mode = "v3"
    with pytest.raises(NotFoundError) as refused:
        official.observations.get_many()
    assert "only available in a Langfuse v4 write mode" in str(refused.value.body)


def test_a_rate_limit_is_an_api_error_429(official: LangfuseAPI, server: LangfuseServer) -> None:
    server.options.next_faults.append("429")
    with pytest.raises(ApiError) as refused:
        official.observations.get_many(request_options=NO_RETRY)
    assert refused.value.status_code == 429


@needs_sample
@pytest.mark.parametrize("name", ["whowhen_dev", "agentdojo_dev", "tau2_gpt41_ab_fullhistory"])
def test_the_official_client_reads_the_real_sample_whole(name: str) -> None:
    folder = SAMPLE / "langfuse" / name
    with gzip.open(folder / "observations.jsonl.gz", "rt", encoding="utf-8") as file:
        expected = {(row["traceId"], row["id"]): row for row in map(json.loads, file)}
    dataset = Dataset.from_folders([folder])
    with LangfuseServer(dataset) as server, httpx.Client(timeout=10) as client:
        official = LangfuseAPI(
            username=server.public_key, password=server.secret_key, base_url=server.url, httpx_client=client
        )
        rows = every_row(official, from_start_time=datetime(2026, 10, 12, tzinfo=UTC))
        assert len(every_score(official)) == len(dataset.scores)
    assert {(row.trace_id, row.id) for row in rows} == set(expected)
    assert all(row.input == expected[row.trace_id, row.id]["input"] for row in rows)
    assert all(row.metadata == expected[row.trace_id, row.id]["metadata"] for row in rows)
