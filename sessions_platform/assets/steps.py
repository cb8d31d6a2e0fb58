"""What the steps share: options of a run, how a failure is shown, figures as metadata. No knowledge of any stage."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import dagster as dg

from sessions_platform.errors import CheckFailed, ConfigurationError, PlatformError, WouldShrink

NETWORK_RETRY = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)

Materialized = dg.MaterializeResult[Any]
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36), warn_window=timedelta(hours=28))
"""The schedule runs at 04:00 UTC: a day later and four hours for the run is late, half a day more is a failure."""
KIND = "kind of error"
"""Metadata of a failure under which commands find which of the platform's errors it was."""


class RunOptions(dg.Config):
    """How to run a step. `force`: work although nothing changed; `allow_shrink`: accept that the source lost rows."""

    force: bool = False
    allow_shrink: bool = False


class IndexOptions(RunOptions):
    """How to load the index. `token_budget`: what is left of a run over several dates, else
    SESSIONS_INDEX_TOKEN_BUDGET.
    """

    token_budget: int | None = None


class PublishOptions(dg.Config):
    """How to publish. `rebuild`: make the analytics file anew from Parquet."""

    rebuild: bool = False


@contextmanager
def explained() -> Iterator[None]:
    """Turn the platform's errors into a failed step with their one clear line; what can't be mended is not retried."""
    try:
        yield
    except PlatformError as error:
        final = isinstance(error, CheckFailed | ConfigurationError | WouldShrink)
        kind = type(error).__name__
        raise dg.Failure(description=str(error), metadata={KIND: kind}, allow_retries=not final) from error


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._start, 3)


def table(rows: Mapping[str, Any], heads: tuple[str, str] = ("what", "how many")) -> dg.MarkdownMetadataValue:
    """A small Markdown table of figures."""
    lines = [f"| {heads[0]} | {heads[1]} |", "| --- | ---: |"]
    lines += [f"| {_cell(key)} | {_figure(value)} |" for key, value in rows.items()]
    return dg.MetadataValue.md("\n".join(lines))


def warning(name: str, asset: str, passed: bool, text: str, **figures: Any) -> dg.AssetCheckResult:
    """A check that warns without stopping anything."""
    return dg.AssetCheckResult(
        passed=passed,
        check_name=name,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.WARN,
        description="" if passed else text,
        metadata=figures,
    )


def _cell(value: Any) -> str:
    """Text from the data as a table cell: never markup."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[:120])
    for mark in "\\`*_|[]<>&~":
        text = text.replace(mark, "\\" + mark)
    return text


def _figure(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else _cell(value)
