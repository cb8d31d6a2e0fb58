"""How a slice ended, in words: its outcome by the scores that decide, its end state and the reason of it."""

from collections.abc import Iterable, Sequence

from sessions_platform.sessions.digest.words import flat
from sessions_platform.sessions.model import Score, StagedSession

_SUCCESS = frozenset(
    {"true", "yes", "y", "success", "successful", "succeeded", "pass", "passed", "resolved", "solved", "fixed"}
    | {"complete", "completed", "done", "correct", "good", "positive", "accepted"}
)
_PARTIAL = frozenset(
    {"partial", "partially", "partly", "mixed", "incomplete", "partial success", "partial_success"}
    | {"partially resolved", "partially_resolved"}
)
_FAILED = frozenset(
    {"false", "no", "n", "fail", "failed", "failure", "unresolved", "unsolved", "unsuccessful", "incorrect", "wrong"}
    | {"bad", "negative", "rejected", "error"}
)
_REASONS = {
    "last_row_failed": "the last model call or the whole run failed, and no agent spoke after",
    "call_without_response": "the last message asked for a tool call that got no response",
    "user_not_answered": "the user spoke last, did not close, and got no answer",
    "question_not_answered": "the agent's last question was not answered",
}


def outcome_of(scores: Iterable[Score], names: Sequence[str]) -> str:
    """`success`, `partial`, `failed` or `unknown`, as `sql/session_outcomes.sql` decides it for a whole session."""
    newest = deciding_score(scores, names)
    if newest is None:
        return "unknown"
    if newest.value_number is not None and newest.data_type != "CATEGORICAL":
        return "success" if newest.value_number >= 1 else "partial" if newest.value_number > 0 else "failed"
    label = (newest.value_text or "").strip().lower()
    words = {"success": _SUCCESS, "partial": _PARTIAL, "failed": _FAILED}
    return next((outcome for outcome, known in words.items() if label in known), "unknown")


def deciding_score(scores: Iterable[Score], names: Sequence[str]) -> Score | None:
    """The newest score of the first name that has any; None where no score has one of the names."""
    named = [score for score in scores if score.name in names]
    if not named:
        return None
    first = min((score.name for score in named), key=names.index)
    return max((s for s in named if s.name == first), key=lambda s: (s.timestamp, s.updated_at, s.score_id))


def score_words(score: Score) -> str:
    """`success = 0`, or a label: name and value of a score."""
    number = score.value_number
    value = flat(score.value_text or "", 60) if number is None or score.data_type == "CATEGORICAL" else f"{number:g}"
    return f"{flat(score.name, 60)} = {value or 'nothing'}"


def basis_words(staged: StagedSession, names: Sequence[str]) -> str:
    """On what the outcome stands: the deciding score, or that there is none."""
    score = deciding_score(staged.scores, names)
    if score is None:
        looked_for = flat(", ".join(names), 120)
        return f"no score named {looked_for}" if looked_for else "no outcome score is named"
    return f"by score {score_words(score)}"


def ending_words(staged: StagedSession) -> str:
    """`completed`, or another end state with its reason."""
    state, reason = staged.session.end_state, staged.session.end_reason
    if state is None:
        return "unknown, nobody spoke"
    why = _REASONS.get(reason) or flat(reason, 120).replace("_", " ")
    return f"{flat(state, 40)}, {why}" if why else flat(state, 40)
