from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regen.config.costs import Price
from regen.reporting.pareto import cost_section, front

Record = dict[str, Any]
Make = Callable[..., Record]
POINTS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=12)


@given(POINTS)
def test_a_point_is_on_the_front_unless_another_beats_it(points: list[tuple[float, float]]) -> None:
    kept = front(points)
    beaten = {
        place
        for place, (cost, quality) in enumerate(points)
        if any(c <= cost and q >= quality and (c, q) != (cost, quality) for c, q in points)
    }
    assert {points[place] for place in kept} == {point for place, point in enumerate(points) if place not in beaten}
    assert len({points[place] for place in kept}) == len(kept)
    assert [points[place][0] for place in kept] == sorted(points[place][0] for place in kept)


def test_scores_stand_beside_costs(record: Make) -> None:
    cheap, dear, unknown = record("a.cheap", [0.6]), record("a.dear", [0.7, 0.9]), record("a.unknown", [0.7])
    cheap["training"]["models"] = [{"trained_parameters": 1000}]
    dear["training"]["models"] = [{"trained_parameters": 4000}, {"trained_parameters": 6000}]
    costs = {
        "a.cheap": {"fit": {"cpu_seconds": 3.0, "peak_memory_bytes": 2_000_000_000}},
        "a.dear": {"fit": {"cpu_seconds": 8.0, "peak_memory_bytes": 3_000_000_000, "checkpoint_bytes": 12}},
    }
    section = cost_section("a", [cheap, dear, unknown], costs)
    assert section is not None
    (grid,) = section.grids
    assert grid.columns == [
        *("dev", "trained parameters", "checkpoint bytes", "CPU seconds of a fit", "peak memory of the fit"),
    ]
    rows = dict(grid.rows)
    assert rows["cheap"][1:] == ["1,000", "–", "3.0", "2.0 GB"]
    assert rows["dear"][1:] == ["5,000", "12", "4.0", "3.0 GB"]
    charts = dict(section.charts)
    drawn = [name for name in grid.columns[1:] if name != "checkpoint bytes"]  # known of one recipe only
    assert list(charts) == [f"dev by {name}" for name in drawn]
    points, line = charts["dev by trained parameters"].figure["data"]
    assert (line["x"], line["y"], line["text"]) == ([1000, 5000], [60, 80], ["cheap", "dear"])
    assert points["text"] == ["cheap", "dear"]
    memory = charts["dev by peak memory of the fit"].figure["layout"]["xaxis"]["title"]["text"]
    assert memory == "peak memory of the fit, bytes"


def test_classical_models_have_trained_parameters(record: Make) -> None:
    models = {"linear": {"features": 5, "weights": 15}, "crf": {"features": 7, "transitions": 2}}
    models["both"] = {**models["crf"], "relation_weights": 4}
    records = [record(f"a.{name}", [0.5]) for name in models]
    for one, model in zip(records, models.values(), strict=True):
        one["training"]["models"] = [model]
    section = cost_section("a", records, {one["cell"]: {"fit": {"cpu_seconds": 1.0}} for one in records})
    assert section is not None
    assert [row[1] for _, row in section.grids[0].rows] == ["15", "9", "13"]


def test_one_cell_has_nothing_to_stand_beside(record: Make) -> None:
    one, other = record("a.x", [0.6]), record("a.y", [0.6])
    assert cost_section("a", [one, other], {"a.x": {"fit": {"cpu_seconds": 1.0}}}) is None


