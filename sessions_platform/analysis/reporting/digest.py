"""The digest of a week for the webhook: what asks for a decision, in a few lines. No words of sessions stand in it."""

from collections.abc import Mapping
from typing import Any

from sessions_platform.analysis.reporting.words import amount, counted, share

_LENGTH = 2800
"""What chat services show of one message."""


def digest(report: Mapping[str, Any], link: str = "") -> str:
    """Plain text: the week, its decisions with their figures, and where the report is."""
    score = report["facts"]["scorecard"]
    lines = [f"Sessions, week {report['week']}: {counted(score['sessions'], 'session')}{_success(score)}."]
    missing = report["facts"]["missing_dates"]
    if missing:
        lines.append(f"Not complete: {', '.join(missing)}.")
    asked = [one for wanted in report["decisions"] for one in report["findings"] if one["finding_id"] == wanted]
    if not asked:
        lines.append("Nothing asks for a decision.")
    lines += [
        f"{place}. {_plain(one['title'])}: {amount(one['value'], one['unit'])}, "
        f"{counted(len(one['sessions']), 'session')}, {one['status']}, confidence {one['confidence']}"
        for place, one in enumerate(asked, 1)
    ]
    rest = len(report["findings"]) - len(asked)
    if rest > 0:
        lines.append(f"{counted(rest, 'further finding')} in the report.")
    return "\n".join([*lines, *([link] if link else [])])[:_LENGTH]


def _success(score: Mapping[str, Any]) -> str:
    if not score["judged"]:
        return ", none judged"
    return f", {share(score['succeeded'] / score['judged'])} of {score['judged']:,} judged succeeded"


def _plain(text: str) -> str:
    """Names of tools and agents come from sessions: on one line, and nothing that chats take for a mention or link."""
    plain = str.maketrans({"<": "‹", ">": "›", "@": "(at)", "&": "and", "`": "'"})
    return " ".join(text.split()).translate(plain)[:160]
