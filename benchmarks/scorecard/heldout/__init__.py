"""Patterns and a world that the analysis was not tuned on. See README.md in this folder before reading on."""

from benchmarks.scorecard.heldout import mechanics, variants
from benchmarks.scorecard.heldout.clinic import CLINIC
from benchmarks.scorecard.heldout.estate import ESTATE
from benchmarks.scorecard.scene import Pattern
from benchmarks.scorecard.shapes import World
from benchmarks.scorecard.worlds import WORLDS

HELD_OUT: tuple[Pattern, ...] = (*variants.PATTERNS, *mechanics.PATTERNS)
HELD_OUT_WORLDS: dict[str, World] = {
    CLINIC.name: CLINIC,
    ESTATE.name: ESTATE,
    **{name: WORLDS[name] for name in ("platform-ops", "shop-care")},
}
"""Half of the sessions run in worlds of this folder, the others in known ones."""
