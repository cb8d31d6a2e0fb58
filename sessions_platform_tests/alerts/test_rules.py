"""alerts.yaml: what is read, and the one sentence that names file, rule, key and what is allowed."""

from pathlib import Path

import pytest

from sessions_platform.alerts.rules import ALERT_METRICS, BrokenRule, load_rules, parse_rules
from sessions_platform.settings import load_settings
from sessions_platform.statistics.metrics import METRICS

GOOD = {"name": "tools", "metric": "tool_success", "window": "7d", "threshold": "below 0.9"}


def rule_text(**changed: object) -> str:
    """A file of one rule; a key that is None is left out."""
    keys = {**GOOD, **changed}
    return "alerts:\n- " + "\n  ".join(f"{key}: {value}" for key, value in keys.items() if value is not None)


def test_a_rule_is_read_with_what_it_leaves_out():
    text = rule_text(segment="{tool: kubectl}", resolve_at=0.93, severity="critical", fire_after=2)
    (rule,) = parse_rules(text, "f")
    assert (rule.name, rule.metric.name, rule.segment, rule.window) == ("tools", "tool_success", "tool:kubectl", 7)
    assert (rule.threshold.form, rule.threshold.amount, rule.resolve_at) == ("below", 0.9, 0.93)
    assert (rule.minimum_n, rule.fire_after, rule.resolve_after, rule.severity) == (50, 2, 1, "critical")
    (plain,) = parse_rules(rule_text(), "f")
    assert (plain.segment, plain.resolve_at, plain.severity) == (None, 0.9, "warning")


def test_a_drop_is_in_points_and_with_a_percent_sign_in_shares_of_what_was_expected():
    (points,) = parse_rules(rule_text(threshold="drop of 0.1", resolve_at=0.05), "f")
    assert (points.threshold.amount, points.threshold.relative, points.resolve_at) == (0.1, False, 0.05)
    (share,) = parse_rules(rule_text(metric="cost", threshold="rise of 30%", resolve_at="15%"), "f")
    assert (share.threshold.amount, share.threshold.relative, share.resolve_at) == (0.3, True, 0.15)


def test_every_metric_that_cohorts_are_compared_by_can_be_watched():
    assert set(METRICS) < set(ALERT_METRICS)


@pytest.mark.parametrize(
    ("changed", "key", "allowed"),
    [
        ({"metric": "tool_sucess"}, "metric", "did you mean tool_success"),
        ({"metric": None}, "metric", "missing; there are"),
        ({"threshold": "below much"}, "threshold", "`below 0.9`"),
        ({"threshold": "0.9"}, "threshold", "`below 0.9`"),
        ({"threshold": "below 1.2.3"}, "threshold", "`below 0.9`"),
        ({"threshold": None}, "threshold", "`below 0.9`"),
        ({"threshold": "below 90"}, "threshold", "a number from 0 to 1"),
        ({"threshold": "below 90%"}, "threshold", "0.9 and not 90%"),
        ({"threshold": "drop of 0"}, "threshold", "above 0"),
        ({"metric": "total_cost", "threshold": "rise of 20%"}, "threshold", "only `below` and `above`"),
        ({"resolve_at": 0.8}, "resolve_at", "not below the threshold `below 0.9`"),
        ({"threshold": "above 0.5", "resolve_at": 0.6}, "resolve_at", "not above the threshold"),
        ({"threshold": "drop of 0.1", "resolve_at": 0.2}, "resolve_at", "not above the threshold"),
        ({"threshold": "drop of 0.1", "resolve_at": "5%"}, "resolve_at", "a number"),
        ({"resolve_at": "true"}, "resolve_at", "a number"),
        ({"resolve_at": ".nan"}, "resolve_at", "a number"),
        ({"window": "4w"}, "window", "7d"),
        ({"window": "0d"}, "window", "7d"),
        ({"window": "900d"}, "window", "90d"),
        ({"segment": "kubectl"}, "segment", "{tool: kubectl}"),
        ({"segment": "{version: 2.1}"}, "segment", 'version: "2.1"'),
        ({"segment": "{a: b, c: d}"}, "segment", "one key and value"),
        ({"metric": "days_missing", "threshold": "above 0", "segment": "{a: b}"}, "segment", "leave the segment out"),
        ({"minimum_n": 0}, "minimum_n", "from 1"),
        ({"minimum_n": "many"}, "minimum_n", "from 1"),
        ({"fire_after": 1.5}, "fire_after", "from 1 to 30"),
        ({"severity": "dire"}, "severity", "info, warning, critical"),
        ({"treshold": "below 1"}, "treshold", "did you mean threshold"),
    ],
)
def test_a_broken_rule_is_one_sentence_that_names_file_rule_key_and_what_is_allowed(changed, key, allowed):
    with pytest.raises(BrokenRule) as raised:
        parse_rules(rule_text(**changed), "my/alerts.yaml")
    said = str(raised.value)
    assert said.startswith(f"my/alerts.yaml: rule 'tools': {key}: ") and allowed in said and "\n" not in said


def test_a_rule_without_a_name_is_named_by_its_place_and_two_of_one_name_are_refused():
    with pytest.raises(BrokenRule, match="^f: rule 1: name: "):
        parse_rules(rule_text(name=None), "f")
    twice = rule_text() + "\n" + rule_text().removeprefix("alerts:\n")
    with pytest.raises(BrokenRule, match="^f: rule 'tools': name: stands twice"):
        parse_rules(twice, "f")


@pytest.mark.parametrize("text", ["", "[]", "alerts: {}", "alerts: []\nmore: 1", "- a", "alerts: [", "alerts: [7]"])
def test_a_file_that_is_no_list_of_rules_is_refused(text):
    with pytest.raises(BrokenRule, match=r"^f: "):
        parse_rules(text, "f")


def test_no_rules_at_all_are_written_as_an_empty_list():
    assert parse_rules("alerts: []", "f") == ()


def test_the_rules_are_those_of_the_variable_else_of_the_home_else_the_packaged_ones(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other.yaml"
    home.mkdir()
    assert {rule.metric.name for rule in load_rules(load_settings(sessions_home=home))} == {
        "tool_success", "success_rate", "completion_rate", "cost", "unknown_share", "days_missing",
    }  # fmt: skip
    (home / "alerts.yaml").write_text(rule_text(name="own"))
    assert [rule.name for rule in load_rules(load_settings(sessions_home=home))] == ["own"]
    other.write_text(rule_text(name="other"))
    named = load_settings(sessions_home=home, sessions_alerts=other)
    assert [rule.name for rule in load_rules(named)] == ["other"]
    other.unlink()
    with pytest.raises(BrokenRule, match=r"other.yaml: cannot be read \(No such file or directory\)"):
        load_rules(named)
