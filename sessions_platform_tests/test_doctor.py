"""What doctor says: each service by name, ok or what is wrong and how to mend it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer
from sessions_platform.doctor import doctor, notes
from sessions_platform.resources.object_store import open_store
from sessions_platform.sessions.layout import ledger_key
from sessions_platform.settings import load_settings


@pytest.fixture
def source() -> Any:
    corpus = generate(3, [date(2026, 11, 3)], 1)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        yield server


def found(home: Path, source: Any, **more: Any) -> dict[str, str | None]:
    settings = load_settings(
        langfuse_host=source.url,
        langfuse_public_key=source.public_key,
        langfuse_secret_key=more.pop("secret", source.secret_key),
        sessions_home=home,
        dagster_home=None,
        **more,
    )
    return dict(doctor(settings))


def test_a_fresh_installation_lacks_only_the_index(tmp_path: Path, source: Any) -> None:
    wrong = {name: text for name, text in found(tmp_path, source).items() if text}
    assert list(wrong) == ["OpenViking"]
    assert "sessions-platform openviking" in str(wrong["OpenViking"])


def test_wrong_keys_name_the_variables_and_the_region(tmp_path: Path, source: Any) -> None:
    text = str(found(tmp_path, source, secret="sk-lf-wrong")["Langfuse"])
    assert "LANGFUSE_SECRET_KEY" in text and "region" in text and "sk-lf-wrong" not in text


def test_a_bucket_without_lifecycle_rules_is_said_and_one_with_them_is_well(
    tmp_path: Path, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "DEFAULT_REGION": "us-east-1"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="doctors")
        more = {"sessions_store_url": "s3://doctors/p", "sessions_redaction_key": "0123456789abcdef"}
        assert "no lifecycle rule" in str(found(tmp_path, source, **more)["bucket lifecycle"])
        rule = {"ID": "raw", "Status": "Enabled", "Filter": {"Prefix": "p/raw/"}, "Expiration": {"Days": 30}}
        s3.put_bucket_lifecycle_configuration(Bucket="doctors", LifecycleConfiguration={"Rules": [rule]})
        assert found(tmp_path, source, **more)["bucket lifecycle"] is None
    finally:
        server.stop()


def test_another_embedding_dimension_than_the_index_has_is_said(
    tmp_path: Path, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def well(_client: Any) -> str:
        return "0.5.2"

    monkeypatch.setattr("sessions_platform.resources.openviking.OpenVikingClient.check", well)
    entry = {"uri": "viking://x", "hash": "h", "staged_sha256": "s", "status": "verified", "index": "other-model-1024"}
    ledger = {"schema": 1, "date": "2026-11-03", "sessions": {"s": entry}}
    open_store(str(tmp_path / "store")).put(ledger_key("2026-11-03"), json.dumps(ledger).encode())
    more = {"openviking_url": "http://127.0.0.1:9", "openviking_api_key": "user-key"}
    text = str(found(tmp_path, source, **more)["OpenViking"])
    assert "other-model-1024" in text and "SESSIONS_EMBEDDING_DIMENSION" in text
    more |= {"sessions_embedding_model": "other-model", "sessions_embedding_dimension": 1024}
    assert found(tmp_path, source, **more)["OpenViking"] is None


def test_an_address_off_this_machine_is_said_to_receive_redacted_text(tmp_path: Path) -> None:
    given = {"sessions_home": tmp_path, "openviking_url": "http://127.0.0.1:1933"}
    assert "redacted text" not in str(notes(load_settings(**given, sessions_gateway_url="http://localhost:1/v1")))
    (note, _) = notes(load_settings(**given, sessions_gateway_url="https://models.example.com/v1"))
    assert note.startswith("SESSIONS_GATEWAY_URL=https://models.example.com/v1") and "redacted text" in note


def test_alerts_are_counted_and_it_is_said_whether_anybody_is_told(tmp_path: Path) -> None:
    silent = notes(load_settings(sessions_home=tmp_path))
    assert silent == [
        "alerts: 7 rules of alerts.yaml are looked at after every publication, recorded, and posted nowhere, as "
        "SESSIONS_WEBHOOK_URL is not set"
    ]
    (told,) = notes(load_settings(sessions_home=tmp_path, sessions_webhook_url="https://hooks.example/hush"))
    assert told.endswith("and posted to SESSIONS_WEBHOOK_URL") and "hush" not in told


def test_a_broken_alert_rule_and_a_webhook_that_is_no_address_are_said(tmp_path: Path, source: Any) -> None:
    assert found(tmp_path, source)["alerts"] is None
    wrong = str(found(tmp_path, source, sessions_webhook_url="hush-hush")["alerts"])
    assert wrong == "SESSIONS_WEBHOOK_URL: give an address that begins with https://"
    (tmp_path / "alerts.yaml").write_text("alerts: [{name: tools, metric: speed, window: 7d, threshold: below 1}]")
    assert "alerts.yaml: rule 'tools': metric: unknown metric 'speed'" in str(found(tmp_path, source)["alerts"])
    assert not [note for note in notes(load_settings(sessions_home=tmp_path)) if note.startswith("alerts")]
