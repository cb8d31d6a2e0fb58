"""alerts.yaml: what a rule is, and one clear error where a rule cannot be used. Nothing is evaluated here.

The file is SESSIONS_ALERTS, else SESSIONS_HOME/alerts.yaml if there is one, else the packaged one. It is read when it
is needed, never at import.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import yaml

from sessions_platform.errors import ConfigurationError
from sessions_platform.settings import Settings
from sessions_platform.statistics.metrics import METRICS, near

Form = Literal["below", "above", "drop", "rise"]
KEYS = (
    *("name", "metric", "segment", "window", "threshold", "resolve_at", "minimum_n", "fire_after", "resolve_after"),
    "severity",
)
SEVERITIES = ("info", "warning", "critical")
LONGEST_DAYS, LONGEST_RUN = 90, 30
_WINDOW = re.compile(r"([1-9]\d{0,2})d")
_THRESHOLD = re.compile(r"(below|above|drop of|rise of)\s+([0-9.]+(?:e-?\d+)?)\s*(%?)")
_NAME_LENGTH = 100
_THRESHOLDS = "`below 0.9`, `above 0.9`, `drop of 0.1` or `rise of 20%` (against the windows before)"


class BrokenRule(ConfigurationError):
    """A rule of alerts.yaml cannot be used: file, rule, key, and what is allowed."""


@dataclass(frozen=True, slots=True)
class AlertMetric:
    """What a rule can watch. `totals` have no interval and no band; `counts` names what n counts."""

    name: str
    kind: Literal["rate", "median", "total"]
    words: str
    counts: str = "sessions"
    unit: str = ""
    segments: bool = True


ALERT_METRICS: dict[str, AlertMetric] = {
    **{one.name: AlertMetric(one.name, one.kind, one.words, unit=one.unit) for one in METRICS.values()
       if one.kind != "mean"},
    "tool_success": AlertMetric("tool_success", "rate", "share of tool calls that succeeded", "calls"),
    "unknown_share": AlertMetric("unknown_share", "rate", "share of sessions with unknown outcome"),
    "sessions": AlertMetric("sessions", "total", "number of sessions", "published dates"),
    "total_cost": AlertMetric("total_cost", "total", "total cost", "published dates", "USD", segments=False),
    "days_missing": AlertMetric("days_missing", "total", "dates that are not complete", "dates", segments=False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a rule fires: at `amount` (`below`, `above`), or that far from the windows before (`drop`, `rise`)."""

    form: Form
    amount: float
    relative: bool
    """Whether a drop or rise is a share of what was expected."""
    words: str

    @property
    def compares(self) -> bool:
        """Whether it looks at the windows before."""
        return self.form in ("drop", "rise")

    @property
    def low_is_bad(self) -> bool:
        """Whether it fires on low values."""
        return self.form in ("below", "drop")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of alerts.yaml. `segment` is `key:value` or None; `window` is in days."""

    name: str
    metric: AlertMetric
    segment: str | None
    window: int
    threshold: Threshold
    resolve_at: float
    minimum_n: int
    fire_after: int
    resolve_after: int
    severity: str


def load_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules of this installation. BrokenRule where one, or the file, cannot be used."""
    text, name = rules_text(settings)
    return parse_rules(text, name)


def rules_text(settings: Settings) -> tuple[str, str]:
    """The text of alerts.yaml, and the name to use for it in errors."""
    own = settings.home / "alerts.yaml"
    path = settings.sessions_alerts.expanduser().absolute() if settings.sessions_alerts else own
    if path == own and not own.is_file():
        return files("sessions_platform.alerts").joinpath("alerts.yaml").read_text(encoding="utf-8"), "alerts.yaml"
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BrokenRule(f"{path}: cannot be read ({reason}); SESSIONS_ALERTS names the file of alert rules") from None


