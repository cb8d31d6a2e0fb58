"""The OpenViking client: what it sends, what it repeats, and how it names what is wrong."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.resources.openviking import (
    FileWrite,
    OpenVikingClient,
    OpenVikingDown,
    OpenVikingError,
    OpenVikingRefusal,
    is_placeholder,
    message_batches,
)
from sessions_platform.resources.openviking_admin import OpenVikingAdmin

URL = "http://127.0.0.1:1933"
Handler = Callable[[httpx.Request], httpx.Response]


def ok(result: Any = None) -> httpx.Response:
    return httpx.Response(200, json={"status": "ok", "result": result})


def refused(status: int, code: str, message: str = "no") -> httpx.Response:
    return httpx.Response(status, json={"status": "error", "error": {"code": code, "message": message}})


def client_for(handler: Handler) -> tuple[OpenVikingClient, list[float]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return OpenVikingClient(URL, "key", transport=httpx.MockTransport(handler), sleep=sleep), slept


def answering(*answers: httpx.Response | Exception) -> tuple[Handler, list[httpx.Request]]:
    """A handler that gives these in turn, and the requests it got."""
    left, seen = list(answers), []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handler, seen


async def test_the_key_goes_in_a_header_and_250_messages_in_three_batches() -> None:
    handler, seen = answering(ok({"added": 1}))
    client, _ = client_for(handler)
    messages = [{"role": "user", "parts": [{"type": "text", "text": str(n)}]} for n in range(250)]
    async with client:
        assert await client.add_messages("2026-11-02.a~b", messages) == 250
    assert [len(json.loads(request.content)["messages"]) for request in seen] == [100, 100, 50]
    assert (
        seen[0].headers["x-api-key"] == "key" and seen[0].url.path == "/api/v1/sessions/2026-11-02.a~b/messages/batch"
    )


def test_large_messages_are_sent_in_batches_of_about_4_mb() -> None:
    messages = [{"parts": [{"text": "x" * 3_000_000}]} for _ in range(3)]
    assert [len(batch) for batch in message_batches(messages)] == [1, 1, 1]


async def test_appending_messages_is_not_repeated_when_the_connection_breaks() -> None:
    handler, seen = answering(httpx.ReadError("broken"))
    client, _ = client_for(handler)
    async with client:
        with pytest.raises(OpenVikingDown, match="connection broke off"):
            await client.add_messages("s", [{"parts": []}])
    assert len(seen) == 1


async def test_a_server_that_is_not_there_is_tried_three_times_and_named() -> None:
    handler, seen = answering(httpx.ConnectError("refused"))
    client, slept = client_for(handler)
    async with client:
        with pytest.raises(OpenVikingDown, match=r"OPENVIKING_URL=.* cannot be reached .*sessions-platform openviking"):
            await client.health()
    assert (len(seen), len(slept)) == (3, 2)


async def test_a_lock_held_by_others_is_waited_for() -> None:
    handler, seen = answering(refused(409, "CONFLICT"), refused(409, "CONFLICT"), ok({"created": ["u"]}))
    client, slept = client_for(handler)
    async with client:
        assert (await client.batch_write("viking://resources/x", [FileWrite("u", "t")])).created == ["u"]
    assert (len(seen), len(slept)) == (3, 2)


async def test_a_directory_that_exists_is_no_error_and_not_tried_again() -> None:
    handler, seen = answering(refused(409, "CONFLICT", "already exists: /x"))
    client, _ = client_for(handler)
    async with client:
        assert await client.mkdir("viking://resources/x", "L0") is False
    assert len(seen) == 1


async def test_a_session_that_exists_gives_none() -> None:
    handler, _ = answering(refused(409, "ALREADY_EXISTS"))
    client, _ = client_for(handler)
    async with client:
        assert await client.create_session("s", {}) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused(401, "UNAUTHENTICATED", "Invalid API key"), "does not accept OPENVIKING_API_KEY .*Invalid API key"),
        (refused(403, "PERMISSION_DENIED", "ROOT API keys cannot"), "OPENVIKING_API_KEY is the root key.*/users"),
        (httpx.Response(404, text="nginx"), "is it the address of an OpenViking server"),
        (httpx.Response(301, headers={"location": "https://x"}), "set OPENVIKING_URL to the address"),
    ],
)
async def test_settings_that_are_wrong_are_named(answer: httpx.Response, words: str) -> None:
    handler, _ = answering(answer)
    client, _ = client_for(handler)
    async with client:
        with pytest.raises(ConfigurationError, match=words):
            await client.names("viking://resources")


async def test_a_refusal_carries_code_and_status() -> None:
    handler, seen = answering(refused(400, "INVALID_ARGUMENT", "too\n long"))
    client, _ = client_for(handler)
    async with client:
        with pytest.raises(OpenVikingRefusal, match="400 INVALID_ARGUMENT: too long") as caught:
            await client.set_tags("u", ["a=b"])
    assert (caught.value.code, caught.value.status, len(seen)) == ("INVALID_ARGUMENT", 400, 1)


async def test_a_server_fault_is_tried_twice() -> None:
    handler, seen = answering(refused(500, "INTERNAL"))
    client, _ = client_for(handler)
    async with client:
        with pytest.raises(OpenVikingRefusal):
            await client.abstract("u")
    assert len(seen) == 2


async def test_an_answer_that_does_not_come_in_time_names_the_models() -> None:
    handler, _ = answering(httpx.ReadTimeout("slow"))
    client, _ = client_for(handler)
    async with client:
        with pytest.raises(OpenVikingError, match="no answer .* within 7 seconds.*SESSIONS_GATEWAY_URL"):
            await client.batch_write("root", [FileWrite("u", "t")], seconds=7)


async def test_a_task_is_polled_to_its_end_and_its_result_given() -> None:
    running = ok({"task_id": "t", "status": "running"})
    done = ok({"task_id": "t", "status": "completed", "result": {"token_usage": {"total": {"total_tokens": 12}}}})
    handler, seen = answering(running, running, done)
    client, slept = client_for(handler)
    async with client:
        task = await client.wait_for_task("t", 60)
    assert (task.status, len(seen), len(slept)) == ("completed", 3, 3)
    assert task.result["token_usage"]["total"]["total_tokens"] == 12


async def test_a_task_that_does_not_end_is_given_up() -> None:
    handler, _ = answering(ok({"task_id": "t", "status": "running"}))
    ticks = iter(range(1000))

    async def sleep(seconds: float) -> None:
        pass

    client = OpenVikingClient(
        URL, "key", transport=httpx.MockTransport(handler), sleep=sleep, clock=lambda: float(next(ticks))
    )
    async with client:
        with pytest.raises(OpenVikingError, match="task t is running after 5 s"):
            await client.wait_for_task("t", 5)


async def test_missing_things_are_empty_and_deleting_them_is_no_error() -> None:
    handler, _ = answering(refused(404, "NOT_FOUND"))
    client, _ = client_for(handler)
    async with client:
        assert await client.names("viking://resources/none") == []
        assert (await client.abstract("u"), await client.session("s")) == ("", None)
        await client.delete("viking://resources/none")
        assert await client.delete_session("s") is False


async def test_hits_come_best_first_over_resources_and_memories() -> None:
    found = {
        "resources": [{"uri": "a", "level": 0, "score": 0.4}],
        "memories": [{"uri": "b", "level": 2, "score": 0.9}],
    }
    handler, seen = answering(ok(found))
    client, _ = client_for(handler)
    async with client:
        hits = await client.find("words", target=["x", "y"], level=[0, 1], tags=["a=b"])
    assert [(hit.uri, hit.level) for hit in hits] == [("b", 2), ("a", 0)]
    body = json.loads(seen[0].content)
    assert (body["target_uri"], body["level"], body["tags"]) == (["x", "y"], [0, 1], ["a=b"])


@pytest.mark.parametrize(
    "text", ["", " ", "[Directory abstract is not ready]", "# viking://x\n\n[Directory overview is not generated]"]
)
def test_both_forms_of_placeholder_are_told(text: str) -> None:
    assert is_placeholder(text) and not is_placeholder("A sentence.")


@pytest.mark.parametrize("url", ["", "localhost:1933", "ftp://x", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="OPENVIKING_URL="):
        OpenVikingClient(url, "key")


def test_the_holder_of_the_root_key_makes_accounts_users_and_keys() -> None:
    handler, seen = answering(ok({"user_key": "a"}), refused(409, "ALREADY_EXISTS"), ok({"user_key": "new"}))
    with OpenVikingAdmin(URL, "root", transport=httpx.MockTransport(handler)) as admin:
        assert admin.create_account("acme", "admin") == "a"
        assert admin.create_user("acme", "loader") is None
        assert admin.new_key("acme", "loader") == "new"
    assert [request.url.path for request in seen][2] == "/api/v1/admin/accounts/acme/users/loader/key"
