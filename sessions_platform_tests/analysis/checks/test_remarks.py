"""What is remarked of a session's messages, and what is left out: its end, its users' answers, long results."""

from sessions_platform.analysis.checks import read_log
from sessions_platform.analysis.checks.remarks import MOST
from sessions_platform.analysis.model import Remark
from sessions_platform_tests.analysis.checks.small import Step, agent, call, user, whole


def remarked(*steps: Step) -> tuple[Remark, ...]:
    return read_log(whole(*steps)).remarks


def of(sort: str, *steps: Step) -> list[tuple[int, str, str]]:
    return [(one.message_index, one.about, one.words) for one in remarked(*steps) if one.sort == sort]


def test_what_is_said_before_the_last_call_is_remarked_and_what_closes_the_session_is_not() -> None:
    found = of(
        "said",
        user("Where is my parcel?"),
        agent("Let me look. One moment."),
        call("track", '{"state": "lost"}', parcel="P-1"),
        agent("It seems to be lost."),
        call("search", '{"case": "C-1"}', parcel="P-1"),
        agent("I could not find it, sorry."),
        user("That is no help."),
    )
    assert found == [(1, "", "Let me look."), (1, "", "One moment."), (3, "", "It seems to be lost.")]


def test_a_result_is_remarked_by_its_sentences_and_by_its_fields() -> None:
    steps = (
        user("Look"),
        call("stock", '{"items": [], "note": "shelf was not read", "count": 0, "page": null}', shelf="A"),
        call("stock", "plain words come back", shelf="B"),
    )
    assert of("result", *steps) == [(1, "stock", "shelf was not read"), (2, "stock", "plain words come back")]
    forms = [words for _, _, words in of("form", *steps)]
    assert forms == ["{count items note page}", "count: zero", "items: empty list", "note: text", "page: null"]


def test_the_variant_of_a_dispatching_tool_is_told_from_its_arguments() -> None:
    steps = (
        user("Look"),
        call("desk", "ok", endpoint="cards.list", account="c-4471"),
        call("fleet", "ok", command="dock list --site 4"),
        call("plain", "ok", city="Faro"),
    )
    assert [about for _, about, _ in of("result", *steps)] == ["desk cards.list", "fleet dock list", "plain"]


def test_the_same_call_made_again_is_remarked_at_its_second_and_third_time() -> None:
    again = [call("pay", f'{{"receipt": "R-{number}"}}', order="A-1", amount="10") for number in range(3)]
    assert [(at, words) for at, _, words in of("repeat", user("Pay"), *again) if words.startswith("same")] == [
        (2, "same call 2 times"),
        (3, "same call 3 times"),
    ]


def test_a_session_has_at_most_so_many_remarks_and_each_once() -> None:
    long = [call("read", f"line {number} of the text", page=str(number)) for number in range(400)]
    found = remarked(user("Read it all"), *long)
    assert len(found) == MOST
    assert len({(one.sort, one.about, one.words) for one in found}) == MOST
