"""Customer-facing service: a travel desk with one tool an operation, and a bank's helper behind a single gateway."""

from benchmarks.scorecard.makes.alder.patterns_calls import CALLS
from benchmarks.scorecard.makes.alder.patterns_changes import CHANGES
from benchmarks.scorecard.makes.alder.patterns_promises import PROMISES
from benchmarks.scorecard.makes.alder.patterns_results import RESULTS
from benchmarks.scorecard.makes.alder.patterns_segments import SEGMENTS
from benchmarks.scorecard.makes.alder.patterns_teams import TEAMS
from benchmarks.scorecard.makes.alder.world_air import LARKWAY
from benchmarks.scorecard.makes.alder.world_bank import TIDEWELL
from benchmarks.scorecard.scene import Pattern
from benchmarks.scorecard.shapes import World

WORLDS: dict[str, World] = {world.name: world for world in (LARKWAY, TIDEWELL)}
PATTERNS: tuple[Pattern, ...] = (*CALLS, *CHANGES, *PROMISES, *RESULTS, *SEGMENTS, *TEAMS)