def parse_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a YAML text. BrokenRule says file, rule, key and what is allowed."""
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BrokenRule(f"{name}: not YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    listed = read.get("alerts") if isinstance(read, dict) else None
    if not isinstance(listed, list) or read.keys() != {"alerts"}:
        raise BrokenRule(f"{name}: write one list `alerts:` of rules (`alerts: []` for none)")
    rules = tuple(_Entry(name, place, entry).rule() for place, entry in enumerate(listed, 1))
    names = [rule.name for rule in rules]
    for rule in rules:
        if names.count(rule.name) > 1:
            raise BrokenRule(f"{name}: rule {rule.name!r}: name: stands twice; each rule needs a name of its own")
    return rules


class _Entry:
    """One rule as it is written; every wrong word ends in one sentence."""

    def __init__(self, file: str, place: int, entry: Any) -> None:
        self._file, self._label = file, f"rule {place}"
        if not isinstance(entry, dict):
            raise self._wrong("", f"write its keys: {', '.join(KEYS)}")
        self._entry: Mapping[Any, Any] = entry
        if isinstance(entry.get("name"), str):
            self._label = f"rule {entry['name'][:_NAME_LENGTH]!r}"

    def rule(self) -> Rule:
        """The rule. BrokenRule at the first key that cannot be used."""
        for key in self._entry:
            if key not in KEYS:
                raise self._wrong(str(key), f"no key of a rule; {near(str(key), KEYS)}")
        name = self._name()
        metric = self._metric()
        window = self._window()
        threshold = self._threshold(metric)
        return Rule(
            name,
            metric,
            self._segment(metric),
            window,
            threshold,
            self._resolve_at(metric, threshold),
            self._minimum(metric, window),
            self._count("fire_after", 1, LONGEST_RUN),
            self._count("resolve_after", 1, LONGEST_RUN),
            self._severity(),
        )

    def _name(self) -> str:
        name = self._entry.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > _NAME_LENGTH or not name.isprintable():
            raise self._wrong("name", f"give it a name in words, of at most {_NAME_LENGTH} characters")
        return name.strip()

    def _metric(self) -> AlertMetric:
        name = self._entry.get("metric")
        if not isinstance(name, str) or name not in ALERT_METRICS:
            meant = near(name, ALERT_METRICS) if isinstance(name, str) else ""
            allowed = meant if meant.startswith("did") else f"there are {', '.join(ALERT_METRICS)}"
            raise self._wrong("metric", f"unknown metric {name!r}; {allowed}" if name else f"missing; {allowed}")
        return ALERT_METRICS[name]

    def _segment(self, metric: AlertMetric) -> str | None:
        given = self._entry.get("segment")
        if given is None:
            return None
        if not metric.segments:
            raise self._wrong("segment", f"{metric.name} is of all sessions; leave the segment out")
        if isinstance(given, dict) and len(given) == 1:
            ((key, value),) = given.items()
        else:
            key, _, value = given.partition(":") if isinstance(given, str) else ("", "", "")
        if not (isinstance(key, str) and isinstance(value, str) and key.strip() and value.strip()):
            raise self._wrong("segment", 'write one key and value in words, as {tool: kubectl} or {version: "2.1"}')
        return f"{key.strip()}:{value.strip()}"

    def _window(self) -> int:
        found = _WINDOW.fullmatch(str(self._entry.get("window")))
        if not found or int(found[1]) > LONGEST_DAYS:
            raise self._wrong("window", f"write days, as 7d (1d to {LONGEST_DAYS}d)")
        return int(found[1])

    def _threshold(self, metric: AlertMetric) -> Threshold:
        given = self._entry.get("threshold")
        found = _THRESHOLD.fullmatch(given.strip()) if isinstance(given, str) else None
        amount = _number(found[2]) if found else None
        if not found or amount is None:
            raise self._wrong("threshold", f"write {_THRESHOLDS}")
        made = Threshold(_FORMS[found[1]], amount / 100 if found[3] else amount, bool(found[3]), found[0])
        if made.compares and metric.kind == "total":
            raise self._wrong(
                "threshold", f"{metric.name} is a total: only `below` and `above` a number are known for it"
            )
        if made.compares and made.amount == 0:
            raise self._wrong("threshold", "a drop or rise needs an amount above 0")
        if made.relative and not made.compares:
            raise self._wrong("threshold", f"a share is written as a number, 0.9 and not 90%; write {_THRESHOLDS}")
        if metric.kind == "rate" and not made.relative and made.amount > 1:
            raise self._wrong("threshold", f"{metric.name} is a share: give a number from 0 to 1")
        return made

    def _resolve_at(self, metric: AlertMetric, threshold: Threshold) -> float:
        given = self._entry.get("resolve_at")
        if given is None:
            return threshold.amount
        text = str(given).strip()
        amount = _number(text.removesuffix("%").strip()) if not isinstance(given, bool) else None
        if amount is None or text.endswith("%") != threshold.relative:
            form = "a share, as 15%" if threshold.relative else "a number"
            raise self._wrong("resolve_at", f"write {form}, like the threshold `{threshold.words}`")
        amount = amount / 100 if threshold.relative else amount
        wrong_side = amount < threshold.amount if threshold.form == "below" else amount > threshold.amount
        if wrong_side or (metric.kind == "rate" and not threshold.relative and amount > 1):
            side = "not below" if threshold.form == "below" else "not above"
            raise self._wrong(
                "resolve_at", f"must lie {side} the threshold `{threshold.words}`, or it could never resolve"
            )
        return amount

    def _minimum(self, metric: AlertMetric, window: int) -> int:
        usual = {"total": window, "rate": 50, "median": 50}[metric.kind]
        return self._count("minimum_n", 1 if metric.name == "days_missing" else usual, 10**9)

    def _count(self, key: str, usual: int, most: int) -> int:
        given = self._entry.get(key, usual)
        if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= most:
            raise self._wrong(key, f"write a whole number from 1 to {most}")
        return given

    def _severity(self) -> str:
        given = self._entry.get("severity", "warning")
        if given not in SEVERITIES:
            raise self._wrong("severity", f"choose {', '.join(SEVERITIES)}")
        return str(given)

    def _wrong(self, key: str, allowed: str) -> BrokenRule:
        return BrokenRule(": ".join(part for part in (self._file, self._label, key, allowed) if part))


_FORMS: dict[str, Form] = {"below": "below", "above": "above", "drop of": "drop", "rise of": "rise"}


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def names_of(rules: Iterable[Rule]) -> set[str]:
    """Names of rules."""
    return {rule.name for rule in rules}
