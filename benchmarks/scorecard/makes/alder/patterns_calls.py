"""Failures that stand in the calls: waiting, searching, being refused, and asking for what does not exist."""

from collections.abc import Callable
from typing import Any

from benchmarks.scorecard.makes.alder.patterns_kit import (
    TALK,
    another_read,
    answer,
    doer,
    fault,
    handed,
    matter,
    one_of,
    reply,
    served,
    sharing,
    subject,
    tell,
)
from benchmarks.scorecard.scene import Pattern, Scene

_SLOW = (
    "no reply within {s} seconds",
    "deadline exceeded after {s}s waiting for upstream",
    "read timed out ({s}.0)",
    "operation still pending after {s} s, giving up",
)
_PATIENCE = (
    "[Still waiting for {thing}, please don't close the window.|It's slow today - asking once more.|No answer yet. "
    "Same again.|Sorry for the wait, the system takes its time.|One more go.|...|I'm trying to get {thing} for you.]"
)
_RIGHTS = (
    "office lacks the entitlement for this",
    "caller is not authorised: role SERVICE_BOT",
    "forbidden by policy CX-11",
    "scope missing on the token in use",
)
_NO_RIGHTS = (
    "[I'm afraid the system does not let me near {thing}.|Access denied again. I can't do more than that here.|I have "
    "no rights for {thing}, and that is where it ends for me.|It says not authorised. Nothing I can do|We seem to be "
    "locked out of {thing}; you may want to try some other day.]"
)
_BAD_OPTION = (
    "unexpected argument {name}",
    "unknown field {name}; nothing was run",
    "{name} is not part of the schema",
    "additional properties are not allowed ({name})",
)


def _slow(scene: Scene, operation: str, given: dict[str, Any], number: int) -> None:
    """One call that is not answered in time."""
    words = scene.say(_PATIENCE, thing=scene.say(TALK[operation].thing)) if number and scene.chance(0.6) else ""
    wait = scene.draw.choice((30, 45, 60))
    text = scene.say(one_of(scene, "slow", _SLOW), s=str(wait))
    scene.fails(operation, fault(scene, text, "UpstreamTimeout", 504), given=given, words=words, seconds=float(wait))


