"""The client against a transport that answers as Langfuse does: walks, retries, budgets, messages."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sessions_platform.errors import ConfigurationError, SourceError
from sessions_platform.resources.langfuse import LIGHT_FIELDS, LangfuseClient, MetricsUnavailable, batches

START, END = datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 18, 1, tzinfo=UTC)
SECRET = "sk-lf-very-secret"


class FakeTime:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Server:
    """Answers from a list (the last one again and again) or a function, and keeps the requests."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        result = answer(request) if callable(answer) else answer
        assert isinstance(result, httpx.Response)
        return httpx.Response(result.status_code, headers=result.headers, content=result.content)

    @property
    def limits(self) -> list[int]:
        return [int(request.url.params["limit"]) for request in self.requests]


def page(*ids: str, cursor: str | None = None, **headers: str) -> httpx.Response:
    body = {"data": [{"id": i, "traceId": "t"} for i in ids], "meta": {"cursor": cursor} if cursor else {}}
    return httpx.Response(200, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def client(
    server: Callable[[httpx.Request], httpx.Response], time: FakeTime | None = None, **more: Any
) -> LangfuseClient:
    time = time or FakeTime()
    transport = httpx.MockTransport(server)
    host = "https://langfuse.example"
    return LangfuseClient(host, "pk-lf-1", SECRET, transport=transport, sleep=time.sleep, clock=time.clock, **more)


async def ids(source: LangfuseClient, **query: Any) -> list[str]:
    async with source:
        return [row["id"] async for rows in source.observations(START, END, **query) for row in rows]


async def test_a_walk_follows_the_cursor_to_its_end() -> None:
    server = Server(page("a", "b", cursor="c1"), page("c", cursor="c2"), page("d"))
    assert await ids(client(server)) == ["a", "b", "c", "d"]
    first = server.requests[0].url.params
    assert first["fromStartTime"] == "2026-11-18T00:00:00.000Z" and first["toStartTime"] == "2026-11-18T01:00:00.000Z"
    assert "io" in first["fields"].split(",") and first["limit"] == "500" and "cursor" not in first
    assert [request.url.params.get("cursor") for request in server.requests] == [None, "c1", "c2"]


async def test_a_light_walk_asks_for_a_thousand_rows_without_inputs() -> None:
    server = Server(page("a"))
    await ids(client(server), fields=LIGHT_FIELDS)
    assert server.limits == [1000] and "io" not in server.requests[0].url.params["fields"].split(",")


async def test_traces_are_asked_for_a_hundred_at_a_time() -> None:
    server = Server(page())
    await ids(client(server), trace_ids=[f"{n:032x}" for n in range(250)])
    filters = [json.loads(request.url.params["filter"])[0] for request in server.requests]
    assert [len(f["value"]) for f in filters] == [100, 100, 50]
    assert (filters[0]["type"], filters[0]["column"], filters[0]["operator"]) == ("stringOptions", "traceId", "any of")
    assert all(len(str(request.url)) < 8000 for request in server.requests)


def test_long_ids_make_smaller_batches() -> None:
    assert [len(batch) for batch in batches("ü" * 100 for _ in range(20))] == [9, 9, 2]


async def test_a_server_that_ignores_the_filter_is_refused() -> None:
    with pytest.raises(SourceError, match="ignores the filter by traceId"):
        await ids(client(Server(page("a"))), trace_ids=["other"])


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(500, json={"message": "Internal Server Error"}),
        httpx.Response(524, html="<html>"),
        httpx.Response(422, json={"message": "x", "error": "Request timed out"}),
        httpx.Response(413, text="too large"),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_the_page_is_halved_when_the_server_cannot(failure: Any) -> None:
    server = Server(failure, failure, page("a"))
    assert await ids(client(server)) == ["a"]
    assert server.limits == [500, 250, 125]


async def test_the_page_is_halved_after_a_body_over_four_megabytes_and_grows_slowly() -> None:
    big = httpx.Response(200, json={"data": [{"id": "a", "input": "x" * (5 << 20)}], "meta": {"cursor": "c"}})
    small = [page("b", cursor=f"c{n}") for n in range(9)]
    server = Server(big, *small, page("z"))
    await ids(client(server))
    assert server.limits == [500] + [250] * 8 + [312] * 2


async def test_a_body_beyond_the_hard_limit_is_not_read_whole() -> None:
    huge = httpx.Response(200, json={"data": [{"id": "a", "input": "x" * (17 << 20)}], "meta": {}})
    server = Server(huge, page("a"))
    assert await ids(client(server)) == ["a"] and server.limits == [500, 250]


@pytest.mark.parametrize(
    "cut",
    [httpx.Response(200, text='{"data":[{"id"'), httpx.Response(200, text="[]"), httpx.RemoteProtocolError("cut")],
)
async def test_a_cut_answer_is_asked_for_again(cut: Any) -> None:
    time = FakeTime()
    assert await ids(client(Server(cut, page("a")), time)) == ["a"]
    assert 0.25 <= time.slept[0] <= 0.5


async def test_lone_surrogates_and_nan_are_no_reason_to_fail() -> None:
    odd = httpx.Response(200, text='{"data":[{"id":"a","input":"\\ud800","score":NaN}],"meta":{}}')
    assert await ids(client(Server(odd))) == ["a"]


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (httpx.Response(429, headers={"Retry-After": "12"}, json={"message": "Rate limit exceeded"}), 12),
        (httpx.Response(429, json={"details": {"retryAfterSeconds": 7}}), 7),
        (httpx.Response(503, headers={"Retry-After": "3"}, text="busy"), 3),
    ],
)
async def test_retry_after_is_honoured(answer: httpx.Response, seconds: int) -> None:
    time = FakeTime()
    assert await ids(client(Server(answer, page("a")), time)) == ["a"]
    assert time.slept == [seconds]


