"""Redaction: nothing unredacted is ever written.

What belongs here: finding personal data and secrets in rows as the Langfuse API gives them, and keyed tokens in
their place. What does not: reading rows, sessions, files. Out of scope: names of people and addresses in free text
that no metadata announces.
"""

from sessions_platform.sessions.redact.known import known_values, user_ids
from sessions_platform.sessions.redact.leaks import leaks
from sessions_platform.sessions.redact.redactor import Redactor, TraceRedactor

__all__ = ["Redactor", "TraceRedactor", "known_values", "leaks", "user_ids"]
