"""How a session runs when nothing is planted: turns of steps, with the noise that real tools make, and an ending.

Errors that pass and are retried, time-outs that recover, results that are empty and rightly so, wishes that are rightly
declined, sub-agents, users who thank or leave, and failures that follow no pattern. A planted pattern, or a look-alike
of one, is put in at its place by `run`.
"""

from dataclasses import dataclass

from benchmarks.scorecard.scene import Pattern, Scene

_LINE_ENDS = ("ok", "kept", "same", "moved", "seen", "done", "idle", "read")


@dataclass(frozen=True)
class Event:
    """A pattern in a session, planted, or as a look-alike that recovers."""

    pattern: Pattern
    operation: str
    recovers: bool = False


def run(scene: Scene, *, fails: bool, event: Event | None, bulk: int = 0) -> None:
    """Record a whole session. `bulk`: characters of tool results that come before the last turn's end, at least."""
    draw = scene.draw
    if scene.chance(0.6):
        scene.recorder.system(scene.world.system)
    turns = min(9, 1 + int(draw.expovariate(0.52)))
    scene.user(scene.task.request)
    if event and event.pattern.place == "start" and event.pattern.run(scene, event.operation, event.recovers):
        return
    struck = draw.randrange(turns) if event and event.pattern.place == "middle" else -1
    for turn in range(turns):
        if turn:
            scene.user(scene.task.more if scene.chance(0.8) else _further(scene))
        closed = _turn(scene, event if turn == struck and event else None)
        if turn < turns - 1 and not closed:
            scene.agent(f"{scene.world.manner.so_far} {scene.task.done}" if scene.chance(0.5) else scene.task.done)
    while scene.recorder.characters < bulk:
        _bulky(scene, draw.choice(scene.reads()), 120)
    closed = bool(event and event.pattern.place == "end" and event.pattern.run(scene, event.operation, event.recovers))
    _ending(scene, fails=fails, closed=closed, planted=event is not None and not event.recovers)


def _further(scene: Scene) -> str:
    return scene.draw.choice(scene.world.manner.further)


def _turn(scene: Scene, event: Event | None) -> bool:
    """The steps of a turn; True if the event said its last words."""
    draw, names = scene.draw, scene.task.operations
    steps = min(2 * len(names), 2 + int(draw.lognormvariate(0.9, 0.6)))
    at = draw.randrange(steps) if event else -1
    if scene.chance(0.06):
        wish, answer = draw.choice(scene.world.manner.declined)
        scene.user(wish)
        scene.agent(answer)
    delegated = _delegation(scene) if scene.chance(0.22) else 0
    for number in range(max(1, steps - delegated)):
        step(scene, names[min(number, len(names) - 1)] if scene.chance(0.7) else draw.choice(scene.reads()))
        if event and number == min(at, max(1, steps - delegated) - 1):
            event.pattern.run(scene, event.operation, event.recovers)
    return False


def step(scene: Scene, operation: str, agent: str = "") -> None:
    """A call with the noise of real tools: mostly it works. What was written already is read instead."""
    if operation in scene.written:
        operation = scene.draw.choice(scene.reads())
    one = scene.world.operations[operation]
    luck = scene.draw.random()
    words = "" if agent else scene.chatter()
    if luck < 0.045:
        _retried(scene, operation, agent)
    elif luck < 0.1 and one.empty and not one.writes:
        scene.nothing(operation, agent=agent, words=words)
        if scene.chance(0.6):
            scene.works(operation, agent=agent, words=scene.world.manner.wider)
        elif scene.chance(0.5):
            scene.agent(scene.world.manner.rightly_empty, agent)
    elif luck < 0.115:
        scene.fails(operation, scene.hard(), agent=agent, words=words)
        # A change that was refused is put right, or what the agent reports at the end would be untrue.
        other = operation if one.writes else scene.draw.choice(scene.reads())
        scene.works(other, agent=agent, words=scene.world.manner.otherwise)
    elif luck < 0.22 and not one.writes:
        _bulky(scene, operation, scene.draw.randint(15, 60), agent)
    else:
        scene.works(operation, agent=agent, words=words)


