"""Checks of what calls returned: each fires at its message with its exact words, and not on what looks like it."""

import pytest

from sessions_platform_tests.analysis.checks.small import agent, call, fired, shell, signals, user

ASK = user("Why does checkout-api in the cart namespace restart? Please repair it.")


def test_the_same_call_with_the_same_answer_three_times_is_a_loop() -> None:
    poll = call("get_job", '{"state":"queued","at":"2026-11-03T10:00:01Z"}', job="j-1", reasoning="first")
    later = call("get_job", '{"state":"queued","at":"2026-11-03T10:00:09Z"}', job="j-1", reasoning="again")
    (one,) = signals("repeated_call", ASK, poll, later, poll, agent("It is queued."))
    assert (one.message_index, one.also, one.tool) == (3, (1, 2), "get_job")
    assert one.quote == '{"state":"queued","at":"2026-11-03T10:00:01Z"}'


def test_a_circle_of_calls_is_a_loop_of_each() -> None:
    one, two, three = (call(name, f"{name} says nothing new", q="x") for name in ("list_pods", "get_logs", "describe"))
    found = signals("repeated_call", ASK, *[one, two, three] * 3, agent("Hm."))
    assert [each.message_index for each in found] == [7, 8, 9]


@pytest.mark.parametrize(
    "steps",
    [
        [shell("kubectl get pods", "web 0/1"), shell("kubectl get pods", "web 0/1")],
        [shell("kubectl rollout status deploy/web", "Waiting")] * 4
        + [shell("kubectl rollout status deploy/web", "deployment rolled out")],
        [call("search", f"hit {page}", page=page) for page in range(5)],
        [step for n in range(3) for step in (shell("pytest -q", "1 failed"), shell(f"sed -i s/a/{n}/ f.py", ""))],
    ],
    ids=["twice", "polling that ends in success", "pages", "edits between the same test"],
)
def test_polling_paging_and_tests_between_edits_are_no_loop(steps: list) -> None:
    assert not signals("repeated_call", ASK, *steps, agent("Done."))


def test_asked_by_the_user_again_it_is_no_loop() -> None:
    again = [step for _ in range(4) for step in (user("and now?"), call("get_status", "queued", id="4711"))]
    assert not signals("repeated_call", *again)


@pytest.mark.parametrize(
    ("check", "words", "fewest"),
    [
        ("timeout_chain", "Client.Timeout exceeded while awaiting headers", 3),
        ("timeout_chain", '{"error": {"code": 504, "message": "upstream did not answer within 30 seconds"}}', 3),
        ("timeout_chain", "Error: canceling statement due to statement timeout", 3),
        ("timeout_chain", "Fehler: Zeitüberschreitung der Anforderung", 3),
        ("permission_dead_end", "Error: pods is forbidden: User dev cannot list resource pods", 1),
        ("permission_dead_end", '{"statusCode": 403, "message": "missing scope repo:write"}', 1),
        ("permission_dead_end", "ERROR: must be owner of table invoices", 1),
        ("permission_dead_end", "Error: acceso denegado", 1),
        ("rate_limited", "Error: 429 Too Many Requests", 2),
        ("rate_limited", "ThrottlingException: Rate exceeded", 2),
        ("unknown_tool", "Error: no tool by the name of restart_everything is registered", 1),
        ("unknown_tool", "zsh: command not found: kubctl", 1),
        ("unknown_tool", '{"error": {"code": -32601, "message": "Method not found"}}', 1),
        ("wrong_argument", "error: unknown flag: --since-yesterday", 1),
        ("wrong_argument", "TypeError: restart() got an unexpected keyword argument 'gently'", 1),
        ("wrong_argument", "Error: `verbosity` isn't a recognised parameter", 1),
        ("malformed_arguments", "Error: 2 validation errors for CreateTicket: priority: field required", 2),
        ("malformed_arguments", "Invalid arguments: body is not valid JSON", 2),
    ],
)
def test_failures_tell_their_kind_in_many_words(check: str, words: str, fewest: int) -> None:
    tries = [call("tool_x", words, number=n) for n in range(fewest)]
    (one,) = signals(check, ASK, *tries, agent("That does not work."))
    assert one.message_index == fewest
    assert one.quote in words
    assert one.also == tuple(range(1, fewest))
    assert not signals(check, ASK, *tries, call("tool_x", "here you are", number=9), agent("Here you are."))
    if fewest > 1:
        assert not signals(check, ASK, *tries[1:], agent("That does not work."))


