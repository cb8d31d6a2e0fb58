"""Whether a report's quotes stand where it says, and its numbers are what its queries give. Reads for itself.

Independent of the package's own verification: staged objects are opened as plain JSON, and the published file by a
connection of our own. A message's place is that of the published `messages`; the staged text must begin with the
preview of it.
"""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import zstandard


class Checked(msgspec.Struct):
    """How many quotes and numbers were looked at, and what is wrong with those that are."""

    quotes: int = 0
    quotes_wrong: int = 0
    numbers: int = 0
    numbers_wrong: int = 0
    problems: list[str] = msgspec.field(default_factory=list)


class Checker:
    """Reads one home: its staged sessions and its published file."""

    def __init__(self, home: Path) -> None:
        self._store = home / "store"
        self._con = duckdb.connect(str(home / "analytics.duckdb"), read_only=True)
        self._places: dict[str, list[str]] = {}
        for manifest in sorted(self._store.glob("staged/date=*/manifest.json")):
            for session_id, entry in json.loads(manifest.read_bytes())["sessions"].items():
                self._places.setdefault(session_id, []).append(entry["key"])

    def close(self) -> None:
        """Close the published file."""
        self._con.close()

    def check(self, findings: list[dict[str, Any]]) -> Checked:
        """Every quote and every number of the findings."""
        found = Checked()
        for finding in findings:
            for quote in (*(finding.get("evidence") or ()), *(finding.get("counter_evidence") or ())):
                found.quotes += 1
                self._note(found, finding, self._quote(quote), "quotes_wrong")
            found.numbers += 1
            self._note(found, finding, self._number(finding), "numbers_wrong")
        return found

    @staticmethod
    def _note(found: Checked, finding: dict[str, Any], problem: str, counter: str) -> None:
        if problem:
            setattr(found, counter, getattr(found, counter) + 1)
            found.problems.append(f"{finding['finding_id']}: {problem}")

    def _quote(self, quote: dict[str, Any]) -> str:
        """What is wrong with a quote; '' if nothing."""
        session_id, index, words = quote["session_id"], quote["message_index"], quote["quote"]
        row = self._con.execute(
            "SELECT preview FROM messages WHERE session_id = ? AND message_index = ?", [session_id, index]
        ).fetchone()
        if row is None:
            return f"no message {index} of {session_id} is published"
        texts = self._texts(session_id)
        if index >= len(texts) or not texts[index].startswith(row[0]):
            return f"message {index} of {session_id} is not staged as it is published"
        if not words.strip() or _spaced(words) not in _spaced(texts[index]):
            return f"message {index} of {session_id} does not hold its quote"
        if quote.get("sha256") != hashlib.sha256(words.encode()).hexdigest():
            return f"message {index} of {session_id}: the hash is not the quote's"
        return ""

    def _texts(self, session_id: str) -> list[str]:
        """What each message says, over the session's slices (no history here, and one system text at most)."""
        texts = []
        for key in self._places.get(session_id, ()):
            data = zstandard.ZstdDecompressor().decompress((self._store / key).read_bytes())
            for message in json.loads(data)["messages"]:
                wanted = ("tool", "tool_output") if message["role"] == "tool" else ("text", "text")
                pieces = [part.get(wanted[1]) or "" for part in message["parts"] if part["type"] == wanted[0]]
                texts.append("\n".join(piece for piece in pieces if piece))
        return texts

    def _number(self, finding: dict[str, Any]) -> str:
        """What is wrong with a finding's number; '' if nothing."""
        try:
            row = self._con.execute(finding["metric_sql"]).fetchone()
        except duckdb.Error as error:
            return f"its query does not run ({type(error).__name__})"
        if not row or row[0] is None:
            return "its query gives nothing"
        if not math.isclose(float(row[0]), float(finding["value"]), rel_tol=1e-9, abs_tol=1e-12):
            return f"its query gives {row[0]}, it says {finding['value']}"
        if len(row) > 1 and int(row[1]) != int(finding["n"]):
            return f"its query counts {row[1]}, it says n = {finding['n']}"
        return ""


def _spaced(text: str) -> str:
    return " ".join(text.split())
