"""Success of calls, sub-commands, endings of conversations, segments, costs."""

import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.sessions.calls import judge, operation
from sessions_platform.sessions.endings import asks_back, is_closing
from sessions_platform.sessions.layout import safe_id
from sessions_platform.sessions.segments import Taxonomy
from sessions_platform_tests.rows import TAXONOMY, at, row, said, staged


def verdict(response="", *, level="DEFAULT", error_type="", status_message="", said_error=None):
    found = judge(
        level=level, error_type=error_type, status_message=status_message, response=response, said_error=said_error
    )
    return found.ok, found.basis


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("Error: no such pod", (False, "text")),
        ("ValueError: bad", (False, "text")),
        ("botocore.exceptions.ClientError: denied", (False, "text")),
        ("Traceback (most recent call last):", (False, "text")),
        ('{"error": "denied"}', (False, "text")),
        ('{"error": null, "items": []}', (True, "default")),
        ("Errors found: 0", (True, "default")),
        ("No Error: all fine", (True, "default")),
        ("found the word Error: in the log", (True, "default")),
        ("exitcode: 1 (execution failed)", (False, "protocol")),
        ("exitcode: 0 (execution succeeded)\nError: printed by the program", (True, "protocol")),
        ('{"exit_code": 2, "stdout": ""}', (False, "protocol")),
        ('{"status_code": 404}', (False, "protocol")),
        ('{"status": 201, "body": "Error"}', (True, "protocol")),
        ('{"status": 7}', (True, "default")),
        ('{"isError": true, "content": []}', (False, "protocol")),
        ("", (True, "default")),
    ],
)
def test_a_response_speaks_by_its_protocol_and_else_by_its_beginning(response, expected):
    assert verdict(response) == expected


def test_level_speaks_before_the_error_type_and_that_before_the_protocol():
    assert verdict('{"exit_code": 0}', level="ERROR", error_type="X") == (False, "level")
    assert verdict('{"exit_code": 0}', error_type="TimeoutError") == (False, "error_type")
    assert verdict("Error: x", said_error=False) == (True, "protocol")


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("bash", '{"command": "kubectl get pods -n web"}', "kubectl get"),
        ("bash", '{"command": "cd /srv && git commit -m \\"x\\""}', "git commit"),
        ("kubectl", '{"command": "get pods"}', "kubectl get"),
        ("kubectl", '{"args": ["describe", "pod", "x"]}', "kubectl describe"),
        ("terraform", '{"subcommand": "plan"}', "terraform plan"),
        ("bash", '{"command": "ls -la"}', ""),
        ("search", '{"query": "git commit"}', ""),
        ("bash", '{"command": "AWS_PROFILE=x aws s3 ls"}', "aws s3"),
        ("bash", '{"command": "echo \'unclosed"}', ""),
        ("kubectl", "not json", "kubectl not"),
        ("probe", "", ""),
    ],
)
def test_the_operation_is_the_sub_command_where_the_tool_has_one(tool, arguments, expected):
    assert operation(tool, arguments) == expected


@pytest.mark.parametrize("text", ["thanks!", "Thank you so much", "###STOP###", "ok bye", "that's all", "TERMINATE"])
def test_thanks_goodbyes_and_stop_marks_close(text):
    assert is_closing(text)


@pytest.mark.parametrize(
    "text", ["Thanks, could you also restart it?", "restart it", "why?", "thanks but it still fails"]
)
def test_words_that_still_ask_do_not_close(text):
    assert not is_closing(text)


def test_an_agents_question_wants_an_answer_but_an_offer_does_not():
    assert asks_back("Which namespace is it in?")
    assert not asks_back("Done. Is there anything else I can help you with?")
    assert not asks_back("Done.")


def ending(*rows):
    facts = staged(*rows).session
    return facts.end_state, facts.end_reason


