"""Words in the place of tools: the user is asked for what could be looked up, or told terms that no tool gave."""

from benchmarks.scorecard.makes.alder.patterns_kit import (
    TALK,
    answer,
    elsewhere,
    matter,
    reply,
    served,
    subject,
    tell,
)
from benchmarks.scorecard.scene import Pattern, Scene

_FIGURES = ("15.00", "29.90", "35.00", "60.00", "110.00", "12.50", "8.40", "240.00")


def _asks_for_what_it_has(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent asks the user to look up and send what its own tool gives, and makes no call."""
    with matter(scene, operation, always=True):
        for number in range(1 if recovers else scene.draw.randint(2, 3)):
            tell(
                scene,
                operation,
                "[Could you tell me what you see for {thing} on your side?|To help you I'd need a screenshot of "
                "{thing}.|Please look up {thing} in the app and copy the text here.|What exactly do your papers say "
                "about {thing}?|I need {thing} from you before I can answer.|Do you have {thing} at hand? I'll go by "
                "that.]",
            )
            reply(
                scene,
                operation,
                "[thats why im asking you|Surely you have that in your system?|i dont know, thats YOUR job|I'm on the "
                "bus without my papers. Can't you see it?|cant you check??|Why would I have that.]"
                if not number
                else "[again: i dont have it|No!|You asked me that a minute ago.|just look, please|as I said, I can't]",
            )
        if recovers:
            scene.works(operation, words="[You're right, I can see it from here.|Of course, my mistake. Looking.]")
            tell(scene, operation, "{told}")
            return False
        tell(
            scene,
            operation,
            "[Without {thing} from you I can't say anything further.|Then please come back once you have it.|I "
            "understand, but it's you who must provide {thing}.|In that case I'd suggest to ask whoever sold it to "
            "you.|OK. I'll wait for the screenshot.]",
        )
    return False


def _sends_user_to_do_it(scene: Scene, operation: str, recovers: bool) -> bool:
    """The agent tells the user how to make the change by themselves, or whom to ring, though it has the tool."""
    changed = elsewhere(scene) if operation in scene.written else {}
    with scene.about(**changed):
        scene.user(TALK[operation].wish)
        tell(
            scene,
            operation,
            "[You can do this yourself: log in, open 'My things', choose the entry and follow the steps.|I'm only an "
            "assistant, so for {thing} please ring our hotline, weekdays 8 to 18.|Here's how: 1) Menu 2) Manage 3) "
            "pick it 4) confirm. Good luck!|That's best done at the counter. Bring an ID.|I'd recommend writing to our "
            "service team about {thing}; they have a form.|Changes like that aren't something a chat can do.]",
        )
        if recovers:
            scene.works(operation, words="[Actually, I can do that right here.|Wait, no need: I have it in my hands.]")
            tell(scene, operation, "{told}")
            return True
        if scene.chance(0.6):
            scene.user(
                "[the hotline sent me to YOU|cant you just do it|I was hoping you could do it for me.|menu has no such "
                "thing|why do you exist then]"
            )
            tell(
                scene,
                operation,
                "[I'm sorry, please use one of the ways I named.|As I said: the app, or our staff.|Unfortunately "
                "{thing} has to come from you.|I do understand. The form is the fastest way.]",
            )
    return True


def _figure_not_in_source(scene: Scene, operation: str, recovers: bool) -> bool:
    """The tool gives a price and a deadline; the agent tells the user others."""
    right, wrong = scene.draw.sample(_FIGURES, 2)
    days = scene.draw.sample((3, 7, 10, 14, 21, 30, 60), 2)
    with matter(scene, operation, always=True):
        scene.user(
            "[and what do i have to pay for that, till when|How much, and by which deadline?|price? "
            "deadline?|is it gonna cost me]"
        )
        shown = {**answer(scene, operation), "charge": right, "deadline_days": days[0]}
        served(scene, operation, shown, words=scene.chatter())
        told, until = (right, days[0]) if recovers else (wrong, days[1])
        tell(
            scene,
            operation,
            "[That's {told_sum} EUR, and you have {until} days.|You pay {told_sum}. Deadline: {until} days from "
            "now.|For {thing} the charge comes to {told_sum} EUR; please decide within {until} days.|{until} days, "
            "{told_sum} EUR, all inclusive.|Only {told_sum} EUR! You've got {until} days for it.|According to the "
            "system it's {told_sum}, open for {until} days.]",
            told_sum=told,
            until=str(until),
        )
        if not recovers and scene.chance(0.4):
            scene.user(
                "[my mail says {right} though|they just took another amount than that|thats not what the page "
                "says, it says {right}|I was told {right} yesterday?]",
                right=right,
            )
    return False


def _promise_without_rule(scene: Scene, operation: str, recovers: bool) -> bool:
    """The look-up finds no rule, and the agent promises something definite all the same."""
    sum_, days = scene.draw.choice(("50", "100", "250", "400")), str(scene.draw.choice((2, 3, 5, 7)))
    with matter(scene, operation, always=True):
        scene.user(
            "[and if there's nothing, what do i get for the trouble|If you can't find it, what am I entitled to?|id "
            "like some goodwill if thats gone|Will you make up for it if it isn't there? I lost half a day.|and if "
            "not, is there anything you can waive]"
        )
        for _ in range(scene.draw.randint(1, 2)):
            scene.nothing(operation, words=scene.chatter())
        if recovers:
            given = scene.arguments(operation)
            scene.agent(
                f"[Nothing came up for {given[subject(given)]}, and I have no rule on what you'd get. A colleague will "
                "see my note.|I can't find it, nor any entitlement - I'd rather not guess. You will hear from us.|"
                "No entry, and nothing that would let me promise you money. I've passed it on.]"
            )
            return False
        tell(
            scene,
            operation,
            "[You're entitled to {sum_} EUR, it'll be with you in {days} days. Guaranteed.|Our policy is clear: {sum_} "
            "EUR for every affected customer.|Don't worry, any fees will be waived and {sum_} credited within {days} "
            "days.|I can confirm you will get {sum_} EUR, simply reply to the mail.|By our conditions, section {n}, "
            "you're due {sum_} EUR.|Of course! {sum_} EUR as a gesture, paid out in {days} days, no form needed.]",
            sum_=sum_,
            days=days,
        )
        scene.user(
            "[great, i'll hold you to that|wow ok|Can I have that in writing?|screenshot taken :)|and where in "
            "your terms is that]"
        )
        scene.agent(
            "[You have my word.|This chat is your proof.|Naturally.|It's standard with us.|Yes, it will just come.]"
        )
    return False


PROMISES = (
    Pattern("alder_asks_for_what_it_has", "capability_ask_back", _asks_for_what_it_has, place="start", needs="reads"),
    Pattern("alder_sends_user_to_do_it", "capability_ask_back", _sends_user_to_do_it, place="end", needs="writes"),
    Pattern("alder_figure_not_in_source", "invented_terms", _figure_not_in_source, needs="reads"),
    Pattern("alder_promise_without_rule", "invented_terms", _promise_without_rule, needs="empties"),
)
