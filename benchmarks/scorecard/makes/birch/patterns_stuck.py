"""Patterns of agents that do not get on: calls that time out, searches that find nothing, denials, asking back."""

from typing import Any

from benchmarks.scorecard.makes.birch.material import between, draws, fresh, lead_in, lore, own, plainly
from benchmarks.scorecard.scene import Pattern, Scene

_STALLS = {
    "quarry": (
        "statement cancelled after {s} s: warehouse queue is full (slot 0 of 8)",
        "TimeoutError: cell did not return within {s} s",
        "read timed out. (host='wh-coordinator', read timeout={s})",
        "asyncio.TimeoutError while waiting for kernel reply ({s}s)",
    ),
    "fieldglass": (
        "Timeout {s}000 ms exceeded while waiting for 'networkidle'",
        "The page did not respond. Waited {s} s, then stopped loading.",
        "HTTP 504. Title: Gateway time-out. nginx",
        "Worker took longer than {s} s and was interrupted, no content",
    ),
}
_DENIALS = {
    "quarry": (
        "permission denied for schema restricted (role nb_reader)",
        "InsufficientPrivilege: must be member of role mart_writer",
        "403 Forbidden: service principal 'notebook' lacks bigquery.tables.get",
        "row access policy denies role nb_reader on this relation",
    ),
    "fieldglass": (
        "HTTP 403. Title: Sign in to continue. Your account has no access to this resource.",
        "EACCES: permission denied, path is owned by group editors",
        "HTTP 401. Institutional login required.",
        "This workspace is view-only for agents (policy ws-12)",
    ),
}

_NAMED = {
    "web_search": "topic",
    "navigate": "slug",
    "open_pdf": "slug",
    "extract": "selector",
    "read_file": "report",
    "list_files": "report",
}
"""What of a search is spelt in other ways."""


