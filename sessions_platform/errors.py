"""The errors a person meets. Each message says what happened, which variable, file or date, and what to do.

Only errors that a user can act on belong here; programming errors stay what they are.
"""


class PlatformError(Exception):
    """A clear, one-line reason why the work could not go on; commands print it and exit 2."""


class ConfigurationError(PlatformError):
    """A variable, key or path is wrong: the message names it."""


class SourceError(PlatformError):
    """Langfuse refused or cannot answer: the message says what to change there or here."""


class StoreError(PlatformError):
    """The object store refused, or holds something that cannot be read."""


class WouldShrink(PlatformError):
    """A re-extraction answers with much less than is stored; nothing was changed."""


class CheckFailed(PlatformError):
    """A blocking check failed before anything was put in place; the previous version stays."""