async def test_a_limit_used_up_for_hours_is_an_error_not_a_wait() -> None:
    time = FakeTime()
    limited = httpx.Response(429, headers={"Retry-After": "7200"}, text="429 - rate limit exceeded")
    with pytest.raises(SourceError, match="used up for 7200 seconds; run again after that"):
        await ids(client(Server(limited), time))
    with pytest.raises(MetricsUnavailable):
        async with client(Server(limited), time) as source:
            await source.fingerprint("2026-11-18")
    assert time.slept == []


async def test_attempts_are_bounded() -> None:
    server, time = Server(httpx.Response(500, text="no")), FakeTime()
    with pytest.raises(SourceError, match="v2/observations failed 8 times, last: status 500; run again to resume"):
        await ids(client(server, time))
    assert len(server.requests) == 8 and sum(time.slept) < 120


async def test_the_set_budget_of_a_minute_is_kept() -> None:
    server, time = Server(*[page("a", cursor=str(n)) for n in range(10)], page("z")), FakeTime()
    await ids(client(server, time, requests_per_minute=4))
    assert len(server.requests) == 11 and time.now == 120


async def test_the_budget_is_learned_from_the_headers_one_below_the_limit() -> None:
    pages = [page("a", cursor=str(n), x_ratelimit_limit="6", x_ratelimit_remaining=str(5 - n % 5)) for n in range(5)]
    server, time = Server(*pages, page("z")), FakeTime()
    await ids(client(server, time))
    assert time.slept == [60]


async def test_what_others_of_the_organization_used_counts() -> None:
    server = Server(page("a", cursor="1", x_ratelimit_limit="30", x_ratelimit_remaining="1"), page("z"))
    time = FakeTime()
    await ids(client(server, time))
    assert time.slept == [60]


