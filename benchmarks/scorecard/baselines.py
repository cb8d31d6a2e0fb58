"""What could be had for less: SQL alone, clusters of abstracts alone, reading some sessions at random.

Each gives findings as sets of sessions, scored as the analysis is. The reader of the random sample is a perfect one: it
knows the truth of what it reads, so that its figure is an upper bound.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.stats import fisher_exact

from benchmarks.scorecard.shapes import Plant

READ = 300
"""Sessions read at random: as many as the analysis reads at L1."""
ENOUGH = 3
"""Sessions by which a reader of a sample says that something is a pattern."""
_FDR = 0.05
_CLUSTERS = 24
_GROUPS = """
    SELECT 'failed call: ' || coalesce(nullif(operation, ''), tool_name) AS name, session_id
    FROM tool_calls WHERE NOT success GROUP BY ALL
    UNION ALL
    SELECT key || '=' || value, session_id FROM session_segments WHERE key IN ('task', 'platform', 'version', 'app')
"""


def sql_only(home: Path) -> list[dict[str, Any]]:
    """Groups (a failed call of an operation; a segment's value) that fail more than the rest, at 5% false discovery."""
    con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
    try:
        outcomes = dict(con.execute("SELECT session_id, outcome FROM sessions").fetchall())
        groups: dict[str, set[str]] = {}
        for name, session_id in con.execute(_GROUPS).fetchall():
            groups.setdefault(name, set()).add(session_id)
    finally:
        con.close()
    judged = {one for one, outcome in outcomes.items() if outcome in ("failed", "success", "partial")}
    failed = {one for one, outcome in outcomes.items() if outcome == "failed"}
    tested = []
    for name, inside in sorted(groups.items()):
        a, b = len(inside & failed), len((inside & judged) - failed)
        c, d = len(failed - inside), len(judged - inside - failed)
        if a >= ENOUGH:
            tested.append((float(fisher_exact(np.array([[a, b], [c, d]]), alternative="greater")[1]), name, inside))
    tested.sort(key=lambda one: one[:2])
    passed = max((place for place, one in enumerate(tested, 1) if one[0] <= _FDR * place / len(tested)), default=0)
    # Of a segment that fails more, the sessions that failed are what is to be looked at.
    return [
        {
            "finding_id": name,
            "kind": "sql",
            "title": name,
            "sessions": sorted(inside & failed if "=" in name else inside),
        }
        for _, name, inside in tested[:passed]
    ]


def abstracts_only(home: Path) -> list[dict[str, Any]]:
    """Clusters of what a session's abstract could say (title, last words) over the failed and the unknown ones."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
    try:
        rows = con.execute(
            "SELECT s.session_id, any_value(s.title) || ' ' || string_agg(m.preview, ' ' ORDER BY m.message_index)"
            " FROM sessions s JOIN messages m USING (session_id)"
            " WHERE s.outcome <> 'success' AND m.message_index >= s.message_count - 4 GROUP BY ALL ORDER BY 1"
        ).fetchall()
    finally:
        con.close()
    if len(rows) <= _CLUSTERS:
        return []
    vectors = TfidfVectorizer(stop_words="english", min_df=2, max_features=4000).fit_transform(text for _, text in rows)
    labels = KMeans(_CLUSTERS, random_state=0, n_init=1).fit_predict(vectors)
    groups: dict[int, list[str]] = {}
    for (session_id, _), label in zip(rows, labels, strict=True):
        groups.setdefault(int(label), []).append(session_id)
    return [
        {"finding_id": f"cluster {label}", "kind": "cluster", "title": f"cluster {label}", "sessions": sorted(members)}
        for label, members in sorted(groups.items())
    ]


def random_reads(sessions: Sequence[str], plants: Sequence[Plant], seed: int) -> set[str]:
    """Ids of the plants of which a perfect reader of a random sample sees three sessions or more."""
    read = set(random.Random(f"reads {seed}").sample(sorted(sessions), min(READ, len(sessions))))
    return {plant.plant_id for plant in plants if len(read.intersection(plant.sessions)) >= ENOUGH}
