from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import Price, own_prices_file, prices_in_use, save_own_prices
from hpm_engine.prices.price_table import shipped_prices
from hpm_engine.values.prices import PriceTable, plain_name


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("GPT-5.5", "gpt-5.5"),
        ("claude-opus-4@20250514", "claude-opus-4"),
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("", ""),
    ],
)
def test_a_model_is_known_without_its_provider_and_its_date(model: str, name: str) -> None:
    assert plain_name(model) == name


def test_every_shipped_price_says_of_when_and_of_where_it_is() -> None:
    table = shipped_prices()
    assert len(table.models) > 40
    for name, price in table.models.items():
        assert plain_name(name) == name
        assert 0 < price.cached <= price.input < price.output, name
        assert len(price.date) == 7 and price.source.startswith("https://"), name
    assert 0 < table.cached_share < 1 and table.date >= "2026-11"


def test_a_new_model_is_not_taken_for_an_old_one() -> None:
    table = prices_in_use()
    assert table.estimate("gpt-5", 1_000, 1_000) is not None
    assert table.estimate("gpt-5.9", 1_000, 1_000) is None
    assert table.estimate("gpt-5", 0, 0) is None


def test_an_estimate_lies_between_all_and_nothing_cached() -> None:
    table = PriceTable({"m": Price(input=10, output=100, cached=1)}, cached_share=0.5)
    estimate = table.estimate("m", 2_000_000, 10_000)
    assert estimate is not None
    assert (estimate.least, estimate.likely, estimate.most) == (3.0, 12.0, 21.0)


def test_a_persons_prices_go_before_the_programs() -> None:
    save_own_prices({"vendor/Mine": Price(1, 2, 0.5), "gpt-5": Price(9, 9, 9)}, 0.25)
    table = prices_in_use()
    assert table.own == {"mine", "gpt-5"} and table.cached_share == 0.25
    assert table.models["gpt-5"].input == 9
    assert table.models["gpt-4o"] == shipped_prices().models["gpt-4o"]


@pytest.mark.parametrize(
    "content", ["{", '{"models": {"m": {"input": -1, "output": 1, "cached": 1}}}']
)
def test_a_bad_file_is_said_and_the_programs_prices_hold(config: Path, content: str) -> None:
    config.mkdir()
    own_prices_file().write_text(content)
    table = prices_in_use()
    assert str(own_prices_file()) in table.problem
    assert table.models == shipped_prices().models


def test_bad_prices_are_not_saved() -> None:
    with pytest.raises(ValueError, match="cached_share"):
        save_own_prices({}, 2.0)
    assert not own_prices_file().exists()
    save_own_prices({"m": Price(1, 2, 0.5)}, None)
    assert set(json.loads(own_prices_file().read_text())["models"]) == {"m"}
