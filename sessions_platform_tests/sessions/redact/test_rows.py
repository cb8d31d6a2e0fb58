"""Rows of the Langfuse API: which fields are redacted, and how."""

import json
from typing import Any

from sessions_platform.sessions.redact import Redactor, known_values, leaks, user_ids

KEY = b"a key for tests"
EMAIL = "anna.novak" + "@acme.test"
PHONE = "+420 777 123" + " 456"


def row(**fields: Any) -> dict[str, Any]:
    base = {
        "id": "0000000000000002", "traceId": "0af7651916cd43dd8448eb211c80319c",
        "startTime": "2026-11-18T00:00:02.000Z",
        "endTime": None, "projectId": "proj-1", "parentObservationId": None, "type": "SPAN", "name": "step",
        "level": "DEFAULT",
        "statusMessage": "", "userId": "", "sessionId": "", "input": None, "output": None, "metadata": {}, "tags": [],
        "latency": 0.345, "bookmarked": False, "usageDetails": {"input": 70}, "model": "",
    }  # fmt: skip
    return base | fields


def test_a_row_without_personal_data_comes_back_equal() -> None:
    clean = row(input='{"messages": [ {"role": "user", "content": "scale web to 3"} ]}', metadata={"attributes.n": 100})
    assert Redactor(KEY).trace().observation(clean) == clean


def test_personal_data_goes_from_every_field_that_holds_text() -> None:
    dirty = row(
        name=f"mail {EMAIL}",
        statusMessage=f"no route to {EMAIL}",
        tags=[f"owner:{EMAIL}", "prod"],
        traceName=EMAIL,
        release=EMAIL,
        metadata={EMAIL: EMAIL, "nested": {"list": [EMAIL, {"x": EMAIL}]}, "json": json.dumps({"x": EMAIL})},
        input=json.dumps({"arguments": json.dumps({"to": EMAIL, EMAIL: 1})}),
        output=f"sent to {EMAIL}",
    )
    redacted = Redactor(KEY).trace().observation(dirty)
    assert EMAIL not in json.dumps(redacted) and leaks(json.dumps(redacted)) == []
    assert redacted["tags"][1] == "prod" and redacted["id"] == dirty["id"]
    assert json.loads(json.loads(redacted["input"])["arguments"])["to"].startswith("<email:")
    assert dirty["statusMessage"] == f"no route to {EMAIL}"


def test_a_row_redacted_twice_is_the_row_redacted_once() -> None:
    redactor = Redactor(KEY)
    trace = redactor.trace({"Anna Novak"}, {"mia_li_3668"})
    dirty = row(
        userId="mia_li_3668", sessionId=f"chat {EMAIL}", input=f'{{"user_id":"mia_li_3668","t":"Anna Novak, {PHONE}"}}'
    )
    once = trace.observation(dirty)
    assert trace.observation(once) == once


def test_the_same_address_has_the_same_token_letters_as_user_id_and_in_a_text() -> None:
    redactor = Redactor(KEY)
    redacted = redactor.trace().observation(row(userId="Anna.Novak@Acme.test ", input=f"write to {EMAIL}"))
    assert redacted["userId"].removeprefix("<user:") == redacted["input"].removeprefix("write to <email:")
    assert redacted["userId"] == redactor.token("user", EMAIL)
    assert len(redacted["userId"]) == len("<user:>") + 13


def test_another_key_gives_other_tokens_and_another_fingerprint() -> None:
    one, two = Redactor(b"one"), Redactor(b"two")
    assert one.token("email", EMAIL) != two.token("email", EMAIL)
    assert one.fingerprint != two.fingerprint and len(one.fingerprint) == 16
    assert one.fingerprint == Redactor(b"one").fingerprint


def test_an_empty_user_or_session_id_stays_empty() -> None:
    redacted = Redactor(KEY).trace().observation(row(userId=None, sessionId=None))
    assert redacted["userId"] is None and redacted["sessionId"] is None
    assert Redactor(KEY).trace().observation(row())["userId"] == ""
    assert Redactor(KEY).session_id("") == ""


def test_a_session_id_stays_unless_personal_data_is_inside() -> None:
    redactor = Redactor(KEY)
    for plain in (
        "sess-2026-11-18-0042",
        "trace:0af7651916cd43dd8448eb211c80319c",
        "3f2c1a90-7b1e-4c55-9a10-0123456789ab",
    ):
        assert redactor.session_id(plain) == plain
    token = redactor.session_id(f"chat/{EMAIL}/7")
    assert token == redactor.token("session", f"chat/{EMAIL}/7") and redactor.session_id(token) == token
    redacted = redactor.trace().observation(
        row(sessionId=f"chat/{EMAIL}/7", metadata={"attributes.session.id": f"chat/{EMAIL}/7"})
    )
    assert redacted["sessionId"] == redacted["metadata"]["attributes.session.id"] == token