def test_prices_and_energy_of_a_repeat(record: Make) -> None:
    one, two = record("a.one", [0.6]), record("a.two", [0.7, 0.9])
    way = {"energy_by": "CPU by RAPL"}
    costs: dict[str, Any] = {
        "a.one": {"fit": {"wall_seconds": 1800, "energy_kwh": 0.001, **way}},
        "a.two": {"fit": {"wall_seconds": 7200, "energy_kwh": 0.5, **way}, "latency": {"batches": {"32": {}}}},
    }
    costs["a.two"]["latency"]["batches"]["32"]["examples_per_second"] = 100
    section = cost_section("a", [one, two], costs, Price(per_hour=3, currency="EUR"))
    assert section is not None
    (grid,) = section.grids
    assert grid.columns == [
        *("dev", "energy of a fit, Wh", "examples per second, 32 at a time", "price of the run, EUR"),
        "price of 1,000 predictions, EUR",
    ]
    rows = dict(grid.rows)
    assert rows["one"][1:] == ["1.00", "–", "1.50", "–"]
    assert rows["two"][1:] == ["250.00", "100.0", "6.00", "0.0083"]
    assert [title for title, _ in section.charts] == [
        *("dev by energy of a fit, Wh", "dev by price of the run, EUR"),
    ]
    axes = [chart.figure["layout"]["xaxis"].get("exponentformat") for _, chart in section.charts]
    assert axes == ["none"] * 2
    assert section.notes[1].startswith("Prices at 3 EUR an hour, whatever the machine: ")
    assert section.notes[2] == "Energy, by codecarbon: CPU by RAPL."
    costs["a.two"]["search"] = {"wall_seconds": 3600}
    searched = cost_section("a", [one, {**two, "search": {}}], costs, Price(per_hour=3, currency="EUR"))
    assert searched is not None
    assert dict(searched.grids[0].rows)["two"][1:] == ["–", "100.0", "9.00", "0.0083"]
    plain = cost_section("a", [one, two], costs)
    assert plain is not None
    assert [name for name in plain.grids[0].columns if "price" in name] == []
    assert len(plain.notes) == 2


def test_an_ensemble_stands_where_its_members_cost_puts_it(record: Make) -> None:
    one, both = record("a.one", [0.6]), record("a.both", [0.7], estimator="ensemble")
    both["config"]["options"] = {"members": ["one"]}
    fit = {"wall_seconds": 1.0, "cpu_seconds": 4.0, "peak_memory_bytes": 1_000_000}
    section = cost_section("a", [one, both], {cell: {"fit": fit} for cell in ("a.one", "a.both")})
    assert section is not None
    assert dict(section.grids[0].rows)["both"][1:] == ["8.0", "1 MB"]
    section = cost_section("a", [one, both], {"a.one": {"fit": fit}, "a.both": {"predict": {"cpu_seconds": 2.0}}})
    assert section is not None
    assert dict(section.grids[0].rows)["both"][1:] == ["–", "–", "2.0"]


def test_a_search_counts_with_the_fit_or_its_cell_is_on_no_line(record: Make) -> None:
    plain, sought = record("a.plain", [0.6]), record("a.sought", [0.7, 0.9])
    sought["search"] = {"tokens": 5000}
    for one in (plain, sought):
        one["training"]["models"] = [{"tokens": 100} for _ in one["training"]["models"]]
    fit = {"cpu_seconds": 8.0, "peak_memory_bytes": 3_000_000, "energy_kwh": 0.002, "wall_seconds": 1.0}
    search = {"cpu_seconds": 90.0, "peak_memory_bytes": 2_000_000, "energy_kwh": 0.5, "wall_seconds": 2.0}
    costs: dict[str, Any] = {"a.plain": {"fit": fit}, "a.sought": {"fit": fit, "search": search}}
    section = cost_section("a", [plain, sought], costs)
    assert section is not None
    rows = dict(section.grids[0].rows)
    assert rows["plain"][1:] == ["100", "8.0", "3 MB", "2.00"]
    assert rows["sought"][1:] == ["5,000", "94.0", "3 MB", "501.00"]
    del costs["a.sought"]["search"]
    section = cost_section("a", [plain, sought], costs)
    assert section is not None
    assert dict(section.grids[0].rows)["sought"][1:] == ["5,000", *["– (search not counted)"] * 3]
    assert [title for title, _ in section.charts] == ["dev by training tokens"]  # the others know one recipe's cost


def test_the_number_of_calls_stands_beside_latencies(record: Make) -> None:
    times = {"p50_ms": 2.0, "p95_ms": 3.0, "examples_per_second": 50.0, "calls": 30}
    costs = {f"a.{name}": {"latency": {"batches": {"1": times, "32": times}}} for name in ("x", "y")}
    section = cost_section("a", [record("a.x", [0.6]), record("a.y", [0.7])], costs)
    assert section is not None
    (grid,) = section.grids
    assert [name for name in grid.columns if "calls" in name] == [
        "calls timed, one example at a time",
        "calls timed, 32 at a time",
    ]
    assert dict(grid.rows)["x"][1:] == ["2.0", "3.0", "30", "50.0", "30"]
