"""Birch: technical work, by an agent that analyses in notebooks and by one that researches in a browser."""

from benchmarks.scorecard.makes.birch.fieldglass import FIELDGLASS
from benchmarks.scorecard.makes.birch.patterns_claims import CLAIMS
from benchmarks.scorecard.makes.birch.patterns_data import DATA
from benchmarks.scorecard.makes.birch.patterns_parts import PARTS
from benchmarks.scorecard.makes.birch.patterns_stuck import STUCK
from benchmarks.scorecard.makes.birch.patterns_wishes import WISHES
from benchmarks.scorecard.makes.birch.quarry import QUARRY
from benchmarks.scorecard.scene import Pattern
from benchmarks.scorecard.shapes import World

WORLDS: dict[str, World] = {QUARRY.name: QUARRY, FIELDGLASS.name: FIELDGLASS}
PATTERNS: tuple[Pattern, ...] = (*STUCK, *CLAIMS, *DATA, *PARTS, *WISHES)
