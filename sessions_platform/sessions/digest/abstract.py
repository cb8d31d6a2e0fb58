"""The abstract (L0): one sentence that says what was asked, how it ended, what went wrong last and what was called."""

from collections.abc import Sequence

from sessions_platform.sessions.digest.failures import calls, failures, label_of
from sessions_platform.sessions.digest.goals import task_of, without_phrases
from sessions_platform.sessions.digest.outcomes import outcome_of
from sessions_platform.sessions.digest.words import clip, inner
from sessions_platform.sessions.model import StagedSession

L0_CHARACTERS = 256
"""The server cuts abstracts there."""
_ERROR_CHARACTERS = 92
_SUBJECT_CHARACTERS = 44
_TASK_CHARACTERS = 120
"""What a long task keeps at least where tools want room."""
_TOOLS_CHARACTERS = 80
"""Room that tools take from a long task: what was called tells sessions of one template apart."""
_SUBJECTS = ("platform", "task")


def abstract_of(staged: StagedSession, outcome_scores: Sequence[str] = ()) -> str:
    """The L0: task, outcome, last error, tools: one sentence of at most 256 characters, ending in its only stop."""
    ending = f"ended {inner(staged.session.end_state or '', 20) or 'unknown'}"
    ending += f", outcome {outcome_of(staged.scores, outcome_scores)}"
    if error := inner(last_error(staged), _ERROR_CHARACTERS):
        ending += f", last error {error}"
    about = _subject(staged)
    # The full stop, and the colon and blank after the task.
    room = L0_CHARACTERS - len(ending) - len(about) - 3
    used = [inner(label, 40) for label in dict.fromkeys(label_of(part) for _, _, part in calls(staged))]
    for_tools = min(len(_tools(used, L0_CHARACTERS)), _TOOLS_CHARACTERS, max(0, room - _TASK_CHARACTERS))
    task = inner(without_phrases(task_of(staged)), room - for_tools) or inner(staged.session_id, room - for_tools)
    task = task or "nothing said"
    tools = _tools(used, room - len(task))
    return clip(f"{task}{about}: {ending}{tools}", L0_CHARACTERS - 1).rstrip(" .") + "."


def _tools(used: Sequence[str], room: int) -> str:
    """The tools in the order of their first use, as many as fit into `room` characters."""
    said = ""
    for name in filter(None, used):
        longer = f"{said}, {name}" if said else f", tools {name}"
        said = longer if len(longer) <= room else said
    return said


def last_error(staged: StagedSession) -> str:
    """Tool and words of the last failure; '' where there was none."""
    found = failures(staged)
    return f"{found[-1].label}: {found[-1].essence}" if found else ""


def _subject(staged: StagedSession) -> str:
    """Platform and kind of task in brackets, where they are known."""
    known = {
        one.key: inner(one.value.replace("_", " "), 20) for one in staged.session.segments if one.basis != "rule:none"
    }
    values = dict.fromkeys(value for key in _SUBJECTS if (value := known.get(key)))
    return f" ({clip(', '.join(values), _SUBJECT_CHARACTERS)})" if values else ""
