"""Dollars are tokens times prices of a file; what has no price is unknown, never free."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from sessions_platform.errors import ConfigurationError
from sessions_platform.indexing.ledger import Usage
from sessions_platform.indexing.prices import load_prices, parse_prices, usd_of
from sessions_platform.settings import Settings

USAGE = {
    "document_summary": Usage(2, 1_000_000, 100_000),
    "dir_overview": Usage(2, 500_000, 200_000),
    "embedding": Usage(8, 2_000_000),
}


def settings(home: Path, **models: str) -> Settings:
    return Settings(_env_file=None, sessions_home=home, **models)  # type: ignore[call-arg, arg-type]


def test_dollars_are_tokens_times_prices(tmp_path: Path) -> None:
    models = settings(tmp_path, sessions_chat_model="gpt-4o-mini", sessions_embedding_model="text-embedding-3-small")
    assert usd_of(USAGE, models) == pytest.approx(1.5 * 0.15 + 0.3 * 0.60 + 2 * 0.02)
    models = settings(tmp_path, sessions_chat_model="claude-haiku-4-5", sessions_embedding_model="offline-hashed-words")
    assert usd_of(USAGE, models) == pytest.approx(1.5 * 1 + 0.3 * 5)


def test_the_offline_models_cost_nothing(tmp_path: Path) -> None:
    assert usd_of(USAGE, settings(tmp_path)) == 0
    assert load_prices(settings(tmp_path)).unpriced(settings(tmp_path)) == []


def test_a_model_without_a_price_has_unknown_dollars_and_is_named(tmp_path: Path) -> None:
    models = settings(
        tmp_path, sessions_chat_model="a-model-of-ours", sessions_embedding_model="text-embedding-3-large"
    )
    assert usd_of(USAGE, models) is None
    prices = load_prices(models)
    assert prices.unpriced(models) == ["a-model-of-ours"]
    assert prices.of_models(models)["usd_per_million_tokens"] == {
        "a-model-of-ours": None,
        "text-embedding-3-large": {"input": 0.13, "output": 0.0},
    }
    # What asks nothing of that model costs what the other's tokens cost, and nothing at all costs nothing.
    assert usd_of({"document_summary": Usage(), "embedding": Usage(1, 1_000_000)}, models) == pytest.approx(0.13)
    assert usd_of({}, models) == 0


def test_prices_of_the_home_win_over_the_packaged_ones_as_a_whole(tmp_path: Path) -> None:
    text = "as_of: 2026-11-01\nusd_per_million_tokens:\n  gpt-4o-mini: {input: 1, output: 2}\n"
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    models = settings(tmp_path, sessions_chat_model="gpt-4o-mini")
    assert load_prices(models).as_of == date(2026, 11, 1)
    assert usd_of({"dir_overview": Usage(1, 1_000_000, 1_000_000)}, models) == 3
    assert load_prices(models).unpriced(models) == ["offline-hashed-words"]


def test_a_copy_of_the_packaged_file_says_the_same(tmp_path: Path) -> None:
    packaged = load_prices(settings(tmp_path))
    text = files("sessions_platform").joinpath("prices.yaml").read_text(encoding="utf-8")
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    assert load_prices(settings(tmp_path)) == packaged


GOOD = "as_of: 2026-11-01\nusd_per_million_tokens:\n"
WRONG = {
    "no YAML": ("a: [", "not valid YAML"),
    "empty": ("", "Expected `object`"),
    "no date": ("usd_per_million_tokens: {}", "as_of"),
    "a day that is none": ("as_of: 2026-02-30\nusd_per_million_tokens: {}", "day"),
    "another key": (GOOD.replace("usd_per_million_tokens:", "prices: {}\nusd_per_million_tokens: {}"), "prices"),
    "words for a price": (GOOD + "  some-model: {input: cheap}", "some-model: Expected `float`"),
    "a price below nothing": (GOOD + "  some-model: {input: -1}", "some-model: a price is a number"),
    "no number": (GOOD + "  some-model: {input: .nan}", "some-model: a price is a number"),
    "without an input": (GOOD + "  some-model: {output: 1}", "some-model: Object missing required field `input`"),
    "a mistyped field": (GOOD + "  some-model: {input: 1, outptu: 2}", "outptu"),
    "a list": (GOOD + "  - some-model", "usd_per_million_tokens"),
    "a number for a name": (GOOD + "  4: {input: 1}", "str"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_price_file_is_named_with_what_is_wrong_in_one_line(case: str, tmp_path: Path) -> None:
    text, said = WRONG[case]
    (tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_prices(settings(tmp_path))
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'prices.yaml'}: ") and said in message and "\n" not in message


def test_a_price_file_that_is_no_text_or_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"prices\.yaml: cannot be read \(not UTF-8 text\)"):
        load_prices(settings(tmp_path))
    (tmp_path / "prices.yaml").unlink()
    (tmp_path / "prices.yaml").mkdir()
    with pytest.raises(ConfigurationError, match=r"prices\.yaml: cannot be read \(Is a directory\)"):
        load_prices(settings(tmp_path))


def test_every_packaged_price_is_read() -> None:
    text = files("sessions_platform").joinpath("prices.yaml").read_text(encoding="utf-8")
    prices = parse_prices(text, "prices.yaml").usd_per_million_tokens
    assert (prices["gpt-4o"].input, prices["gpt-4o"].output) == (2.50, 10.00)
    assert prices["text-embedding-3-small"].output == 0
    free = {name for name, price in prices.items() if price.input == price.output == 0}
    assert free == {"offline-extractive", "offline-hashed-words"}
