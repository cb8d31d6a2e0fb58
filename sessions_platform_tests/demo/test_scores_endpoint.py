from typing import Any

import httpx
import pytest

from sessions_platform.demo.generator import Corpus
from sessions_platform.demo.server import Dataset, LangfuseServer

PATH = "/api/public/v3/scores"
CORE = {
    *("id", "projectId", "name", "value", "dataType", "source", "timestamp", "environment", "createdAt", "updatedAt"),
}


def score(name: str, kind: str, value: Any, **more: Any) -> dict[str, Any]:
    subject = {"kind": "trace", "id": "t1"}
    made = {"id": name, "name": "n", "dataType": kind, "value": value, "source": "API", "subject": subject}
    return made | {"timestamp": "2026-11-02T00:00:00.000Z"} | more


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ("", set()),
        ("subject", {"subject"}),
        ("details", {"comment", "configId", "metadata"}),
        ("annotation,subject", {"authorUserId", "queueId", "subject"}),
    ],
)
def test_a_score_has_the_keys_of_its_field_groups(http: httpx.Client, fields: str, more: set[str]) -> None:
    answer = http.get(PATH, params={"fields": fields}).json()
    assert answer["meta"]["limit"] == 50
    assert all(set(found) == CORE | more for found in answer["data"])


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 101},
        {"fields": "subject,everything"},
        {"traceId": "t", "sessionId": "s"},
        {"sessionId": "s", "experimentId": "e"},
        {"observationId": "o"},
        {"fromTimestamp": "2026-11-02T00:00:00"},
        {"value": "1"},
        {"value": "perhaps", "dataType": "BOOLEAN"},
        {"valueMin": "0.5", "dataType": "BOOLEAN"},
        {"cursor": "???"},
    ],
)
def test_a_malformed_request_is_400(http: httpx.Client, params: dict[str, Any]) -> None:
    assert http.get(PATH, params=params).status_code == 400


def test_scores_come_newest_first_within_a_half_open_window(http: httpx.Client, corpus: Corpus) -> None:
    window: dict[str, Any] = {
        "fromTimestamp": "2026-11-03T00:00:00Z",
        "toTimestamp": "2026-11-04T00:00:00Z",
        "limit": 100,
    }
    found = http.get(PATH, params=window).json()["data"]
    times = [each["timestamp"] for each in found]
    assert times == sorted(times, reverse=True)
    expected = [each["id"] for each in corpus.scores if each["timestamp"].startswith("2026-11-03")]
    assert sorted(each["id"] for each in found) == sorted(expected)


def test_values_keep_their_type_and_can_be_filtered_by(server: LangfuseServer, http: httpx.Client) -> None:
    scores = [score("a", "NUMERIC", 0.5), score("b", "BOOLEAN", True), score("c", "CATEGORICAL", "good")]
    server.dataset = Dataset(scores=scores)
    found = {each["id"]: each["value"] for each in http.get(PATH).json()["data"]}
    assert found == {"a": 0.5, "b": True, "c": "good"}
    assert _ids(http, dataType="numeric,boolean") == ["b", "a"]
    assert _ids(http, dataType="NUMERIC", valueMin=0.4, valueMax=0.6) == ["a"]
    assert _ids(http, dataType="BOOLEAN", value="true") == ["b"]
    assert _ids(http, id="a,c", source="api") == ["c", "a"]
    server.dataset.update_scores([score("a", "NUMERIC", 0.9)])
    server.dataset.delete_scores(["b"])
    assert _ids(http, dataType="NUMERIC", valueMin=0.8) == ["a"]
    assert _ids(http) == ["c", "a"]


def _ids(http: httpx.Client, **params: Any) -> list[str]:
    return [found["id"] for found in http.get(PATH, params=params).raise_for_status().json()["data"]]
