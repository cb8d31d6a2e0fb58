"""What the commands share: the two consoles, how notes and complaints are said, dates and flags, a bar of progress.

Session texts are data: nothing printed here is markup.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sessions_platform.resources.platform import ProgressSink
from sessions_platform.settings import Settings

errors = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
out = Console(highlight=False, markup=False, emoji=False)

Json = Annotated[bool, typer.Option("--json", help="Machine output.")]
Show = Callable[[str, int, int], None]
"""Called with the step under way, and how many of how many are done."""


def day(text: str) -> date:
    """An option's date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-11-03") from None


def say(text: str) -> None:
    """A line of the result, never broken: it may be copied."""
    out.print(text, soft_wrap=True)


def say_places(settings: Settings) -> None:
    """Where the store and the analytics file lie."""
    say(f"store     {settings.store_url}")
    say(f"analytics {settings.database}")


def warn(text: str) -> None:
    """What did not stop anything."""
    errors.print(f"warning: {text}")


def complain(text: str) -> None:
    """What went wrong."""
    errors.print(f"sessions-platform: {text}")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Show]:
    """A bar on stderr, of the step under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=quiet or not errors.is_terminal, transient=True) as bars:
        task = bars.add_task("starting", total=None)

        def show(step: str, done: int, total: int) -> None:
            bars.update(task, description=step, completed=done, total=total or None)

        yield show


@contextmanager
def progress_of_dates(*, quiet: bool) -> Iterator[ProgressSink]:
    """The bar, for work that goes from date to date."""
    with progress(quiet=quiet) as show:
        yield lambda step, date, done, total: show(f"{date} {step}", done, total)
