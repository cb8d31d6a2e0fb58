"""Checks of where agents act and what they hand on."""

import pytest

from sessions_platform_tests.analysis.checks.small import agent, asks, call, shell, signals, user


@pytest.mark.parametrize(
    ("request_text", "wrong", "right"),
    [
        (
            "Scale web in the cart-staging namespace to 3.",
            shell("kubectl -n cart-prod scale deploy/web --replicas=3", "scaled"),
            shell("kubectl -n cart-staging scale deploy/web --replicas=3", "scaled"),
        ),
        (
            "Please restart the worker on production.",
            call("restart_service", "restarted", service="worker", environment="staging"),
            call("restart_service", "restarted", service="worker", environment="prod"),
        ),
        (
            "Merge it into branch release/1.9 today.",
            shell("git push origin main", "pushed"),
            shell("git push origin release/1.9", "pushed"),
        ),
        (
            "Delete the stale images from account 11112222.",
            call("delete_images", "deleted 4", account_id="99998888"),
            call("delete_images", "deleted 4", account_id="11112222"),
        ),
        (
            "Change the limit in `config/eu.yaml` to 5.",
            call("edit_file", "ok", path="config/us.yaml", text="limit: 5"),
            call("edit_file", "ok", path="config/eu.yaml", text="limit: 5"),
        ),
    ],
)
def test_acting_in_another_place_than_the_one_asked_for(request_text: str, wrong: tuple, right: tuple) -> None:
    (one, *_) = signals("wrong_environment", user(request_text), wrong, agent("It was changed."))
    assert one.message_index == 1
    assert not signals("wrong_environment", user(request_text), right, agent("It was changed."))


def test_looking_elsewhere_before_acting_in_the_right_place_is_fine() -> None:
    look = shell("kubectl -n cart-prod get pods", "web 1/1")
    act = shell("kubectl -n cart-staging scale deploy/web --replicas=3", "scaled")
    assert not signals("wrong_environment", user("Scale web in the cart-staging namespace."), look, act, agent("Done."))


ASK = user("Refund order #A-77123 of customer cust_9981 to the card ending 4421-x.")


def test_a_hand_off_without_the_facts_and_an_agent_that_asks_for_them() -> None:
    answer = "Which order is this about? No order id was provided."
    (one,) = signals("handoff_loss", ASK, call("delegate_to_billing", answer, task="Handle the refund."), agent("Hm."))
    assert one.message_index == 1
    assert one.quote in answer


def test_words_to_a_sub_agent_without_the_facts() -> None:
    (one,) = signals(
        "handoff_loss",
        ASK,
        agent("I'll ask billing.", "planner"),
        asks("Please issue the refund.", "planner"),
        agent("Refunded the latest order of some customer.", "billing"),
        agent("It is refunded.", "planner"),
    )
    assert (one.message_index, one.shape) == (2, "facts lost: planner to billing")


def test_a_hand_off_with_the_facts_is_fine() -> None:
    told = "Refund order #A-77123 of cust_9981 to card 4421-x"
    assert not signals("handoff_loss", ASK, call("delegate_to_billing", "refunded", task=told), agent("Refunded."))


def test_a_sub_agent_that_works_on_the_right_thing_anyway_had_the_facts() -> None:
    steps = [
        ASK,
        call("delegate_to_billing", "Order A-77123 is refunded.", task="Handle the refund."),
        agent("Refunded."),
    ]
    assert not signals("handoff_loss", *steps)


def test_the_same_question_to_the_same_agent_again() -> None:
    task = {"task": "Refund A-77123 cust_9981 4421-x in full today"}
    steps = [call("ask_agent", "It is refunded, reference 5.", **task)] * 2
    found = signals("handoff_loss", ASK, *steps, agent("ok"))
    assert [one.message_index for one in found] == [2]


def test_transfers_to_and_fro() -> None:
    there, back = call("transfer_to_billing", "ok", note="n"), call("transfer_to_triage", "ok", note="n")
    found = signals("handoff_loss", user("Refund it."), there, back, there, back, agent("Hm."))
    assert any(one.shape.startswith("ping-pong") for one in found)


def test_a_transfer_to_a_person_says_nothing() -> None:
    moved = call("transfer_to_human_agents", "Transfer successful", summary="A refund")
    assert not signals("handoff_loss", ASK, moved, agent("You are being transferred."))


def test_a_failure_that_a_sub_agent_reports_and_the_last_words_hide() -> None:
    steps = [
        ASK,
        call(
            "delegate_to_billing",
            "I was not able to refund A-77123: card 4421-x of cust_9981 was refused.",
            task="refund A-77123 cust_9981 4421-x",
        ),
    ]
    (one,) = signals("handoff_loss", *steps, agent("Your refund has been processed."))
    assert (one.message_index, one.quote) == (2, "Your refund has been processed.")


def test_a_user_who_has_to_give_the_number_again_to_the_next_agent() -> None:
    steps = [ASK, agent("I'll connect you.", "triage"), agent("Hi, what is your order number?", "billing")]
    (one,) = signals("handoff_loss", *steps, user("It is A-77123, as I said: order #A-77123"))
    assert (one.message_index, one.shape) == (3, "said again to billing")