def same_statement(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same call runs into its time limit again and again; only the limit is raised."""
    text = own(scene, "stall", _STALLS)
    given = scene.arguments(operation)
    lead_in(scene, operation)
    limit = 30
    for number in range(2 if recovers else scene.draw.randint(3, 7)):
        words = (
            "" if not number else f"[Longer limit: {limit} s.|Giving it more time.|again|It was probably close, rerun.]"
        )
        args = {**given, "timeout": limit} if number and scene.chance(0.7) else given
        scene.fails(operation, (text, "Timeout", 504), given=args, words=words, seconds=float(limit), s=str(limit))
        limit = min(600, limit * 2)
        if not recovers:
            between(scene, 0.15)
    if recovers:
        scene.works(
            operation,
            given={**given, "part": "1/4"},
            words="[Smaller slice then.|Splitting it into days.|Only the part I need.|Off-peak mirror.]",
        )
        return False
    scene.agent(
        "[Still running into the limit.|The backend is too slow today, I can't tell you more than that.|No answer "
        "within {n} minutes. Leaving this part out.|I'd suggest trying tomorrow.|It keeps timing out; moving on "
        "without it.|That one never came back, sorry.]"
    )
    return False


def waits_and_polls(scene: Scene, operation: str, recovers: bool) -> bool:
    """The call stalls, the agent sleeps, calls, and sleeps again until it gives up the session."""
    text = own(scene, "stall", _STALLS)
    given = scene.arguments(operation)
    lead_in(scene, operation, by_user=scene.chance(0.5))
    other = scene.draw.choice(scene.reads())
    for _ in range(1 if recovers else scene.draw.randint(2, 5)):
        scene.fails(operation, (text, "Timeout", 504), given=given, seconds=60.0)
        pause = scene.draw.choice((20, 30, 60, 120))
        plainly(scene, "sleep", {"seconds": pause}, f"slept {pause} s", "[Waiting a bit.|Let it settle.|pause||]")
        if scene.chance(0.4) and not recovers:
            scene.fails(other, (text, "Timeout", 504), words="[Is it only this one?|Other call?|]", seconds=45.0)
    if recovers:
        scene.works(operation, given=given)
        scene.agent(
            "[It was the queue, all fine now: {told}.|Came through after the pause, {told}.]",
            told=scene.say(lore(operation).told),
        )
        return True
    scene.agent(
        "[I waited and polled, it is not coming back. Please start me again when the system responds.|Everything "
        "hangs. I've stopped polling after several rounds.|Timeouts all along; there is no result from my "
        "side.|Can't get past the stall. The job may or may not have gone through in the background.|Out of patience "
        "with this endpoint, try later.]"
    )
    return True


def _tries(scene: Scene, operation: str) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """What is looked for, calls that spell it wrongly, and the right call."""
    right = scene.arguments(operation)
    if "sql" in right:
        at = " WHERE " if " WHERE " in right["sql"] else " ORDER BY "
        clause = f" WHERE {scene.speech.slots['dim']} = '%s'" + (" AND " if at == " WHERE " else at)

        def filtered(value: str) -> dict[str, Any]:
            return {**right, "sql": right["sql"].replace(at, clause.replace("%s", value), 1)}

        return (
            "beta",
            [filtered(one) for one in ("BETA", "Beta", "b", "beta_1", " beta", "group beta")],
            filtered("beta"),
        )
    key = _NAMED.get(operation, "entity")
    value, wrong = scene.speech.slots[key], []
    for one in (f"{value} all", value.replace(" ", "") + "_x", f"{value}s", f"the {value}", f"{value}-2", f"_{value}"):
        with scene.about(**{key: one}):
            wrong.append(scene.arguments(operation))
    return scene.speech.slots.get("topic", value), wrong, right


def wrong_literal(scene: Scene, operation: str, recovers: bool) -> bool:
    """The same search in other spellings finds nothing, and the agent concludes that nothing exists."""
    what, wrong, right = _tries(scene, operation)
    scene.draw.shuffle(wrong)
    scene.user(
        "[what about {w}? there must be about {n4} of them|{w} is missing in your answer, ops says it's in "
        "there|look up {w} too|and {w}? hint: it exists, we use it daily|need {w} as well, I saw it this morning]",
        w=what,
    )
    for number, given in enumerate(wrong[: 2 if recovers else scene.draw.randint(3, 6)]):
        words = "[Other spelling.|Case issue?|Variant.|Maybe a prefix.|0 again||]" if number else ""
        scene.nothing(operation, words=words, given=given)
        between(scene, 0.1)
    if recovers:
        scene.agent("[I should take the value as it is stored instead of guessing.|Enough guessing. As listed before:]")
        scene.works(operation, given=right)
        return False
    scene.agent(
        "[There is no data on {what}.|Conclusion: {what} does not exist here.|{what} isn't recorded anywhere, every "
        "query came back empty.|Nothing on {what}. I take it that this was never loaded or published.|{n} attempts, "
        "0 hits. So the answer is none.|Confirmed empty for {what}.]",
        what=what,
    )
    return False


def stated_as_zero(scene: Scene, operation: str, recovers: bool) -> bool:
    """Empty results are turned into a finding of zero in the final answer."""
    lead_in(scene, operation)
    for _ in range(1 if recovers else scene.draw.randint(2, 4)):
        scene.nothing(operation, words=scene.chatter())
    if recovers:
        scene.agent(
            "[Empty. Is the filter at fault? Opening it up.|Zero hits would surprise me, checking my own query.]"
        )
        scene.works(operation)
        scene.agent("[It was the filter. {told}.|Good that I looked: {told}.]", told=scene.say(lore(operation).told))
        return True
    what = scene.speech.slots["metric" if scene.world.name == "quarry" else "topic"]
    scene.agent(
        "[{what} was 0 over the whole period.|Summary: no activity. {what} = 0, a drop of 100%.|Finding: {what} came "
        "to a complete halt. I'd flag that to the team.|Result table:\n{what}: 0\nChange: -100%|The evidence shows "
        "that {what} plays no role at all.|We can rule {what} out, there isn't a single record.]",
        what=what,
    )
    return True


def denied_hammer(scene: Scene, operation: str, recovers: bool) -> bool:
    """A denied call is repeated under other names and roles, all denied."""
    text = own(scene, "denial", _DENIALS)
    roles = (
        ("nb_reader", "public", "analyst", "default", "guest")
        if scene.world.name == "quarry"
        else ("incognito", "mobile", "reader", "guest", "text-only")
    )
    given = scene.arguments(operation)
    lead_in(scene, operation)
    for number in range(1 if recovers else scene.draw.randint(3, 6)):
        args = {**given, "as": scene.draw.choice(roles)} if number else given
        words = (
            "[Another role.|Through the alias perhaps.|Same, fully qualified.|Retry.||Maybe a glitch.]"
            if number
            else ""
        )
        scene.fails(operation, (text, "PermissionDenied", 403), given=args, words=words)
        if not recovers:
            between(scene, 0.15)
    if recovers:
        scene.agent("[Denied, and rightly probably. The open copy will do.|No access there. Using what I may read.]")
        scene.works(operation, given={**given, "source": "open_copy"})
        return False
    scene.agent(
        "[I don't get in.|Access is refused whichever way I try.|All variants denied. Skipping it.|Hm, still "
        "403.|Can't get around the restriction, so this piece stays open.|The rights aren't there; nothing else "
        "comes to mind.]"
    )
    return False


def denied_drops_all(scene: Scene, operation: str, recovers: bool) -> bool:
    """After a denial the whole job is dropped, without saying which right is missing or who could give it."""
    text = own(scene, "denial", _DENIALS)
    given = scene.arguments(operation)
    lead_in(scene, operation)
    for _ in range(scene.draw.randint(1, 3)):
        scene.fails(operation, (text, "PermissionDenied", 403), given=given)
    if recovers:
        scene.agent(
            "[One thing is blocked by rights: '{why}'. The owner of the resource can grant it; the rest is done: "
            "{told}.|Needs a grant ({why}), I put the exact line for the admins in the notes. Everything else went "
            "through.]",
            why=scene.say(text),
            told=scene.say(scene.task.done),
        )
        return True
    scene.agent(
        "[I'm not permitted to do this, so I have to end here.|Not allowed. Closing the task.|Access problems. "
        "Unfortunately none of it can be completed.|It says denied. I can't help with the request as a "
        "whole.|Blocked, no further steps from me.|Security settings prevent me from working on this, the other "
        "parts included.]"
    )
    return True


def paste_it_here(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent asks the user for what one call of its own would show."""
    scene.agent(
        "[Could you {todo} and paste the output here?|To begin I need you to {todo}.|I'd need the details first. Can "
        "you {todo}?|Please share the result once you were able to {todo}.|What does it look like? If you {todo} and "
        "send me that, I can start.]",
        todo=scene.say(lore(operation).todo),
    )
    scene.user(
        "[you have {tool} for that|isn't that your job? {tool}|use {tool}...|I don't have it at hand, look it "
        "up|can't you see it yourself]",
        tool=scene.world.operations[operation].tool,
    )
    if recovers:
        scene.works(operation, words="[Right, I do.|Sure, fetching it.|Sorry, of course.]")
        return False
    scene.agent(
        "[I need that output before I can continue. Could you send it?|Without it I can't move. A screenshot is fine "
        "too.|Please copy the first lines here, then I'll take over.|I'm waiting for your paste.|I'd rather have you "
        "check, then we continue?]"
    )
    if scene.chance(0.5):
        scene.user("[fine. it's the usual layout, go|ugh. ok: {n4}, {n4}, {n3}|I'm not going to do that by hand]")
        return False
    return True


def recipe_instead(scene: Scene, operation: str, recovers: bool) -> bool:
    """Instead of making the call the agent explains to the user how to make it."""
    with scene.about(**fresh(scene)):
        lead_in(scene, operation, by_user=True)
        tool = scene.world.operations[operation].tool
        if recovers:
            scene.works(
                operation,
                words="[Doing it now; for next time: it is one {tool} call.|Here goes.]".replace("{tool}", tool),
            )
            scene.agent("[{told}.|ok: {told}.]", told=scene.say(lore(operation).told))
            return True
        scene.agent(
            "[You can do this yourself:\n1. open {tool}\n2. {todo}\n3. check the outcome|Run {tool} on your side "
            "with the arguments above, that should {todo}.|Steps for you: start {tool}, {todo}, then compare.|I'd "
            "leave the last bit to you. It is simple, just {todo} with {tool} and confirm.|Ready to copy: "
            "{tool}(...). Execute it and tell me what it prints.]",
            tool=tool,
            todo=scene.say(lore(operation).todo),
        )
    return True


STUCK = (
    Pattern("birch_same_statement", "timeout_loop", same_statement, drawn=draws("stall", _STALLS)),
    Pattern("birch_waits_and_polls", "timeout_loop", waits_and_polls, place="end", drawn=draws("stall", _STALLS)),
    Pattern("birch_wrong_literal", "empty_repeated", wrong_literal, needs="empties"),
    Pattern("birch_stated_as_zero", "empty_repeated", stated_as_zero, place="end", needs="empties"),
    Pattern("birch_denied_hammer", "permission_dead_end", denied_hammer, drawn=draws("denial", _DENIALS)),
    Pattern(
        "birch_denied_drops_all", "permission_dead_end", denied_drops_all, place="end", drawn=draws("denial", _DENIALS)
    ),
    Pattern(
        "birch_paste_it_here", "capability_ask_back", paste_it_here, place="start", needs="reads", failing=(0.75, 0.95)
    ),
    Pattern("birch_recipe_instead", "capability_ask_back", recipe_instead, place="end"),
)
