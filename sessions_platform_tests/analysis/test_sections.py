"""What the report says of given figures: right denominators, nothing twice, and what could not have been seen."""

from typing import Any

import pytest

from sessions_platform.analysis.reporting.markdown import markdown
from sessions_platform.analysis.reporting.page import page
from sessions_platform.analysis.reporting.sections import sections_of, title_of
from sessions_platform_tests.analysis.reports import change, finding, report


def written(made: dict[str, Any]) -> str:
    return markdown(title_of(made), sections_of(made))


def section(text: str, title: str) -> str:
    """What stands under a heading of the second level."""
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]


def test_a_decision_says_how_many_of_how_many_what_it_comes_with_and_how_to_decide() -> None:
    first = section(written(report([finding("f-1")])), "Decisions this week")
    assert "200 sessions of 40 users; 80 % of 150 with a known outcome succeeded (73 % to 86 %); $12.00." in first
    assert (
        "| 1 | [Title of f-1, in calls of `git`](#f-1) | 12 of 60 (20 %) | 7 | 2.5 times as often | new | high |"
        in first
    )
    assert "**Do:** Do this about f-1." in first
    assert '**Decide:** `sessions-platform decide f-1 accept --note "why"`' in first


def test_a_card_repeats_neither_its_title_nor_equal_quotes() -> None:
    card = written(report([finding("f-1")])).partition("\n### Title of f-1")[2]
    assert card.splitlines()[2].startswith("In 12 of 60 sessions")
    assert card.count("the very same words") == 1
    assert "([s1, message 3](/sessions/s1#m3), [s2, message 4](/sessions/s2#m4))" in card
    # What to do stands on the first page.
    assert "**Do:**" not in card


def test_failure_modes_stand_on_the_scale_of_all_sessions_whatever_their_own_denominator_is() -> None:
    modes = [finding("f-1"), finding("f-2", n=13, value=12 / 13)]
    text = section(written(report(modes)), "Failure modes (2)")
    assert text.count("| 12 | 6.0 % | 3.5 % to 10 % |") == 2


def test_every_link_within_a_report_leads_somewhere() -> None:
    text = page(
        "t", sections_of(report([finding("f-1"), finding("f-2")], last_week=[_earlier("f-1"), _earlier("f-0")]))
    )
    inner = {part.partition('"')[0] for part in text.split('href="#')[1:]}
    assert inner and all(f'id="{one}"' in text for one in inner)
    assert "f-0" not in inner


def _earlier(finding_id: str) -> dict[str, Any]:
    return {
        "finding_id": finding_id, "title": f"Title of {finding_id}", "status": "ongoing", "unit": "share",
        "value_before": 0.1, "value": 0.2, "n": 60, "verdict": "accept",
    }  # fmt: skip


def test_a_week_without_findings_says_what_it_could_not_have_seen() -> None:
    facts = {"changes": [change("all", "", n=150, failed=30, difference=0.02, required_n=380)]}
    first = section(written(report([], facts=facts)), "Decisions this week")
    assert "takes about 380 judged sessions in each group" in first
    assert "failures did not change beyond chance (+2.0 points)" in first


def test_differences_beyond_chance_come_first_and_the_rest_is_told_apart() -> None:
    facts = {
        "changes": [
            change("all", "", n=150, failed=60, difference=0.2, verdict="different"),
            change("environment", "prod", n=150, failed=60, difference=0.2, verdict="different"),
            change("version", "2.1", n=40, failed=10, difference=0.05),
            change("version", "2.2", n=30, failed=9, difference=None),
            change("tool", "git", n=30, failed=5, difference=None, coverage=0.1),
        ]
    }
    text = section(written(report([], facts=facts)), "Regressions")
    # The only environment has the very sessions of the week: said once.
    assert (
        "| all sessions | the four weeks before | 60 of 150 (40 %) |" in text
        and "environment" not in text.partition("|")[2]
    )
    assert "worse (q = 0.01)" in text
    assert (
        "**Not enough data:** 2 of 4 comparisons" in text
        and "| version `2.2` | the four weeks before | 30 | 160 | 380 |" in text
    )
    assert "**Nothing to match with:** 1 of 4 comparisons" in text


def test_a_first_week_is_not_compared_with_weeks_that_are_not_there() -> None:
    text = written(
        report(
            [], facts={"changes": [change("all", "", n=150, failed=30, n_before=0, failed_before=0, difference=None)]}
        )
    )
    assert "nothing can be said yet about changes over time" in section(text, "Regressions")
    assert "There is no session of the week before to compare with." in section(text, "Scorecard")


def test_the_scorecard_says_whether_the_week_lies_in_the_band_of_the_weeks_before() -> None:
    score = report([])["facts"]["scorecard"]
    weeks = [{**score, "succeeded": good} for good in (90, 105)]
    text = section(written(report([], facts={"scorecard_weeks": weeks, "scorecard_before": weeks[0]})), "Scorecard")
    assert "| 80 % of 150 (73 % to 86 %) | 60 % of 150 (73 % to 86 %) | 60 % to 70 % | above |" in text


def test_models_without_a_price_and_with_a_price_of_nothing_are_named() -> None:
    path = {
        "agent_name": "a", "model": "m", "cost_usd": 9.0, "cost_usd_before": 3.0, "calls": 9, "calls_without_price": 0,
        "sessions": 3, "input_tokens": 900, "output_tokens": 100,
    }  # fmt: skip
    paths = [
        path,
        {**path, "model": "free", "cost_usd": 0.0},
        {**path, "model": "odd", "cost_usd": 0.0, "calls_without_price": 9},
    ]
    made = report([], facts={"cost_paths": paths})
    made["facts"]["scorecard"]["model_calls_without_price"] = 9
    text = section(written(made), "Cost")
    assert "| a | m | 3 | 9 | $9.00 | 75 % | $3.00 | $3.00 |" in text
    assert "9 model calls used a model without a price (`odd`): cost is a lower bound." in text
    assert "1,000 tokens cost $0.00 by the source (`free`)" in text


def test_days_that_lack_are_said_on_the_first_page_and_shown() -> None:
    text = written(report([], facts={"missing_dates": ["2026-11-08"]}))
    assert "Figures lack 2026-11-08." in section(text, "Decisions this week")
    assert "**Not complete:** figures lack 2026-11-08." in section(text, "Data health")


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_a_decision_that_was_made_stands_instead_of_the_command(verdict: str) -> None:
    made = {"verdict": verdict, "decided_at": "2026-11-09T08:00:00Z", "note": "known"}
    text = written(report([finding("f-1", decision=made)]))
    assert f"**Decide:** {verdict}ed on 2026-11-09 (known)." in text


def test_a_week_without_sessions_says_so_and_nothing_else() -> None:
    made = report([])
    made["facts"]["scorecard"]["sessions"] = 0
    text = written(made)
    assert "No session began in this week." in text and "## Tasks" not in text


def test_a_mix_of_tasks_that_are_mostly_not_known_is_called_coarse() -> None:
    known = report([])["facts"]["tasks"][0]
    rows = [{**known, "task": "other", "sessions": 120}, {**known, "sessions": 80}]
    assert "**Coarse:** 120 of 200 (60 %) sessions have the task `other`" in written(report([], facts={"tasks": rows}))
    assert "**Coarse:**" not in written(report([]))