def test_user_ids_in_metadata_are_tokens_always_and_in_documents_only_when_they_are_this_user() -> None:
    trace = Redactor(KEY).trace(users={"alice"})
    redacted = trace.observation(
        row(
            metadata={"attributes.user.id": "bob", "user_id": 42, "enduser.id": "x"},
            input='{"user_id":"alice","userId":"carol","n":1}',
        )
    )
    assert [value[:6] for value in redacted["metadata"].values()] == ["<user:"] * 3
    read = json.loads(redacted["input"])
    assert read["user_id"].startswith("<user:") and read["userId"] == "carol" and read["n"] == 1
    own = Redactor(KEY).trace().observation(row(userId="dave", input='{"user_id":"dave"}'))
    assert json.loads(own["input"])["user_id"] == own["userId"]


def test_names_of_agents_tools_and_models_keep_look_alikes_but_never_a_secret() -> None:
    trace = Redactor(KEY).trace({"Anna Novak"})
    name = "Anna Novak 61.73.118.92 (415) 555-2671"
    for type_ in ("AGENT", "TOOL"):
        assert trace.observation(row(type=type_, name=name, model=name))["name"] == name
    for type_ in ("GENERATION", "SPAN"):
        redacted = trace.observation(row(type=type_, name=name, model=name))
        assert "Novak" not in redacted["name"] and "2671" not in redacted["name"] and redacted["model"] == name
    metadata = {"attributes.gen_ai.agent.name": name, "attributes.gen_ai.tool.name": name, "gen_ai.request.model": name}
    assert trace.observation(row(metadata=metadata))["metadata"] == metadata
    document = json.dumps([{"role": "assistant", "name": name, "tool_calls": [{"name": name, "arguments": "{}"}]}])
    assert trace.observation(row(input=document))["input"] == document
    assert EMAIL not in trace.observation(row(type="TOOL", name=f"mail {EMAIL}"))["name"]
    assert "<name:" in trace.observation(row(name=name))["name"]
    assert "<name:" in trace.observation(row(input='{"role":"user","name":"Anna Novak"}'))["input"]


def test_scores_are_redacted_in_comment_value_metadata_and_author() -> None:
    score = {
        "id": "sc-1", "name": "helpfulness", "dataType": "TEXT", "value": f"ask {EMAIL}", "comment": f"says {PHONE}",
        "source": "API",
        "metadata": {"by": EMAIL}, "authorUserId": "u-7",
        "subject": {"kind": "session", "id": f"chat/{EMAIL}", "traceId": None},
    }  # fmt: skip
    redactor = Redactor(KEY)
    trace = redactor.trace()
    redacted = trace.score(score)
    assert leaks(json.dumps(redacted)) == [] and PHONE not in json.dumps(redacted)
    assert redacted["subject"] == {"kind": "session", "id": redactor.session_id(f"chat/{EMAIL}"), "traceId": None}
    assert redacted["authorUserId"] == redactor.token("user", "u-7")
    assert trace.counts == {"email": 2, "phone": 1, "session": 1, "user": 1}
    assert trace.score({"id": "s", "value": 0.9, "comment": None, "metadata": {}}) == {
        "id": "s",
        "value": 0.9,
        "comment": None,
        "metadata": {},
    }


def test_values_under_telling_keys_go_and_schemas_of_the_same_words_stay() -> None:
    trace = Redactor(KEY).trace()
    dirty = (
        '{"password":"correct horse","api_key":"k3yM4terial",'
        '"phone":"4155552671","phone_number":4155552671,"card":4111111111111111}'
    )
    read = json.loads(trace.text(dirty))
    assert {key: value.split(":")[0] for key, value in read.items()} == {
        "password": "<secret", "api_key": "<secret", "phone": "<phone", "phone_number": "<phone", "card": "<card",
    }  # fmt: skip
    env = json.loads(trace.text('[{"name":"DB_PASSWORD","value":"hunter2x"},{"name":"REPLICAS","value":"3"}]'))
    assert env[0]["value"].startswith("<secret:") and env[1]["value"] == "3"
    schema = (
        '{"properties":{"password":{"type":"string"},"token":{"type":"string"}},'
        '"max_tokens":4096,"required":["password"],"version":"1.2.3.4"}'
    )
    assert trace.text(schema) == schema


