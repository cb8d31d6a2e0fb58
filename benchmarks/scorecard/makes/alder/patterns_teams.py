"""Work that is passed on badly, done in the wrong place, or done at many times its price."""

import random

from benchmarks.scorecard.makes.alder.patterns_kit import (
    TALK,
    another_read,
    doer,
    elsewhere,
    handed,
    matter,
    tell,
)
from benchmarks.scorecard.scene import Pattern, Scene, operations_for
from benchmarks.scorecard.shapes import World

_PLACE = {
    "larkway_travel": (
        "[i booked on the {env} site btw|It's an {env} store booking.|my account is with larkway {env}|The {env} "
        "storefront, please, that's where I paid.|{env} site!]"
    ),
    "tidewell_bank": (
        "[only on the {env} ledger please|We're on {env} here, mind.|ledger is {env}, ok?|This concerns the {env} "
        "books and no others.|{env}!! not the other one]"
    ),
}


def _thin_brief(scene: Scene, operation: str, recovers: bool) -> bool:
    """The sub-agent is told next to nothing, works on the wrong thing or none, and its answer is passed on as fit."""
    name, full = doer(scene, operation), scene.say(TALK[operation].wish)
    with matter(scene, operation, always=True):
        brief = scene.say(
            "[Please take care of the customer.|See conversation.|Handle this|Customer has a question, kindly "
            "advise|Same as the last one, thanks|Urgent, please resolve the request below.]"
        )
        empty = scene.say(
            "[Which customer, which matter? I had nothing to go by and looked at what came first.|Took the most recent "
            "record, as no reference was given. All normal.|No details in the request; general information "
            "sent.|Closed: nothing specific asked.|I couldn't see any conversation. Assuming a general enquiry.]"
        )
        with handed(scene, name, brief, empty):
            reads = [one for one in scene.world.helpers[name] if not scene.world.operations[one].writes]
            does = [one for one in reads if one != operation]
            with scene.about(**elsewhere(scene)):
                scene.works(scene.draw.choice(does), agent=name)
        if recovers:
            told = scene.say(TALK[operation].told)
            with handed(scene, name, f"My brief was too thin, in full: {full}", told):
                scene.works(operation, agent=name)
            scene.agent(told)
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[My colleague has looked at it and all is normal.|The desk says there's nothing special about "
            "{thing}.|I've had that checked for you: no action needed.|Our specialists have replied: general "
            "information applies.|It has been dealt with by the responsible team.]",
        )
        if scene.chance(0.5):
            scene.user(
                "[that doesnt answer my question at all|Did they even know what I asked?|nobody looked at it, "
                "right?|and?? what about what i asked]"
            )
    return False


def _answer_dropped(scene: Scene, operation: str, recovers: bool) -> bool:
    """The sub-agent finds the answer, but the lead gets an empty reply and starts over with the user."""
    name = doer(scene, operation)
    wish, told = scene.say(TALK[operation].wish), scene.say(TALK[operation].told)
    with matter(scene, operation):
        lost = scene.say("[transfer finished|null|(no content)|desk session ended|OK|undefined]")
        with handed(scene, name, wish, told, lost):
            scene.works(operation, agent=name)
        if recovers:
            again = scene.say("[Your reply got lost, please repeat: |Again? I received nothing. ]") + wish
            with handed(scene, name, again, told):
                scene.works(operation, agent=name)
            scene.agent(told)
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[How may I help you today?|The desk hasn't said anything about {thing}. Could you explain again what you "
            "need?|I've no information on {thing}, unfortunately.|Please describe your request from the "
            "beginning.|Nobody over there could tell me anything.|The transfer is finished! What else can I do for "
            "you?]",
        )
        scene.user(
            "[i just explained all that|Again? I told your colleague everything.|are you joking|as above|so "
            "what did they say??]"
        )
        tell(
            scene,
            operation,
            "[I have nothing from them.|There is no result on my side, sorry.|I don't see a previous request.|Let's "
            "begin with your details then.]",
        )
    return False


def _environment(draw: random.Random, world: World, operation: str) -> dict[str, str]:
    """Where all sessions of a plant are meant to work."""
    return {"env": draw.choice(world.environments)}


def _other_place(scene: Scene) -> str:
    """The environment that the session is not about."""
    first, second = scene.world.environments
    return second if scene.speech.slots["env"] == first else first