def test_endings():
    user = row("GENERATION", at(1), asked=[said("user", "restart it")], gave=[said("assistant", "done")])
    assert ending(user) == ("completed", "")
    unanswered = row("GENERATION", at(2), asked=[said("user", "and the other?")], level="ERROR")
    assert ending(user, unanswered) == ("error", "last_row_failed")
    waits = row("EVENT", at(2), asked=[said("user", "and the other?")])
    assert ending(user, waits) == ("abandoned", "user_not_answered")
    asks = row("GENERATION", at(2), gave=[said("assistant", "which one?")])
    assert ending(user, asks) == ("abandoned", "question_not_answered")
    assert ending(row("SPAN", at(1), name="cron")) == (None, "")


def test_a_failed_root_after_the_last_words_is_an_error():
    root = row("SPAN", at(0), id="root", end_time=at(9), level="ERROR")
    spoke = row(
        "GENERATION", at(1), parent_observation_id="root", gave=[said("assistant", "let me see")], end_time=at(2)
    )
    assert ending(root, spoke) == ("error", "last_row_failed")


def test_segments_are_tags_metadata_and_what_is_derived():
    root = row(
        "SPAN",
        at(0),
        id="root",
        tags=["team:core", "nightly"],
        release="r7",
        environment="prod",
        metadata={"tier": 2, "deep": {"x": 1}, "resourceAttributes.service.name": "svc", "on": True},
        asked=[said("user", "please deploy the pod")],
    )
    found = {(one.key, one.value, one.basis) for one in staged(root).session.segments}
    assert found == {
        ("team", "core", "tag"),
        ("nightly", "nightly", "tag"),
        ("tier", "2", "metadata"),
        ("on", "true", "metadata"),
        ("environment", "prod", "row"),
        ("release", "r7", "row"),
        ("platform", "kubernetes", "rule:words"),
        ("task", "deploy", "rule:words"),
    }


def test_a_declared_task_is_the_task_and_no_other_is_derived():
    root = row("SPAN", at(0), id="root", tags=["task:crash"], asked=[said("user", "please deploy the pod")])
    found = [(one.key, one.value, one.basis) for one in staged(root).session.segments if one.key == "task"]
    assert found == [("task", "crash", "tag")]


def test_a_broken_taxonomy_is_a_clear_error():
    with pytest.raises(ConfigurationError, match="my.yaml: not valid YAML"):
        Taxonomy.parse("platform: [", "my.yaml")
    with pytest.raises(ConfigurationError, match="my.yaml: platform: expected a mapping"):
        Taxonomy.parse("platform: 7\ntask: {}", "my.yaml")
    assert TAXONOMY.platform[0].value == "kubernetes"


def test_cost_is_summed_over_model_rows_only_and_an_unpriced_model_is_said():
    rows = [
        row("AGENT", at(0), id="a", total_cost=9.0),
        row("GENERATION", at(1), total_cost=0.5, cost_details={"total": 0.5}, input_usage=10, output_usage=5),
        row("EMBEDDING", at(2), total_cost=0.1, cost_details={"total": 0.1}, usage_details={"input": 7}),
        row("GENERATION", at(3), total_cost=0, usage_details={"input": 70, "input_cached_tokens": 30, "output": 5}),
        row("GENERATION", at(4), total_cost=0, cost_details={"total": 0.0}, usage_details={"input": 3}),
    ]
    calls = staged(*rows).model_calls
    assert [(one.cost_usd, one.cost_known, one.input_tokens) for one in calls] == [
        (0.5, True, 10),
        (0.1, True, 7),
        (0.0, False, 100),
        (0.0, True, 3),
    ]


def test_two_ids_never_share_a_file_name():
    ids = ["a", "a/b", "a-b", "a b", "..", ".", "manifest", "x" * 200, "x" * 201, "dojo/a/none", "é", "", ".hidden"]
    names = [safe_id(one) for one in ids]
    assert len(set(names)) == len(ids)
    assert safe_id("0106948e-8030-4d08-a9ad-cd16d06b6228") == "0106948e-8030-4d08-a9ad-cd16d06b6228"
    assert all("/" not in name and not name.startswith(".") for name in names)
