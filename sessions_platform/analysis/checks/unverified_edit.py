"""Edits that nobody looked at: the last change of files, code or infrastructure, then the answer."""

from collections.abc import Iterator

from sessions_platform.analysis.checks.final_claims import admits, claim_in
from sessions_platform.analysis.checks.trail import Call, Trail
from sessions_platform.analysis.checks.verbs import is_shell, words_of
from sessions_platform.analysis.model import Signal

_TECHNICAL_WORDS = """
file files code edit editor write patch str apply deploy deployment config configuration sql query table schema
git kubectl kubernetes k8s helm terraform tofu pulumi ansible docker pod pods service cluster namespace resource
manifest pipeline workflow script repo repository branch notebook cell database migration instance lambda bucket
dns
"""
_TECHNICAL = frozenset(_TECHNICAL_WORDS.split())


def check(trail: Trail) -> Iterator[Signal]:
    """At most one signal, at the change after which nothing was looked at."""
    done = [call for call in trail.calls if not call.failed]
    if not done or trail.final is None or trail.final.index < done[-1].index:
        return
    last = done[-1]
    if last.mutates and _technical(last) and claim_in(trail.final.text) and not admits(trail.final.text):
        yield last.signal("edit_without_verify", last.label, also=(trail.final.index,))


def _technical(call: Call) -> bool:
    return is_shell(call.tool) or bool(_TECHNICAL & {*words_of(call.tool), *words_of(call.operation)})
