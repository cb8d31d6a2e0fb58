"""Calls that hang, come back empty, are refused, carry options that nobody made, or broke with a release."""

from benchmarks.scorecard.makes.cedar.common import (
    a_read,
    answer,
    case,
    fault,
    helper_of,
    named,
    plus,
    prefixed,
    radioed,
    returns,
    says,
)
from benchmarks.scorecard.makes.cedar.lexicon import ROLES
from benchmarks.scorecard.scene import Pattern, Scene, with_option

_SLOW = (
    "[no reply within {s} s|request aborted after {s} s, session released|read timed out ({s}000 ms)|deadline passed "
    "while waiting for the backend|gave up waiting, {s} s]"
)
_PATIENT = (
    "[It is slow today, I wait.|Sending the identical request.|Maybe now.|The backend seems busy; once "
    "again.|Hanging. Repeat.|Perhaps it answers this time.]"
)
_HUNG = (
    "[{matter}: the system does not react at present. Kindly come back in the afternoon.|No response on {matter}, I "
    "leave that open.|It simply never answers. Moving on without {matter}.|Time-outs only. I can't tell you anything "
    "about {matter}.|Tried several times, always the clock ran out; {matter} has to wait.]"
)
_SIDEWAYS = (
    "[That one hangs, so I take a narrower cut.|Leaving this call alone; the other route is quicker.|No use waiting, "
    "I ask the desk that sits next to the data.|Different door into the same data.]"
)


def hangs(scene: Scene, operation: str, recovers: bool) -> bool:
    """The very same call is sent over and over while it times out; no other way is tried."""
    with case(scene, operation) as deed:
        given, failure = scene.arguments(operation), fault(scene, operation, "ERR-0504", _SLOW, 504)
        for number in range(2 if recovers else scene.draw.randint(3, 6)):
            words = _PATIENT if number and scene.chance(0.6) else ""
            scene.fails(operation, failure, given=given, words=words, seconds=45.0)
        if recovers:
            scene.agent(_SIDEWAYS)
            helper, back = helper_of(scene, operation), scene.say(deed.did)
            with radioed(scene, helper, scene.say(deed.ask), [back]):
                scene.works(operation, given=given, agent=helper)
                scene.agent(back, helper)
            scene.agent(back)
        else:
            says(scene, _HUNG, deed)
    return False


_SHORTER = (
    "[Without any waiting time it goes straight through.|The plain call, no wait.|Default settings, then.|Not the "
    "waiting helps, a fresh session does.]"
)


def longer_waits(scene: Scene, operation: str, recovers: bool) -> bool:
    """Two calls that both time out take turns, each with a longer waiting time than before."""
    with case(scene, operation) as deed:
        second, wait = a_read(scene, operation), scene.draw.choice((10, 20, 30))
        for number in range(2 if recovers else scene.draw.randint(4, 7)):
            name = second if number % 2 else operation
            failure = fault(scene, name, "ERR-0504", scene.say(_SLOW, s=str(wait)), 504)
            given = plus(scene.arguments(name), "wait", wait)
            words = _PATIENT if number and scene.chance(0.4) else ""
            scene.fails(name, failure, given=given, words=words, seconds=float(wait))
            wait *= 2
        if recovers:
            scene.works(operation, words=_SHORTER)
            says(scene, "{did}", deed)
        else:
            says(scene, _HUNG, deed)
    return True


_INSISTS = (
    "[Please {ask}. It exists, I have the paper in front of me.|{ask} - it was there this morning|Would you {ask}? My "
    "colleague has it open on her screen at this moment.|{ask}. It MUST be there, i entered it myself|can you {ask}, "
    "I know sure that we have it]"
)
_ABSENT = (
    "[There is no such {noun} in the system.|{matter} does not exist. You may have a wrong number.|I'm certain now: "
    "nothing under that name was ever entered.|Result: none. The {noun} was never created, please enter it "
    "anew.|Searched everywhere; no {noun} like this.]"
)
_LOOKS = "[Different spelling.|Written another way?|Perhaps I mistyped.|Hm, again.|Next form of it.|Still searching.]"
_SEEN = "[Found, I had only looked in a part of it.|There it is; my first search was too strict.|Got it now.]"


def spellings(scene: Scene, operation: str, recovers: bool) -> bool:
    """One thing is sought in many spellings and never otherwise; then it is said not to exist."""
    with case(scene, operation, _INSISTS) as deed:
        own = scene.speech.slots[deed.key]
        forms = [own, own.replace("-", ""), own.lower(), own.replace("-", " "), f"{own}*", f"0{own}", own[:-1] + "?"]
        for number, form in enumerate(forms[: 2 if recovers else scene.draw.randint(3, 7)]):
            words = _LOOKS if number and scene.chance(0.5) else ""
            scene.nothing(operation, given=scene.arguments(operation, **{deed.key: form}), words=words)
        if recovers:
            given = plus(scene.arguments(operation), "scope", "all")
            scene.works(operation, given=given, words="[The preset scope is too narrow, so all of it.|Wider scope.|]")
            says(scene, f"{_SEEN} {{did}}", deed)
        else:
            says(scene, _ABSENT, deed, noun=deed.noun)
    return False


