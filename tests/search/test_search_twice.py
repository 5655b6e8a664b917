"""Equal searches find the same, byte for byte."""

from pathlib import Path
from typing import Any

import pytest
from paced_estimator import PacedModel
from search_bench import SPACE, Bench, bytes_of, column, search_spec, states

BRANCHES = {
    **SPACE,
    "kind": {"type": "categorical", "choices": ["plain", "other"]},
    "extra": {"type": "float", "low": 0.0, "high": 0.05, "when": {"kind": ["other"]}},
}
SEARCHES: dict[str, dict[str, Any]] = {
    "random": {"sampler": "random"},
    "tpe": {"sampler": "tpe", "startup": 3, "space": BRANCHES},
    "two objectives": {"sampler": "tpe", "startup": 3, "objectives": ["score", "operations"], "cost": "operations"},
    "median": {"sampler": "tpe", "startup": 3, "pruner": {"type": "median", "trials": 2}},
    "stages": {"sampler": "tpe", "startup": 3, "first_stage": {"epochs": 1, "top": 2}},
}


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("keys", SEARCHES.values(), ids=SEARCHES)
def test_in_two_fresh_folders(tmp_path: Path, keys: dict[str, Any]) -> None:
    search = search_spec(7, **keys)
    found = [bytes_of(*Bench(tmp_path / name).run(search)) for name in ("one", "two")]
    assert found[0] == found[1]


def test_in_the_same_folder_again_without_a_fit(bench: Bench) -> None:
    search = search_spec(5)
    first = bench.run(search)
    assert len(PacedModel.calls) == 5
    assert bytes_of(*bench.run(search)) == bytes_of(*first)
    assert len(PacedModel.calls) == 5


def test_another_seed_draws_other_values(bench: Bench) -> None:
    one, two = (bench.run(search_spec(4, seed=seed))[0] for seed in (0, 1))
    assert column(one, "score")[0] == column(two, "score")[0] == 0.5
    assert not set(column(one, "score")[1:]) & set(column(two, "score"))


def test_tpe_learns_and_random_does_not(bench: Bench) -> None:
    draws = {name: column(bench.run(search_spec(5, sampler=name, startup=3))[0], "score") for name in ("tpe", "random")}
    assert draws["tpe"][:3] == draws["random"][:3]
    assert draws["tpe"][3:] != draws["random"][3:]


def test_more_trials_keep_those_that_are_finished(bench: Bench) -> None:
    few, _ = bench.run(search_spec(3, sampler="tpe", startup=2))
    more, _ = bench.run(search_spec(6, sampler="tpe", startup=2))
    assert more["trials"][:3] == few["trials"]
    assert states(more) == ["complete"] * 6
    assert len(PacedModel.calls) == 6
    again = Bench(bench.home / "fresh").run(search_spec(6, sampler="tpe", startup=2))
    assert bytes_of(again[0]) == bytes_of(more)


def test_how_to_pick_may_change_without_a_trial(bench: Bench) -> None:
    first, best = bench.run(search_spec(4, pick="best"))
    second, cheapest = bench.run(search_spec(4, pick="cheapest", cost="operations"))
    assert second["trials"] == first["trials"]
    assert best["rule"] != cheapest["rule"]
    assert len(PacedModel.calls) == 4


@pytest.mark.parametrize("change", ["options", "search", "train", "dev", "lock"])
def test_what_decides_trials_begins_a_new_study(bench: Bench, change: str) -> None:
    bench.run(search_spec(2))
    search = search_spec(2, seed=3) if change == "search" else search_spec(2)
    if change == "options":
        bench.options = {"epochs": 2}
    elif change == "train":
        bench.train = bench.train.head(20)
    elif change == "dev":
        bench.dev = bench.dev.head(16)
    elif change == "lock":
        (bench.home / "project" / "requirements.lock").write_bytes(b"library==2\n")
    PacedModel.calls.clear()
    bench.run(search)
    journal = bench.home / "state" / "search"
    assert len(list(journal.glob("*.lock"))) >= 2
    assert PacedModel.calls


def test_fewer_trials_are_the_first_ones(bench: Bench, tmp_path: Path) -> None:
    bench.run(search_spec(6))
    few = Bench(tmp_path / "few").run(search_spec(3))
    assert bytes_of(*bench.run(search_spec(3))) == bytes_of(*few)