async def test_no_more_requests_at_once_than_allowed() -> None:
    running = most = 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return page("a")

    source = LangfuseClient("http://x", "pk", "sk", transport=httpx.MockTransport(slow), concurrency=3)

    async def walk() -> None:
        async for _ in source.observations(START, END):
            pass

    async with source:
        await asyncio.gather(*(walk() for _ in range(10)))
    assert most == 3


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (
            (401, {"message": "Invalid credentials."}),
            ConfigurationError,
            "does not accept LANGFUSE_PUBLIC_KEY / LANGFUSE_",
        ),
        ((403, {"message": "no"}), ConfigurationError, "may not read this project .403: no.: use a project's key pair"),
        (
            (404, {"message": "only in a Langfuse v4 write mode"}),
            SourceError,
            "Langfuse v3 without the v2 API: upgrade",
        ),
        ((404, {"message": "Not found"}), SourceError, "Langfuse v3 without the v2 API"),
        ((400, {"message": "Invalid request data", "error": [{"message": "bad"}]}), SourceError, "data .bad."),
        ((308, {}), ConfigurationError, "set LANGFUSE_HOST to the address it redirects to"),
    ],
)
async def test_refusals_fail_at_once_and_say_what_to_do(answer: Any, kind: type[Exception], says: str) -> None:
    status, body = answer
    server = Server(httpx.Response(status, json=body | {"echo": SECRET}))
    with pytest.raises(kind, match=says) as refusal:
        await ids(client(server))
    assert len(server.requests) == 1 and "LANGFUSE_HOST=https://langfuse.example" in str(refusal.value)


async def test_secrets_stand_in_no_message() -> None:
    echo = httpx.Response(403, json={"message": f"key {SECRET} of pk-lf-1"})
    with pytest.raises(ConfigurationError) as refusal:
        await ids(client(Server(echo)))
    assert SECRET not in str(refusal.value) and "pk-lf-1" not in str(refusal.value)


@pytest.mark.parametrize("error", [httpx.ConnectError("Connection refused"), httpx.ConnectTimeout("no route")])
async def test_a_host_that_cannot_be_reached_is_named_soon(error: Exception) -> None:
    server = Server(error)
    with pytest.raises(SourceError, match="LANGFUSE_HOST=https://langfuse.example cannot be reached"):
        await ids(client(server))
    assert len(server.requests) == 2


async def test_a_name_that_does_not_resolve_is_said_to() -> None:
    time = FakeTime()
    source = LangfuseClient("http://langfuse.invalid", "pk", "sk", sleep=time.sleep, clock=time.clock)
    with pytest.raises(SourceError, match=r"LANGFUSE_HOST=http://langfuse.invalid cannot be reached"):
        await ids(source)


@pytest.mark.parametrize("host", ["", "cloud.langfuse.com", "sk-lf-123", "ftp://x", "http://", "https://u:p@x"])
def test_a_host_that_is_no_address_is_refused_without_repeating_it(host: str) -> None:
    with pytest.raises(ConfigurationError, match="LANGFUSE_HOST is not an address") as refusal:
        LangfuseClient(host, "pk", "sk")
    assert "sk-lf" not in str(refusal.value)


@pytest.mark.parametrize(
    ("public", "secret", "name"), [("", "s", "PUBLIC"), ("p", " ", "SECRET"), ("p", "…", "SECRET")]
)
def test_missing_keys_are_named(public: str, secret: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"LANGFUSE_{name}_KEY is not set"):
        LangfuseClient("https://x", public, secret)


async def test_the_same_cursor_twice_ends_the_walk() -> None:
    with pytest.raises(SourceError, match="same cursor twice"):
        await ids(client(Server(page("a", cursor="c"))))


async def test_the_project_is_asked_for_once() -> None:
    server = Server(httpx.Response(200, json={"data": [{"id": "p", "name": "n", "retentionDays": 30}]}))
    async with client(server) as source:
        project = await source.project()
        assert await source.project() is project and (project.id, project.retention_days) == ("p", 30)
    assert len(server.requests) == 1


