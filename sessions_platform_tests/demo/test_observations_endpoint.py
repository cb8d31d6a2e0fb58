"""What neither the official client nor the OpenAPI document would notice: keys, order, windows, cuts."""

import json
from typing import Any

import httpx
import pytest

from sessions_platform.demo.generator import Corpus
from sessions_platform.demo.server import Dataset, LangfuseServer

PATH = "/api/public/v2/observations"
ALWAYS = {
    *("id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"),
    *("modelId", "inputPrice", "outputPrice", "totalPrice", "latency", "timeToFirstToken"),
}
BASIC = {
    *("name", "level", "statusMessage", "version", "environment", "bookmarked", "public", "userId", "sessionId"),
    "isRootObservation",
}
USAGE = {
    *("usageDetails", "costDetails", "totalCost", "usagePricingTierName"),
    *("inputUsage", "outputUsage", "totalUsage", "inputCost", "outputCost"),
}


def ask(http: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        answer = http.get(PATH, params=params).raise_for_status().json()
        rows += answer["data"]
        if "cursor" not in answer["meta"]:
            assert answer["meta"] == {}
            return rows
        params["cursor"] = answer["meta"]["cursor"]


def row(row_id: str, start: str, **more: Any) -> dict[str, Any]:
    return {"id": row_id, "traceId": "t", "startTime": start, **more}


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        (None, BASIC),
        ("core", set()),
        ("basic,no-such-group", BASIC),
        ("io", {"input", "output"}),
        ("time", {"completionStartTime", "createdAt", "updatedAt"}),
        ("metadata", {"metadata"}),
        ("model", {"model", "internalModelId", "modelParameters"}),
        ("usage", USAGE),
        ("prompt", {"promptId", "promptName", "promptVersion"}),
        ("metrics", set()),
        ("trace_context,core", {"tags", "release", "traceName"}),
    ],
)
def test_a_row_has_the_keys_of_its_field_groups_and_no_others(
    http: httpx.Client, fields: str | None, more: set[str]
) -> None:
    for found in http.get(PATH, params={"fields": fields} if fields else {}).json()["data"]:
        assert set(found) == ALWAYS | more


def test_prices_are_null_unless_the_model_is_asked_for(http: httpx.Client) -> None:
    generations = {"type": "GENERATION", "limit": 1000}
    assert {found["modelId"] for found in ask(http, fields="core", **generations)} == {None}
    assert "model-gpt-5-mini" in {found["modelId"] for found in ask(http, fields="model", **generations)}


def test_rows_come_newest_first_and_pages_do_not_overlap_at_equal_times(
    server: LangfuseServer, http: httpx.Client
) -> None:
    server.dataset = Dataset(
        {"id": f"o{number:03d}", "traceId": f"t{number % 7}", "startTime": f"2026-11-02T00:00:0{number % 3}.000Z"}
        for number in range(100)
    )
    rows = ask(http, limit=9)
    assert len({found["id"] for found in rows}) == len(rows) == 100
    assert [found["startTime"] for found in rows] == sorted((found["startTime"] for found in rows), reverse=True)
    assert [found["id"] for found in rows] == [found["id"] for found in ask(http, limit=1000)]


def test_the_limit_may_change_between_two_pages_of_a_walk(http: httpx.Client, corpus: Corpus) -> None:
    first = http.get(PATH, params={"limit": 5}).json()
    rest = ask(http, limit=700, cursor=first["meta"]["cursor"])
    assert len({found["id"] for found in first["data"] + rest}) == len(corpus.observations)


def test_the_default_page_has_fifty_rows(http: httpx.Client) -> None:
    assert len(http.get(PATH).json()["data"]) == 50


def test_a_window_includes_its_start_and_excludes_its_end(server: LangfuseServer, http: httpx.Client) -> None:
    server.dataset = Dataset(
        [
            row("a", "2026-11-01T23:59:59.999Z"),
            row("b", "2026-11-02T00:00:00.000Z"),
            row("c", "2026-11-03T00:00:00.000Z"),
        ]
    )
    found = ask(http, fromStartTime="2026-11-02T00:00:00Z", toStartTime="2026-11-03T01:00:00+01:00")
    assert [each["id"] for each in found] == ["b"]


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "1001"},
        {"limit": "0"},
        {"limit": "many"},
        {"fromStartTime": "2026-11-02T00:00:00"},
        {"toStartTime": "yesterday"},
        {"cursor": "not a cursor"},
        {"level": "LOUD"},
        {"isRootObservation": "perhaps"},
        {"parseIoAsJson": "true"},
        {"filter": "{"},
        {"filter": '[{"type":"string","column":"nothing","operator":"=","value":"x"}]'},
        {"filter": '[{"type":"stringOptions","column":"traceId","operator":"=","value":["x"]}]'},
    ],
)
def test_a_malformed_request_is_400_with_the_reason(http: httpx.Client, params: dict[str, str]) -> None:
    answer = http.get(PATH, params=params)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Invalid request data"
    assert answer.json()["error"][0]["path"]


def test_texts_are_raw_strings_and_absent_strings_are_empty(http: httpx.Client) -> None:
    rows = ask(http, fields="basic,io,prompt,trace_context,model", limit=1000)
    generations = [found for found in rows if found["type"] == "GENERATION"]
    assert all(isinstance(found["input"], str) for found in generations)
    children = [found for found in rows if found["parentObservationId"]]
    assert "" in {found["sessionId"] for found in children}
    assert {found["promptName"] for found in rows} == {""}
    assert {found["traceName"] for found in children} == {None}


