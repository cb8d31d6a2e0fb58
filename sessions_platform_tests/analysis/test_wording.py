"""Findings in words: of which sessions a share is, what use alone would give, and what else was seen in them."""

from dataclasses import replace

import numpy as np
import pytest

from sessions_platform.analysis import wording
from sessions_platform.analysis.draft import CheckFacts, Draft

DENIED = CheckFacts("denied", title="Access is denied")
DRAFT = Draft("failure_modes", "denied", (("tool", "git"),), np.arange(12), 60, 0.2, 0.001, DENIED)


def test_a_statement_says_of_which_sessions_its_share_is() -> None:
    said = wording.statement(DRAFT, 0.2, 60, 0.12, 0.32, 12, 7)
    assert said.startswith(
        f"{wording.title(DRAFT)}: in 12 of the 60 sessions that call `git` "
        "(20.0 %; 95 % interval 12.0 % to 32.0 %), of 7 users. Use alone would give hardly any."
    )


def test_what_use_alone_would_give_is_a_number_where_one_could_count_it() -> None:
    said = wording.statement(replace(DRAFT, expected=6.3), 0.2, 60, 0.12, 0.32, 12, 7)
    assert "Use alone would give about 6.3." in said


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ((), "of the week"),
        ((("version", "2.1"), ("operation", "git push")), "that call `git push`, of version `2.1`"),
        ((("team", "a`b"),), "where `team` is `a'b`"),
    ],
)
def test_the_reach_of_a_share_is_named(signature: tuple[tuple[str, str], ...], said: str) -> None:
    assert wording.reach(signature) == said


def test_other_checks_in_mostly_the_same_sessions_are_named_once_where_they_are_most_exact() -> None:
    titles = {"denied": "Access is denied", "retry_storm": "One call fails and fails"}
    draft = replace(
        DRAFT, also=("denied[]", "retry_storm[tool=git]", "retry_storm#0a[operation=git push & tool=git]", "odd[]")
    )
    said = wording.also(draft, titles)
    assert said.startswith("In mostly the same sessions: One call fails and fails, ")
    assert said.count("One call") == 1 and "`git push`" in said and "denied" not in said
    assert wording.also(DRAFT, titles) == ""