def drawers(scene: Scene, operation: str, recovers: bool) -> bool:
    """Every drawer is looked into with the same wrong narrowing; that all are empty is taken for an answer."""
    key = scene.draw.choice(("archive", "year", "shift"))
    value = {"archive": "2019", "year": "2062", "shift": "none"}[key]
    with case(scene, operation, _INSISTS) as deed:
        empties = [
            name for name, one in scene.world.operations.items() if one.empty and not one.writes and name != operation
        ]
        names = [operation, *scene.draw.sample(empties, 4), operation]
        for name in names[: 2 if recovers else scene.draw.randint(3, 6)]:
            scene.nothing(name, given=plus(scene.arguments(name), key, value), words=scene.chatter())
        if recovers:
            scene.works(operation, words=f"[My narrowing was off: {key} {value}.|I had {key} wrong all the time.]")
            says(scene, f"{_SEEN} {{did}}", deed)
        else:
            says(scene, _ABSENT, deed, noun=deed.noun)
    return True


_ROLE = (
    "[role {role} needed, request it through the access desk|you do not hold {role}; owner can grant it|not "
    "authorised ({role} missing)|action reserved for {role}|{role} expired for this agent, renewal by its owner]"
)
_AGAIN = "[Same with my own id.|Once more as service user.|Perhaps it took effect by now.|Submitting again.|]"
_REFUSED = (
    "[You are not allowed to do this.|I have no rights for {matter}, so this ends here.|Access denied. Nothing I can "
    "do.|The system will not let me, sorry; {matter} stays undone.|No permission - please find somebody.]"
)


def role_missing(scene: Scene, operation: str, recovers: bool) -> bool:
    """A call is refused for want of a role that the refusal names; it is repeated, and the role never asked for."""
    with case(scene, operation) as deed:
        role, given = scene.draw.choice(ROLES[scene.world.name]), scene.arguments(operation)
        failure = fault(scene, operation, "ERR-4403", scene.say(_ROLE, role=role), 403)
        for number in range(1 if recovers else scene.draw.randint(3, 5)):
            scene.fails(operation, failure, given=given, words=_AGAIN if number else "")
        if not recovers:
            says(scene, _REFUSED, deed)
            return False
        helper = helper_of(scene, operation)
        brief = scene.say("[You hold {role}|This needs {role}]: {ask}", role=role, **named(scene, deed))
        with radioed(scene, helper, brief, [scene.say(deed.did)]):
            scene.works(operation, given=given, agent=helper)
        says(
            scene,
            "[As {role} this goes by {helper}.|Handed to {helper}, who may.] {did}",
            deed,
            role=role,
            helper=helper,
        )
    return False


def every_door_shut(scene: Scene, operation: str, recovers: bool) -> bool:
    """Refused once, the agent tries one tool after another on the same token, and ends with an apology."""
    with case(scene, operation) as deed:
        reads = [name for name, one in scene.world.operations.items() if not one.writes and name != operation]
        names = [operation, *scene.draw.sample(reads, 5)]
        text = scene.say("[token scope {hex} does not cover this|client not entitled|scope 'read.none' only]")
        for name in names[: 2 if recovers else scene.draw.randint(3, 6)]:
            scene.fails(name, fault(scene, name, "ERR-4401", text, 403), words=scene.chatter())
        if recovers:
            scene.works(
                operation, words="[The token was the old one; renewed, now as it should be.|Fresh sign-in first.]"
            )
            says(scene, "{did}", deed)
        else:
            says(scene, _REFUSED, deed)
    return True


_UNKNOWN = (
    "[unknown element '{flag}'|no option '{flag}', see help|unexpected argument {flag}|'{flag}' is not part of the "
    "interface|did not understand '{flag}']"
)
_BLAMES = (
    "[The tool seems to be outdated, it lacks what I need for {matter}.|I could not do {matter}: the interface "
    "rejects my input.|It refuses valid options. Stopping here.|{matter} fails for technical reasons.|Something is "
    "off with this tool today, {matter} is not possible.]"
)


