"""The four roles, and the many words for them."""

from typing import Any

from sessions_platform.sessions.model import Role, Side

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}


def role_of(value: Any, default: Role) -> Role:
    """The role a tracer's word stands for; `default` for a word (or a value) that is none."""
    if not isinstance(value, str):
        return default
    return ROLES.get(value) or ROLES.get(value.strip().lower(), default)


def is_role(value: Any) -> bool:
    """Whether a value is one of the known words."""
    return isinstance(value, str) and (value in ROLES or value.strip().lower() in ROLES)


def default_role(side: Side) -> Role:
    """Who speaks in an input or output that does not say it."""
    return "user" if side == "input" else "assistant"
