"""Langfuse scores as the tables hold them. Source: CONTRACT sections 1 (outcome) and 5 (scores)."""

from typing import Any

from sessions_platform.sessions.model import Score


def read_score(row: dict[str, Any]) -> Score:
    """A row of `GET /api/public/v3/scores` with its subject flattened; booleans count as 1 and 0."""
    subject = row.get("subject") or {}
    kind, subject_id = subject.get("kind", ""), str(subject.get("id") or "")
    value = row.get("value")
    number = float(value) if isinstance(value, bool | int | float) else None
    return Score(
        score_id=str(row.get("id") or ""),
        name=str(row.get("name") or ""),
        data_type=str(row.get("dataType") or ""),
        value_number=number,
        value_text=value if isinstance(value, str) else None,
        source=str(row.get("source") or ""),
        timestamp=str(row.get("timestamp") or ""),
        updated_at=str(row.get("updatedAt") or row.get("timestamp") or ""),
        trace_id=subject_id if kind == "trace" else str(subject.get("traceId") or ""),
        observation_id=subject_id if kind == "observation" else "",
        session_id=subject_id if kind == "session" else "",
        comment=row.get("comment") or None,
    )
