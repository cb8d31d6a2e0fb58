"""Commands: words to calls, results to text. No logic. Bad input is one clear line on stderr and exit code 2."""

import json
import logging
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from sessions_platform import (
    cli_alerts,
    cli_api,
    cli_decide,
    cli_import,
    cli_lifecycle,
    cli_search,
    cli_weekly,
)
from sessions_platform.cli_shared import Json, complain, day, errors, out, progress_of_dates, say, say_places, warn
from sessions_platform.errors import PlatformError
from sessions_platform.settings import Settings, load_settings

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, help="Agent sessions from Langfuse, made answerable."
)
# typer brings a click of its own, whose base of usage errors has no public name.
_WrongWords: type[Exception] = next(one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException")


def main() -> None:
    """Entry point: the platform's errors become one line and exit code 2."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except PlatformError as error:
        complain(str(error))
        sys.exit(2)
    except _WrongWords as error:
        # A box of usage lines is no answer to a wrong word: one line says which word and why.
        complain(f"{error.format_message()} (see --help)")  # type: ignore[attr-defined]
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        complain("stopped; the same command goes on where this one ended")
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


@app.command()
def run(
    first: Annotated[date, typer.Option("--from", parser=day, metavar="DATE", help="First UTC date.")],
    last: Annotated[date, typer.Option("--to", parser=day, metavar="DATE", help="Last UTC date, included.")],
    select: Annotated[str | None, typer.Option(help="Dagster's asset selection syntax; default: all.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and what the index would cost; write nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Do the work again although nothing changed.")] = False,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept that Langfuse answers with fewer rows than are stored.")
    ] = False,
    rebuild_database: Annotated[
        bool, typer.Option("--rebuild-database", help="Make the analytics file anew from Parquet.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Materialize days, both ends included, oldest first. Exit 0 only if every blocking check passed."""
    from sessions_platform import runner

    settings = load_settings()
    order = runner.RunOrder(first, last, select, force, allow_shrink, rebuild_database)
    if dry_run:
        from sessions_platform.dry_run import plan_days

        _print_plans(plan_days(order, settings), as_json)
        return
    with progress_of_dates(quiet=as_json) as sink:
        outcomes = list(runner.run_days(order, settings, sink=sink))
    if as_json:
        print(json.dumps({"dates": [asdict(one) for one in outcomes], "ok": all(one.ok for one in outcomes)}))
    else:
        _print_outcomes(outcomes, settings)
    failed = [one for one in outcomes if not one.ok]
    for one in failed:
        complain(f"{one.date}: {one.message}")
    if failed:
        sys.exit(2 if any(one.kind and one.kind != "CheckFailed" for one in failed) else 1)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try every configured service; say ok, or what is wrong and how to mend it. Exit 1 if anything is wrong."""
    from sessions_platform.doctor import doctor as examine
    from sessions_platform.doctor import notes

    settings = load_settings()
    found, said = examine(settings), notes(settings)
    variables = _variables(settings)
    if as_json:
        checks = {name: text or "ok" for name, text in found}
        print(json.dumps({"variables": variables, "checks": checks, "notes": said}))
    else:
        table = Table("variable", "value", "from", box=None)
        for name, entry in variables.items():
            table.add_row(name, entry["value"], entry["source"])
        out.print(table)
        for name, text in found:
            say(f"{name}: {text or 'ok'}")
        for text in said:
            say(f"note: {text}")
    if any(text for _, text in found):
        sys.exit(1)


app.command("weekly")(cli_weekly.weekly)
app.command("decide")(cli_decide.decide)
app.command()(cli_search.search)
app.command()(cli_search.session)
app.command("backup")(cli_lifecycle.backup)
app.command("restore")(cli_lifecycle.restore)
app.command("rebuild-index")(cli_lifecycle.rebuild_index)
app.command("api")(cli_api.api)
app.command("import-sqlite")(cli_import.import_sqlite)
app.command("alerts")(cli_alerts.alerts)


@app.command()
def gateway(port: Annotated[int, typer.Option(min=0, max=65535)] = 8009) -> None:
    """The offline model gateway (OpenAI-compatible, extractive: no language model), on loopback."""
    from sessions_platform.gateway import main as serve

    sys.exit(serve(port))


@app.command()
def openviking(port: Annotated[int, typer.Option(min=0, max=65535)] = 1933) -> None:
    """A local OpenViking server as a process of its own, with the models of the settings."""
    from sessions_platform.services import openviking_server

    with openviking_server(load_settings(), port=port, say=errors.print) as (url, key):
        say(f"OPENVIKING_URL={url}\nOPENVIKING_API_KEY={key}")
        _until_interrupted()


@app.command()
def dev(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the Dagster UI.")] = 3000,
    api_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the API and the dashboard.")] = cli_api.PORT,
) -> None:
    """The Dagster webserver and daemon over this installation's instance, and the API with its pages, on loopback."""
    from sessions_platform.services import dagster_ui, dashboard

    settings = load_settings()
    with dashboard(settings, port=api_port) as pages, dagster_ui(settings, port=port) as url:
        out.print(f"Dashboard: {pages}\nDagster UI: {url} (Ctrl-C ends both)")
        _until_interrupted()


@app.command()
def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="Stop after the run.")] = False,
    days: Annotated[int, typer.Option(min=1, max=60, help="How many days to run.")] = 14,
) -> None:
    """The whole graph over generated sessions, with a real OpenViking server; then the Dagster UI until Ctrl-C."""
    from sessions_platform.demo.stack import running_demo, serving

    with progress_of_dates(quiet=False) as sink, ExitStack() as stack:
        made = stack.enter_context(running_demo(load_settings(), days, sink=sink, say=errors.print))
        _print_demo(made)
        if not exit_:
            pages, url = stack.enter_context(serving(made))
            out.print(f"\nDashboard: {pages}\nDagster UI: {url} (Ctrl-C ends everything)")
            _until_interrupted()
    if not made.ok:
        sys.exit(1)


