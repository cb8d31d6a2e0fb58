"""Two cohorts of sessions compared: effect, interval, n, method, verdict and one sentence."""

from collections.abc import Callable
from typing import Any

from sessions_platform.statistics import power, verdicts, words
from sessions_platform.statistics.designs import Design, design_of
from sessions_platform.statistics.estimate import crude_figure
from sessions_platform.statistics.results import ALPHA, MIN_CLUSTERS, RESAMPLES, Comparison, Kind
from sessions_platform.statistics.samples import Known, Sample, known_of

__all__ = ["Sample", "compare"]
UNKNOWN_APART = 0.10
UNKNOWN_MUCH = 0.50


def compare(
    a: Sample,
    b: Sample,
    kind: Kind = "rate",
    *,
    metric: str = "success rate",
    unit: str = "",
    strata_name: str = "strata",
    asked: float | None = None,
    alpha: float = ALPHA,
    resamples: int = RESAMPLES,
) -> Comparison:
    """Cohort b against a: effects are b - a, in `unit` or as a fraction.

    `asked` is the effect one wants to be able to see: by default 10 points of a rate, 20 % of a median or mean.
    """
    known = known_of(a, b)
    design = design_of(known, kind, alpha=alpha, resamples=resamples)
    values = [crude_figure(arm, kind) if len(arm.values) else None for arm in known.arms]
    wanted = asked if asked is not None else verdicts.asked_for(kind, *values)
    evidence = _evidence(kind, known, design, wanted, alpha)
    required = verdicts.required_sessions(evidence)
    verdict, lack = verdicts.judge(evidence, required)
    subject = words.Subject(a.name, b.name, metric, kind, unit, strata_name, f"{100 * (1 - alpha):g} %")
    return Comparison(
        a=a.name,
        b=b.name,
        metric=metric,
        kind=kind,
        unit="fraction" if kind == "rate" else unit,
        verdict=verdict,
        explanation=words.explain(
            subject,
            verdict,
            lack,
            design.found,
            words.Counted(design.n, wanted, required, design.paired, bool(design.adjusted)),
        ),
        method=words.method(
            subject, resamples=resamples, strata=design.adjusted, paired=design.paired, users=known.users
        ),
        p_value=verdicts.p_value(evidence) if design.found else None,
        q_value=None,
        asked=wanted,
        required_n=required,
        required_clusters=int(MIN_CLUSTERS),
        notes=(*known.notes, *design.notes, *_missing(design, strata_name), *_unknown(known)),
        **_figures(design, values),
        **_counts(known, design, alpha),
    )


def _evidence(kind: Kind, known: Known, design: Design, asked: float, alpha: float) -> verdicts.Evidence:
    """The baseline of a rate is cohort a's, or b's where a has no sessions."""
    base = next((arm for arm in known.arms if len(arm.values)), known.arms[0])
    hits, total = float(base.values.sum()), float(base.weights.sum())
    return verdicts.Evidence(
        kind,
        design.found,
        *design.n,
        asked,
        alpha=alpha,
        coverage=design.coverage,
        paired=design.paired,
        pairs=design.pairs,
        out_of=total / len(base.values) if total else 1.0,
        baseline=(hits, total),
    )


def _figures(design: Design, values: list[float | None]) -> dict[str, Any]:
    found, (a, b) = design.found, values
    return {
        "value_a": found.value_a if found else a,
        "value_b": found.value_b if found else b,
        "effect": found.effect if found else None,
        "ci_low": found.low if found else None,
        "ci_high": found.high if found else None,
        "crude_effect": b - a if a is not None and b is not None else None,
        "adjusted": design.adjusted > 0,
        "strata_missing": bool(design.missing),
        "strata": design.strata,
        "paired": design.paired,
        "pairs": design.pairs,
    }


def _counts(known: Known, design: Design, alpha: float) -> dict[str, Any]:
    distinct: Callable[[int], int] = lambda side: len(set(known.arms[side].clusters.tolist()))  # noqa: E731
    found = design.found
    return {
        "n_a": design.n[0],
        "n_b": design.n[1],
        "sessions_a": known.total[0],
        "sessions_b": known.total[1],
        "unknown_a": known.unknown[0],
        "unknown_b": known.unknown[1],
        "clusters_a": found.clusters_a if found else distinct(0),
        "clusters_b": found.clusters_b if found else distinct(1),
        "detectable": power.detectable(found.se, alpha=alpha) if found else None,
    }


def _missing(design: Design, strata_name: str) -> tuple[str, ...]:
    if not design.missing:
        return ()
    named = ", ".join(design.missing[:5]) + (", ..." if len(design.missing) > 5 else "")
    return (f"Only one cohort has these {strata_name}: {named}.",)


def _unknown(known: Known) -> tuple[str, ...]:
    a, b = known.unknown
    if a is None or b is None:
        return ()
    if abs(a - b) >= UNKNOWN_APART:
        return (
            f"The share without a value differs ({100 * a:.0f} % and {100 * b:.0f} %): who is left may not compare.",
        )
    if max(a, b) > UNKNOWN_MUCH:
        return (f"Most sessions have no value ({100 * a:.0f} % and {100 * b:.0f} %).",)
    return ()
