"""The driver without a model: labels from the constraint log and its taxonomy, and clusters of like texts.

Deterministic: hashed n-grams of words, average-linkage clustering over cosine distances, names from the members' own
words. The same logs give the same labels in any order. It spends no tokens. What labels mean for a week is not decided
here.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sessions_platform.analysis.drivers import Read, Spent, Texts
from sessions_platform.analysis.drivers.telltales import telltales
from sessions_platform.analysis.model import Label, Planned, SessionLog, Signal, Tier
from sessions_platform.statistics.results import Floats, Ints

FEATURES = 512
MOST_CLUSTERED = 1500
"""Distinct texts that are clustered at once; rarer ones stand for themselves."""
FEWEST = 3
ALIKE = 0.45
"""Cosine distance up to which shapes are one."""
_WORD = re.compile(r"[^\W\d_]+|#+|\d+")


class Rules:
    """Reads nothing but what the constraint log holds."""

    name = "rules"

    def label_l0(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog]) -> Read:
        """A label for every signal of every session (no sample: they cost nothing), and for clusters of shapes."""
        ordered = [logs[name] for name in sorted(logs)]
        labels = [
            label_of(log.session_id, signal)
            for log in ordered
            for signal in log.signals
            if not signal.check.startswith("seen:")
        ]
        labels += _shape_labels(ordered)
        labels += telltales(logs)
        return Read(tuple(sorted(set(labels), key=order)), Spent("L0", self.name, sessions=len(plan)))

    def read_l1(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog], texts: Texts) -> Read:
        """The taxonomy's reading of an overview is that of its abstract: which requests are alike, of those planned."""
        chosen = {one.session_id: one for one in plan if one.session_id in logs}
        ordered = [logs[name] for name in sorted(chosen)]
        groups = clusters([log.abstract for log in ordered])
        labels = [
            Label(log.session_id, f"like#{name}", "L1", "cluster", weight=chosen[log.session_id].weight)
            for log in ordered
            if (name := groups.get(log.abstract))
        ]
        return Read(tuple(sorted(labels, key=order)), Spent("L1", self.name, sessions=len(ordered)))

    def read_l2(self, plan: Sequence[Planned], logs: Mapping[str, SessionLog], texts: Texts) -> Read:
        """Confirms that what a check quoted stands where it says; a check whose words are gone labels nothing."""
        labels = []
        for planned in sorted(plan, key=lambda one: one.session_id):
            log = logs.get(planned.session_id)
            held = texts(planned.session_id) if log is not None and log.signals else None
            for signal in log.signals if log is not None and held else ():
                if held and signal.quote in held.get(signal.message_index, ""):
                    labels.append(label_of(planned.session_id, signal, tier="L2"))
        return Read(tuple(sorted(set(labels), key=order)), Spent("L2", self.name, sessions=len(plan)))


def label_of(session_id: str, signal: Signal, tier: Tier = "L0") -> Label:
    """The label of a signal: its check, with what the check knows of the call."""
    return Label(
        session_id,
        signal.check if tier == "L0" else f"{signal.check}@{tier}",
        tier,
        "constraint",
        signal.check,
        signal.tool,
        signal.operation,
        signal.agent,
        signal.message_index,
    )


def shape_label(check: str, name: str) -> str:
    """The label of a cluster of shapes of a check."""
    return f"{check}#{name}"


def check_of_shape(label: str) -> str:
    """The check's label of a cluster's label; '' for any other label."""
    return label.partition("#")[0] if "#" in label else ""


def order(label: Label) -> tuple[str, str, str, str, int, str, str]:
    """Sorts labels in one way."""
    at = -1 if label.message_index is None else label.message_index
    return label.session_id, label.label, label.tier, label.operation, at, label.tool_name, label.agent_name


def _shape_labels(logs: Iterable[SessionLog]) -> Iterable[Label]:
    of_check: dict[str, list[tuple[str, Signal]]] = defaultdict(list)
    for log in logs:
        for signal in log.signals:
            if signal.shape and signal.check != "seen:path":
                of_check[signal.check].append((log.session_id, signal))
    for check, seen in sorted(of_check.items()):
        names = clusters([signal.shape for _, signal in seen])
        for session_id, signal in seen:
            if name := names.get(signal.shape):
                yield Label(
                    session_id,
                    shape_label(check, name),
                    "L0",
                    "cluster",
                    check,
                    signal.tool,
                    signal.operation,
                    signal.agent,
                    signal.message_index,
                )


def clusters(texts: Sequence[str]) -> dict[str, str]:
    """The cluster of each text that has one of at least three texts, named by its commonest text."""
    counts = Counter(text for text in texts if text.strip())
    distinct = sorted(counts, key=lambda text: (-counts[text], text))[:MOST_CLUSTERED]
    if not distinct:
        return {}
    codes = _codes(vectors(distinct))
    members: dict[int, list[str]] = defaultdict(list)
    for text, code in zip(distinct, codes.tolist(), strict=True):
        members[code].append(text)
    named: dict[str, str] = {}
    for together in members.values():
        if sum(counts[text] for text in together) >= FEWEST:
            # `distinct` is in order of frequency, so the first is the commonest.
            name = hashlib.sha256(together[0].encode("utf-8", "replace")).hexdigest()[:10]
            named |= dict.fromkeys(together, name)
    return named


def vectors(texts: Sequence[str]) -> Floats:
    """Hashed words and pairs of words, of length one. Python's own hash differs between runs, so it is not used."""
    made = np.zeros((len(texts), FEATURES))
    places: dict[str, int] = {}
    for row, text in enumerate(texts):
        words = _WORD.findall(text.lower())
        for term in (*words, *(" ".join(pair) for pair in zip(words, words[1:], strict=False))):
            if term not in places:
                places[term] = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=4).digest()) % FEATURES
            made[row, places[term]] += 1.0
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    scaled: Floats = made / np.where(lengths > 0, lengths, 1.0)
    return scaled


def _codes(points: Floats) -> Ints:
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(points) == 1:
        return np.zeros(1, dtype=np.int64)
    apart = np.round(np.clip(1.0 - points @ points.T, 0.0, 2.0), 12)
    upper = apart[np.triu_indices(len(points), 1)]
    return np.asarray(fcluster(linkage(upper, "average"), ALIKE, "distance"), dtype=np.int64)
