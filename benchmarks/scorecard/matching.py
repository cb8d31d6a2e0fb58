"""Findings against plants, by the sets of sessions they speak of: no word and no name counts.

Pure. A finding speaks of a plant if the F1 of its sessions against the plant's is at least one half; the overlap
coefficient (common sessions over the smaller set) tells what is a part of something from what is nothing.
"""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from benchmarks.scorecard.shapes import Plant

FOUND = 0.5


class Found(msgspec.Struct, kw_only=True):
    """A plant, and the finding that fits it best ('' where none shares a session)."""

    plant_id: str
    kind: str
    pattern: str
    prevalence: float
    sessions: int
    finding_id: str
    place: int
    """Place of that finding in the report, from 1; 0 where there is none."""
    precision: float
    recall: float
    f1: float
    overlap: float

    @property
    def found(self) -> bool:
        """Whether the report has it."""
        return self.f1 >= FOUND


class Unmatched(msgspec.Struct):
    """A finding that fits no plant. `overlap` with the plant it is nearest to: a part of a plant, or nothing."""

    finding_id: str
    kind: str
    title: str
    sessions: int
    overlap: float
    trap: str = ""
    """The trap whose sessions are half or more of its own."""


def f1(one: Collection[str], other: Collection[str]) -> float:
    """Harmonic mean of precision and recall of two sets; 0 where either is empty."""
    common = len(set(one) & set(other))
    return 2 * common / (len(set(one)) + len(set(other))) if common else 0.0


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Common sessions over those of the smaller set; 0 where either is empty."""
    first, second = set(one), set(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def match(plants: Sequence[Plant], findings: Sequence[dict[str, Any]]) -> list[Found]:
    """For each plant the finding with the best F1, the earlier one of equals."""
    sets = [set(finding.get("sessions") or ()) for finding in findings]
    found = []
    for plant in plants:
        wanted = set(plant.sessions)
        scored = [(f1(wanted, one), -place) for place, one in enumerate(sets)]
        best, place = max(scored, default=(0.0, 0))
        has = sets[-place] if best else set()
        common = len(wanted & has)
        found.append(
            Found(
                plant_id=plant.plant_id,
                kind=plant.kind,
                pattern=plant.pattern,
                prevalence=plant.prevalence,
                sessions=len(wanted),
                finding_id=str(findings[-place]["finding_id"]) if best else "",
                place=1 - place if best else 0,
                precision=common / len(has) if has else 0.0,
                recall=common / len(wanted) if wanted else 0.0,
                f1=best,
                overlap=overlap(wanted, has),
            )
        )
    return found


def unmatched(
    plants: Sequence[Plant], findings: Sequence[dict[str, Any]], traps: Sequence[tuple[str, Collection[str]]] = ()
) -> list[Unmatched]:
    """The findings whose F1 with every plant is below one half."""
    left = []
    for finding in findings:
        sessions = set(finding.get("sessions") or ())
        if any(f1(sessions, plant.sessions) >= FOUND for plant in plants):
            continue
        nearest = max((overlap(sessions, plant.sessions) for plant in plants), default=0.0)
        sprung = [name for name, inside in traps if sessions and len(sessions & set(inside)) >= len(sessions) / 2]
        left.append(
            Unmatched(
                str(finding["finding_id"]),
                str(finding.get("kind", "")),
                str(finding.get("title") or finding.get("statement", "")),
                len(sessions),
                nearest,
                sprung[0] if sprung else "",
            )
        )
    return left
