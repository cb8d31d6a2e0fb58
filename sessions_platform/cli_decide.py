"""The command `decide`: what people think of a finding. No logic: recording is `analysis.decisions`' part."""

import json
from typing import Annotated, Literal

import typer

from sessions_platform.cli_shared import Json, say
from sessions_platform.settings import load_settings


def decide(
    finding: Annotated[str, typer.Argument(help="Id of a finding, as `f-0123456789ab`.")],
    verdict: Annotated[Literal["accept", "reject"], typer.Argument(help="accept, or reject: it is not shown again.")],
    note: Annotated[str, typer.Option(help="Why; kept with the decision and shown in reports.")] = "",
    as_json: Json = False,
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
        say(f"{verdict}ed: {known[0]['statement']}")
        if verdict == "reject":
            say("It is not shown from the next report on; `weekly --week ...` makes one again without it.")