def _changed_elsewhere(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user names the place, and the change is made in the other one."""
    wrong = _other_place(scene)
    with matter(scene, operation, always=True):
        scene.user(_PLACE[scene.world.name])
        with scene.about(env=wrong):
            given = scene.arguments(operation)
            if recovers:
                check = scene.draw.choice(operations_for(scene.world, "environment_reads"))
                scene.works(check, words=scene.chatter())
            else:
                scene.works(operation, given=given, words=scene.chatter())
        if recovers:
            scene.agent(f"[Stop, that was {wrong} I looked at. Changing over to|I was in {wrong}; going to] {{env}}.")
            scene.works(operation)
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[{told}|That's settled: {told}|{told} You should see it shortly.|Everything in place - {told}|OK, {thing} "
            "is done.]",
        )
        if not recovers and scene.chance(0.5):
            scene.user(
                "[dont see it anywhere. {env} i said|It isn't on {env}?|where? nothing on {env}|hmm {env} looks "
                "unchanged]"
            )
    return False


def _read_elsewhere(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user names the place, and the agent answers from the other one."""
    wrong = _other_place(scene)
    with matter(scene, operation, always=True):
        scene.user(_PLACE[scene.world.name])
        with scene.about(env=wrong):
            for _ in range(1 if recovers else scene.draw.randint(1, 3)):
                scene.works(operation, words=scene.chatter())
        if recovers:
            scene.works(operation, words=f"[That was {wrong}, wrong drawer.|Not {wrong}. Once more in] {{env}}.")
            tell(scene, operation, "{told}")
            return False
        tell(
            scene,
            operation,
            "[{told}|On your {env} side: {told}|I've looked where you said. {told}|{told} So that's your answer for "
            "{env}.|Found it. {told}]",
        )
        if scene.chance(0.4):
            scene.user(
                "[thats not mine, different amounts|This is not what I have on {env}.|you looked in the wrong "
                "place?|no. {env}. the one i told you]"
            )
    return False


def _plans_and_plans(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent makes plan after plan, each with the whole history in view, and reads the same thing in between."""
    with matter(scene, operation):
        given = scene.arguments(operation)
        for number in range(2 if recovers else scene.draw.randint(9, 16)):
            tell(
                scene,
                operation,
                "[Plan: 1. read the record. 2. compare. 3. answer. Before that I should reconsider step 1.|On "
                "reflection the order is wrong; I'd start from the conditions.|New plan: leave the record aside, first "
                "the rules, then the record, then the rules again.|Let me think about whether the earlier plan was "
                "complete. Revising.|Step back. What is really being asked? Possibilities so far: {n}.|Revised plan "
                "no. {n}: as before, with a check after every step.|Regarding {thing}, I may have skipped something. "
                "From the top.|Weighing two ways for {thing}. Neither convinces me, so a third: read everything, "
                "decide later.|Is {thing} even the point? Re-reading the conversation to be sure.]",
            )
            if not recovers:
                lead = scene.world.lead
                scene.recorder.spend(lead, scene.draw.randint(25_000, 70_000), scene.draw.randint(900, 3_500))
            if number % 3 == 2:
                scene.works(another_read(scene, operation))
        scene.works(operation, given=given)
    return False


def _storm_of_desks(scene: Scene, operation: str, recovers: bool) -> bool:
    """For one wish the lead calls desk upon desk with the same brief, and each reads everything from the start."""
    names = list(scene.world.helpers)
    with matter(scene, operation):
        wish = scene.say(TALK[operation].wish)
        for _ in range(1 if recovers else scene.draw.randint(6, 11)):
            name = scene.draw.choice(names)
            does = [one for one in scene.world.helpers[name] if not scene.world.operations[one].writes]
            report = scene.say(
                "[Looked through it, see the record. Maybe the other desk knows more.|Not wholly ours.|As the "
                "colleagues said.|We agree with the above.|{n} points noted, nothing new.|Same picture as before.]"
            )
            with handed(scene, name, wish, report):
                for one in does[: scene.draw.randint(1, 3)]:
                    scene.works(one, agent=name)
                if not recovers:
                    scene.recorder.spend(name, scene.draw.randint(18_000, 55_000), scene.draw.randint(600, 2_400))
        scene.works(operation)
        tell(scene, operation, "[{told}|After asking around: {told}|All desks heard. {told}|So, {told}]")
    return False


TEAMS = (
    Pattern("alder_thin_brief", "handoff_loss", _thin_brief, needs="reads"),
    Pattern("alder_answer_dropped", "handoff_loss", _answer_dropped, needs="reads"),
    Pattern(
        "alder_changed_elsewhere",
        "wrong_environment",
        _changed_elsewhere,
        needs="environment_writes",
        drawn=_environment,
    ),
    Pattern(
        "alder_read_elsewhere", "wrong_environment", _read_elsewhere, needs="environment_reads", drawn=_environment
    ),
    Pattern("alder_plans_and_plans", "cost_blowup", _plans_and_plans, place="start", failing=(-1, -1)),
    Pattern("alder_storm_of_desks", "cost_blowup", _storm_of_desks, failing=(-1, -1)),
)