async def test_an_organizations_key_has_no_project() -> None:
    with pytest.raises(ConfigurationError, match="knows no project"):
        async with client(Server(httpx.Response(200, json={"data": []}))) as source:
            await source.project()


async def test_the_fingerprint_counts_by_hour_of_its_date_only() -> None:
    def metrics(request: httpx.Request) -> httpx.Response:
        query = json.loads(request.url.params["query"])
        assert query["timeDimension"] == {"granularity": "hour"}
        if query["view"] == "scores-boolean":
            return httpx.Response(400, json={"message": "Invalid view"})
        row = {"time_dimension": "2026-11-18T03:00:00Z", "count_count": "5", "sum_totalTokens": "70"}
        empty = {"time_dimension": "2026-11-18T04:00:00Z", "count_count": "0", "sum_totalTokens": None}
        beyond = {**row, "time_dimension": "2026-11-19T00:00:00Z"}
        return httpx.Response(200, json={"data": [{**row, "sum_totalCost": 0.30000000000000004}, empty, beyond]})

    async with client(Server(metrics)) as source:
        fingerprint = await source.fingerprint("2026-11-18")
    assert fingerprint.as_json() == {"observations": {"03": [5, 70, 0.3]}, "scores": {"03": [5, 0, 5]}}
    assert fingerprint.rows == 5


async def test_a_server_without_metrics_is_told_apart() -> None:
    with pytest.raises(MetricsUnavailable) as gone:
        async with client(Server(httpx.Response(404, json={"message": "Not Found"}))) as source:
            await source.fingerprint("2026-11-18")
    assert gone.value.missing


async def test_scores_are_asked_for_by_window_or_by_ids() -> None:
    server = Server(page("s"))
    async with client(server) as source:
        for query in ({"start": START, "end": END}, {"trace_ids": ["a", "b", "c,d"]}, {"session_ids": ["s1"]}):
            assert [row["id"] async for rows in source.scores(**query) for row in rows] == ["s"]  # type: ignore[arg-type]
    asked = [dict(request.url.params) for request in server.requests]
    assert [request.url.path for request in server.requests] == ["/api/public/v3/scores"] * 3
    assert all(q["fields"] == "details,subject,annotation" and q["limit"] == "100" for q in asked)
    assert asked[0]["fromTimestamp"] == "2026-11-18T00:00:00.000Z"
    assert asked[1]["traceId"] == "a,b" and asked[2]["sessionId"] == "s1" and "fromTimestamp" not in asked[1]


async def test_a_client_keeps_what_it_learned_when_entered_again() -> None:
    server = Server(httpx.Response(500, text="x"), page("a"))
    source = client(server)
    await ids(source)
    await ids(source)
    assert server.limits == [500, 250, 250] and source.requests == 3


async def test_a_client_outside_its_block_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        await client(Server(page("a"))).health()


async def test_a_time_without_a_zone_is_a_programming_error() -> None:
    async with client(Server(page("a"))) as source:
        with pytest.raises(ValueError, match="zone"):
            async for _ in source.observations(datetime(2026, 11, 18), END):  # noqa: DTZ001
                pass


async def test_the_way_down_to_a_page_that_fits_is_no_failure() -> None:
    def least(request: httpx.Request) -> httpx.Response:
        if int(request.url.params["limit"]) > 10:
            return httpx.Response(422, json={"message": "Response payload is too large"})
        return page("a")

    failing = [httpx.Response(422, json={"message": "x"}) for _ in range(6)] + [httpx.Response(500)] * 3
    server = Server(*failing, least)
    assert await ids(client(server), fields=LIGHT_FIELDS) == ["a"]
    assert server.limits == [1000, 500, 250, 125, 62, 31, 15, 10, 10, 10]


async def test_a_row_too_large_for_any_page_ends_with_a_message() -> None:
    server = Server(httpx.Response(422, json={"message": "Response payload is too large"}))
    with pytest.raises(SourceError, match="failed 8 times, last: status 422"):
        await ids(client(server))
    assert server.limits[-1] == 10
