"""The worlds of the scorecard: who works there with which tools, for what, and how it sounds on a usual day.

One file a world. What goes wrong by plan is in `patterns`; how a session runs is in `course`.
"""

from benchmarks.scorecard.shapes import World
from benchmarks.scorecard.worlds.coding import CODING
from benchmarks.scorecard.worlds.insight import INSIGHT
from benchmarks.scorecard.worlds.platform_ops import PLATFORM_OPS
from benchmarks.scorecard.worlds.shop_care import SHOP_CARE

WORLDS: dict[str, World] = {world.name: world for world in (PLATFORM_OPS, INSIGHT, SHOP_CARE, CODING)}
