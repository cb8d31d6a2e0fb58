"""Cost anomalies: sessions far above the median of their task, the path they share, and loops that cost.

What has no price is left out and said. Besides groups of the cost labels, the far end of the tail is tested as a whole.
"""

from collections.abc import Mapping

from sessions_platform.analysis.cost import OUTLIER, bump
from sessions_platform.analysis.draft import Analysis, Draft
from sessions_platform.analysis.hits import Hits
from sessions_platform.analysis.population import Population

NAME: Analysis = "cost_anomalies"
TITLE = "Cost anomalies"
EMPTY = "No path costs more than the heavy tail of cost explains."


def proposed(people: Population, hits: Mapping[str, Hits]) -> list[Draft]:
    """Dear sessions as a whole."""
    return bump(people, hits[OUTLIER].sessions) if OUTLIER in hits else []
