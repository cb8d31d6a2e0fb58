"""What discovery knows of every check: the catalog's words and strength, and the labels it adds itself.

A check of safety (code `S.`) matters whatever became of the session; so does one of cost. What was merely seen (errors,
last words) is weak, and counts only where a cluster of like words is concentrated and fails.
"""

from sessions_platform.analysis import cost, telling
from sessions_platform.analysis.checks.registry import catalog
from sessions_platform.analysis.draft import Analysis, CheckFacts
from sessions_platform.analysis.model import Kind

_ANALYSIS: dict[Kind, Analysis] = {
    "failure_mode": "failure_modes",
    "task": "task_profile",
    "capability_gap": "capability_gaps",
    "regression": "regressions",
    "cost": "cost_anomalies",
    "platform": "platforms",
}
KIND: dict[Analysis, Kind] = {analysis: kind for kind, analysis in _ANALYSIS.items()}
SEEN = (
    CheckFacts(
        "seen:error",
        code="T.error",
        title="Errors of one wording come with failed sessions",
        hypothesis="One cause stands behind these errors.",
        action="Read the error's words, and mend its cause or tell the agent how to get past it.",
    ),
    CheckFacts(
        "seen:final",
        code="FC3.1",
        title="Sessions that end with like words fail",
        hypothesis="The agent ends where it should go on, or says so itself.",
        action="Read the last words, and what came before them.",
    ),
)


def known_checks() -> dict[str, CheckFacts]:
    """Every check by its name."""
    found = {
        name: CheckFacts(
            name,
            specific=info.strength != "weak",
            certain=info.strength == "certain",
            spoken=info.spoken,
            hazard=info.code.startswith("S.") or info.kind == "cost",
            analysis=_ANALYSIS[info.kind],
            code=info.code,
            title=info.title,
            hypothesis=info.hypothesis,
            action=info.action,
        )
        for name, info in catalog().items()
    }
    return found | {one.name: one for one in (*SEEN, cost.CHECK, telling.CHECK)}
