"""The command `decide`: what people think of a finding. No logic: recording is `analysis.decisions`' part."""

import json
from typing import Annotated, Literal

import typer
from rich.console import Console

from sessions_platform.settings import load_settings

out = Console()


def decide(
    finding: Annotated[str, typer.Argument(help="Id of a finding, as `f-0123456789ab`.")],
    verdict: Annotated[Literal["accept", "reject"], typer.Argument(help="accept, or reject: it is not shown again.")],
    note: Annotated[str, typer.Option(help="Why; kept with the decision and shown in reports.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Machine output.")] = False,
) -> None:
    """Accept or reject a finding of the weekly analysis. The newest decision counts, earlier ones are kept."""
    from datetime import UTC, datetime

    from sessions_platform.analysis import decisions
    from sessions_platform.analytics import SessionAnalytics
    from sessions_platform.errors import ConfigurationError
    from sessions_platform.resources.platform import StoreResource, WarehouseResource

    settings = load_settings()
    known = SessionAnalytics(settings.database).records(
        "SELECT statement FROM findings WHERE finding_id = $finding", {"finding": finding}
    )
    if not known:
        raise ConfigurationError(
            f"no finding {finding[:60]!r} in {settings.database}; the page /findings lists their ids"
        )
    store = StoreResource(settings).open()
    made = decisions.decide(store, finding, verdict, note, datetime.now(UTC))
    WarehouseResource(settings).publisher(store).publish([])
    if as_json:
        print(json.dumps(made))
    else:
        out.print(f"{verdict}ed: {known[0]['statement']}", markup=False, soft_wrap=True)
