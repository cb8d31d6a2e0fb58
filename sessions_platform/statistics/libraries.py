"""scipy and statsmodels take seconds to import: nobody who waits for an answer should be the first to need them."""

from importlib import import_module

_IMPORTED = ("scipy.stats", "statsmodels.stats.power", "statsmodels.stats.proportion")


def load() -> None:
    """Import what the functions of this package import when they are called."""
    for name in _IMPORTED:
        import_module(name)