def test_a_call_that_fails_after_half_a_minute_without_a_word_has_timed_out() -> None:
    tries = [call("query", "Error: query ended", ok=False, ms=60_000, n=n) for n in range(3)]
    assert signals("timeout_chain", ASK, *tries)
    assert not signals("timeout_chain", ASK, *[call("query", "Error: query ended", ok=False, n=n) for n in range(3)])


def test_another_way_to_the_same_target_recovers_an_error() -> None:
    failed = call("fetch_page", "Error: connection reset", url="https://status.example.com/checkout-api")
    other = call("http_get", "200 all well", address="https://status.example.com/checkout-api")
    assert signals("unrecovered_error", ASK, failed, agent("No."))
    assert not signals("unrecovered_error", ASK, failed, other, agent("All well."))


def test_three_failures_of_one_shape_are_a_storm() -> None:
    tries = [call("deploy", f"Error: revision {n} of 'web' is locked", revision=n) for n in range(3)]
    (one,) = signals("retry_storm", ASK, *tries, agent("Stuck."))
    assert (one.message_index, one.shape) == (3, "deploy: error: revision # of # is locked")


@pytest.mark.parametrize(
    "empty", ["", "[]", '{"items": [], "total": 0}', "No resources found in cart namespace.", "(0 rows)"]
)
def test_three_empty_results_and_an_answer_from_nothing(empty: str) -> None:
    looks = [call("search_logs", empty, query=f"error {n}") for n in range(3)]
    (one,) = signals("empty_results", ASK, *looks, agent("The cause is a memory leak in the cache layer."))
    assert one.message_index == (4 if not empty else 3)
    found = call("search_logs", "OOMKilled", query="oom")
    assert not signals("empty_results", ASK, *looks, found, agent("Memory."))
    # What was concluded before it was found stays concluded: whether that was a fault, outcomes tell.
    told = agent("I found nothing about that in the logs.")
    assert signals("empty_results", ASK, *looks, told, agent("Once more."), found)


def test_a_log_that_holds_errors_is_no_failed_call() -> None:
    log = "10:00 INFO start\n" + "10:01 ERROR upstream timed out, permission denied, unknown flag\n" * 8
    assert not fired(ASK, call("read_logs", log), call("read_logs", log, page=2), agent("The upstream times out."))


@pytest.mark.parametrize(
    ("output", "is_failure"),
    [
        ('{"ok": false, "reason": "locked"}', True),
        ('{"status": "error", "detail": "locked"}', True),
        ('{"stdout": "", "stderr": "bash: helm: command not found"}', True),
        ("some output\nProcess exited with code 2", True),
        ("fatal: not a git repository", True),
        ('{"errors": 3, "warnings": 1, "files": 9, "lines": 100, "lint": "x"}', False),
        ('{"status": "failed", "job": "nightly", "id": 5}', False),
        ("exit code: 0", False),
        ("The number of errors is down, time-outs too.\nAll replicas answer.", False),
    ],
)
def test_a_result_says_of_itself_whether_the_call_failed(output: str, is_failure: bool) -> None:
    assert bool(signals("unrecovered_error", ASK, call("tool_x", output), agent("Hm."))) is is_failure


def test_an_edit_that_nobody_looked_at() -> None:
    edit = call("edit_file", "ok", path="src/cart.py")
    done = agent("I fixed the bug in cart.py.")
    (one,) = signals("edit_without_verify", ASK, edit, done)
    assert (one.message_index, one.also) == (1, (2,))
    assert not signals("edit_without_verify", ASK, edit, shell("pytest -q", "5 passed"), done)
    assert not signals("edit_without_verify", ASK, call("cancel_order", "ok", order="4711"), agent("It is cancelled."))
