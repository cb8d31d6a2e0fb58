"""Patterns between parts: lost briefs and answers, hand-backs, undoing, storms of workers, needless rereading."""

from benchmarks.scorecard.course import step
from benchmarks.scorecard.makes.birch.material import between, fresh, gives, lead_in, lore
from benchmarks.scorecard.scene import Pattern, Scene


def _helper(scene: Scene) -> tuple[str, tuple[str, ...]]:
    """A sub-agent, with what it reads."""
    name, does = scene.draw.choice(list(scene.world.helpers.items()))
    return name, tuple(one for one in does if not scene.world.operations[one].writes)


def brief_without_subject(scene: Scene, operation: str, recovers: bool) -> bool:
    """A sub-agent gets a brief without its subject, works on another, and its report is passed on as the answer."""
    name, reads = _helper(scene)
    vague = scene.say(
        "[Continue as discussed above.|Do the analysis the user wants.|Please check it and report the number.|Same "
        "as before, for the other one.|Handle the open item.|Look into the issue.]"
    )
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": vague}, scene.chatter())
    scene.recorder.delegated(vague, scene.world.lead)
    other = fresh(scene)
    subject = other["entity" if scene.world.name == "quarry" else "topic"]
    if recovers:
        scene.agent("[Which subject? The brief names none.|I lack the subject and the period.]", name)
        scene.recorder.answered(asked, "needs: subject, period")
        scene.agent("[My brief was too thin, I do it here.|Right, that was missing. Doing it directly.]")
        scene.works(operation)
        return False
    scene.agent(
        "[No subject given, I assume {o}.|Probably about {o}.|I see {o} in the workspace, taking that.|]",
        name,
        o=subject,
    )
    with scene.about(**other):
        for _ in range(scene.draw.randint(1, 3)):
            scene.works(scene.draw.choice(reads), agent=name)
    figure = scene.say("2{k}5.10" if scene.world.name == "quarry" else "{k}.2%", **other)
    report = scene.say(
        "[{o}: {f}, no anomalies.|Result for {o}: {f}.|{o} checked, fine. {f}|{f} ({o})]", o=subject, f=figure
    )
    scene.agent(report, name)
    scene.recorder.answered(asked, report)
    scene.agent(
        "[Answer from {worker}: {f}, no anomalies.|The worker confirms it, {f}.|That settles your question: "
        "{f}.|{worker} looked into your item: all fine, {f}.|Checked by a second agent, the figure is {f}.|Your "
        "number is {f}.]",
        worker=name,
        f=figure,
    )
    return False


def answer_dropped(scene: Scene, operation: str, recovers: bool) -> bool:
    """A sub-agent finds the answer, but the lead gets nothing of it, and closes as if there were none."""
    name, reads = _helper(scene)
    work = scene.say(
        "[Find out: {w}|Please {w} and return the figure.|Your part: {w}]", w=scene.say(lore(operation).todo)
    )
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": work}, scene.chatter())
    scene.recorder.delegated(work, scene.world.lead)
    for _ in range(scene.draw.randint(0, 2)):
        step(scene, scene.draw.choice(reads), agent=name)
    scene.works(operation, agent=name)
    report = scene.say(
        "[Found it: {told}.|Answer: {told}.|{told}; seen with my own call just now.]",
        told=scene.say(lore(operation).told),
    )
    scene.agent(report, name)
    lost = scene.say(
        "[(no output)|{x}|null|Worker finished. Result saved in its scratch space.|ok|status: completed, content: ]",
        x="{}",
    )
    scene.recorder.answered(asked, lost)
    if recovers:
        scene.agent(
            "[The return came without content, but {worker} wrote: {r}|Reading {worker}'s own words: {r}]",
            worker=name,
            r=report,
        )
        return True
    scene.agent(
        "[{worker} came back without a finding, so this remains unknown.|No result from the worker. I can't say.|The "
        "sub-task is completed. There was nothing to report.|I had it looked into; no information is "
        "available.|Could you tell me what {worker} should have found? I received nothing.|The delegated part is "
        "done. On the content I have no figure.]",
        worker=name,
    )
    return True


