"""Prices and the wish for energy: conf/base/parameters.yml, costs."""

from pathlib import Path

import pytest

from regen.config.costs import CostsConfig, Price
from regen.errors import UserError
from regen.project import config_loader, read_costs_config
from small_project import SmallProject


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    return SmallProject(tmp_path)


def read(small: SmallProject, text: str) -> CostsConfig:
    small.write("base/parameters.yml", text)
    return read_costs_config(config_loader(small.root), small.root)


def test_nothing_is_priced_and_measured_by_default(small: SmallProject, project_root: Path) -> None:
    assert read(small, "statistics: {level: 0.9}\n") == CostsConfig()
    assert read(small, "costs:\n") == CostsConfig()
    assert CostsConfig().price is None
    assert not CostsConfig().energy
    assert read_costs_config(config_loader(project_root, "base"), project_root) == CostsConfig()


def test_an_environment_sets_the_price(small: SmallProject) -> None:
    small.write("base/parameters.yml", "costs: {price_per_hour: null, currency: null, energy: true}\n")
    small.write("local/parameters.yml", "costs: {price_per_hour: 1.5, currency: EUR}\n")
    found = read_costs_config(config_loader(small.root), small.root)
    assert found == CostsConfig(price_per_hour=1.5, currency="EUR", energy=True)
    assert found.price == Price(per_hour=1.5, currency="EUR")


def test_a_price_by_time() -> None:
    assert Price(per_hour=6, currency="EUR").of(1800) == 3
    assert Price(per_hour=6, currency="EUR").of(0) == 0


@pytest.mark.parametrize(
    ("costs", "line"),
    [
        ("{price_per_hour: -1, currency: EUR}", "costs.price_per_hour: Input should be greater than 0 (found -1); "),
        ("{price_per_hour: 0, currency: EUR}", "costs.price_per_hour: Input should be greater than 0 (found 0); "),
        (
            "{price_per_hour: .inf, currency: EUR}",
            "costs.price_per_hour: Input should be a finite number (found inf); ",
        ),
        ("{price_per_hour: dear, currency: EUR}", "costs.price_per_hour: Input should be a valid number, unable to"),
        ("{price_per_hour: 2}", "costs.currency: found null, expected both price_per_hour and currency, or neither; "),
        (
            "{currency: EUR}",
            "costs.price_per_hour: found null, expected both price_per_hour and currency, or neither; ",
        ),
        ("{price_per_hour: 2, currency: euros}", "costs.currency: String should match pattern '^[A-Z]{3}$' (found 'eu"),
        ("{energy: some}", "costs.energy: Input should be a valid boolean, unable to interpret input (found 'some'); "),
        ("{watts: 7}", "costs.watts: Extra inputs are not permitted (found 7); "),
        ("7", "costs: Input should be a valid dictionary or instance of CostsConfig (found 7); "),
    ],
)
def test_a_mistake_is_one_line(small: SmallProject, costs: str, line: str) -> None:
    with pytest.raises(UserError) as caught:
        read(small, f"costs: {costs}\n")
    assert str(caught.value).startswith(f"conf/*/parameters.yml: {line}")
    assert str(caught.value).endswith("; conf/base/parameters.yml shows what it holds")
    assert "\n" not in str(caught.value)
