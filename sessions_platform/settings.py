"""Every variable that the platform reads, in one class. Nothing else reads the environment.

Values come from the environment, then from `.env` in the working folder, then from the defaults here.
Source: CONTRACT section 3.
"""

import os
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from sessions_platform.errors import ConfigurationError

_KEY_FILE = "redaction.key"


class Settings(BaseSettings):
    """The platform's variables. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    SECRET_FIELDS: ClassVar[tuple[str, ...]] = (
        *("langfuse_secret_key", "sessions_redaction_key", "openviking_api_key", "sessions_gateway_api_key"),
        *("sessions_api_token", "sessions_webhook_url"),
    )

    langfuse_host: str = Field("", validation_alias=AliasChoices("LANGFUSE_HOST", "LANGFUSE_BASE_URL"))
    langfuse_public_key: str = ""
    langfuse_secret_key: SecretStr = SecretStr("")
    langfuse_requests_per_minute: int | None = Field(None, ge=1)
    sessions_home: Path = Path(".sessions")
    dagster_home: Path | None = None
    sessions_store_url: str = ""
    sessions_start_date: date = date(2025, 1, 1)
    sessions_lookback_days: int = Field(3, ge=0, le=60)
    sessions_outcome_scores: Annotated[tuple[str, ...], NoDecode] = ("success", "resolved", "task_success")
    sessions_idle_hours: float = Field(1.0, gt=0, le=24 * 30)
    sessions_redaction_key: SecretStr = SecretStr("")

    openviking_url: str = ""
    openviking_api_key: SecretStr = SecretStr("")
    openviking_memories: Annotated[tuple[Literal["events", "entities", "none"], ...], NoDecode] = ("none",)
    sessions_index_token_budget: int = Field(20_000_000, ge=0)
    sessions_index_days: int = Field(0, ge=0)
    sessions_backup_days: int = Field(90, ge=1)
    sessions_gateway_url: str = ""
    sessions_gateway_api_key: SecretStr = SecretStr("")
    sessions_chat_model: str = "offline-extractive"
    sessions_embedding_model: str = "offline-hashed-words"
    sessions_embedding_dimension: int = Field(2048, ge=32, le=8192)
    sessions_model_concurrency: int = Field(2, ge=1, le=64)
    sessions_api_token: SecretStr = SecretStr("")
    analysis_model: str = "rules"
    sessions_alerts: Path | None = None
    sessions_webhook_url: SecretStr = SecretStr("")
    sessions_dashboard_url: str = ""

    @field_validator("sessions_outcome_scores", "openviking_memories", mode="before")
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @field_validator("langfuse_host")
    @classmethod
    def _host(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        return value if not value or "://" in value else f"https://{value}"

    @property
    def home(self) -> Path:
        """SESSIONS_HOME, absolute: everything written locally lies below it."""
        return self.sessions_home.expanduser().absolute()

    @property
    def dagster_folder(self) -> Path:
        """DAGSTER_HOME, absolute."""
        return self.dagster_home.expanduser().absolute() if self.dagster_home else self.home / "dagster"

    @property
    def store_url(self) -> str:
        """SESSIONS_STORE_URL, or the folder `store` in SESSIONS_HOME."""
        return self.sessions_store_url or str(self.home / "store")

    @property
    def database(self) -> Path:
        """The published analytics file."""
        return self.home / "analytics.duckdb"

    @property
    def memories(self) -> tuple[str, ...]:
        """Kinds of memories that OpenViking extracts; none by default."""
        return tuple(kind for kind in self.openviking_memories if kind != "none")

    @property
    def index_name(self) -> str:
        """The index that sessions are loaded into: another model or dimension is another index."""
        return f"{self.sessions_embedding_model}-{self.sessions_embedding_dimension}"

    @property
    def scratch(self) -> Path:
        """Folder for passing files; only redacted data goes there."""
        return self.home / "tmp"

    @cached_property
    def redaction_key(self) -> bytes:
        """The pseudonym key: SESSIONS_REDACTION_KEY, else the one made and kept in SESSIONS_HOME."""
        given = self.sessions_redaction_key.get_secret_value()
        if given:
            if len(given) < 16:
                raise ConfigurationError("SESSIONS_REDACTION_KEY: at least 16 characters, or pseudonyms can be guessed")
            return given.encode()
        if self.store_url.startswith("s3://"):
            raise ConfigurationError(
                "SESSIONS_REDACTION_KEY is not set: with an s3:// store every machine must use the same key. "
                "Make one with `openssl rand -base64 32` and keep it with your secrets"
            )
        return _kept_key(self.home / _KEY_FILE)

    def require_langfuse(self) -> None:
        """Raise ConfigurationError naming the variables that Langfuse needs and that are missing."""
        missing = [
            name
            for name, value in (
                ("LANGFUSE_HOST", self.langfuse_host),
                ("LANGFUSE_PUBLIC_KEY", self.langfuse_public_key),
                ("LANGFUSE_SECRET_KEY", self.langfuse_secret_key.get_secret_value()),
            )
            if not value
        ]
        if missing:
            raise ConfigurationError(
                f"not set: {', '.join(missing)} (environment or .env); `sessions-platform doctor` checks"
            )


def load_settings(**overrides: Any) -> Settings:
    """The settings as they stand now. A value that cannot be used raises ConfigurationError naming its variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{'.'.join(str(at) for at in one['loc']).upper()}: {one['msg']}" for one in error.errors()]
        raise ConfigurationError("; ".join(lines)) from None


def last_complete_date(now: datetime) -> date:
    """The newest UTC date that is over."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def _kept_key(path: Path) -> bytes:
    """The key kept in a file; made on first use, readable by its owner alone, never replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="ascii").strip()
        if len(key) < 16:
            raise ConfigurationError(
                f"{path}: the redaction key is damaged; restore it, or set SESSIONS_REDACTION_KEY"
            ) from None
        return key.encode()
    except OSError as error:
        raise ConfigurationError(f"SESSIONS_HOME={path.parent}: cannot be written ({error.strerror})") from error
    key = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return key.encode()
