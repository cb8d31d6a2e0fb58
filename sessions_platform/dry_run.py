"""What a run would ask of Langfuse and of the index's models, and what that costs (`run --dry-run`). Writes nothing.

How extraction is planned is in `extraction.plan`, how index tokens are estimated in `indexing.estimate`, what tokens
cost in `indexing.prices`; what commands print is in `cli`.
"""

import asyncio
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from sessions_platform.assets import commits, raw
from sessions_platform.definitions import build_defs
from sessions_platform.extraction import Plan, plan_date
from sessions_platform.resources.platform import LangfuseResource, StoreResource
from sessions_platform.runner import RunOrder, check_dates, selected_assets
from sessions_platform.settings import Settings

if TYPE_CHECKING:
    from sessions_platform.indexing.prices import Prices
    from sessions_platform.resources.object_store import ObjectStore

_SUMS = ("requests", "rows", "bytes_estimate", "sessions_estimate", "sessions_to_index", "index_tokens")


@dataclass(frozen=True, slots=True)
class DayPlan(Plan):
    """A date of a run: what it asks of Langfuse, the sessions to load into the index, tokens of its models, and
    dollars, None where a model has no price.
    """

    sessions_to_index: int
    index_tokens: int
    index_basis: str
    usd: float | None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run, date by date, the prices of its models, and what is to be said of it in words."""

    dates: list[DayPlan]
    token_budget: int
    prices: dict[str, Any]
    notes: list[str]

    @property
    def total(self) -> dict[str, float | int | None]:
        """Sums over the dates; dollars are unknown where those of one date are."""
        sums: dict[str, float | int | None] = {name: sum(getattr(day, name) for day in self.dates) for name in _SUMS}
        known = [day.usd for day in self.dates if day.usd is not None]
        return sums | {"usd": sum(known) if len(known) == len(self.dates) else None}

    @property
    def tokens_left_pending(self) -> int:
        """Index tokens that the run's budget does not reach for."""
        return max(0, sum(day.index_tokens for day in self.dates) - self.token_budget)

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self) | {"total": self.total, "tokens_left_pending": self.tokens_left_pending}


def plan_days(order: RunOrder, settings: Settings, *, now: datetime | None = None) -> RunPlan:
    """Plan the dates of an order. Raises PlatformError where the order, a variable, a key or the prices are wrong."""
    from sessions_platform.indexing.estimate import NOTES, Estimator, IndexEstimate
    from sessions_platform.indexing.prices import load_prices

    dates = check_dates(order, settings, now or datetime.now(UTC))
    chosen = selected_assets(build_defs(settings), order.select, with_index=bool(settings.openviking_url))
    prices, store = load_prices(settings), StoreResource(settings).open()
    estimator, with_index = Estimator(store, settings), dg.AssetKey(commits.NAME) in chosen
    days, bases = [], Counter[str]()
    for plan in _extraction(settings, store, dates, with_langfuse=dg.AssetKey(raw.NAME) in chosen):
        none = IndexEstimate()
        index = estimator.date(plan.date, plan.sessions_estimate, force=order.force) if with_index else none
        usd = prices.usd(index.usage, settings)
        days.append(DayPlan(**asdict(plan), **index.as_figures(), usd=usd))
        bases[NOTES[index.basis]] += 1
    if not settings.openviking_url:
        notes = [NOTES["none"]]
    elif not with_index:
        notes = [f"{commits.NAME} is not selected: nothing is loaded into an index"]
    else:
        notes = _notes(bases, prices, settings)
    made = RunPlan(days, settings.sessions_index_token_budget, prices.of_models(settings), notes)
    if left := made.tokens_left_pending:
        notes.append(
            f"{commits.BUDGET}={made.token_budget:,}: about {left:,} tokens of sessions stay pending, the oldest "
            "first; raise it, or run the dates again"
        )
    return made


def _extraction(settings: Settings, store: "ObjectStore", dates: list[str], *, with_langfuse: bool) -> list[Plan]:
    async def plans() -> list[Plan]:
        async with LangfuseResource(settings).client() as client:
            return [await plan_date(client, store, day) for day in dates]

    return asyncio.run(plans()) if with_langfuse else [_stored(store, day) for day in dates]


def _stored(store: "ObjectStore", date: str) -> Plan:
    """Of a run that asks Langfuse nothing: what stands in the store."""
    from sessions_platform.staging import read_manifest

    manifest = read_manifest(store, date) or {"source_rows": 0, "sessions": {}}
    return Plan(date, 0, manifest["source_rows"], 0, len(manifest["sessions"]), [])


def _notes(bases: Counter[str], prices: "Prices", settings: Settings) -> list[str]:
    known = [
        f"{model} {price['input']:g} in" + (f", {price['output']:g} out" if price["output"] else "")
        for model, price in prices.of_models(settings)["usd_per_million_tokens"].items()
        if price is not None
    ]
    notes = [f"index tokens {basis} ({count} of {bases.total()} dates)" for basis, count in bases.items()]
    if known:
        notes.append(f"list prices as of {prices.as_of}, dollars per million tokens: {'; '.join(known)}")
    if missing := prices.unpriced(settings):
        own = settings.home / "prices.yaml"
        notes.append(
            f"no price for {', '.join(missing)}: its dollars are unknown; add it to a copy of prices.yaml as {own}"
        )
    return notes
