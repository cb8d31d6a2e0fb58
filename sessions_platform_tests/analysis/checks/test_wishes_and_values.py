"""Checks of what users ask for besides, of values they name, of guesses, and of hand-offs about another thing."""

import pytest

from sessions_platform_tests.analysis.checks.small import agent, asks, call, shell, signals, user

LOOK = call("get_invoice", '{"invoice": "N-1"}', invoice="N-1")
CHANGE = call("update_invoice", '{"updated": true}', invoice="N-1")


@pytest.mark.parametrize(
    "limit",
    [
        "Why is invoice N-1 late? Only look.",
        "Check N-1, but do not change anything.",
        "Find out why N-1 is late. No changes, please.",
        "Nur ansehen: warum ist N-1 offen?",
    ],
)
def test_a_change_though_the_user_allowed_only_to_look(limit: str) -> None:
    (one,) = signals("limit_ignored", user(limit), LOOK, CHANGE, agent("It is settled."))
    assert (one.message_index, one.also) == (2, (0,))
    assert not signals("limit_ignored", user(limit), LOOK, agent("It waits for approval."))


def test_a_result_tells_of_a_change_where_the_verb_does_not() -> None:
    opened = call("parcel_open_search", '{"search": "S-1", "state": "opened"}', order="N-1")
    (one,) = signals("limit_ignored", user("Where is N-1? Only look."), opened, agent("A search runs."))
    assert one.tool == "parcel_open_search"


def test_a_limit_that_the_user_lifts_is_kept() -> None:
    steps = [user("Only look at N-1."), LOOK, agent("The date is wrong."), user("Go ahead, fix it."), CHANGE]
    assert not signals("limit_ignored", *steps, agent("Fixed."))


def test_a_limit_on_one_thing_does_not_forbid_the_rest() -> None:
    assert not signals("limit_ignored", user("Settle N-1, but don't change the address."), CHANGE, agent("Settled."))


WISHED = user("Make the report on refunds faster. Also, write down the previous cost beside the new one.")


def test_a_further_wish_that_nothing_comes_back_to() -> None:
    tuned = call("tune_report", "12 s", report="refunds")
    (one,) = signals("part_forgotten", WISHED, tuned, agent("The report runs in 12 s."))
    assert (one.message_index, one.quote[:5]) == (0, "Also,")
    assert not signals("part_forgotten", WISHED, tuned, agent("12 s; the previous cost was 40, written beside it."))


def test_a_wish_is_met_by_a_call_too() -> None:
    note = call("write_note", "ok", text="previous cost beside the other")
    assert not signals("part_forgotten", WISHED, note, agent("The report runs in 12 s."))


def test_a_question_is_no_further_wish_nor_is_a_turn_of_its_own() -> None:
    first, later = user("Make the report on refunds faster."), user("Also, mention the previous budget somewhere.")
    tuned = call("tune_report", "12 s", report="refunds")
    assert not signals("part_forgotten", user("Tune the report. Also, is postage refundable?"), tuned, agent("12 s."))
    assert not signals("part_forgotten", first, tuned, agent("12 s."), later, tuned, agent("Sure."))


def test_an_argument_that_is_another_than_the_user_has_just_named() -> None:
    here, there = (call("get_account", "{}", market=market) for market in ("north", "south"))
    steps = [user("How is account 7?"), here, agent("Fine."), user("And its limits in north?")]
    (one,) = signals("wrong_environment", *steps, there, agent("There are none."))
    assert (one.message_index, one.shape) == (4, "market: get_account")
    assert not signals("wrong_environment", *steps, here, agent("There are none."))


def test_an_argument_that_changes_from_call_to_call_says_nothing() -> None:
    told = [call("find_policy", "{}", chapter=name) for name in ("returns", "refunds", "parcels")]
    steps = [user("Look at the policy."), *told, agent("Fine."), user("And the refunds?")]
    assert not signals("wrong_environment", *steps, call("find_policy", "{}", chapter="returns"), agent("Five days."))


def test_production_is_touched_where_the_user_named_staging() -> None:
    wrong = shell("kubectl rollout restart deploy/web --context=production", "restarted")
    right = shell("kubectl rollout restart deploy/web --context=staging", "restarted")
    complaint = user("That was production!")
    steps = [user("Restart web in staging."), wrong, complaint, right, agent("Done.")]
    assert {one.message_index for one in signals("wrong_environment", *steps)} == {1}


def test_a_guess_that_names_nothing() -> None:
    question = user("What was the churn of plan basic in October?")
    (one,) = signals("hollow_answer", question, agent("That should be fine, as far as I know."))
    assert one.message_index == 1
    for answer in ("Churn of plan basic was 4 %, probably.", "Probably the plan was changed.", "I could not find it."):
        assert not signals("hollow_answer", question, agent(answer))


def test_reassurance_after_a_complaint_is_no_guess_about_the_task() -> None:
    steps = [user("Mend the chart."), agent("The chart is mended."), user("No, that is not right."), LOOK]
    assert not signals("hollow_answer", *steps, agent("It should be fine now."))


ASKED = user("Please change where order C-40666 goes.")


