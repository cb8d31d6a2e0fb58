"""What tokens cost: the price table `prices.yaml`, and dollars of model calls. How many tokens is in `estimate`.

A model without a price has unknown dollars, never none. Source: CONTRACT section 2 (`run --dry-run`).
"""

import math
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.ledger import Usage
from sessions_platform.settings import Settings

FILE = "prices.yaml"
EMBEDDING = "embedding"
"""The kind of call that SESSIONS_EMBEDDING_MODEL answers; all others are SESSIONS_CHAT_MODEL's."""
_MILLION = 1_000_000


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars per million tokens."""

    input: float
    output: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) and value >= 0 for value in (self.input, self.output)):
            raise ValueError("a price is a number of dollars, 0 or more")


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices by model name, as of a date."""

    as_of: date
    usd_per_million_tokens: dict[str, Price]

    def unpriced(self, settings: Settings) -> list[str]:
        """The index's models that have no price here."""
        models = dict.fromkeys((settings.sessions_chat_model, settings.sessions_embedding_model))
        return [name for name in models if name not in self.usd_per_million_tokens]

    def of_models(self, settings: Settings) -> dict[str, Any]:
        """The prices of the index's models as plain data; null for one without."""
        models = (settings.sessions_chat_model, settings.sessions_embedding_model)
        known = self.usd_per_million_tokens
        prices = {name: msgspec.to_builtins(known[name]) if name in known else None for name in models}
        return {"as_of": self.as_of.isoformat(), "usd_per_million_tokens": prices}

    def usd(self, usage: Mapping[str, Usage], settings: Settings) -> float | None:
        """Dollars of calls by kind; None where a model that has tokens among them has no price."""
        total = 0.0
        for kind, calls in usage.items():
            price = self.usd_per_million_tokens.get(model_of(kind, settings))
            if price is not None:
                total += calls.prompt_tokens * price.input + calls.completion_tokens * price.output
            elif calls.prompt_tokens or calls.completion_tokens:
                return None
        return total / _MILLION


def model_of(kind: str, settings: Settings) -> str:
    """The model that answers calls of a kind."""
    return settings.sessions_embedding_model if kind == EMBEDDING else settings.sessions_chat_model


def usd_of(usage: Mapping[str, Usage], settings: Settings) -> float | None:
    """Dollars of a ledger line's or an estimate's calls at today's prices; None where one is not priced."""
    return load_prices(settings).usd(usage, settings)


def load_prices(settings: Settings) -> Prices:
    """The prices of SESSIONS_HOME, else the packaged ones. Raises ConfigurationError naming a file that is wrong."""
    own = settings.home / FILE
    if not own.exists():
        return parse_prices(files("sessions_platform").joinpath(FILE).read_text(encoding="utf-8"), FILE)
    try:
        text = own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigurationError(f"{own}: cannot be read ({reason})") from None
    return parse_prices(text, str(own))


def parse_prices(text: str, name: str) -> Prices:
    """Prices of a YAML text; `name` stands in what is said of a wrong one."""
    try:
        data: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name}: not valid YAML ({' '.join(str(error).split())})") from None
    except ValueError as error:
        # A day that no calendar has is YAML's, and no date.
        raise ConfigurationError(f"{name}: {error}") from None
    _check_each(data, name)
    try:
        return msgspec.convert(data, Prices)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{name}: {error}") from None


def _check_each(data: Any, name: str) -> None:
    """Check models one by one: an error inside a mapping would say `[...]` and not which model."""
    models = data.get("usd_per_million_tokens") if isinstance(data, dict) else None
    for model, entry in models.items() if isinstance(models, dict) else ():
        try:
            msgspec.convert(entry, Price)
        except msgspec.ValidationError as error:
            raise ConfigurationError(f"{name}: usd_per_million_tokens: {model}: {error}") from None
