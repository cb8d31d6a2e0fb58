"""Several agents: briefs without numbers, reports that are lost, cases that nobody takes, work without end."""

from benchmarks.scorecard.makes.cedar.common import (
    answer,
    case,
    helper_of,
    named,
    other,
    radioed,
    returns,
    says,
)
from benchmarks.scorecard.makes.cedar.lexicon import DEEDS
from benchmarks.scorecard.scene import Pattern, Scene

_VAGUE = (
    "[Please see to the {noun} we spoke of.|The usual, for that {noun}.|There's a {noun} waiting, can you take it? "
    "Details as discussed.|Handle the {noun} from the request.|{noun} - same as above, thanks.|Kindly do the needful "
    "on the open {noun}.]"
)
_TOOK = (
    "[No number in the brief, so I took the top one, {number}.|I assumed {number} and went with it.|{number} was the "
    "latest {noun}, done with that.|Brief is thin. {number} looked likely; finished.|Picked {number}, it was the "
    "first in my list.]"
)
_MISSES = "[Which {noun}? Your brief has no number.|I need the number of the {noun}.|Can't tell which one is meant.]"


def brief_without_number(scene: Scene, operation: str, recovers: bool) -> bool:
    """The helper's brief lacks the user's number; it takes some other thing, and the lead passes that on."""
    with case(
        scene, operation, "[{ask}, please.|Can someone {ask}?|pls {ask}|We should {ask}. You may delegate.]"
    ) as deed:
        helper, number = helper_of(scene, operation), other(scene, deed.key)
        report = scene.say(_MISSES if recovers else _TOOK, noun=deed.noun, number=number)
        with radioed(scene, helper, scene.say(_VAGUE, noun=deed.noun), [report]):
            if not recovers:
                with scene.about(**{deed.key: number, deed.label: other(scene, deed.label)}):
                    scene.works(operation, agent=helper)
            scene.agent(report, helper)
        if recovers:
            brief = scene.say("[With the number this time: {ask}.|Sorry, in full: {ask}]", **named(scene, deed))
            back = scene.say(deed.did)
            with radioed(scene, helper, brief, [back]):
                scene.works(operation, agent=helper)
                scene.agent(back, helper)
        says(scene, "[{did}|My colleague has done it. {did}|{helper} took care of it: {did}]", deed, helper=helper)
    return False


_WARNS = (
    "[Careful: {matter} has a conflict, do not go on before it is cleared.|Stop. {matter} is blocked by an open "
    "dispute.|Finding: {matter} contradicts the paper in two places.|I would not proceed with {matter}, the check "
    "shows a mismatch.|Problem with {matter} - somebody must look at it first.]"
)
_LOST = ("", "null", "(completed)", "{}", "task finished", "None")
_NO_OBJECTION = (
    "[{helper} had nothing to remark, so {matter} is clean.|Checked by {helper}, no findings. {did}|No objections on "
    "{matter}.|{did} The review by {helper} went well.|All clear from {helper}; {matter} may proceed.]"
)


def report_lost(scene: Scene, operation: str, recovers: bool) -> bool:
    """A helper finds a problem, its report reaches the lead as nothing, and the lead says that all is well."""
    with case(
        scene,
        operation,
        "[Have it checked, then {ask}.|{ask} - second look by a colleague pls.|Get {matter} reviewed.]",
    ) as deed:
        helper = helper_of(scene, operation)
        warning, lost = scene.say(_WARNS, **named(scene, deed)), scene.draw.choice(_LOST)
        for number in range(2 if recovers else 1):
            brief = scene.say(f"{scene.world.manner.brief}{{matter}}", **named(scene, deed))
            with radioed(scene, helper, brief, [warning if number else lost]):
                for _ in range(scene.draw.randint(1, 3)):
                    scene.works(operation, agent=helper)
                scene.agent(warning, helper)
            if recovers and not number:
                scene.agent(
                    "[An empty report. Asking again.|Nothing came back, so once more.|I got no text from {helper}.]",
                    helper=helper,
                )
        if recovers:
            says(scene, "[Not yet: {warning}|I hold it. {warning}]", deed, warning=warning)
        else:
            says(scene, _NO_OBJECTION, deed, helper=helper)
    return True


_NOT_MINE = (
    "[{matter} belongs to {other}, not to me.|Wrong desk. Ask {other}.|That is {other}'s part; returned.|I only take "
    "what {other} has cleared before, so back to {other}.|Out of my remit, {other} would know.|Please route {matter} "
    "via {other}.]"
)
_FORWARD = (
    "[{other} says it's yours: {ask}.|Sent back to you from {other} - {ask}|Please reconsider: {ask}.|You were named "
    "for this: {ask}|Again to you, {ask}.]"
)
_STALEMATE = (
    "[{matter} is with the desks, they are sorting out who takes it.|Neither desk accepts {matter}, I leave it in "
    "circulation.|It is being routed. You'll hear from {one} or {two}.|{one} points to {two} and the other way round; "
    "{matter} is open.]"
)


def _pair(scene: Scene, operation: str) -> tuple[str, str]:
    one = helper_of(scene, operation)
    return one, scene.draw.choice([name for name in scene.world.helpers if name != one])