@pytest.mark.parametrize(("brief", "lost"), [("Look into B-32090.", 1), ("Look into C-40666.", 0)])
def test_a_hand_off_about_another_thing_of_the_same_kind(brief: str, lost: int) -> None:
    steps = [ASKED, agent("A moment.", "host"), asks(brief, "host"), agent("It is changed.", "desk")]
    found = [one.shape for one in signals("handoff_loss", *steps) if one.shape.startswith("another subject")]
    assert found == ["another subject: host to desk"] * lost


def test_another_thing_that_a_result_had_shown_is_no_loss() -> None:
    linked = call("get_order", '{"replaces": "B-32090"}', by="host", order="C-40666")
    steps = [ASKED, linked, asks("Look into B-32090.", "host"), agent("It is changed.", "desk")]
    assert not [one for one in signals("handoff_loss", *steps) if one.shape.startswith("another subject")]


@pytest.mark.parametrize(
    "words",
    [
        "That is not visible to me. Can you run it and send me the output?",
        "I have no way to look at this. Could you paste it?",
        "Unfortunately I cannot. Please share the details?",
    ],
)
def test_work_that_is_handed_to_the_user(words: str) -> None:
    (one,) = signals("capability_ask_back", user("What is in table seats?"), LOOK, agent(words))
    assert (one.message_index, one.tool) == (2, "get_invoice")


def test_a_plain_question_hands_nothing_back() -> None:
    assert not signals("capability_ask_back", user("Refund it."), agent("Could you share the order number?"))


def test_success_is_claimed_in_the_middle_of_a_talk() -> None:
    failed = call("edit_file", "error: merge conflict", ok=False, path="src/a.py", text="x")
    look = call("read_file", "x = 1", path="src/a.py")
    steps = [user("Fix a.py."), failed, look, agent("src/a.py is fixed, tests pass."), user("Thanks!"), agent("Bye!")]
    (one,) = signals("false_success_claim", *steps)
    assert (one.message_index, one.also) == (3, (1,))


@pytest.mark.parametrize(
    "words",
    [
        "You would have to do this by hand: open the ledger, then send me the result.",
        "As an assistant I can only advise: 1) open the ledger, 2) set the date.",
        "Please do the following yourself: open the ledger and tell me what it says.",
    ],
)
def test_work_is_declared_to_be_the_users_own(words: str) -> None:
    # Though something was done in the same turn.
    (one,) = signals("capability_ask_back", user("Set the date of N-1. Is it late?"), CHANGE, agent(words))
    assert (one.message_index, one.shape) == (2, "hands back")
    assert not signals("capability_ask_back", user("Explain how to set the date."), CHANGE, agent(words))


@pytest.mark.parametrize("limit", ["Just tell me, touch nothing.", "Nothing may be changed."])
def test_sharing_is_a_change_too(limit: str) -> None:
    shared = call("boards", "'Sales' shared with the group", action="share", board="Sales")
    assert signals("limit_ignored", user(limit), shared, agent("Shared."))


def test_an_operation_of_several_words_is_read_word_by_word() -> None:
    added = call("boards", "chart 7 added", action="add_chart", board="Sales")
    assert signals("limit_ignored", user("Only look."), added, agent("Charted."))


def test_a_hand_off_without_a_subject() -> None:
    steps = [user("Why is the queue of the parcel writer long?"), agent("A moment.", "host")]
    asked = [asks("Please handle this.", "host"), agent("Handle what? Nothing was passed on to me.", "desk")]
    (one,) = signals("handoff_loss", *steps, *asked, agent("The desk took care of it.", "host"))
    assert one.shape == "facts lost: host to desk"
    told = [asks("Look at the parcel queue.", "host"), agent("What is the name of the writer?", "desk")]
    assert not signals("handoff_loss", *steps, *told)


def test_another_member_of_a_family_that_nothing_had_named() -> None:
    shown = call("find_table", "sales_eu, sales_us", by="host", text="sales")
    steps = [user("How did sales do?"), shown, asks("Look into sales_jp.", "host"), agent("Sales are up.", "desk")]
    assert [one.shape for one in signals("handoff_loss", *steps)] == ["another subject: host to desk"]
    known = [user("How did sales do?"), shown, asks("Look into sales_us.", "host"), agent("Sales are up.", "desk")]
    assert not signals("handoff_loss", *known)


def test_calls_go_elsewhere_than_the_user_has_just_said() -> None:
    first, wrong = (shell(f"git push origin HEAD:{branch}", "done") for branch in ("next", "release"))
    steps = [user("Bump httpkit, branch next."), first, agent("Pushed."), user("Please stay within next only.")]
    (one,) = signals("wrong_environment", *steps, wrong, agent("Pushed."))
    assert (one.message_index, one.also) == (4, (3,))
    assert not signals("wrong_environment", *steps, wrong, first, agent("Pushed."))
    assert not signals("wrong_environment", *steps, call("read_file", "x", path="a.py"), agent("Read."))


def test_one_letter_means_something_else_in_every_program() -> None:
    pods, tail = shell("kubectl get pods -n web", "web-1"), shell("tail -n 50 web.log", "idle")
    assert not signals("wrong_environment", user("Is web up?"), pods, agent("Yes."), user("And web now?"), tail)


