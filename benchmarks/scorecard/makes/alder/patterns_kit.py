"""What the patterns of this make share: talk about each operation, and small verbs beside those of a scene."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.scorecard.recorder import succeeding
from benchmarks.scorecard.scene import Failure, Scene
from benchmarks.scorecard.shapes import World

CHANGING = ("gate", "est", "fstate", "have", "blocked", "fee", "stage", "belt", "price", "price2", "hours", "paid")
"""Slots of what differs from one day to another."""
RESERVED = frozenset({"endpoint", "op", "point_of_sale", "ledger", "market"})
"""Arguments that say what a call is, not whom it concerns."""


@dataclass(frozen=True)
class Talk:
    """How people speak of an operation. Each is a template."""

    thing: str
    """A noun phrase for it."""
    wish: str
    """The user asks for it."""
    told: str
    """The agent reports it."""
    wonder: str = "[whats possible there|what would that involve]?"
    """The user only wants to know what it would mean."""


TALK = {
    "find_flights": Talk(
        "[the connections on {date}|flights to {dest}|availability]",
        "[what else goes {origin} - {dest} on {date}|any flights to {dest} {date}?|Could you list what you have from "
        "{origin} to {dest}, {date}?|need options to {dest}, morning if possible]",
        "[{newflight} would suit you on {date}.|There's {flight} and {newflight} that day.|Best choice: {newflight}.]",
    ),
    "get_booking": Talk(
        "[your reservation|booking {pnr}|the itinerary]",
        "[what does my booking say|check {pnr} for me|Can you confirm what's on {pnr}?|am i still on {flight}]",
        "[{pnr} is {origin} to {dest} with {flight} on {date}.|You're booked on {flight}, {date}.|{pnr}: {paid} EUR "
        "paid, {flight}.]",
    ),
    "get_seat_map": Talk(
        "[the free seats|the seat map of {flight}|seating]",
        "[which seats are left on {flight}|is {seat} free|Show me the free seats on {flight}.|anything by the window?]",
        "[{seat} is open, and three more behind it.|You could have {seat}.|{seat} or 21D, as you like.]",
    ),
    "get_fare_rules": Talk(
        "[the fare conditions|the change fee|what your ticket permits]",
        "[what does a change cost on {pnr}|is {pnr} refundable|Which conditions apply to my ticket?|fare rules pls]",
        "[A change costs {fee} EUR on this ticket.|Your fare can be changed for {fee}.|{fee} EUR, that's the rule "
        "here.]",
    ),
    "get_flight_status": Talk(
        "[the status of {flight}|departure information|{flight}]",
        "[is {flight} on time|delay on {flight}??|When does {flight} leave, and from which gate?|status {flight}]",
        "[{flight}: {fstate}.|{flight} is {fstate}, gate {gate}.|It says {fstate} for {flight}, {est}.]",
    ),
    "trace_bag": Talk(
        "[your bag|the suitcase {bag}|luggage {bag}]",
        "[where's {bag}|any news of my suitcase?|Please trace tag {bag}.|bag still missing {bag}]",
        "[{bag} was scanned in {dest}, {belt}, {est}.|Your bag is in {dest}: {belt}.|It's at {dest}, {belt}.]",
    ),
    "search_help": Talk(
        "[the rules on {topic}|{topic}|our conditions for {topic}]",
        "[what about {topic}|rules for {topic}?|Where can I read about {topic}?|am i allowed {topic}]",
        "[{topic}: allowed up to {hours} hours before.|For {topic}, tell us {hours} hours ahead.|We permit {topic}, "
        "{hours} h before.]",
    ),
    "change_flight": Talk(
        "[the change to {newflight}|your new flight|the rebooking]",
        "[put me on {newflight}|change {pnr} to {newflight} {date}|Please move my booking {pnr} to {newflight}.|need "
        "the later one, {newflight}, do it]",
        "[You're on {newflight} now.|{pnr} has moved to {newflight} on {date}.|The rebooking to {newflight} is "
        "through.]",
        "[what would it cost to go on {newflight} instead|is it even possible to switch {pnr} to {newflight}|Suppose I "
        "wanted {newflight} rather than {flight}: what then|whats the diff if i take {newflight}]?",
    ),
    "cancel_booking": Talk(
        "[the cancellation of {pnr}|cancelling your trip|the cancellation]",
        "[cancel {pnr}|pls cancel the whole thing {pnr}|I no longer need booking {pnr}, please cancel it.|drop my "
        "{date} flight]",
        "[{pnr} is cancelled.|Your trip on {date} has been called off.|The booking is closed, nothing more to do.]",
        "[what happens if i cancel {pnr}|Would I lose everything if I cancelled|how much is lost when cancelling "
        "{pnr}]?",
    ),
    "refund_payment": Talk(
        "[your refund|the {paid} EUR|the money for {pnr}]",
        "[refund me {paid}|I want my {paid} back for {pnr}|Please pay the fare of {pnr} back to my card.|money back "
        "for {pnr}!]",
        "[{paid} EUR are on the way to your card.|The refund of {paid} is booked.|You get {paid} EUR back.]",
        "[would i get anything back for {pnr}|How do refunds work in my case, roughly|is {pnr} even refundable, and "
        "how much]?",
    ),
    "assign_seat": Talk(
        "[seat {seat}|your seat|the seat request]",
        "[give me {seat}|i want {seat} on {flight}|Please reserve seat {seat} for me.|seat {seat} pls, {pnr}]",
        "[{seat} is yours.|I've put you in {seat}.|Seat {seat} on {flight}, confirmed.]",
        "[is {seat} extra|what does {seat} cost if i take it|Would {seat} be free at all]?",
    ),
    "add_bag": Talk(
        "[the extra bag|your additional piece|the 23 kg bag]",
        "[add a bag to {pnr}|one more suitcase pls|Could you add a checked bag to {pnr}?|need 1 bag 23kg on {pnr}]",
        "[One 23 kg bag is on {pnr}.|Your bag has been added.|The additional piece is paid and on the ticket.]",
        "[how much is a bag on {pnr}|what do you charge for a suitcase these days|Is it cheaper to add a bag now]?",
    ),
    "transactions": Talk(
        "[your entries|the payments on {account}|the {merchant} entry]",
        "[show me what {merchant} took|whats on {account} this week|Could you look for {merchant} on my "
        "account?|payments to {payee}?]",
        "[There's one entry by {merchant} over {amount}.|{merchant}, {amount}, on {day}.|I see {amount} to "
        "{merchant}.]",
    ),
    "balance": Talk(
        "[your balance|what's available on {account}|the funds]",
        "[how much do i have|balance {account}|What is my available balance on {account}?|can i afford {amount}]",
        "[You have {have} on {account}.|Available: {have}.|{have} is free to spend.]",
    ),
    "cards": Talk(
        "[your cards|card {card}|the card list]",
        "[is my card {card} active|which cards do i have|What is the limit on {card} at present?|card {card} status]",
        "[{card} is {cstate}, limit {limit}.|You hold {card}, up to {limit}.|One card: {card}, {cstate}.]",
    ),
    "fees": Talk(
        "[the price of {product}|our tariff|the fee]",
        "[what do you charge for {product}|fee {product}?|How much will {product} be?|is {product} free]",
        "[{product}: {fee}.|We charge {fee} for {product}.|It's {fee}.]",
    ),
    "dispute_state": Talk(
        "[your dispute|case {case}|the complaint against {before}]",
        "[any news on {case}|what about my {before} dispute|Where does my case against {before} stand?|{case}??]",
        "[{case}: {stage}.|Your case over {before} is at the stage '{stage}'.|{case} stands at '{stage}'.]",
    ),
    "payees": Talk(
        "[your payees|{payee}'s details|the payee]",
        "[have i paid {payee} before|do u have {payee} saved|Is {payee} among my payees?|when did i last pay {payee}]",
        "[{payee} is saved, last paid {amount}.|Yes, {payee} is there.|{payee} got {amount} on {day}.]",
    ),
    "guide": Talk(
        "[{product}|the guide on {product}|the entry about {product}]",
        "[explain {product}|how do {product} work|Where do I read up on {product}?|{product}, whats that]",
        "[{product} can be switched on in the app.|You can have {product} for {fee}.|The guide says {fee} a month.]",
    ),
    "card_block": Talk(
        "[the block on {card}|card {card}|blocking the card]",
        "[block {card}|pls block my card {card} now|I'd like {card} blocked, it's been stolen.|stop {card}!!]",
        "[{card} is blocked.|Nobody can pay with {card} now.|The block is in place for {card}.]",
        "[if i block {card}, can that be undone|what happens to my subscriptions if {card} gets blocked|Does blocking "
        "{card} cost anything]?",
    ),
    "pay": Talk(
        "[the payment to {payee}|your transfer|{amount} for {payee}]",
        "[pay {payee} {amount}|send {payee} {amount} today|Transfer {amount} to {payee} from {account}, "
        "please.|{amount} to {payee} go]",
        "[{amount} is with {payee}.|The transfer to {payee} is executed.|{payee} has been paid {amount}.]",
        "[how long would {amount} to {payee} take|what is the fee if I sent {payee} {amount}|would {amount} to {payee} "
        "still work today]?",
    ),
    "limit": Talk(
        "[the limit on {card}|your new limit|the limit change]",
        "[set {card} to {limit}|limit {limit} on {card} pls|Please change the limit of my card {card} to {limit}.|need "
        "{limit} limit]",
        "[{card} is set to {limit}.|Your limit is {limit} now.|I changed it to {limit}.]",
        "[could i have {limit} on {card}|whats the highest {card} can go, {limit}|If I wanted {limit} on {card}, when "
        "would it hold]?",
    ),
    "dispute_open": Talk(
        "[the dispute about {merchant}|your objection|the case over {amount}]",
        "[dispute {merchant} {amount}|i want that {merchant} money back|Please open a dispute for {amount}, "
        "{merchant}.|chargeback {merchant}]",
        "[A case against {merchant} is open.|{amount} is under dispute.|Your objection to {merchant} was filed.]",
        "[what happens if I dispute {merchant}|is it worth disputing {amount}|how does a dispute go, in general]?",
    ),
    "standing_stop": Talk(
        "[the standing order to {payee}|stopping {payee}|your standing order]",
        "[stop paying {payee}|end the standing order {payee}|Please cancel my standing order to {payee}.|no more money "
        "to {payee}]",
        "[The standing order to {payee} is stopped.|{payee} gets nothing further.|It's ended as of today.]",
        "[what if i stopped {payee}|till when could I stop the one to {payee}|Is there a fee for ending {payee}]?",
    ),
}


def fault(scene: Scene, text: str, kind: str, status: int) -> Failure:
    """A failure as the world's tools word it."""
    if scene.world.style == "quiet":
        return f'{{"status": "error", "reason": "{text}", "code": "{kind}"}}', kind, status
    return text, kind, status


