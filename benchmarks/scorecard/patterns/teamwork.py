"""Between agents: what is lost when one hands work to another."""

from benchmarks.scorecard.scene import Pattern, Scene


def bare_handoff(scene: Scene, operation: str, recovers: bool) -> bool:
    """The sub-agent gets no subject, says so, and the lead goes on as if it had an answer."""
    name = _helper(scene, operation)
    words = scene.say("[See above|Please handle this|Take over from here|As discussed][.|, thanks.]")
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": words}, scene.chatter())
    scene.recorder.delegated(words, scene.world.lead)
    lost = scene.say(
        "[Handle what|I see no request|Nothing was passed on to me|What is this about]? [I have no "
        "details|The subject is missing|I can't start without it]."
    )
    scene.agent(lost, name)
    if recovers:
        full = scene.say(scene.task.request)
        scene.recorder.delegated(full, scene.world.lead)
        scene.works(operation, agent=name)
        lost = scene.say(scene.task.done)
        scene.agent(lost, name)
    scene.recorder.answered(asked, lost)
    if not recovers:
        scene.agent(
            "[My colleague has looked at it|This was checked by {who}|{who} took care of that part][.|, moving on.]",
            who=name,
        )
    return False


def wrong_subject(scene: Scene, operation: str, recovers: bool) -> bool:
    """The sub-agent is given another subject than the user's, works on that, and its report is passed on."""
    name, key = _helper(scene, operation), next(iter(scene.world.slots))
    mine = scene.speech.slots[key]
    other = scene.draw.choice([value for value in scene.world.slots[key] if value != mine])
    about = mine if recovers else other
    words = scene.say("[Please|Your part:] [look into|see to|check] {subject}.", subject=about)
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": words}, scene.chatter())
    scene.recorder.delegated(words, scene.world.lead)
    with scene.about(**{key: about}):
        for _ in range(scene.draw.randint(1, 3)):
            scene.works(operation, agent=name)
        report = scene.say(scene.task.done)
    scene.agent(report, name)
    scene.recorder.answered(asked, report)
    scene.agent(f"[{name} reports|From {name}|The answer]: {{report}}", report=report)
    return False


def _helper(scene: Scene, operation: str) -> str:
    for name, does in scene.world.helpers.items():
        if operation in does:
            return name
    return next(iter(scene.world.helpers))


PATTERNS = (
    Pattern("bare_handoff", "handoff_loss", bare_handoff, needs="reads"),
    Pattern("wrong_subject", "handoff_loss", wrong_subject, needs="reads"),
)
