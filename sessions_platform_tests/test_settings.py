"""Variables: defaults, `.env`, and one clear line where a value cannot be used."""

import stat
from datetime import date

import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.settings import load_settings

NAMES = (
    "DAGSTER_HOME",
    "LANGFUSE_HOST",
    "LANGFUSE_BASE_URL",
    "SESSIONS_HOME",
    "SESSIONS_STORE_URL",
    "SESSIONS_REDACTION_KEY",
)


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_lie_below_the_working_folder(tmp_path):
    settings = load_settings()
    assert settings.home == tmp_path / ".sessions"
    assert settings.dagster_folder == tmp_path / ".sessions" / "dagster"
    assert settings.store_url == str(tmp_path / ".sessions" / "store")
    assert settings.database == tmp_path / ".sessions" / "analytics.duckdb"
    assert settings.sessions_outcome_scores == ("success", "resolved", "task_success")
    assert not (tmp_path / ".sessions").exists()


def test_the_environment_wins_over_the_dot_env_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("LANGFUSE_HOST=https://from.file/\nSESSIONS_START_DATE=2026-02-03\n")
    assert load_settings().langfuse_host == "https://from.file"
    assert load_settings().sessions_start_date == date(2026, 2, 3)
    monkeypatch.setenv("LANGFUSE_HOST", "from.environment")
    assert load_settings().langfuse_host == "https://from.environment"


def test_langfuses_other_name_for_its_host_is_read_too(monkeypatch):
    monkeypatch.setenv("LANGFUSE_BASE_URL", "http://127.0.0.1:3000")
    assert load_settings().langfuse_host == "http://127.0.0.1:3000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSIONS_START_DATE", "yesterday"),
        ("SESSIONS_LOOKBACK_DAYS", "-1"),
        ("LANGFUSE_REQUESTS_PER_MINUTE", "0"),
        ("SESSIONS_IDLE_HOURS", "soon"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"^{name}: "):
        load_settings()


def test_missing_langfuse_variables_are_all_named():
    with pytest.raises(ConfigurationError, match="LANGFUSE_HOST, LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY"):
        load_settings().require_langfuse()


def test_the_redaction_key_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    key = load_settings().redaction_key
    path = tmp_path / ".sessions" / "redaction.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_settings().redaction_key == key
    path.write_text("short")
    with pytest.raises(ConfigurationError, match="redaction.key: the redaction key is damaged"):
        _ = load_settings().redaction_key


def test_an_s3_store_wants_the_redaction_key_set(monkeypatch):
    monkeypatch.setenv("SESSIONS_STORE_URL", "s3://bucket/prefix")
    with pytest.raises(ConfigurationError, match="SESSIONS_REDACTION_KEY is not set"):
        _ = load_settings().redaction_key
    monkeypatch.setenv("SESSIONS_REDACTION_KEY", "0123456789abcdef")
    assert load_settings().redaction_key == b"0123456789abcdef"
    monkeypatch.setenv("SESSIONS_REDACTION_KEY", "guess")
    with pytest.raises(ConfigurationError, match="at least 16 characters"):
        _ = load_settings().redaction_key


def test_secrets_do_not_show(monkeypatch):
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk-lf-very-secret")
    assert "very-secret" not in repr(load_settings())
