"""Limits: what an agent may not do, and what it believes that it cannot do."""

from benchmarks.scorecard.scene import Pattern, Scene

_DENIED = (
    (
        "[forbidden|access denied|permission denied]: [role|identity] [agent|bot-{n}] [may not|cannot] "
        "[do this|use this resource]",
        "Forbidden",
        403,
    ),
    (
        "[not authorized|missing permission|insufficient privileges] [to perform this|for this operation]",
        "AccessDenied",
        403,
    ),
    ("[this account|the service user] [lacks the grant|has no rights] [for it|here]", "Unauthorized", 401),
)


def denied_and_stuck(scene: Scene, operation: str, recovers: bool) -> bool:
    """The call is denied, tried in other words, denied again; then the user is told to see to it."""
    failure = scene.draw.choice(_DENIED)
    for _ in range(1 if recovers else scene.draw.randint(2, 4)):
        scene.fails(operation, failure, words=scene.chatter())
    if recovers:
        scene.agent("[I need a grant for this|The rights are missing], [can you add them|please allow it]?")
        scene.user("[Granted|You have it now|Done, try again].")
        scene.works(operation)
    else:
        scene.agent(
            "[I am not permitted to go on|My rights end here|I don't have the rights], [an admin has "
            "to|somebody else must] [do it|take over]."
        )
    return False


def denied_once(scene: Scene, operation: str, recovers: bool) -> bool:
    """One denial, after which the agent looks around and never comes back to it."""
    scene.fails(operation, scene.draw.choice(_DENIED))
    if recovers:
        scene.works(operation, words="[With the other role|Through the service account].")
        return False
    for _ in range(scene.draw.randint(1, 3)):
        scene.works(scene.draw.choice(scene.reads()))
    scene.agent(
        "[The access I have does not cover this|This is closed to me]. [You may want to ask for it|It stays undone]."
    )
    return False


def asks_back(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent asks the user to fetch what its own tools could fetch."""
    if recovers:
        scene.agent("[Which period do you mean|The one from {weekday}, or all]?")
        scene.user("[All of it|The last week|From {weekday} on].")
        scene.works(operation)
        return False
    scene.agent(
        "[I can't see that from here|I have no way to look at this|That is not visible to me]. "
        "[Could you paste it|Can you run it and send me the output|Would you look it up and tell me]?"
    )
    scene.user("[You have a tool for that|Isn't that your job|I thought you can do that yourself][.|?|, no?]")
    scene.agent(
        "[Unfortunately I cannot|I do not have that ability|That is beyond what I can do]. [Please "
        "send|Could you share] [the details|the output]?"
    )
    return False


def hands_over_manual_steps(scene: Scene, operation: str, recovers: bool) -> bool:
    """Instead of acting the agent writes instructions for the user, though it has the tool."""
    if recovers:
        scene.works(operation)
        scene.agent("[In case you want to see it yourself|For your notes]: [the steps are above|it was one call].")
        return False
    tool = scene.world.operations[operation].tool
    scene.agent(
        f"[You would have to do this by hand|Please do the following yourself|As an assistant I can only "
        f"advise]: [1)|first] open {tool}, "
        "[2)|then] [run it for your case|enter the values], [3)|and] [tell me what it says|send me the result]."
    )
    scene.user("[Why me|Can't you do it|I wanted you to do it]?")
    scene.agent("[I can't operate it for you|I have no direct access], [but I am glad to explain|the steps are above].")
    return False


PATTERNS = (
    Pattern("denied_and_stuck", "permission_dead_end", denied_and_stuck),
    Pattern("denied_once", "permission_dead_end", denied_once, needs="writes"),
    Pattern("asks_back", "capability_ask_back", asks_back, place="middle"),
    Pattern("hands_over_manual_steps", "capability_ask_back", hands_over_manual_steps, place="middle"),
)
