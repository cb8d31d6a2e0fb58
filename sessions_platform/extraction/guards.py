"""What forbids to begin or to replace. Each guard raises before anything is changed, and says what to do."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sessions_platform.errors import ConfigurationError, SourceError, WouldShrink
from sessions_platform.extraction.shapes import ExtractOptions, Manifest, day_start
from sessions_platform.extraction.survey import Survey
from sessions_platform.sessions import jsontext
from sessions_platform.sessions.layout import raw_manifest_key, staged_manifest_key, table_key

if TYPE_CHECKING:
    from sessions_platform.resources.langfuse import Fingerprint, Project
    from sessions_platform.resources.object_store import ObjectStore

LOST_SHARE = 0.1
_TABLE_OF_EVERY_DATE = "session_slices"


def check_same_source(store: "ObjectStore", project: "Project", key_fingerprint: str) -> None:
    """The newest manifests must be of this project and this pseudonym key."""
    for stage, key_of in (("raw", raw_manifest_key), ("staged", staged_manifest_key)):
        manifest = _newest(store, stage, key_of)
        stored_project, stored_key = manifest.get("project_id"), manifest.get("key_fingerprint")
        if stored_project and stored_project != project.id:
            raise ConfigurationError(
                f"LANGFUSE_PUBLIC_KEY belongs to project {project.id} ({project.name}), but {store.url} holds project"
                f" {stored_project}: use that project's keys, or another SESSIONS_STORE_URL and SESSIONS_HOME"
            )
        if stored_key and stored_key != key_fingerprint:
            raise ConfigurationError(
                f"SESSIONS_REDACTION_KEY has changed (its fingerprint is {key_fingerprint}, {store.url} was made with"
                f" {stored_key}): pseudonyms would no longer match. Set the former key, or use another store"
            )


def _newest(store: "ObjectStore", stage: str, key_of: Any) -> dict[str, Any]:
    for date in reversed(store.dates(stage)):
        try:
            value = jsontext.parse(store.get(key_of(date)))
        except (FileNotFoundError, jsontext.NotJson):
            # A date that was begun and not finished has no manifest.
            continue
        if isinstance(value, dict):
            return value
    return {}


def rows_before(store: "ObjectStore", date: str, manifest: Manifest | None, options: ExtractOptions) -> int | None:
    """Distinct rows that the date had when it was last stored; None where it never was, -1 where that is not known."""
    if manifest is not None:
        return manifest.distinct_rows
    if options.known_rows is not None:
        return options.known_rows
    try:
        staged = jsontext.parse(store.get(staged_manifest_key(date)))
        if isinstance(staged, dict) and isinstance(staged.get("source_rows"), int):
            return int(staged["source_rows"])
    except (FileNotFoundError, jsontext.NotJson):
        pass
    # Raw and staged objects expire, tables do not: they tell that there was something.
    return -1 if store.head(table_key(_TABLE_OF_EVERY_DATE, date)) else None


def check_retention(project: "Project", date: str, now: datetime, before: int | None, options: ExtractOptions) -> None:
    """A date that the project no longer keeps whole is not replaced."""
    if project.retention_days is None or before is None or options.allow_shrink:
        return
    if day_start(date) < now - timedelta(days=project.retention_days):
        raise WouldShrink(
            f"{date}: Langfuse keeps rows for {project.retention_days} days and no longer has the whole day;"
            " nothing was changed"
        )


def check_not_expired(project: "Project", date: str, now: datetime, survey: Survey) -> None:
    """An empty answer for a date beyond retention is no empty day."""
    if project.retention_days is None or survey.fetched:
        return
    if day_start(date) < now - timedelta(days=project.retention_days):
        raise SourceError(
            f"{date}: Langfuse keeps rows for {project.retention_days} days and has none of that date any more:"
            " begin later (SESSIONS_START_DATE)"
        )


def check_no_loss(
    date: str, survey: Survey, before: int | None, manifest: Manifest | None, options: ExtractOptions
) -> None:
    """A tenth of the rows lost, or the day's first hours: nothing is replaced."""
    if before is None or options.allow_shrink:
        return
    remedy = "nothing was changed; if the rows were deleted on purpose, run again with --allow-shrink"
    now = survey.distinct
    if before < 0:
        if now == 0:
            raise WouldShrink(f"{date}: Langfuse answers no rows, but tables of that date are stored; {remedy}")
        return
    if before > 0 and before - now >= LOST_SHARE * before:
        raise WouldShrink(f"{date}: Langfuse answers {now} rows where {before} are stored; {remedy}")
    first = min(manifest.hours, default=None) if manifest else None
    if first is not None and now < before and survey.hours[first].fetched == 0:
        # An access window that ends inside the day takes its first hours away, however few rows they had.
        raise WouldShrink(
            f"{date}: Langfuse no longer answers for the day's first hours (from {first}:00 UTC); {remedy}"
        )


def check_counts(date: str, survey: Survey, fingerprint: "Fingerprint") -> list[str]:
    """Hours for which the survey saw fewer rows than the fingerprint counts."""
    return sorted(
        hour for hour, (count, _, _) in fingerprint.observations.items() if survey.hours[hour].fetched < count
    )