def one_of(scene: Scene, key: str, choices: tuple[str, ...]) -> str:
    """The value that all sessions of a plant share, or one for this session, as the look-alikes have none."""
    return scene.speech.slots.setdefault(key, scene.draw.choice(choices))


def sharing(key: str, choices: tuple[str, ...]) -> Callable[[random.Random, World, str], dict[str, str]]:
    """Draws the value that all sessions of a plant share."""
    return lambda draw, world, operation: {key: draw.choice(choices)}


def elsewhere(scene: Scene, *keys: str) -> dict[str, str]:
    """Other values of the session's slots, as of another booking or account; of some of them, if named."""
    slots = scene.world.slots
    return {
        key: scene.draw.choice([one for one in slots[key] if one != scene.speech.slots[key]])
        for key in (keys or slots)
        if key in slots
    }


@contextmanager
def matter(scene: Scene, operation: str, *, always: bool = False) -> Iterator[None]:
    """The user brings it up, unless it is the task's own; about another booking where it was done before."""
    done = operation in scene.written
    with scene.about(**(elsewhere(scene) if done else {})):
        if done or always or operation not in scene.task.operations or scene.chance(0.3):
            lead = "[ok. and now the other one: |Same for the second one: |One more: ]" if done else ""
            scene.user(lead + TALK[operation].wish)
        yield


