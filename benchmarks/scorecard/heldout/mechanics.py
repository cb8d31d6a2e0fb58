"""Kinds with mechanics of their own: acts done twice, old figures, cut results, tools that don't exist, ping-pong."""

import random

from benchmarks.scorecard.scene import Pattern, Scene
from benchmarks.scorecard.shapes import World


def done_twice(scene: Scene, operation: str, recovers: bool) -> bool:
    """A change is made again although it went through: two orders, two refunds."""
    given = scene.arguments(operation)
    scene.works(operation, given=given)
    if recovers:
        return False
    for _ in range(scene.draw.randint(1, 2)):
        scene.works(
            operation, given=given, words="[To be sure|Making certain|Sending it][.|...]" if scene.chance(0.5) else ""
        )
    if scene.chance(0.4):
        scene.user("[Why do I have two|It is there twice|I see it double now]?")
        scene.agent("[I see|Indeed], [it went out more than once|there are two].")
    return False


def out_of_date(scene: Scene, operation: str, recovers: bool) -> bool:
    """After a change the old figure is told, without looking again."""
    old = scene.say("{n4}")
    scene.agent("[At the moment|Right now] it [stands at|says] {old}.", old=old)
    scene.user(
        "[It was changed|That was updated|There is a newer one] [just now|an hour ago], [look again|read "
        "it once more][.|, please.]"
    )
    if recovers:
        scene.works(operation)
        scene.agent("[Now|Freshly read]: {n4}.")
        return False
    scene.agent("[It stands at|It says|Still] {old}[.|, as I said.|, I have it here.]", old=old)
    scene.user("[No, that is the old one|You did not look|That's yesterday's].")
    scene.agent("[My information is|What I have is] {old}.", old=old)
    return False


def cut_result(scene: Scene, operation: str, recovers: bool) -> bool:
    """A result ends in a mark that it was cut; the answer counts what was seen."""
    one = scene.world.operations[operation]
    lines = "\n".join(scene.say("{hex} {n4} {clock}") for _ in range(scene.draw.randint(8, 20)))
    text = f"{lines}\n" + scene.say("[...|(output truncated)|+{n3} more|-- cut at limit --]")
    scene.recorder.call(one.tool, scene.arguments(operation), text, seconds=one.seconds)
    if recovers:
        scene.works(operation, words="[The rest|Next page].")
        return False
    scene.agent("[Altogether|In total|All in all] there are {n}, [that is the whole list|no others].")
    return False


def imagined_drawn(draw: random.Random, world: World, operation: str) -> dict[str, str]:
    """The tool that all sessions of the plant imagine."""
    return {"imagined": draw.choice(("auto_resolver", "bulk_fixer", "deep_probe", "mail_merge", "sync_all"))}


def imagined_tool(scene: Scene, operation: str, recovers: bool) -> bool:
    """A tool is called that nobody has."""
    name = scene.speech.slots.get("imagined", "deep_probe")
    for _ in range(1 if recovers else scene.draw.randint(1, 3)):
        text = scene.say(
            "[no tool of that name|{name} is not registered|unknown tool {name}|tool {name} not found]", name=name
        )
        scene.recorder.call(
            name,
            scene.arguments(operation),
            text,
            level="ERROR",
            error_type="ToolLookup",
            seconds=0.1,
            words=scene.chatter(),
        )
    if recovers:
        scene.works(operation)
    return False


def ping_pong(scene: Scene, operation: str, recovers: bool) -> bool:
    """Two agents send the work to one another; nobody does it."""
    name = next(iter(scene.world.helpers))
    for _ in range(1 if recovers else scene.draw.randint(3, 5)):
        work = scene.say("[This is yours|Belongs to you|Your field], [please|go ahead].")
        asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": work}, "")
        scene.recorder.delegated(work, scene.world.lead)
        back = scene.say("[Not mine|That's for you|Back to you|Outside of my part], [please take it|over to you].")
        scene.agent(back, name)
        scene.recorder.answered(asked, back)
    if recovers:
        scene.works(operation)
    return False


PATTERNS = (
    Pattern("done_twice", "done_twice", done_twice, needs="writes"),
    Pattern("out_of_date", "out_of_date", out_of_date, needs="reads"),
    Pattern("cut_result", "cut_result", cut_result, needs="reads"),
    Pattern("imagined_tool", "imagined_tool", imagined_tool, drawn=imagined_drawn),
    Pattern("ping_pong", "ping_pong", ping_pong, needs="reads"),
)
