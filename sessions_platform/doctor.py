"""Tries every configured service, and says of each that it is well, or what is wrong and how to mend it."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from sessions_platform.alerts.rules import load_rules, rules_text
from sessions_platform.alerts.webhook import check_address
from sessions_platform.errors import ConfigurationError, PlatformError, StoreError
from sessions_platform.indexing import read_ledger
from sessions_platform.indexing.prices import load_prices
from sessions_platform.resources._openviking_http import LOOPBACK
from sessions_platform.resources.platform import OpenVikingResource, RedactionResource, StoreResource
from sessions_platform.runner import check_source, open_instance
from sessions_platform.settings import Settings


def doctor(settings: Settings) -> list[tuple[str, str | None]]:
    """Try every configured service: (what, None if it is well, else what is wrong and how to mend it)."""
    checks: list[tuple[str, Callable[[], object]]] = [
        ("SESSIONS_HOME", lambda: settings.home.mkdir(parents=True, exist_ok=True)),
        ("object store", lambda: StoreResource(settings).open().check()),
        ("redaction key", lambda: RedactionResource(settings).redactor()),
        ("Langfuse", lambda: check_source(settings, with_langfuse=True)),
        ("bucket lifecycle", lambda: _check_lifecycle(settings)),
        ("OpenViking", lambda: _check_openviking(settings)),
        ("taxonomy", lambda: _check_taxonomy(settings)),
        ("prices", lambda: load_prices(settings)),
        ("alerts", lambda: _check_alerts(settings)),
        ("Dagster instance", lambda: open_instance(settings).dispose()),
    ]
    found: list[tuple[str, str | None]] = []
    for name, check in checks:
        try:
            check()
            found.append((name, None))
        except (PlatformError, OSError) as error:
            found.append((name, str(error)))
    return found


def notes(settings: Settings) -> list[str]:
    """What is not wrong, but should be known: where redacted text leaves this machine, and who hears of alerts."""
    addresses = {"OPENVIKING_URL": settings.openviking_url, "SESSIONS_GATEWAY_URL": settings.sessions_gateway_url}
    return [
        *(
            f"{name}={url}: not on this machine, so the redacted text of sessions leaves it"
            for name, url in addresses.items()
            if url and urlsplit(url).hostname not in LOOPBACK
        ),
        *_alert_notes(settings),
    ]


def _check_alerts(settings: Settings) -> None:
    load_rules(settings)
    if url := settings.sessions_webhook_url.get_secret_value():
        check_address(url)


def _alert_notes(settings: Settings) -> list[str]:
    """How many rules are watched, and whether anybody is told; nothing where they cannot be used."""
    try:
        rules, (_, name) = load_rules(settings), rules_text(settings)
    except ConfigurationError:
        return []
    told = "and posted to SESSIONS_WEBHOOK_URL"
    if not settings.sessions_webhook_url.get_secret_value():
        told = "and posted nowhere, as SESSIONS_WEBHOOK_URL is not set"
    return [f"alerts: {len(rules)} rules of {name} are looked at after every publication, recorded, {told}"]


def _check_openviking(settings: Settings) -> None:
    resource = OpenVikingResource(settings)
    if not resource.configured:
        raise ConfigurationError(
            "OPENVIKING_URL is not set: sessions are not indexed (`sessions-platform openviking` starts a local server)"
        )

    async def tried() -> None:
        async with resource.client() as client:
            await client.check()

    asyncio.run(tried())
    store = StoreResource(settings).open()
    loaded = {entry.index for day in store.dates("commits")[-1:] for entry in read_ledger(store, day).sessions.values()}
    others = sorted(loaded - {"", settings.index_name})
    if others:
        raise ConfigurationError(
            f"SESSIONS_EMBEDDING_MODEL, SESSIONS_EMBEDDING_DIMENSION: sessions were loaded into the index {others[0]}, "
            f"and the settings name {settings.index_name}; `sessions-platform rebuild-index` loads them into it"
        )


def _check_lifecycle(settings: Settings) -> None:
    """Raw and staged objects expire by the bucket's own rules; without any they are kept for ever."""
    if not settings.store_url.startswith("s3://"):
        return
    from botocore.exceptions import BotoCoreError, ClientError
    from dagster_aws.s3 import S3Resource

    where = f"SESSIONS_STORE_URL={settings.store_url}"
    bucket = settings.store_url.removeprefix("s3://").partition("/")[0]
    try:
        S3Resource().get_client().get_bucket_lifecycle_configuration(Bucket=bucket)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code != "NoSuchLifecycleConfiguration":
            raise StoreError(f"{where}: lifecycle rules cannot be read ({code})") from None
        raise StoreError(
            f"{where}: the bucket has no lifecycle rule, so raw/ and staged/ are kept for ever; let both expire "
            "after 30 days"
        ) from None
    except BotoCoreError as error:
        raise StoreError(f"{where}: {error}") from None


def _check_taxonomy(settings: Settings) -> None:
    from sessions_platform.resources.platform import WorkspaceResource
    from sessions_platform.sessions.segments import Taxonomy

    Taxonomy.parse(*WorkspaceResource(settings).taxonomy_text())
