"""Which driver ANALYSIS_MODEL names."""

from sessions_platform.analysis.drivers import Driver
from sessions_platform.analysis.drivers.rules import Rules
from sessions_platform.errors import ConfigurationError


def driver_of(model: str) -> Driver:
    """The driver of a name. ConfigurationError where there is none."""
    if model != Rules.name:
        raise ConfigurationError(f"ANALYSIS_MODEL={model[:60]!r}: the only driver of this version is `rules`")
    return Rules()