def tell(scene: Scene, operation: str, template: str, **more: str) -> None:
    """The lead speaks of an operation: {thing}, {told} and {wish} are at hand."""
    talk = TALK[operation]
    scene.agent(template, thing=scene.say(talk.thing), told=scene.say(talk.told), wish=scene.say(talk.wish), **more)


def reply(scene: Scene, operation: str, template: str, **more: str) -> None:
    """The user speaks of an operation."""
    scene.user(template, thing=scene.say(TALK[operation].thing), **more)


def served(
    scene: Scene, operation: str, value: Any, *, given: dict[str, Any] | None = None, words: str = "", agent: str = ""
) -> None:
    """The operation answers with this value, and says that all is well."""
    one = scene.world.operations[operation]
    scene.recorder.call(
        one.tool,
        scene.arguments(operation) if given is None else given,
        succeeding(scene.world.style, value),
        seconds=one.seconds,
        words=scene.say(words) if words else "",
        agent=agent,
    )


def answer(scene: Scene, operation: str) -> dict[str, Any]:
    """A proper answer of the operation, to be spoiled."""
    return dict(scene.speech.fill(scene.world.operations[operation].result))


def subject(given: dict[str, Any]) -> str:
    """The argument that names whom or what a call is about."""
    return next(key for key, value in given.items() if key not in RESERVED and isinstance(value, str))


def another_read(scene: Scene, operation: str) -> str:
    """An operation that changes nothing and is not this one, of the task if it can be."""
    reads = [name for name in scene.reads() if name != operation]
    world = scene.world.operations
    return scene.draw.choice(reads or [name for name in world if not world[name].writes and name != operation])


def doer(scene: Scene, operation: str) -> str:
    """The sub-agent that does the operation, or any."""
    helpers = scene.world.helpers
    return scene.draw.choice([name for name, does in helpers.items() if operation in does] or list(helpers))


@contextmanager
def handed(scene: Scene, name: str, brief: str, report: str, returned: str | None = None) -> Iterator[None]:
    """Work is given to a sub-agent, which reports; the lead gets the report or what is returned in its place."""
    asked = scene.recorder.ask(scene.world.delegate, {"agent": name, "request": brief}, scene.chatter())
    scene.recorder.delegated(brief, scene.world.lead)
    yield
    scene.recorder.agent(report, name)
    scene.recorder.answered(asked, report if returned is None else returned)