def _hangs_on(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same call is sent again and again into time-outs, and nothing else is tried."""
    with matter(scene, operation):
        given = scene.arguments(operation)
        for number in range(scene.draw.randint(1, 2) if recovers else scene.draw.randint(4, 7)):
            _slow(scene, operation, given, number)
        if recovers:
            scene.works(operation, given=given)
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[Our systems are busy, {thing} will have to wait.|I keep getting no answer for {thing}.|Hm. That timed "
            "out on me every time; let's leave {thing} for now.|It just hangs.|Please be patient, the answer on "
            "{thing} hasn't come.]",
        )
    return False


def _waits_in_turns(scene: Scene, operation: str, recovers: bool) -> bool:
    """A call that times out alternates with a look-up that tells nothing new, round after round."""
    other = another_read(scene, operation)
    with matter(scene, operation):
        given, aside = scene.arguments(operation), scene.arguments(other)
        for number in range(1 if recovers else scene.draw.randint(3, 5)):
            _slow(scene, operation, given, number)
            scene.works(other, given=aside, words="[Let me see whether it's alive.|Checking in between.||]")
        if recovers:
            scene.works(operation, given=given, words="[It's responding again.|Back up, now then.]")
            return False
        _slow(scene, operation, given, 9)
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[I can see your record, but {thing} never comes back.|Everything else answers, just not {thing}. I'll "
            "stop asking.|No luck with {thing}, sorry.|{n} minutes on and {thing} is still loading.|The look-up is "
            "fine. The rest isn't.]",
        )
    return False


def _nothing_again(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same search finds nothing several times over, and the agent takes that as an answer."""
    with matter(scene, operation, always=True):
        given = scene.arguments(operation)
        for number in range(1 if recovers else scene.draw.randint(3, 6)):
            again = "[Let me run that again.|Searching once more.|Perhaps it was a glitch.|Again, to be certain.||]"
            scene.nothing(operation, given=given, words=again if number else scene.chatter())
        if recovers:
            wider = scene.world.manner.wider
            scene.works(operation, words=wider)
            tell(scene, operation, "[Here it is after all.|Found, under a wider search.|There we go:] {told}")
            return False
        tell(
            scene,
            operation,
            "[There is definitely nothing under that, I looked several times.|I take it {thing} never existed with "
            "us.|We have no record of it, which means it was never made.|I can confirm there isn't any.|Nope, none. "
            "You must have mixed something up.|Having searched repeatedly I can rule it out.]",
        )
        if scene.chance(0.5):
            scene.user(
                "[but i have it in front of me, on paper|That's impossible, I used it yesterday|what? yes there is"
                "|Your colleague found it in ten seconds last week]"
            )
    return False


_BENT: tuple[Callable[[str], str], ...] = (
    lambda text: text.lower().replace("-", ""),
    lambda text: f"#{text}",
    lambda text: " ".join(text),
    lambda text: f"{text} (see above)",
    lambda text: text.replace("0", "O").replace("1", "l"),
    lambda text: text[: max(2, len(text) - 2)],
)


def _misspelt_key(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent searches under a mangled name or number, finds nothing, and tells the user that there is nothing."""
    with matter(scene, operation, always=True):
        right = scene.arguments(operation)
        key = subject(right)
        for bend in scene.draw.sample(_BENT, 1 if recovers else scene.draw.randint(2, 4)):
            scene.nothing(operation, given={**right, key: bend(right[key])}, words=scene.chatter())
        if recovers:
            scene.works(operation, given=right, words=f"[I had mistyped it|Typo of mine], {right[key]}.")
            return False
        tell(
            scene,
            operation,
            "[I can't see any such thing in our system. Are you sure you're with us?|Nothing comes up, so I assume it "
            "has been deleted.|Zero hits for what you gave me. It isn't there.|Unfortunately {thing} is unknown "
            "here.|That number leads nowhere - probably it's from another company.]",
        )
        if scene.chance(0.5):
            reply(
                scene, operation, "[i copied it from your mail!!|Then how did I pay for it?|no its right, look again]"
            )
    return False


def _refused_alike(scene: Scene, operation: str, recovers: bool) -> bool:
    """A call is refused for want of rights and repeated as it is; no way up is taken."""
    text = one_of(scene, "right", _RIGHTS)
    with matter(scene, operation):
        given = scene.arguments(operation)
        for _ in range(1 if recovers else scene.draw.randint(2, 4)):
            scene.fails(operation, fault(scene, text, "Forbidden", 403), given=given, words=scene.chatter())
        if recovers:
            scene.agent(
                "[I need your consent for this: please tap Allow in the message I've just sent.|There's a code on your "
                "phone, could you read it to me?|This needs a quick check that it's you. Please confirm in the app.]"
            )
            scene.user("[done|tapped it|ok {n4}|Confirmed.|yes it was me]")
            scene.works(operation, given={**given, "consent": scene.say("ok-{hex}")})
            return False
        scene.written.add(operation)
        tell(scene, operation, _NO_RIGHTS)
    return False


def _refused_all_round(scene: Scene, operation: str, recovers: bool) -> bool:
    """One call after another is refused with the same missing right; the desk that has it is never asked."""
    text = one_of(scene, "right", _RIGHTS)
    others = [name for name, one in scene.world.operations.items() if name != operation and not one.writes]
    with matter(scene, operation):
        scene.fails(operation, fault(scene, text, "NotEntitled", 401), words=scene.chatter())
        if recovers:
            done = scene.say(TALK[operation].told)
            name = doer(scene, operation)
            brief = scene.say("[Needs your rights: |I'm refused on this, you aren't: ]" + TALK[operation].wish)
            with handed(scene, name, brief, done):
                scene.works(operation, agent=name)
            scene.agent(f"[The desk could do it.|With their rights it worked.] {done}")
            return False
        for other in scene.draw.sample(others, scene.draw.randint(2, 4)):
            words = "[Then by way of this.|Another door.|Maybe I may do this instead.||]"
            scene.fails(other, fault(scene, text, "NotEntitled", 401), words=words)
        scene.written.add(operation)
        tell(scene, operation, _NO_RIGHTS)
    return False


def _invented_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent calls with an option that does not exist, is told so, and makes up the next."""
    flags = scene.world.operations[operation].flags
    first = one_of(scene, f"option_{operation}", flags)
    names = [first, *(name for name in flags if name != first), f"{first}_v2", f"enable_{first}"]
    form = one_of(scene, "bad_option", _BAD_OPTION)
    with matter(scene, operation):
        given = scene.arguments(operation)
        for name in names[: 1 if recovers else scene.draw.randint(2, 5)]:
            words = "[There's an option for that.|Surely this one.|With {name} it should be quicker.||]"
            said = scene.say(words, name=name)
            wrong = fault(scene, scene.say(form, name=name), "InvalidArguments", 422)
            scene.fails(operation, wrong, given={**given, name: True}, words=said)
        if recovers:
            scene.works(operation, given=given, words="[Plain, then.|Without the extra.]")
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[The tool does not take the setting I need, so I'm stuck with {thing}.|Seems the option is gone. Sorry, "
            "no {thing}.|I couldn't make it accept my filter.|It objects to how I call it, whatever I pass.|My request "
            "for {thing} keeps being malformed, they say.]",
        )
    return False


def _ignored_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """A made-up option is passed over by the tool, which says so in its answer; the agent claims that it applied."""
    name = one_of(scene, f"option_{operation}", scene.world.operations[operation].flags)
    with matter(scene, operation, always=True):
        reply(
            scene, operation, f"[use|with|and please] {name.replace('_', ' ')}, [if you can|thats important to me|ok?]"
        )
        for _ in range(1 if recovers else scene.draw.randint(1, 3)):
            shown = {**answer(scene, operation), "ignored_arguments": [name], "note": "unknown argument was dropped"}
            given = {**scene.arguments(operation), name: True}
            served(scene, operation, shown, given=given, words=scene.chatter())
        scene.written.add(operation)
        plain = name.replace("_", " ")
        if recovers:
            scene.agent(
                "[A word of caution: that setting does not exist, so this is the plain version.|The tool passed over "
                "that wish; it went the ordinary way.|There's no such option, I'm afraid. You get it without.]"
            )
            return False
        tell(
            scene,
            operation,
            "[I've applied {plain}, so this is exactly what you wanted. {told}|{told} That's with {plain} on.|As you "
            "asked, {plain} was taken into account.|Only what fits {plain} is shown. {told}|{plain}: set. {told}]",
            plain=plain,
        )
    return False


CALLS = (
    Pattern("alder_hangs_on", "timeout_loop", _hangs_on, drawn=sharing("slow", _SLOW)),
    Pattern("alder_waits_in_turns", "timeout_loop", _waits_in_turns, drawn=sharing("slow", _SLOW)),
    Pattern("alder_nothing_again", "empty_repeated", _nothing_again, needs="empties"),
    Pattern("alder_misspelt_key", "empty_repeated", _misspelt_key, needs="empties"),
    Pattern("alder_refused_alike", "permission_dead_end", _refused_alike, drawn=sharing("right", _RIGHTS)),
    Pattern("alder_refused_all_round", "permission_dead_end", _refused_all_round, drawn=sharing("right", _RIGHTS)),
    Pattern("alder_invented_option", "wrong_flag", _invented_option, needs="flags"),
    Pattern("alder_ignored_option", "wrong_flag", _ignored_option, needs="flags"),
)