def rereads_everything(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same things are read over and over with ever more context, without anything new."""
    given = scene.arguments(operation)
    context = 30_000
    for number in range(2 if recovers else scene.draw.randint(7, 16)):
        words = (
            "[To be thorough, once more from the top.|Let me re-read this.|I want to be certain about the "
            "details.|Revised plan: 1) read 2) compare 3) read again.|Before answering, reviewing everything.|Hmm, "
            "actually let me verify.|]"
        )
        scene.works(operation, given=given, words=words if number else "")
        scene.recorder.spend(scene.world.lead, context, 300 if recovers else scene.draw.randint(900, 4_000))
        context += 0 if recovers else scene.draw.randint(8_000, 22_000)
    scene.agent(
        "[Nothing new since the first read.|OK, as I had it at the start.|Consistent in every pass.|That's "
        "settled.|Now to the actual step.]"
    )
    return False


def worker_storm(scene: Scene, operation: str, recovers: bool) -> bool:
    """One small question goes to many sub-agents with the same brief; all bring the same."""
    names = list(scene.world.helpers)
    work = scene.say("[Please {w}.|{w}, and report.|Independent check: {w}.]", w=scene.say(lore(operation).todo))
    told = scene.say(lore(operation).told)
    count = 2 if recovers else scene.draw.randint(5, 11)
    for number in range(count):
        name = scene.draw.choice(names)
        asked = scene.recorder.ask(
            scene.world.delegate, {"agent": name, "request": work, "attempt": number + 1}, scene.chatter()
        )
        scene.recorder.delegated(work, scene.world.lead)
        scene.works(operation, agent=name)
        scene.recorder.spend(
            name, 4_000 if recovers else scene.draw.randint(25_000, 90_000), scene.draw.randint(400, 3_000)
        )
        scene.agent("[Mine says: {told}.|{told}.|Same as the others: {told}.]", name, told=told)
        scene.recorder.answered(asked, told)
        if not recovers and scene.chance(0.3):
            scene.agent(
                "[One more opinion.|I'd like broader consensus.|Spawning another to verify.|Not convinced yet.]"
            )
    scene.agent(
        "[{k} workers agree.|Consensus after {k} reports: {told}.|All {k} say the same.|Votes {k}:0.]",
        k=str(count),
        told=told,
    )
    return False


def hands_back(scene: Scene, operation: str, recovers: bool) -> bool:
    """Lead and sub-agent pass the work back and forth, each naming the other as responsible."""
    name, reads = _helper(scene)
    todo = scene.say(lore(operation).todo)
    for number in range(1 if recovers else scene.draw.randint(3, 6)):
        work = scene.say(
            "[Yours: {w}.|{w}, you have the tools for it.|Back to you, please {w}.|I can't, so you {w}.|As said, "
            "this is with you: {w}.]",
            w=todo,
        )
        asked = scene.recorder.ask(
            scene.world.delegate, {"agent": name, "request": work, "hop": number}, scene.chatter()
        )
        scene.recorder.delegated(work, scene.world.lead)
        if scene.chance(0.35):
            scene.works(scene.draw.choice(reads), agent=name)
        reply = scene.say(
            "[Outside of my scope, returning to {lead}.|That is for {lead} to do.|I prepared nothing since {lead} "
            "owns this step.|Handing back: needs {lead}.|Please decide first, then send it again.]",
            lead=scene.world.lead,
        )
        scene.agent(reply, name)
        scene.recorder.answered(asked, reply)
    if recovers:
        scene.works(operation, words="[Then I do it myself.|OK, it's mine.|No more passing round.]")
        return False
    scene.agent(
        "[We are still sorting out who does this.|{worker} declined again, so it is open.|Waiting for {worker}.|This "
        "is with {worker} now.|It went to {worker} and came back; not done yet.|Neither of us could take it on.]",
        worker=name,
    )
    return False


_SIDES = {
    "quarry": (
        ("fill_nulls", "zero", "drop"),
        ("timezone", "UTC", "Europe/Berlin"),
        ("grain", "daily", "weekly"),
        ("join", "left", "inner"),
    ),
    "fieldglass": (
        ("headings", "numbered", "plain"),
        ("spelling", "en-GB", "en-US"),
        ("citations", "footnotes", "inline"),
        ("units", "metric", "as printed"),
    ),
}


def undo_each_other(scene: Scene, operation: str, recovers: bool) -> bool:
    """A step sets what a check of the agent's own then finds wrong and sets back, several times."""
    key, left, right = scene.draw.choice(_SIDES[scene.world.name])
    given = scene.arguments(operation)
    lead_in(scene, operation)
    rounds = 1 if recovers else scene.draw.randint(3, 6)
    for number in range(rounds):
        here, there = (left, right) if number % 2 == 0 else (right, left)
        scene.works(
            operation,
            given={**given, key: here},
            words="[Setting {k} to {v}.|{k}: {v}.|Changing {k} to {v}.|]".replace("{k}", key).replace("{v}", here),
        )
        if not recovers:
            between(scene, 0.3)
            scene.agent(
                "[Review: {k} should be {v}.|Style check says {v}. Reverting.|That broke {k}; back to {v}.|On "
                "reflection {v} is the convention.|The other step expects {k}={v}.]",
                k=key,
                v=there,
            )
    if recovers:
        scene.agent("[{k}={v} as your convention says; leaving it at that.|Decided: {k} {v}.]", k=key, v=left)
        return False
    gives(
        scene,
        scene.draw.choice(scene.reads()),
        f"{key}: {left} in the first part, {right} in the second (mixed)",
    )
    scene.agent(
        "[{k} has been aligned.|I hope {k} is right now.|{k} is set, though the check may complain again.|Changed "
        "{k} {n} times, leaving it.|Settled on the last one.]",
        k=key,
    )
    return False


PARTS = (
    Pattern("birch_brief_without_subject", "handoff_loss", brief_without_subject),
    Pattern("birch_answer_dropped", "handoff_loss", answer_dropped, place="end", needs="reads"),
    Pattern("birch_rereads_everything", "cost_blowup", rereads_everything, needs="reads", failing=(-1, -1)),
    Pattern("birch_worker_storm", "cost_blowup", worker_storm, needs="reads", failing=(-1, -1)),
    Pattern("birch_hands_back", "ping_pong", hands_back),
    Pattern("birch_undo_each_other", "ping_pong", undo_each_other, needs="writes"),
)
