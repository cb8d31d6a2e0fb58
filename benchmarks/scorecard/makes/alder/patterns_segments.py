"""What strikes in one release or on one platform alone: hollow and garbled answers, renamed fields, missing proofs."""

import random
from typing import Any

from benchmarks.scorecard.makes.alder.patterns_kit import (
    TALK,
    answer,
    fault,
    matter,
    one_of,
    served,
    sharing,
    subject,
    tell,
)
from benchmarks.scorecard.scene import Pattern, Scene
from benchmarks.scorecard.shapes import World

_RENAMED = (
    "field {key} was removed in contract v9, send {key}_ref",
    "{key}: expected object, got string",
    "{key} must be an array since this release",
    "deserialisation failed at $.{key}: unknown token",
)
_PROOFS = (
    "client attestation header is absent",
    "device signature could not be verified",
    "origin not on the allow list",
    "channel cookie missing from request",
)
_GARBAGE = (
    "<!DOCTYPE html><html><head><title>Please wait...</title></head><body><noscript>Enable "
    "JavaScript</noscript></body>",
    "\u00c3\u00a4\u00c3\u00b6\u00e2\u201a\u00ac \ufffd\ufffd\ufffd\ufffd x\ufffd1\u00c2 \ufffd\ufffd;k",
    "object Object,object Object,object Object",
    "undefined undefined NaN undefined / NaN",
)


def _leaves(value: Any) -> list[str]:
    """Names of an answer's plain values."""
    if isinstance(value, list):
        return [name for item in value for name in _leaves(item)]
    if not isinstance(value, dict):
        return []
    inner = [name for item in value.values() for name in _leaves(item)]
    return inner + [name for name, item in value.items() if isinstance(item, str) and name != "status"]


def _without(value: Any, gone: list[str]) -> Any:
    """The answer with nothing in the values of these names."""
    if isinstance(value, list):
        return [_without(item, gone) for item in value]
    if isinstance(value, dict):
        return {name: None if name in gone else _without(item, gone) for name, item in value.items()}
    return value


def _names_gone(draw: random.Random, world: World, operation: str) -> dict[str, str]:
    """Which values the release leaves empty: two or three of the operation's."""
    names = sorted(set(_leaves(world.operations[operation].result)))
    return {"gone": ",".join(draw.sample(names, min(len(names), draw.choice((2, 3)))))}


def _hollow_release(scene: Scene, operation: str, recovers: bool) -> bool:
    """Since a release an operation answers well in form, but with null in what matters; the agent goes on with it."""
    gone = (scene.speech.slots.get("gone") or _names_gone(scene.draw, scene.world, operation)["gone"]).split(",")
    with matter(scene, operation, always=True):
        given = scene.arguments(operation)
        for _ in range(1 if recovers else scene.draw.randint(1, 2)):
            hollow = _without(answer(scene, operation), gone)
            served(scene, operation, hollow, given=given, words=scene.chatter())
        if recovers:
            scene.works(
                operation, given=given, words=f"[{gone[0]} is empty, that can't be. Again.|Nulls? Reading anew.]"
            )
            tell(scene, operation, "{told}")
            return False
        tell(
            scene,
            operation,
            "[I see no {gone} on it, so there is none.|It shows nothing under {gone}; you needn't bother about "
            "that.|There's no entry for {gone}, meaning it doesn't apply to you.|{told}|Your {gone} is none. {told}|As "
            "for {gone}: zero, according to the system.]",
            gone=gone[0].replace("_", " "),
        )
    return False


def _renamed_field(scene: Scene, operation: str, recovers: bool) -> bool:
    """Since a release an operation refuses the arguments that it took before, and the agent sends them again."""
    given = scene.arguments(operation)
    key = subject(given)
    text = scene.say(one_of(scene, "renamed", _RENAMED), key=key)
    with matter(scene, operation):
        given = scene.arguments(operation)
        for _ in range(1 if recovers else scene.draw.randint(2, 4)):
            scene.fails(operation, fault(scene, text, "ContractError", 400), given=given, words=scene.chatter())
        if recovers:
            adapted = {(f"{name}_ref" if name == key else name): value for name, value in given.items()}
            scene.works(operation, given=adapted, words="[They changed the form; so.|New field name, fine.]")
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[Since the update the system refuses what I send for {thing}.|I'm getting a format complaint I don't "
            "understand, so {thing} is off for now.|Something about '{key}'. I can't say more.|That used to work last "
            "week. Today it won't.|A technical issue keeps me from {thing}, apologies.]",
            key=key,
        )
    return False


def _garbled_platform(scene: Scene, operation: str, recovers: bool) -> bool:
    """On one platform an operation's answer is unreadable, though it counts as a success; the agent goes on with it."""
    junk = one_of(scene, "junk", _GARBAGE)
    with matter(scene, operation):
        given = scene.arguments(operation)
        for _ in range(1 if recovers else scene.draw.randint(1, 3)):
            served(scene, operation, junk, given=given, words=scene.chatter())
        if recovers:
            scene.works(operation, given=given, words="[That wasn't readable. Again.|Gibberish - once more.]")
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[{told}|Thank you, that's clear now. {told}|I have {thing} in front of me and it's all as expected.|From "
            "what came back I gather: {told}|Everything fine with {thing}.|The system confirms it. {told}]",
        )
        if scene.chance(0.35):
            scene.user(
                "[i see weird letters here|my screen shows something else entirely|where did you get that from?|huh]"
            )
    return False


def _unproven_platform(scene: Scene, operation: str, recovers: bool) -> bool:
    """On one platform the tool wants a proof that the channel does not send, and refuses every time."""
    text = one_of(scene, "proof", _PROOFS)
    with matter(scene, operation):
        given = scene.arguments(operation)
        for number in range(1 if recovers else scene.draw.randint(2, 4)):
            words = "[Perhaps now.|And once more.|Reopening the connection.||]" if number else scene.chatter()
            scene.fails(operation, fault(scene, text, "ChannelRejected", 403), given=given, words=words)
        if recovers:
            scene.works(operation, given=given, words="[The app has signed in anew, now it goes.|Channel is back.]")
            return False
        scene.written.add(operation)
        tell(
            scene,
            operation,
            "[It won't trust the device you write from, so {thing} stays shut.|From this app I don't get to "
            "{thing}.|Refused: your channel isn't accepted. Perhaps on another device?|I'm blocked here for reasons of "
            "security.|There is trouble with how you're connected, I can't do {thing}.]",
        )
        if scene.chance(0.4):
            scene.user(
                f"[worked on my laptop yesterday: {TALK[operation].wish}|always the same with this app|"
                "i only have this phone]"
            )
    return False


SEGMENTS = (
    Pattern(
        "alder_hollow_release",
        "version_regression",
        _hollow_release,
        needs="reads",
        segment="version",
        drawn=_names_gone,
    ),
    Pattern(
        "alder_renamed_field",
        "version_regression",
        _renamed_field,
        segment="version",
        drawn=sharing("renamed", _RENAMED),
    ),
    Pattern(
        "alder_garbled_platform",
        "platform_only",
        _garbled_platform,
        segment="platform",
        drawn=sharing("junk", _GARBAGE),
    ),
    Pattern(
        "alder_unproven_platform",
        "platform_only",
        _unproven_platform,
        segment="platform",
        drawn=sharing("proof", _PROOFS),
    ),
)
