"""What failed sessions share is learnt without a word list; chance, and what a hard task says, is not."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from sessions_platform.analysis.drivers.telltales import pieces, telltales
from sessions_platform.analysis.model import Label, Remark, SessionLog

_ORDINARY = (
    "let me look at the list",
    "one moment",
    "checking the state now",
    "reading the file",
    "that is the figure",
)
_OPENINGS = ("the pump would not answer me", "no sign of life from the pump", "pump silent as a stone")
_MIDDLES = ("so the old reading has to do", "yesterday's value stands in", "taking what the log had before")


def _log(number: int, task: str, outcome: str, remarks: Sequence[Remark]) -> SessionLog:
    segments = {"task": (task,), "platform": ("web",), "app": ("plant",)}
    return SessionLog(
        f"s{number:05}", f"u{number % 40}", outcome, "complete", 1, 3, 0, 8, 0.1, True, 900, segments, "", (),
        tuple(remarks), 7,
    )  # fmt: skip


def _said(index: int, words: str, after: str = "") -> Remark:
    return Remark(index, "said", "", words, agent="lead", after=after)


def _week(seed: int, *, planted: int = 0, size: int = 800) -> tuple[dict[str, SessionLog], set[str]]:
    """A week in which tasks fail at 10 and 40 %; in `planted` sessions the pump is silent, and 80 % of them fail."""
    draw = random.Random(seed)
    logs, inside = {}, set()
    chosen = set(draw.sample(range(size), planted))
    for number in range(size):
        hard = draw.random() < 0.3
        remarks = [_said(at, f"{draw.choice(_ORDINARY)} {draw.randint(1, 9)}") for at in (1, 3)]
        if hard:
            remarks.append(_said(4, "this one takes the long way round"))
        bad = draw.random() < (0.4 if hard else 0.1)
        if number in chosen:
            remarks += [_said(5, draw.choice(_OPENINGS), "pump read"), _said(6, draw.choice(_MIDDLES), "pump read")]
            bad = draw.random() < 0.8
        log = _log(number, "hard" if hard else "easy", "failed" if bad else "success", remarks)
        logs[log.session_id] = log
        if number in chosen:
            inside.add(log.session_id)
    return logs, inside


def _groups(labels: Sequence[Label]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in labels:
        found.setdefault(one.label, set()).add(one.session_id)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_in_several_wordings_is_one_telltale_of_its_sessions(seed: int) -> None:
    logs, inside = _week(seed, planted=40)
    groups = list(_groups(telltales(logs)).values())
    assert len(groups) == 1
    assert groups[0] <= inside
    assert len(groups[0]) >= 0.85 * len(inside)


@pytest.mark.parametrize("seed", range(10, 18))
def test_a_week_of_ordinary_failures_has_no_telltale_though_a_hard_task_has_its_own_words(seed: int) -> None:
    logs, _ = _week(seed)
    assert telltales(logs) == []


def test_a_telltale_stands_at_the_message_that_shows_it_and_is_named_by_its_commonest_words() -> None:
    logs, _ = _week(1, planted=40)
    labels = telltales(logs)
    assert {one.check for one in labels} == {"telltale"}
    assert {one.message_index for one in labels} <= {5, 6}
    assert all(one.label.startswith("telltale#said: ") for one in labels)


def test_the_order_of_the_logs_changes_nothing() -> None:
    logs, _ = _week(2, planted=40)
    turned = dict(reversed(list(logs.items())))
    assert telltales(logs) == telltales(turned)


def test_two_causes_are_two_telltales() -> None:
    logs, pump = _week(3, planted=40)
    others = [one for one in logs.values() if one.session_id not in pump][:30]
    for number, log in enumerate(others):
        form = Remark(5, "form", "valve read", "state: null", "valve", "valve read", "lead")
        outcome = "failed" if number % 5 else "success"
        logs[log.session_id] = _log(int(log.session_id[1:]), log.segments["task"][0], outcome, (*log.remarks, form))
    valve = {one.session_id for one in others}
    assert sorted(_groups(telltales(logs)).values(), key=len) == [valve, pump]


def test_weeks_without_sessions_outcomes_or_remarks_have_none() -> None:
    assert telltales({}) == []
    logs = {f"s{number:05}": _log(number, "easy", "unknown", [_said(1, "hello there you")]) for number in range(50)}
    assert telltales(logs) == []
    bare = {f"s{number:05}": _log(number, "easy", "failed" if number % 2 else "success", []) for number in range(50)}
    assert telltales(bare) == []


def test_pieces_hide_names_and_numbers() -> None:
    found = pieces("said", "", 'Order A-1234 is "lost" since 09:30')
    assert all(not any(sign.isdigit() for sign in one) and "lost" not in one for one in found)
    assert len(found) == len(set(found)) == len(pieces("said", "", 'Order B-77 is "found" since 10:15'))
    assert np.array_equal(found, pieces("said", "", 'Order B-77 is "found" since 10:15'))
