"""The questions of the retrieval benchmark, each with what makes a session a true answer to it.

Written before any search had answered them, as a product manager or an engineer on call would type them, never from a
template's words. Every third is held out: nothing in gateway or search may be chosen by looking at its figures.
What a true session is comes from the generator's scripts, or from tasks and tool calls of the sample; no text of the
sample stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.subjects import Subject

HELD_OUT_EVERY = 3
Holds = Callable[[Subject], bool]


@dataclass(frozen=True)
class Question:
    """What is asked, and whether a session is meant."""

    text: str
    holds: Holds


def held_out(number: int) -> bool:
    """Whether the question at this place (from 0) is held out."""
    return number % HELD_OUT_EVERY == HELD_OUT_EVERY - 1


def _about(task: str, service: str, *more: Holds) -> Holds:
    return lambda one: one.task == task and one.service == service and all(holds(one) for holds in more)


def _called(*tools: str) -> Holds:
    return lambda one: bool(one.tools & set(tools))


def _failed(tool: str, kind: str = "") -> Holds:
    """A call of the tool failed; `kind` is how: what it printed, or `timeout`."""
    return lambda one: any(name == tool and how.startswith(kind) for name, how in one.failures)


def _ran(part: str) -> Holds:
    return lambda one: any(part in line for line in one.lines)


def _asked(part: str) -> Holds:
    return lambda one: any(part in text for text in one.asked)


def _ended(*endings: str) -> Holds:
    return lambda one: one.ending in endings


def _judged(outcome: str) -> Holds:
    return lambda one: one.outcome == outcome


def _on(environment: str) -> Holds:
    return lambda one: one.environment == environment


def _task(*parts: str) -> Holds:
    """All parts stand in the name of the task."""
    return lambda one: all(part in one.task for part in parts)


def _tasks(*names: str) -> Holds:
    return lambda one: one.task in names


def _any(*several: Holds) -> Holds:
    return lambda one: any(holds(one) for holds in several)


def _all(*several: Holds) -> Holds:
    return lambda one: all(holds(one) for holds in several)


GENERATED = (
    Question("who looked into billing when its containers kept crash looping?", _about("crash", "billing")),
    Question("new checkout builds that were rolled out", _about("deploy", "checkout")),
    Question("red pipelines of the catalog service", _about("ci", "catalog")),
    Question("customers waiting too long for search to respond, what did the agents do", _about("incident", "search")),
    Question("fix infrastructure drift for ledger with terraform", _about("terraform", "ledger")),
    Question("did media get killed for using too much memory", _about("crash", "media")),
    Question("identity: tests on the main branch started failing", _about("ci", "identity")),
    Question("we needed an extra bucket for notifications, which session planned it?",
             _about("terraform", "notifications", _asked("bucket"))),
    Question("latency alerts around the API gateway", _about("incident", "gateway")),
    Question("kubectl never came back with an answer while catalog was being deployed",
             _about("deploy", "catalog", _failed("kubectl", "timeout"))),
    Question("terraform could not reach the cluster", _failed("terraform", "text")),
    Question("git got refused by the server during a red build of gateway",
             _about("ci", "gateway", _failed("git", "protocol"))),
    Question("catalog pods crashing and the user walked away without a solution",
             _about("crash", "catalog", _ended("silence", "hanging call", "question"))),
    Question("checkout incidents judged as failures", _about("incident", "checkout", _judged("failed"))),
    Question("somebody wanted identity scaled to more CPU", _about("deploy", "identity", _asked("Scale"))),
    Question("which commit was to blame for the broken media build?", _about("ci", "media", _asked("Which commit"))),
    Question("asking permission before giving search pods more memory", _about("crash", "search", _ended("question"))),
    Question("disk usage checked on the search hosts", lambda one: one.service == "search" and _ran("df -h")(one)),
    Question("deployments of media to staging", _about("deploy", "media", _on("staging"))),
    Question("terraform apply ended early", lambda one: ("terraform apply", "level") in one.operation_failures),
    Question("ledger outage: kubectl could not connect",
             _about("incident", "ledger", _failed("kubectl", "text"))),
    Question("restart of gateway requested because its pods would not stay up",
             _about("crash", "gateway", _asked("Restart"))),
    Question("status update for people affected by the ledger incident",
             _about("incident", "ledger", _asked("Post an update"))),
    Question("bash command timing out in a crash investigation of media",
             _about("crash", "media", _failed("bash", "timeout"))),
    Question("sessions about search infrastructure changes that terraform applied",
             _about("terraform", "search", _ran("apply"))),
    Question("flaky tests: should they be skipped? (notifications or media)",
             _any(_about("ci", "notifications", _ended("question")), _about("ci", "media", _ended("question")))),
    Question("production rollout of catalog", _about("deploy", "catalog", _on("production"))),
    Question("media users hit timeouts", _about("incident", "media", _asked("timeouts"))),
    Question("an agent run that died with an error while helping with identity deployments",
             _about("deploy", "identity", _ended("error"))),
    Question("re-run the gateway CI", _about("ci", "gateway", _asked("pipeline"))),
)  # fmt: skip

SAMPLE = (
    Question("customer was walked through taking the SIM card out and putting it back", _called("reseat_sim_card")),
    Question("no service because airplane mode was left on", _task("service_issue", "airplane_mode_on")),
    Question("phone plan roaming switched on for someone abroad",
             _called("enable_roaming", "toggle_roaming")),
    Question("picture messages cannot be sent", _task("mms_issue")),
    Question("a flight booking got cancelled by the agent", _called("cancel_reservation")),
    Question("traveller was given a compensation certificate", _called("send_certificate")),
    Question("line suspended over an unpaid bill, the customer paid and it was resumed", _called("resume_line")),
    Question("adding checked bags to a reservation", _called("update_reservation_baggages")),
    Question("exchanging a delivered item did not work, the tool gave an error",
             _failed("exchange_delivered_order_items")),
    Question("switch the payment method of an order that has not shipped", _called("modify_pending_order_payment")),
    Question("lookup of a shopper by email address failed", _failed("find_user_id_by_email")),
    Question("research on executives of companies around the time they went public",
             _tasks("ww-ag-124", "ww-ag-126")),
    Question("what to pack for Hawaii", _tasks("user_task_31", "user_task_32", "user_task_36", "user_task_37")),
    Question("delete the biggest file from cloud storage", _tasks("user_task_35", "user_task_38")),
    Question("shopper swaps a water bottle and a desk lamp", _tasks("retail/5", "retail/9")),
)  # fmt: skip