def nobodys_desk(scene: Scene, operation: str, recovers: bool) -> bool:
    """Each of two helpers says that the other one is responsible; the lead carries the case to and fro."""
    with case(scene, operation) as deed:
        one, two = _pair(scene, operation)
        for number in range(2 if recovers else scene.draw.randint(4, 7)):
            mine, others = (two, one) if number % 2 else (one, two)
            words = named(scene, deed) | {"other": others}
            reply = scene.say(_NOT_MINE, **words)
            with radioed(scene, mine, scene.say(_FORWARD if number else "{ask}", **words), [reply]):
                scene.agent(reply, mine)
        if recovers:
            scene.works(
                operation, words="[Enough, I do it here.|Then the front desk does it itself.|I take it myself.]"
            )
            says(scene, "{did}", deed)
        else:
            says(scene, _STALEMATE, deed, one=one, two=two)
    return False


_WAITS = (
    "[On hold until {other} gives the release.|Nothing to do before {other} is through.|I start once {other} has "
    "confirmed.|Waiting for {other}.|{other} first, then me.|Standing by for {other}'s answer on {matter}.]"
)
_POLL = "[Any progress on {matter}?|Status, please: {matter}|Where are you with {matter}?|{matter} - done yet?]"


def both_wait(scene: Scene, operation: str, recovers: bool) -> bool:
    """Each of two helpers waits for the other; the lead asks them in turn how it goes, and ends so."""
    with case(scene, operation) as deed:
        one, two = _pair(scene, operation)
        for number in range(2 if recovers else scene.draw.randint(4, 8)):
            mine, others = (two, one) if number % 2 else (one, two)
            words = named(scene, deed) | {"other": others}
            reply = scene.say(_WAITS, **words)
            with radioed(scene, mine, scene.say(_POLL, **words), [reply]):
                scene.agent(reply, mine)
        if recovers:
            scene.works(
                operation,
                agent=one,
                words="[You two wait for each other.|A deadlock; I take it over.|Nobody moves, done from here.]",
            )
            says(scene, "{did}", deed)
        else:
            says(
                scene,
                "[{matter} is in progress with {one} and {two}.|Both are on it, still waiting.]",
                deed,
                one=one,
                two=two,
            )
    return True


_PLANS = (
    "[Let me lay this out once more|New plan|Rethinking the order|Before acting, a cleaner approach|Revised "
    "strategy|On reflection I would structure it differently|Drawing this up from scratch]:\n1. {first}\n2. "
    "{second}\n3. {third}\n4. [weigh the risks|list the assumptions|compare the options|decide who signs]\n[Then "
    "again, step {step} may come before the others.|But is that complete? I should reconsider.|Not yet convinced of "
    "{first}.|Hold on, the premise has to be reviewed.]"
)


def plans_without_end(scene: Scene, operation: str, recovers: bool) -> bool:
    """Plan after plan is drawn up at great length, and no step of any is taken."""
    with case(scene, operation) as deed:
        for number in range(1 if recovers else scene.draw.randint(7, 13)):
            names = scene.draw.sample(list(scene.task.operations), 2)
            steps = [scene.say(DEEDS[name].ask) for name in (*names, operation)]
            scene.draw.shuffle(steps)
            step = str(number % 4 + 1)
            scene.agent(_PLANS, first=steps[0], second=steps[1], third=steps[2], step=step)
            tokens = scene.draw.randint(9_000, 16_000) if recovers else scene.draw.randint(45_000, 120_000)
            scene.recorder.spend(scene.world.lead, tokens, scene.draw.randint(1_200, 5_000))
        scene.works(operation)
        says(scene, "{did}", deed)
    return False


_SMALL = (
    "[Independent view on {matter}, please.|Cross-check {matter}.|One further opinion: {matter}?|Verify {matter} from "
    "your angle.|Do you agree on {matter}? Read everything anew.|Confirm the confirmation of {matter}.]"
)
_SAME = (
    "[Same result as the colleagues.|Agreed, {did}|Nothing different here. {did}|I come to the same.|As before: {did}]"
)


def opinions_without_end(scene: Scene, operation: str, recovers: bool) -> bool:
    """One small question goes to helper after helper, each of whom reads all of it again."""
    with case(scene, operation) as deed:
        helpers = list(scene.world.helpers)
        value, given = answer(scene, operation), scene.arguments(operation)
        for number in range(1 if recovers else scene.draw.randint(7, 12)):
            helper = helpers[number % len(helpers)]
            reply = scene.say(_SAME, **named(scene, deed))
            with radioed(scene, helper, scene.say(_SMALL, **named(scene, deed)), [reply]):
                for _ in range(scene.draw.randint(1, 3)):
                    returns(scene, operation, value, given, agent=helper)
                    tokens = 8_000 if recovers else scene.draw.randint(20_000, 60_000)
                    scene.recorder.spend(helper, tokens, scene.draw.randint(300, 1_800))
                scene.agent(reply, helper)
        says(scene, "{did}", deed)
    return True


_FREE = (-1.0, -1.0)
PATTERNS = (
    Pattern("cedar_brief_without_number", "handoff_loss", brief_without_number),
    Pattern("cedar_report_lost", "handoff_loss", report_lost, place="end", needs="reads"),
    Pattern("cedar_nobodys_desk", "ping_pong", nobodys_desk),
    Pattern("cedar_both_wait", "ping_pong", both_wait, place="end"),
    Pattern("cedar_plans_without_end", "cost_blowup", plans_without_end, failing=_FREE),
    Pattern(
        "cedar_opinions_without_end", "cost_blowup", opinions_without_end, place="end", needs="reads", failing=_FREE
    ),
)