def _print_demo(made: Any) -> None:
    _print_outcomes(made.outcomes, made.settings)
    for text in made.findings():
        say(f"  {text}")
    for text in made.digests():
        say(f"\n{text}")
    out.print("\nWhat was made, and where it lies:")
    for what, where in made.made():
        say(f"  {what:<26}{where}")
    out.print("\nTry:")
    for number, text in enumerate(made.things_to_try(), 1):
        say(f"  {number}. {text}")


def _until_interrupted() -> None:
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _variables(settings: Settings) -> dict[str, dict[str, str]]:
    """Every variable with its value (secrets masked) and where it was set."""
    shown = {}
    derived = {"dagster_home": settings.dagster_folder, "sessions_store_url": settings.store_url}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        secret = name in settings.SECRET_FIELDS
        if secret:
            text = "set" if value.get_secret_value() else "not set"
        else:
            text = ",".join(value) if isinstance(value, tuple) else str(derived.get(name, value or ""))
        source = "environment or .env" if name in settings.model_fields_set else "default"
        shown[name.upper()] = {"value": text, "source": source}
    return shown


def _print_outcomes(outcomes: list[Any], settings: Settings) -> None:
    table = Table("date", "result", "sessions", "rows", "table rows", "seconds", box=None)
    for column in table.columns[2:]:
        column.justify = "right"
    for one in outcomes:
        figures = [one.figures.get(name) for name in ("staged_sessions", "raw_sessions", "session_tables")]
        cells = ["" if figure is None else f"{figure:,}" for figure in figures]
        table.add_row(one.date, "ok" if one.ok else "failed", *cells, f"{one.seconds:.1f}")
    out.print(table)
    for one in outcomes:
        for text in one.warnings:
            warn(f"{one.date}: {text}")
    say_places(settings)


def _print_plans(plan: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(plan.as_json()))
        return
    table = Table("date", "requests", "rows", "MB", "sessions", "to index", "index tokens", "dollars", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for entry in (*map(asdict, plan.dates), {"date": "total", **plan.total}):
        counts = (f"{entry[name]:,}" for name in ("sessions_estimate", "sessions_to_index", "index_tokens"))
        megabytes, usd = f"{entry['bytes_estimate'] / 1e6:,.1f}", entry["usd"]
        dollars = "unknown" if usd is None else f"{usd:,.4f}" if usd < 1 else f"{usd:,.2f}"
        table.add_row(entry["date"], f"{entry['requests']:,}", f"{entry['rows']:,}", megabytes, *counts, dollars)
    out.print(table)
    for text in plan.notes:
        say(text)