def test_long_metadata_is_cut_unless_texts_or_keys_are_asked_for(server: LangfuseServer, http: httpx.Client) -> None:
    metadata = {"long": "x" * 900, "short": "y", "number": 5, "list": [1, 2]}
    server.dataset = Dataset([row("a", "2026-11-02T00:00:00Z", metadata=metadata)])
    (cut,) = ask(http, fields="metadata")
    assert cut["metadata"] == metadata | {"long": "x" * 200}
    (whole,) = ask(http, fields="metadata,io")
    assert whole["metadata"] == metadata
    (expanded,) = ask(http, fields="metadata", expandMetadata="long")
    assert expanded["metadata"] == metadata


@pytest.mark.parametrize(
    ("params", "column", "values"),
    [
        ({"type": "TOOL"}, "type", {"TOOL"}),
        ({"level": "ERROR"}, "level", {"ERROR"}),
        ({"name": "kubectl"}, "name", {"kubectl"}),
        ({"version": "2.4.0"}, "version", {"2.4.0"}),
        ({"environment": ["staging", "development"]}, "environment", {"staging", "development"}),
        ({"isRootObservation": "true"}, "parentObservationId", {None}),
        ({"parentObservationId": ""}, "parentObservationId", {None}),
    ],
)
def test_a_parameter_chooses_rows_by_its_column(
    http: httpx.Client, corpus: Corpus, params: dict[str, Any], column: str, values: set[str | None]
) -> None:
    found = ask(http, limit=1000, **params)
    expected = [each for each in corpus.observations if each[column] in values]
    assert {each["id"] for each in found} == {each["id"] for each in expected}
    assert expected


def test_a_session_filter_finds_only_the_rows_that_carry_the_id(http: httpx.Client, corpus: Corpus) -> None:
    roots_only = next(each for each in corpus.observations if each["parentObservationId"] and not each["sessionId"])
    root = next(
        each for each in corpus.observations if each["traceId"] == roots_only["traceId"] and each["isRootObservation"]
    )
    found = ask(http, sessionId=root["sessionId"], fields="basic")
    assert {each["isRootObservation"] for each in found} == {True}
    user = ask(http, userId=root["userId"], limit=1000, fields="basic")
    assert {each["userId"] for each in user} == {root["userId"]}


def test_traces_are_completed_in_batches_by_a_filter(http: httpx.Client, corpus: Corpus) -> None:
    wanted = sorted({each["traceId"] for each in corpus.observations})[:20]
    condition = {"type": "stringOptions", "column": "traceId", "operator": "any of", "value": wanted}
    found = ask(http, limit=7, filter=json.dumps([condition]))
    expected = [each["id"] for each in corpus.observations if each["traceId"] in wanted]
    assert sorted(each["id"] for each in found) == sorted(expected)
    # A condition in `filter` wins over the parameter of the same column; the others still hold.
    also = ask(http, limit=1000, traceId="no-such-trace", type="TOOL", filter=json.dumps([condition]))
    assert {each["id"] for each in also} == {each["id"] for each in found if each["type"] == "TOOL"}


def test_filter_conditions_compare_times_and_texts(http: httpx.Client, corpus: Corpus) -> None:
    conditions = [
        {"type": "datetime", "column": "startTime", "operator": ">=", "value": "2026-11-03T00:00:00Z"},
        {"type": "datetime", "column": "startTime", "operator": "<", "value": "2026-11-04T00:00:00Z"},
        {"type": "stringOptions", "column": "type", "operator": "none of", "value": ["TOOL", "SPAN"]},
        {"type": "string", "column": "environment", "operator": "=", "value": "production"},
    ]
    found = ask(http, limit=1000, filter=json.dumps(conditions))
    expected = [
        each["id"]
        for each in corpus.observations
        if each["startTime"].startswith("2026-11-03")
        and each["type"] not in ("TOOL", "SPAN")
        and each["environment"] == "production"
    ]
    assert sorted(each["id"] for each in found) == sorted(expected)
    assert expected


def test_late_rows_new_versions_and_deletions_show_at_once(server: LangfuseServer, http: httpx.Client) -> None:
    server.dataset = Dataset([row("a", "2026-11-02T00:00:00Z"), row("b", "2026-11-02T00:00:01Z")])
    server.dataset.add([row("late", "2026-11-01T00:00:00Z"), row("a", "2026-11-02T00:00:00Z", name="twice")])
    assert [each["id"] for each in ask(http)] == ["b", "a", "a", "late"]
    server.dataset.update([row("a", "2026-11-02T00:00:00Z", name="new")])
    assert [each["name"] for each in ask(http)] == ["", "new", ""]
    server.dataset.delete(["b"])
    assert [each["id"] for each in ask(http)] == ["a", "late"]


@pytest.mark.parametrize(
    "path",
    [
        "sessions",
        "sessions/s1",
        "traces",
        "traces/t1",
        "observations",
        "observations/o1",
        "v2/scores",
        "scores",
        "metrics",
    ],
)
def test_the_removed_endpoints_are_404_with_a_message(http: httpx.Client, path: str) -> None:
    answer = http.get(f"/api/public/{path}")
    assert answer.status_code == 404
    assert "events_only" in answer.json()["message"]


def test_an_unknown_path_is_404_and_another_method_405(http: httpx.Client) -> None:
    assert http.get("/api/public/nothing").status_code == 404
    assert http.post(PATH).status_code == 405
