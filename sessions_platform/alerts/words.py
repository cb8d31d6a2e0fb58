"""An alert in words: names and figures of the rule alone, no text of sessions. Pure."""

from sessions_platform.alerts.rules import AlertMetric, Rule
from sessions_platform.alerts.states import Event, Figure

_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def shown(metric: AlertMetric, value: float | None) -> str:
    """A value of a metric with its unit."""
    if value is None:
        return "not known"
    if metric.kind == "rate":
        return f"{value:.1%}"
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
    return f"{text} {metric.unit}".strip()


def sentence(rule: Rule, event: Event, figure: Figure) -> str:
    """What is recorded and posted of an event."""
    metric = rule.metric
    head = f"{rule.name} ({rule.severity}) {'fired' if event == 'fired' else 'is resolved'}"
    of = f" of {rule.segment}" if rule.segment else ""
    days = "on" if rule.window == 1 else f"in the {rule.window} days to"
    expected = f", expected {shown(metric, figure.expected)}" if figure.expected is not None else ""
    return (
        f"{head}: {metric.words}{of} is {shown(metric, figure.value)} {days} {figure.date}"
        f" ({_interval(metric, figure)}n = {figure.n:,} {metric.counts}){expected}; rule: {rule.threshold.words}."
    )


def gone(name: str) -> str:
    """What is recorded and posted of a rule that fired and stands in alerts.yaml no longer."""
    return f"{name} is resolved: there is no such rule any more."


def posted(message: str, link: str) -> str:
    """A message as Slack reads it: none of its characters is markup; with a link to the Overview if one is known."""
    text = "".join(_MARKS.get(sign, sign) for sign in message)
    return f"{text} <{link}|Overview>" if link else text


def _interval(metric: AlertMetric, figure: Figure) -> str:
    if figure.ci_low is None or figure.ci_high is None:
        return ""
    return f"95 % interval {shown(metric, figure.ci_low)} to {shown(metric, figure.ci_high)}, "
