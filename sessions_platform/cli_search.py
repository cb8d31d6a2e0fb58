"""Commands that find sessions and show one: what `search` answers, made readable on a terminal.

Session texts are data: nothing in them is markup here, and what would steer a terminal is taken out.
"""

import json
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from sessions_platform.cli_shared import Json, day, errors, out, say, warn
from sessions_platform.settings import load_settings

if TYPE_CHECKING:
    from sessions_platform.search import Answer, ExactAnswer, Found, SessionSearch, SessionView

_STEERING = {
    **dict.fromkeys([*range(0x20), 0x7F, *range(0x80, 0xA0)]),
    **dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF]),
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
}
"""Control characters, signs that turn the direction of writing, lone surrogates."""
_KEEPING_LINES = {code: sign for code, sign in _STEERING.items() if code not in {0x09, 0x0A}}
_FIRST, _LAST = 30, 15
"""Timeline rows shown of a long session."""


def search(
    words: Annotated[
        str, typer.Argument(help="What to look for. In double quotes ('\"connection refused\"'): exactly this string.")
    ],
    since: Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="First UTC date.")] = None,
    until: Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="Last UTC date, included.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="A tag it must have, as outcome=failed; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many sessions.")] = 10,
    level: Annotated[
        int | None, typer.Option(min=0, max=2, help="Search abstracts (0), overviews (1) or digests (2) alone.")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exactly this string, in tables and staged texts.")] = False,
    as_json: Json = False,
) -> None:
    """Find sessions by meaning, or by an exact string in double quotes."""
    finder = _finder()
    string = _quoted(words)
    if exact or string is not None:
        if tag or level is not None:
            raise typer.BadParameter("--tag and --level are for searches by meaning: leave them out, or the quotes")
        with _reading(quiet=as_json) as show:
            found = finder.exact(
                words if string is None else string, since=since, until=until, limit=limit, progress=show
            )
        _print_json("exact", found) if as_json else _print_exact(found)
        return
    answer = finder.find(words, since=since, until=until, tags=tag or (), limit=limit, level=level)
    _print_json("meaning", answer) if as_json else _print_answer(answer)


def session(
    session_id: Annotated[str, typer.Argument(metavar="ID", help="A session's id, as `search` shows it.")],
    digest: Annotated[bool, typer.Option("--digest", help="Its whole digest.")] = False,
    transcript: Annotated[bool, typer.Option("--transcript", help="Everything that was said.")] = False,
    whole: Annotated[bool, typer.Option("--all", help="The timeline with nothing left out.")] = False,
    as_json: Json = False,
) -> None:
    """One session: what it was about, how it ended, and its timeline."""
    finder = _finder()
    if digest and transcript:
        raise typer.BadParameter("give --digest or --transcript, not both")
    if digest or transcript:
        documents = finder.documents(session_id, "digest" if digest else "transcript")
        if as_json:
            print(json.dumps({"session_id": session_id, "documents": [asdict(one) for one in documents]}))
            return
        for one in documents:
            errors.print(plain(f"{one.date}: {', '.join(one.source)}"))
            sys.stdout.write(plain(one.text, lines=True).rstrip("\n") + "\n")
        return
    view = finder.session(session_id)
    if as_json:
        print(json.dumps(asdict(view)))
    else:
        _print_view(view, whole)


def plain(text: Any, *, lines: bool = False) -> str:
    """The text without what would steer a terminal; on one line, unless `lines` and tabs are to stay."""
    if lines:
        return str(text).replace("\r\n", "\n").translate(_KEEPING_LINES)
    return " ".join(str(text).split()).translate(_STEERING)


def _finder() -> "SessionSearch":
    # Imported here: what it stands on would slow the start of every command.
    from sessions_platform.search import SessionSearch

    return SessionSearch.of(load_settings())


def _quoted(words: str) -> str | None:
    """What stands in double quotes, if that is all there is."""
    stripped = words.strip()
    inner = stripped[1:-1]
    return inner if len(stripped) > 2 and stripped[0] == stripped[-1] == '"' and '"' not in inner else None


def _print_json(kind: str, answer: "Answer | ExactAnswer") -> None:
    print(json.dumps({"kind": kind, **asdict(answer)}))


def _print_answer(answer: "Answer") -> None:
    score = "{:.2f}" if answer.words else ""  # with tags alone nothing is nearer than another
    rows = [(score.format(one.score), one, one.l0 or one.snippet) for one in answer.results]
    _print_table("score", rows)
    out.print(f"{_sessions(len(rows))} from {answer.hits} hits in the index{_version(answer.data_version)}")
    if '"' in answer.words:
        say("For an exact string quote all of it, or give --exact.")
    if not rows:
        say("Nothing fits: fewer --tag, a wider --since and --until, or other words.")
    _print_hints(answer.results)


def _print_exact(answer: "ExactAnswer") -> None:
    def where(one: "Found") -> str:
        return "-" if one.message_index is None else str(one.message_index)

    _print_table("message", [(where(one), one, f"{one.found_in}: {one.snippet}") for one in answer.results])
    read = f"{answer.sessions_read:,} staged sessions read whole"
    more = "" if answer.complete else "; there may be more in older dates (--limit, --until)"
    say(f"{_sessions(len(answer.results))}, {read}{more}{_version(answer.data_version)}")
    for key in answer.unreadable[:3]:
        warn(f"{key} cannot be read: missing or damaged; run its date again with --force")
    if len(answer.unreadable) > 3:
        warn(f"and {len(answer.unreadable) - 3} more")
    _print_hints(answer.results)


