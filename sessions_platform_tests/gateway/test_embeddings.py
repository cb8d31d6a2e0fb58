import hashlib
import subprocess
import sys
import time
from datetime import date

import numpy as np
import pytest

from sessions_platform.demo.generator import stream
from sessions_platform.demo.script import SessionScript, Visit
from sessions_platform.gateway.embeddings import DIMENSIONS, MAX_CHARS, _grams, _Letters, embed, ngram_hashes, positions

TEXT = "The deployment of checkout failed: image tag v2.14.1 was not found in registry eu-west-1."
FINGERPRINT = "9da89ca5ee642df4"


def fingerprint(text: str) -> str:
    return hashlib.sha256(np.round(embed(text).astype(np.float64), 5).tobytes()).hexdigest()[:16]


def similarity(one: str, other: str) -> float:
    return float(embed(one) @ embed(other))


def chi_square(counts: np.ndarray) -> float:
    """In standard deviations from what is expected of even counts."""
    expected = counts.sum() / len(counts)
    freedom = len(counts) - 1
    return float((((counts - expected) ** 2 / expected).sum() - freedom) / np.sqrt(2 * freedom))


@pytest.fixture(scope="module")
def distinct_ngrams() -> np.ndarray:
    """The hashes of more than 100,000 distinct n-grams of words that differ in few letters."""
    words = [f"{stem}{number}" for stem in ("span", "trace", "Deploy", "nöde") for number in range(60_000)]
    hashes, _ = ngram_hashes(_Letters.of(words))
    return np.unique(hashes)


def test_positions_and_signs_of_n_grams_are_even(distinct_ngrams: np.ndarray) -> None:
    assert len(distinct_ngrams) > 100_000
    for dimensions in (DIMENSIONS, 1000, 256):
        places, signs = positions(distinct_ngrams, dimensions)
        assert abs(chi_square(np.bincount(places, minlength=dimensions))) < 4
        # Signs are even as a whole, and at each position.
        assert abs(signs.sum()) < 4 * np.sqrt(len(signs))
        assert abs(chi_square(np.bincount(places[signs > 0], minlength=dimensions))) < 4


def test_no_two_of_many_n_grams_share_their_64_bits() -> None:
    words = [f"x{number}y" for number in range(40_000)]
    letters = _Letters.of(words)
    text = letters.codes
    spelled = {
        (size, tuple(text[at : at + size]))
        for size in (3, 4, 5)
        for at in range(len(text) - size + 1)
        if letters.word[at] == letters.word[at + size - 1]
    }
    assert len(np.unique(ngram_hashes(letters)[0])) == len(spelled)


def test_a_vector_has_length_one_and_the_dimensions_asked_for() -> None:
    for text in (TEXT, "a", "", "  \n", "!!!", "的部署失败了", "\ud800 lone", "x" * 50_000):
        for dimensions in (256, 2048):
            vector = embed(text, dimensions)
            assert vector.shape == (dimensions,) and vector.dtype == np.float32
            assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)


def test_a_text_gives_the_same_vector_in_every_process() -> None:
    script = "from sessions_platform_tests.gateway.test_embeddings import fingerprint, TEXT; print(fingerprint(TEXT))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    # Written down, so that a change of the hash is seen: indexes built before it would be worth nothing.
    assert run.stdout.strip() == fingerprint(TEXT) == FINGERPRINT


def test_only_the_first_16384_characters_matter() -> None:
    long = "word " * 4000
    assert np.array_equal(embed(long), embed(long[:MAX_CHARS] + "something else"))


def test_shared_words_and_spellings_bring_texts_near_and_stop_words_do_not() -> None:
    assert similarity("rollback of the deployment", "deployments were rolled back; rollback done") > 0.4
    assert similarity("kubernetes", "kubernets") > 0.1
    assert similarity("what is the cause of this", "is this what the use of it was") < similarity("cause", "the cause")
    assert abs(similarity("billing invoice refund", "kernel scheduler latency")) < 0.1


def test_words_meet_whatever_their_endings_and_however_identifiers_are_written() -> None:
    for one, other in (("deployments", "deployed"), ("cancellation", "cancelled"), ("retries", "retry")):
        assert similarity(one, other) > 0.99
    assert similarity("crash loop", "CrashLoopBackOff") > 0.3
    assert similarity("image pull", "image_pull") == pytest.approx(similarity("image pull", "image-pull"), abs=1e-6)


def test_a_long_text_has_n_grams_only_of_words_that_are_not_ascii() -> None:
    weights = np.ones(2)
    run = ngram_hashes(_Letters.of(["部署失败了"]))[0]
    assert np.array_equal(_grams(["kubectl", "部署失败了"], weights, True)[0], run)
    assert len(_grams(["kubectl", "部署失败了"], weights, False)[0]) > len(run)
    assert len(_grams(["kubectl", "rollout"], weights, True)[0]) == 0


def digest_like(script: SessionScript) -> tuple[str, str]:
    """A session's title, and a text as a digest has it: title, abstract, then who said and did what."""
    opening = script.turns[0].user_text
    title = f"{script.id}: {opening}"
    lines = [f"# {title}", "", f"{opening} It ended {script.status} after {len(script.turns)} turns.", "", "## Turns"]
    for turn in script.turns:
        lines.append(f"- user: {turn.user_text}")
        for step in turn.steps:
            for say in step.says if isinstance(step, Visit) else [step]:
                lines.append(f"- {say.agent}: {say.text}")
                lines += [f"- {call.tool} {call.line}: {call.result[:120]}" for call in say.calls]
    return title, "\n".join(lines)


def test_a_session_is_found_by_its_own_title_among_300() -> None:
    """Lexical search only: the query's words stand in the text. Nothing here shows that a paraphrase is found."""
    scripts = [made.script for made in stream(11, [date(2026, 11, 2)], 300)]
    pairs = [digest_like(script) for script in scripts]
    texts = np.stack([embed(text) for _, text in pairs])
    best = [int(np.argmax(texts @ embed(title))) for title, _ in pairs]
    right = sum(found == wanted for wanted, found in enumerate(best))
    assert right >= 0.95 * len(pairs)


def test_two_megabytes_of_text_take_about_a_second() -> None:
    texts = [digest_like(made.script)[1] for made in stream(3, [date(2026, 11, 2)], 40)]
    blocks = ["\n".join(texts[at:] + texts[:at])[:MAX_CHARS] for at in range(40)]
    embed(blocks[0])
    began = time.process_time()
    for block in blocks:
        embed(block)
    # Half of what is measured on an idle machine, so that a busy one does not fail it.
    assert sum(map(len, blocks)) / (time.process_time() - began) > 1_000_000