def test_a_key_given_twice_hides_nothing() -> None:
    assert EMAIL not in Redactor(KEY).trace().text(f'{{"a":"{EMAIL}","a":"b"}}')
    same = '{"a":"x\\"y\\\\","b":["\\"",""]}'
    assert Redactor(KEY).trace().text(same) == same


def test_broken_json_deep_json_and_lone_surrogates_are_redacted_as_text() -> None:
    trace = Redactor(KEY).trace()
    assert EMAIL not in trace.text(f'{{"a":"x","b":"{EMAIL} [TRUNCATED: Field exceeded size limit]')
    assert EMAIL not in trace.text("[" * 5000 + f'"{EMAIL}"' + "]" * 5000)
    assert EMAIL not in trace.text(f"\ud800 {EMAIL} \x00")
    assert EMAIL not in trace.text(f'{{"a":"\\ud800 {EMAIL}","b":NaN}}')


def test_counts_are_by_class_and_count_a_repeated_text_again() -> None:
    trace = Redactor(KEY).trace()
    for _ in range(3):
        trace.observation(row(input=json.dumps({"a": f"{EMAIL} {PHONE}", "b": EMAIL}), userId="u-7"))
    assert trace.counts == {"email": 6, "phone": 3, "user": 3}


def test_known_values_are_names_and_addresses_of_users_only() -> None:
    metadata = {
        "attributes.user.name": "Anna Novak", "customer_name": "Bo Li", "enduser.email": EMAIL,
        "user": {"full_name": "Eva Kralova"},
        "agent.name": "Planner One", "attributes.gen_ai.tool.name": "search", "service.name": "svc",
        "host.name": "anna-laptop",
        "name": "step one", "user_name": "admin", "attributes.user.display_name": "x",
    }  # fmt: skip
    assert known_values(row(metadata=metadata, userId="mia_li_3668")) == {
        "Anna Novak",
        "Bo Li",
        EMAIL,
        "Eva Kralova",
        "mia_li_3668",
    }
    assert user_ids(row(metadata={"attributes.user.id": "bob"}, userId="alice")) == {"alice", "bob"}
    assert known_values(row(metadata={"metadata": {"user": {"email": EMAIL}}})) == {EMAIL}


def test_known_names_go_in_every_spelling_and_words_that_hold_them_stay() -> None:
    trace = Redactor(KEY).trace({"Anna Novak", "Jiří Kovář", "mia_li_3668"}, {"mia_li_3668"})
    gone = [
        "Anna Novak",
        "ANNA  NOVAK",
        "anna novak",
        "anna.novak",
        "anna_novak",
        "Novak, Anna",
        "Novak's"[:5],
        "anovak",
        "jiří kovář",
        "Kovář",
    ]
    for name in gone:
        assert name not in trace.text(f"ask {name}, please\n{name}"), name
    assert trace.text("\\u004airi J\\u0069\\u0159\\u00ed Kov\\u00e1\\u0159") == "\\u004airi " + trace.text("Jiří Kovář")
    for text in ("annan novakova", "Novakova Hannah", "an anna tale: the novak of it", "Joanna"):
        assert trace.text(text) == text
    assert trace.text("for mia_li_3668.").startswith("for <user:")


def test_a_stop_word_is_never_a_known_name() -> None:
    trace = Redactor(KEY).trace(
        {"user", "admin", "Test", "unknown", "anonymous", "default", "annotator", "ab", "Test User"}
    )
    text = "The default admin user is unknown; ab anonymous annotator: Test User test"
    assert trace.text(text) == text


def test_base64_for_urls_is_written_again_as_such() -> None:
    import base64

    for text in (f"???>>>~~~ write to {EMAIL} ???>>>~~~", f"~~~??? {EMAIL}"):
        encoded = base64.urlsafe_b64encode(text.encode()).decode()
        redacted = Redactor(KEY).trace().text(f"see {encoded} now")[4:-4]
        assert base64.urlsafe_b64decode(redacted + "=" * (-len(redacted) % 4)).decode() == Redactor(KEY).trace().text(
            text
        )


def test_wrapped_base64_is_joined_before_it_is_looked_through() -> None:
    import base64

    wrapped = base64.encodebytes(f"{'some words ' * 9}{EMAIL} and {'more words ' * 9}".encode()).decode()
    redacted = Redactor(KEY).trace().text(f"attached:\n{wrapped}")
    assert EMAIL not in base64.b64decode(redacted.partition("\n")[2]).decode()
    assert leaks(wrapped) == ["email"] and leaks(redacted) == []
