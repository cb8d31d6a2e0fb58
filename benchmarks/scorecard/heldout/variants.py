"""Further variants and wordings of kinds that development corpora have, too."""

import random

from benchmarks.scorecard.scene import Pattern, Scene, with_option
from benchmarks.scorecard.shapes import World


def gateway_silence(scene: Scene, operation: str, recovers: bool) -> bool:
    """Time-outs that say so only in their own words."""
    text = scene.draw.choice((
        "[nothing came back|silence on the line] for {s} s, [dropped|abandoned]",
        "[the far side|the peer] [went quiet|stopped talking], waited {s}s",
        "[took too long|exceeded the wait]: {s} s",
    ))  # fmt: skip
    for _ in range(1 if recovers else scene.draw.randint(3, 6)):
        scene.fails(
            operation,
            (text, "Stalled", 504),
            words="[Hm|Patience|And again][.|...]" if scene.chance(0.4) else "",
            seconds=60.0,
        )
    if recovers:
        scene.works(operation)
    return False


def option_drawn(draw: random.Random, world: World, operation: str) -> dict[str, str]:
    """The option of the plant."""
    return {"flag": draw.choice(world.operations[operation].flags)}


def refused_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """An option that does not exist, which the tool refuses with its usage."""
    flag = scene.speech.slots.get("flag") or scene.draw.choice(scene.world.operations[operation].flags)
    text = (
        "[does not understand|has no notion of|got an extra] {flag}\n[usage|accepted]: {tool} [WHAT|NAME] [VALUE|SCOPE]"
    )
    tool = scene.world.operations[operation].tool
    for _ in range(1 if recovers else scene.draw.randint(2, 4)):
        given = with_option(scene.arguments(operation), flag)
        scene.fails(operation, (text, "Usage", 400), given=given, flag=flag, tool=tool)
    if recovers:
        scene.works(operation)
    return False


def told_it_worked(scene: Scene, operation: str, recovers: bool) -> bool:
    """A refused change, reported as made in unheard-of words."""
    scene.fails(operation, scene.hard())
    if recovers:
        scene.works(operation)
    scene.agent(
        "[Consider it settled|Sorted|That is off your list|Wonderful news, it stuck]: {done}",
        done=scene.say(scene.task.done),
    )
    return True


def locked_out(scene: Scene, operation: str, recovers: bool) -> bool:
    """A denial in the words of another trade."""
    failure = (
        "[reserved for|only open to|needs the hand of] [supervisors|the second key|a named officer]",
        "Rank",
        403,
    )
    for _ in range(1 if recovers else scene.draw.randint(2, 3)):
        scene.fails(operation, failure)
    if recovers:
        scene.works(operation, words="[With the second key|A supervisor joined], [now|then].")
    else:
        scene.agent(
            "[I am not senior enough|My badge does not open this|That door stays shut for me]. [Ask your "
            "supervisor|Somebody with the key should]."
        )
    return False


def please_fetch(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user is sent to fetch what a tool could."""
    if recovers:
        scene.works(operation)
        return False
    scene.agent(
        "[Would you mind|Be so kind as to] [reading it off for me|finding that number and telling "
        "me|checking on your side]? [I am blind here|My screen does not show it]."
    )
    scene.user("[But you have it right there|You could just check it|That's your system, not mine].")
    scene.agent(
        "[I wish I could|It is out of my reach|Not from where I sit]. [Please tell me|I wait for] what it says."
    )
    return False


def new_form(scene: Scene, operation: str, recovers: bool) -> bool:
    """The version mistakes the answer's form and gives an absurd figure; no error is seen."""
    scene.works(operation)
    if recovers:
        return False
    scene.agent(
        "[It comes to|The figure is|That makes] [NaN|undefined|(object)|-1|None], [as requested|there you are]."
    )
    if scene.chance(0.5):
        scene.user("[That makes no sense|What is that supposed to mean|Is this a number]?")
        scene.agent("[That is what I read|So it says|I can only repeat it].")
    return False


def device_only(scene: Scene, operation: str, recovers: bool) -> bool:
    """Input arrives garbled on this platform; the agent acts on the garbled words."""
    scene.user(
        "[uh|mm|...] [noise noise|zz krr|(inaudible)] {word} [noise|krr|(inaudible)] [please|now|thanks]",
        word=scene.speech.slots[next(iter(scene.world.slots))][:4],
    )
    if recovers:
        scene.agent("[I did not catch that|The line is bad], [could you repeat|once more, please]?")
        scene.user(scene.task.request)
    scene.works(operation)
    return False


def passed_on_empty(scene: Scene, operation: str, recovers: bool) -> bool:
    """Work goes to a sub-agent, which answers with nothing, and that is presented as an answer."""
    name = next(iter(scene.world.helpers))
    work = scene.say("[Over to you|Yours]: {work}", work=scene.say(scene.task.request))
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": work}, "")
    scene.recorder.delegated(work, scene.world.lead)
    answer = scene.say(scene.task.done) if recovers else scene.say("[|-|ok|n/a]")
    if recovers:
        scene.works(operation, agent=name)
    scene.agent(answer, name)
    scene.recorder.answered(asked, answer)
    if not recovers:
        scene.agent(
            "[The colleagues confirm|All departments agree|Inside, everybody says]: [fine|in order|nothing open]."
        )
    return False


PATTERNS = (
    Pattern("gateway_silence", "timeout_loop", gateway_silence),
    Pattern("refused_option", "wrong_flag", refused_option, needs="flags", drawn=option_drawn),
    Pattern("told_it_worked", "false_success", told_it_worked, place="end", needs="writes"),
    Pattern("locked_out", "permission_dead_end", locked_out),
    Pattern("please_fetch", "capability_ask_back", please_fetch),
    Pattern("new_form", "version_regression", new_form, needs="reads", segment="version"),
    Pattern("device_only", "platform_only", device_only, segment="platform", recovers=False),
    Pattern("passed_on_empty", "handoff_loss", passed_on_empty, needs="reads"),
)
