"""The index's server as lifecycle work needs it: a client for sessions and one for packs, opened together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sessions_platform.errors import ConfigurationError
from sessions_platform.resources.openviking import OpenVikingClient
from sessions_platform.resources.openviking_packs import PackClient
from sessions_platform.settings import Settings

_AT_ONCE = 4
"""Requests in flight: reading back asks no model."""


@dataclass(frozen=True)
class Index:
    """An entered client, packs, the URI of the loading user, and the server's version."""

    client: OpenVikingClient
    packs: PackClient
    space: str
    version: str


@asynccontextmanager
async def open_index(settings: Settings) -> AsyncIterator[Index]:
    """The server of OPENVIKING_URL, tried. Raises ConfigurationError, OpenVikingDown."""
    if not settings.openviking_url:
        raise ConfigurationError("OPENVIKING_URL is not set: the address of the OpenViking server to work with")
    url, key = settings.openviking_url, settings.openviking_api_key.get_secret_value()
    at_once = max(_AT_ONCE, settings.sessions_model_concurrency)
    async with OpenVikingClient(url, key, concurrency=at_once) as client, PackClient(url, key) as packs:
        version = await client.check()
        yield Index(client, packs, await client.user_space(), version)