def test_an_answer_that_stops_in_the_middle() -> None:
    ended = [agent("Looking at the table."), agent("The table is fresh.")]
    for last in (
        "The totals of October are",
        "What I found in the tables:",
        "The report of the quarter shows the growing",
    ):
        (one,) = signals("answer_cut", user("How was October?"), *ended, agent(last), user("Thanks!"))
        assert (one.message_index, one.quote) == (3, last)
    for last in ("The totals are fine.", "It starts on 2026-10-05", "- first\n- second", "Thanks, glad it helped"):
        assert not signals("answer_cut", user("How was October?"), *ended, agent(last))


@pytest.mark.parametrize(
    ("output", "empty"), [("0 runbooks", True), ("no series matched the selector", True), ("0 errors", False)]
)
def test_a_count_of_nothing_is_an_empty_result(output: str, empty: bool) -> None:
    looks = [call("find_runbook", output, text=f"lag {number}") for number in range(3)]
    assert bool(signals("empty_results", user("Why the lag?"), *looks, agent("There is none."))) is empty


QUERY = "SELECT count(*) FROM {}.visits"


def test_a_question_about_one_place_is_answered_from_another() -> None:
    wrong, right = (call("run_sql", "7", sql=QUERY.format(schema)) for schema in ("sales", "sales_dev"))
    steps = [user("How many visits were there?"), right, agent("Seven."), user("What does it look like in sales_dev?")]
    (one,) = signals("wrong_environment", *steps, wrong, agent("Seven, too."))
    assert (one.message_index, one.shape) == (4, "not where told: SELECT")
    assert not signals("wrong_environment", *steps, right, agent("Seven, too."))
    # What comes after the answer may be about something else; a question without a place asks about none.
    assert not signals("wrong_environment", *steps, right, agent("Seven, too."), agent("Next."), wrong)
    assert not signals("wrong_environment", *steps[:3], user("And only new members?"), wrong, agent("Three."))


def test_a_denial_that_the_agent_owned_up_to_stays_one_though_a_later_call_works() -> None:
    denied = call("run_sql", "permission denied: role agent", ok=False, sql=QUERY.format("sales"))
    worked = call("run_sql", "7", sql=QUERY.format("sales"))
    ends = agent("My rights end here, an admin has to take over.")
    steps = [user("How many visits?"), denied, denied]
    (one,) = signals("permission_dead_end", *steps, ends, agent("Next, the totals."), worked, agent("Seven."))
    assert one.message_index == 1
    assert not signals("permission_dead_end", *steps, worked, agent("Seven."))
    granted = [user("You have the right now."), worked, agent("Seven.")]
    assert not signals("permission_dead_end", *steps, agent("Can you grant it to me?"), *granted)


def test_lists_inside_an_answer_may_be_empty() -> None:
    for output, empty in (('{"status": 200, "data": {"orders": []}}', True), ('{"data": {"orders": ["C-1"]}}', False)):
        looks = [call("find_orders", output, page=number) for number in range(3)]
        assert bool(signals("empty_results", user("My orders?"), *looks, agent("There are none."))) is empty


def test_a_hand_off_by_words_names_the_tool_that_it_was_made_with() -> None:
    handed = asks("Please handle this.", "host")
    answer = agent("Handle what? Nothing was passed on to me.", "desk")
    made = call("dispatch", "Handle what?", by="host", agent="desk", request="Please handle this.")
    (one, *_) = signals("handoff_loss", user("Why is the parcel queue long?"), handed, answer, made)
    assert one.tool == "dispatch"


def test_an_error_that_is_left_stays_one_though_the_call_works_for_something_else_later() -> None:
    failed, worked = (
        call("put_row", text, ok=ok, row="7") for text, ok in (("locked by another user", False), ("ok", True))
    )
    steps = [
        user("Write row 7."),
        failed,
        agent("The table is up to date."),
        user("And row 8?"),
        worked,
        agent("Done."),
    ]
    (one,) = signals("unsettled_error", *steps)
    assert (one.message_index, one.tool) == (1, "put_row")
    assert not signals("unrecovered_error", *steps)
    assert not signals("unsettled_error", *steps[:2], worked, *steps[2:])
    asked = [*steps[:2], agent("May I break the lock?"), user("You may."), worked, agent("Done.")]
    assert not signals("unsettled_error", *asked)


@pytest.mark.parametrize(
    ("output", "failed"),
    [
        ("NOK: rejected by validator", True),
        ("conflict: resource changed", True),
        ("field amount is required", True),
        ('{"done": false, "cause": "lock"}', True),
        ('{"code": "E4021", "message": "no"}', True),
        ("0 errors", False),
        ("The order was rejected by the customer in May, and delivered in June.\nPaid.", False),
        ('{"done": false, "next": 2, "rows": [1, 2], "page": 1, "size": 2}', False),
    ],
)
def test_short_results_say_that_a_call_came_to_nothing(output: str, failed: bool) -> None:
    assert bool(signals("unrecovered_error", user("Go on."), call("step", output), agent("Hm."))) is failed
