"""What assets are given: each outside thing behind one plain resource that opens it when a step runs.

Secrets are never resource config (the UI shows it): a resource asks the settings class when it is opened. Tests and
commands pass resources with settings of their own to `build_defs`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sessions_platform.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from sessions_platform.analytics import SessionAnalytics
    from sessions_platform.resources.langfuse import LangfuseClient
    from sessions_platform.resources.object_store import ObjectStore
    from sessions_platform.resources.openviking import OpenVikingClient
    from sessions_platform.resources.warehouse import Publisher
    from sessions_platform.sessions.redact import Redactor

ProgressSink = Callable[[str, str, int, int], None]
"""Called with (asset, date, done, total)."""


class _FromSettings:
    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The settings this resource goes by: given ones, else those of the environment at the time of the step."""
        return self._settings or load_settings()


class LangfuseResource(_FromSettings):
    """Langfuse's read API (LANGFUSE_HOST and keys)."""

    def client(self) -> "LangfuseClient":
        """A client, not yet entered. Raises ConfigurationError naming what is not set."""
        from sessions_platform.resources.langfuse import LangfuseClient

        settings = self.settings
        settings.require_langfuse()
        return LangfuseClient(
            settings.langfuse_host,
            settings.langfuse_public_key,
            settings.langfuse_secret_key.get_secret_value(),
            requests_per_minute=settings.langfuse_requests_per_minute,
        )


class StoreResource(_FromSettings):
    """The object store (SESSIONS_STORE_URL)."""

    def open(self, date: str | None = None) -> "ObjectStore":
        """The store, tried for writing, and rid of what a killed run left of `date`."""
        from sessions_platform.resources.object_store import open_store
        from sessions_platform.sessions.layout import raw_prefix, staged_prefix

        store = open_store(self.settings.store_url)
        for prefix in (raw_prefix(date), staged_prefix(date), "tables/") if date else ():
            store.sweep(prefix)
        return store


class RedactionResource(_FromSettings):
    """The redactor on the pseudonym key (SESSIONS_REDACTION_KEY)."""

    def redactor(self) -> "Redactor":
        """A redactor with an empty memo."""
        from sessions_platform.sessions.redact import Redactor

        return Redactor(self.settings.redaction_key)


class WarehouseResource(_FromSettings):
    """The published analytics file (SESSIONS_HOME/analytics.duckdb)."""

    def publisher(self, store: "ObjectStore") -> "Publisher":
        """The only writer of the file."""
        from sessions_platform.resources.warehouse import Publisher

        settings = self.settings
        return Publisher(
            store,
            settings.database,
            idle_hours=settings.sessions_idle_hours,
            outcome_scores=list(settings.sessions_outcome_scores),
        )

    def analytics(self) -> "SessionAnalytics":
        """The reader of the file."""
        from sessions_platform.analytics import SessionAnalytics

        return SessionAnalytics(self.settings.database)

    def day_marts(self, store: "ObjectStore", date: str) -> dict[str, int]:
        """Write the day marts of a date as Parquet; rows by mart."""
        from sessions_platform.errors import StoreError
        from sessions_platform.resources.warehouse import build_day_marts

        settings = self.settings
        scores = list(settings.sessions_outcome_scores)
        try:
            return build_day_marts(
                store, date, idle_hours=settings.sessions_idle_hours, outcome_scores=scores, scratch=settings.scratch
            )
        except FileNotFoundError as missing:
            raise StoreError(f"{missing}: load {date} first (session_tables)") from None


class OpenVikingResource(_FromSettings):
    """The context index (OPENVIKING_URL and a user's key)."""

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return bool(self.settings.openviking_url)

    def client(self) -> "OpenVikingClient":
        """A client, not yet entered. Raises ConfigurationError where the address or key is none."""
        from sessions_platform.resources.openviking import OpenVikingClient

        settings = self.settings
        key = settings.openviking_api_key.get_secret_value()
        return OpenVikingClient(settings.openviking_url, key, concurrency=max(4, settings.sessions_model_concurrency))


class WorkspaceResource(_FromSettings):
    """Folders and the taxonomy of this installation, and where progress is shown."""

    def __init__(self, settings: Settings | None = None, sink: ProgressSink | None = None) -> None:
        super().__init__(settings)
        self._sink = sink

    @property
    def scratch(self) -> "Path":
        """Folder for passing files."""
        return self.settings.scratch

    def taxonomy_text(self) -> tuple[str, str]:
        """The taxonomy's YAML and the name to use for it in errors: SESSIONS_HOME's own, else the packaged one."""
        from importlib.resources import files

        own = self.settings.home / "taxonomy.yaml"
        if own.is_file():
            return own.read_text(encoding="utf-8"), str(own)
        return files("sessions_platform").joinpath("taxonomy.yaml").read_text(encoding="utf-8"), "taxonomy.yaml"

    def progress(self, asset: str, date: str) -> Callable[[int, int], None]:
        """A callback for (done, total) of a step."""
        sink = self._sink
        if sink is None:
            return lambda done, total: None
        return lambda done, total: sink(asset, date, done, total)


def resources(settings: Settings | None = None, *, sink: ProgressSink | None = None) -> dict[str, Any]:
    """Every resource by the name under which assets ask for it."""
    return {
        "langfuse": LangfuseResource(settings),
        "store": StoreResource(settings),
        "redaction": RedactionResource(settings),
        "warehouse": WarehouseResource(settings),
        "openviking": OpenVikingResource(settings),
        "workspace": WorkspaceResource(settings, sink),
    }