def made_up_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """Options that do not exist are put on a call, one after another, though the plain call would do."""
    with case(scene, operation) as deed:
        flags, given = scene.world.operations[operation].flags, scene.arguments(operation)
        for number in range(1 if recovers else scene.draw.randint(2, 5)):
            flag = flags[number % len(flags)]
            failure = fault(scene, operation, "ERR-1004", scene.say(_UNKNOWN, flag=flag), 400)
            scene.fails(operation, failure, given=with_option(given, flag), words=scene.chatter())
        if recovers:
            scene.works(
                operation, given=given, words="[Plain call, then.|There is no such option, my mistake. Leaving it off.]"
            )
            says(scene, "{did}", deed)
        else:
            says(scene, _BLAMES, deed)
    return False


_IGNORED = (
    "[element {flag} not known, ignored|skipped unsupported {flag}|{flag}: no effect in this release|dropped 1 "
    "unknown field ({flag})]"
)
_TRUSTS = (
    "[{did} And {flag} was on, so that is covered too.|With {flag} set there is nothing left to check. {did}|{did} I "
    "used {flag}, the rest follows by itself.|{flag} took care of the side effects. {did}]"
)


def swallowed_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """A tool ignores an option that it does not have, and says so; the agent promises what the option should do."""
    with case(scene, operation) as deed:
        flag = scene.draw.choice(scene.world.operations[operation].flags)
        value = prefixed(answer(scene, operation), "warning", scene.say(_IGNORED, flag=flag))
        returns(scene, operation, value, with_option(scene.arguments(operation), flag), words=scene.chatter())
        if recovers:
            says(
                scene,
                f"{{did}} [Note: {flag} was ignored, so please do that part by hand.|{flag} has no effect.]",
                deed,
            )
        else:
            says(scene, _TRUSTS, deed, flag=flag)
    return True


_SCHEMA = (
    "[interface 7 withdrawn, send interface 8|unexpected envelope: field 'ctx' is obligatory since this build|request "
    "signed by an unknown client build|cannot bind argument list (build mismatch)]"
)


def old_interface(scene: Scene, operation: str, recovers: bool) -> bool:
    """Since a release the call is built for an interface that is gone, and is refused in every form."""
    with case(scene, operation) as deed:
        failure = fault(scene, operation, "ERR-0977", _SCHEMA, 400)
        for number in range(1 if recovers else scene.draw.randint(2, 4)):
            scene.fails(operation, failure, words=_AGAIN if number else scene.chatter())
        if recovers:
            scene.works(operation, words="[Sending it in the newer form.|With the context field filled.]")
            says(scene, "{did}", deed)
        else:
            says(scene, _BLAMES, deed)
    return False


_CONFIRM = (
    "[confirmation panel cannot be shown on this surface|waiting for button 'Confirm', surface has none|interactive "
    "step not available here, draft kept|callback address of the surface is blank]"
)
_PRESS = (
    "[Please press Confirm in the panel.|You should see a box now; tap Yes.|Kindly confirm in the window that "
    "opened.|Hit the green button and {matter} is through.]"
)
_NO_PANEL = "[there is no panel|What box? I see none.|nothing opened here|I do not have such a button on my side.]"


def no_panel(scene: Scene, operation: str, recovers: bool) -> bool:
    """On one surface a change waits for a button that is never shown; the user is told to press it."""
    with case(scene, operation) as deed:
        failure, given = fault(scene, operation, "ERR-2208", _CONFIRM, 409), scene.arguments(operation)
        for _ in range(1 if recovers else scene.draw.randint(1, 3)):
            scene.fails(operation, failure, given=given, words=scene.chatter())
            if not recovers:
                says(scene, _PRESS, deed)
                scene.user(_NO_PANEL)
        if recovers:
            given = plus(given, "confirmed", "in words")
            scene.works(operation, given=given, words="[No panel here, so I take your order as the confirmation.|]")
            says(scene, "{did}", deed)
        else:
            says(scene, "[Without the confirmation {matter} stays a draft.|Then it can't be finished from here.]", deed)
    return False


PATTERNS = (
    Pattern("cedar_same_call_hangs", "timeout_loop", hangs),
    Pattern("cedar_longer_waits", "timeout_loop", longer_waits, place="end"),
    Pattern("cedar_spellings", "empty_repeated", spellings, needs="empties"),
    Pattern("cedar_wrong_drawer", "empty_repeated", drawers, place="end", needs="empties"),
    Pattern("cedar_role_missing", "permission_dead_end", role_missing),
    Pattern("cedar_every_door_shut", "permission_dead_end", every_door_shut, place="end"),
    Pattern("cedar_made_up_option", "wrong_flag", made_up_option, needs="flags"),
    Pattern("cedar_swallowed_option", "wrong_flag", swallowed_option, place="end", needs="flags"),
    Pattern("cedar_old_interface", "version_regression", old_interface, segment="version"),
    Pattern("cedar_no_panel", "platform_only", no_panel, segment="platform", needs="writes"),
)
