"""What is planted in development corpora, by pattern name. Each file holds some kinds; `heldout` has others.

A pattern makes its kind of failure happen in any world, and its look-alike that recovers. Kinds: see `KINDS`.
"""

from benchmarks.scorecard.patterns import claims, context, limits, loops, segments, teamwork
from benchmarks.scorecard.scene import Pattern

PATTERNS: tuple[Pattern, ...] = (
    *loops.PATTERNS, *claims.PATTERNS, *limits.PATTERNS, *segments.PATTERNS, *teamwork.PATTERNS, *context.PATTERNS,
)  # fmt: skip
KINDS: tuple[str, ...] = tuple(dict.fromkeys(pattern.kind for pattern in PATTERNS))
