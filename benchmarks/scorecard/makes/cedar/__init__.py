"""A make of a back office: finance and HR automation, and the dispatch of loads, docks and repairs."""

from benchmarks.scorecard.makes.cedar import patterns_agents, patterns_calls, patterns_data, patterns_words
from benchmarks.scorecard.makes.cedar.ledger import LEDGER
from benchmarks.scorecard.makes.cedar.yard import YARD
from benchmarks.scorecard.scene import Pattern
from benchmarks.scorecard.shapes import World

WORLDS: dict[str, World] = {LEDGER.name: LEDGER, YARD.name: YARD}
PATTERNS: tuple[Pattern, ...] = (
    *patterns_calls.PATTERNS,
    *patterns_words.PATTERNS,
    *patterns_data.PATTERNS,
    *patterns_agents.PATTERNS,
)