def _print_table(first: str, rows: "Iterable[tuple[str, Found, str]]") -> None:
    """Ids are never cut, so that they can be copied; the text below one takes what room is left."""
    table = Table(first, "date", "outcome", "cost", "turns", "session", box=None, pad_edge=False)
    for number in (0, 3, 4):
        table.columns[number].justify = "right"
    for column in table.columns[:5]:
        column.no_wrap = True
    table.columns[5].overflow = "fold"
    for mark, one, text in rows:
        turns = "" if one.total_turns is None else str(one.total_turns)
        words = Text.assemble((plain(one.session_id), "bold"), "\n", plain(text))
        table.add_row(mark, one.date, plain(one.outcome or ""), _dollars(one), turns, words)
    if table.row_count:
        out.print(table)


def _print_hints(results: "list[Found]") -> None:
    unknown = sum(not one.published for one in results)
    if unknown:
        say(f"{_sessions(unknown)} without columns: not in the published tables yet")
    if results:
        word = shlex.quote(plain(results[0].session_id))
        say(f"Open one: sessions-platform session {word} [--digest | --transcript]")


def _print_view(view: "SessionView", whole: bool) -> None:
    about = view.session
    out.print(Text(plain(view.session_id), "bold"), soft_wrap=True)
    minutes = (about["duration_seconds"] or 0) / 60
    facts = [
        f"{about['start_time'][:16].replace('T', ' ')} UTC, {minutes:,.1f} minutes",
        f"status {about['status']}",
        f"outcome {about['outcome']} ({about['outcome_basis']})",
        f"cost ${about['total_cost_usd']:,.4f}{'' if about['cost_complete'] else ' or more'}",
        f"{about['total_turns']} turns, {about['message_count']} messages",
        f"{about['tool_call_count']} tool calls, {about['tool_error_count']} failed",
        *(f"{name} {about[name]}" for name in ("environment", "release", "version", "user_id") if about[name]),
    ]
    out.print(plain("; ".join(facts)))
    for one in view.slices:
        out.print(Text(f"\n{one.date}", "bold"), Text(plain(one.l0)), sep="  ")
        if one.note:
            out.print(plain(f"(shown from {one.overview_from or 'nothing'}: {one.note})"))
        if one.overview:
            out.print()
            out.print(Text(plain(one.overview.strip(), lines=True)))
        if one.digest_uri:
            out.print("\ndigest     ", plain(one.digest_uri), soft_wrap=True)
        for uri in one.transcript_uris:
            out.print("transcript ", plain(uri), soft_wrap=True)
    _print_timeline([event for event in view.timeline if event["kind"] != "model_call"], whole)
    word = shlex.quote(plain(view.session_id))
    say(f"\nAll of it: sessions-platform session {word} --transcript")


def _print_timeline(events: list[dict[str, Any]], whole: bool) -> None:
    left_out = 0 if whole else max(0, len(events) - _FIRST - _LAST)
    table = Table("time", "turn", "message", "who", "what", box=None, pad_edge=False)
    for number in (1, 2):
        table.columns[number].justify = "right"
    for column in table.columns[:3]:
        column.no_wrap = True
    table.columns[3].max_width = 20
    table.columns[4].overflow = "fold"
    days = {(event["timestamp"] or "")[:10] for event in events}
    for number, event in enumerate(events):
        if left_out and _FIRST <= number < _FIRST + left_out:
            if number == _FIRST:
                table.add_row("…", "", "", "", f"{left_out} more; --all shows them")
            continue
        at = (event["timestamp"] or "")[5 if len(days) > 1 else 11 : 19].replace("T", " ")
        place = "" if event["message_index"] is None else str(event["message_index"])
        table.add_row(at, str(event["turn_index"]), place, Text(plain(event["agent_name"] or "")), Text(_what(event)))
    out.print(Text("\nTimeline", "bold"))
    out.print(table)


def _what(event: dict[str, Any]) -> str:
    if event["kind"] == "tool_call":
        name = event["operation"] or event["tool_name"]
        took = "" if event["duration_ms"] is None else f", {event['duration_ms']:,.0f} ms"
        return plain(f"-> {name} [{'ok' if event['success'] else 'FAILED'}{took}] {event['text'] or ''}")
    cut = "…" if (event["char_count"] or 0) > len(event["text"] or "") else ""
    role = "result" if event["role"] == "tool" else event["role"]
    return plain(f"{role}: {event['text'] or '(asks for tools)'}{cut}")


def _sessions(count: int) -> str:
    return f"{count} session" if count == 1 else f"{count} sessions"


def _version(version: str | None) -> str:
    return f", data version {version}" if version else ""


def _dollars(one: "Found") -> str:
    if one.total_cost_usd is None:
        return ""
    return f"{'' if one.cost_complete else '≥'}${one.total_cost_usd:,.4f}"


@contextmanager
def _reading(*, quiet: bool) -> Iterator[Any]:
    """A line on stderr that tells how far a long search is."""
    if quiet or not errors.is_terminal:
        yield None
        return
    with errors.status("searching tables") as status:
        yield lambda day, read: status.update(f"{day}: {read:,} staged sessions read")