def _retried(scene: Scene, operation: str, agent: str) -> None:
    """An error that passes: the same call again, which mostly works."""
    given, failure = scene.arguments(operation), scene.transient()
    slow = 30.0 if failure[2] == 504 else 1.0
    scene.fails(operation, failure, agent=agent, given=given, seconds=slow)
    if scene.chance(0.15):
        scene.fails(operation, failure, agent=agent, given=given, seconds=slow)
    if scene.world.operations[operation].writes or scene.chance(0.96):
        scene.works(
            operation,
            agent=agent,
            given=given,
            words=scene.world.manner.once_more if scene.chance(0.4) else "",
        )


def _delegation(scene: Scene) -> int:
    """A sub-agent does some steps; how many."""
    name, does = scene.draw.choice(list(scene.world.helpers.items()))
    work = scene.say(scene.world.manner.brief) + scene.say(scene.task.request)
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": work}, scene.chatter())
    scene.recorder.delegated(work, scene.world.lead)
    count = scene.draw.randint(1, 4)
    calm = [one for one in does if one in scene.task.operations or not scene.world.operations[one].writes]
    for _ in range(count):
        step(scene, scene.draw.choice(calm), agent=name)
    report = scene.say(scene.world.manner.found) + scene.say(scene.task.done)
    scene.agent(report, name)
    scene.recorder.answered(asked, report)
    return count


def _bulky(scene: Scene, operation: str, lines: int, agent: str = "") -> None:
    """A call with a long result, as a log or a table."""
    one, draw = scene.world.operations[operation], scene.draw
    text = "\n".join(
        f"{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d} {draw.getrandbits(28):07x} {draw.randint(1_000, 9_999)} "
        f"{draw.choice(_LINE_ENDS)}"
        for _ in range(lines)
    )
    scene.recorder.call(one.tool, scene.arguments(operation), text, seconds=one.seconds, agent=agent)


def _ending(scene: Scene, *, fails: bool, closed: bool, planted: bool) -> None:
    manner = scene.world.manner
    if not fails:
        if not closed:
            _done(scene)
        if scene.chance(0.62):
            scene.user(manner.thanks)
            if scene.chance(0.5):
                scene.agent(manner.welcome)
        return
    if closed:
        if scene.chance(0.45):
            _complains(scene)
        return
    ways = (_reports, _complains_of_done, _silent, _left_asking) if planted else (_breaks, *_WAYS)
    scene.draw.choice(ways)(scene)


def _done(scene: Scene) -> None:
    """The closing of a session in which all was done, a second wish at times."""
    if scene.chance(0.2):
        wish, operation, report = scene.task.second
        scene.user(f"{scene.world.manner.also} {wish}[.|, please.]")
        scene.works(operation)
        scene.agent(f"{scene.world.manner.also_done} {report}.")
        return
    scene.agent(scene.task.done)


def _breaks(scene: Scene) -> None:
    """An ordinary error that stays."""
    operation, failure = scene.draw.choice(scene.task.operations), scene.hard()
    for _ in range(scene.draw.randint(1, 2)):
        scene.fails(operation, failure)
    scene.agent(scene.world.manner.honest)


def _reports(scene: Scene) -> None:
    scene.agent(scene.world.manner.honest)


def _complains(scene: Scene) -> None:
    scene.user(scene.world.manner.unhappy)
    for _ in range(scene.draw.randint(0, 2)):
        step(scene, scene.draw.choice(scene.task.operations))
    scene.agent(scene.world.manner.again)
    if scene.chance(0.55):
        scene.user(scene.world.manner.leaves)


def _complains_of_done(scene: Scene) -> None:
    scene.agent(scene.task.done)
    _complains(scene)


def _silent(scene: Scene) -> None:
    scene.agent(scene.world.manner.partial)


def _wrong(scene: Scene) -> None:
    """The agent thinks that it is done, and nobody says otherwise; only the score does."""
    scene.agent(scene.task.done)


def _left_asking(scene: Scene) -> None:
    scene.agent(f"{scene.world.manner.partial} {scene.world.manner.asks}")


_WAYS = (_complains_of_done, _complains_of_done, _silent, _wrong, _left_asking)
