"""Which trial is picked, from documents made by hand."""

from typing import Any

from search_bench import search_spec

from regen.search.outcome import best_trial, pick


def row(number: int, score: float | None, cost: int | None, **keys: Any) -> dict[str, Any]:
    """Give a trial."""
    costs = {} if cost is None else {"operations": cost}
    told = {"number": number, "state": "complete", "source": "sampled", "values": {"size": number}, "score": score}
    return {**told, "costs": costs, "rungs": {"1": 0.1}, **keys}


DOCUMENT = {
    "trials": [
        row(0, 0.70, 10, source="recipe"),
        row(1, 0.90, 50),
        row(2, None, None, state="pruned"),
        row(3, 0.86, 20),
        row(4, 0.85, 20),
        row(5, 0.90, 40),
        row(6, 0.88, None),
    ]
}


def picked(interval: tuple[float, float], **keys: Any) -> dict[str, Any]:
    """Pick."""
    return pick(DOCUMENT, search_spec(cost="operations", **keys), interval)


def test_the_best_is_the_earlier_of_equals() -> None:
    assert best_trial(DOCUMENT)["number"] == 1
    found = picked((0.8, 0.95), pick="best")
    assert (found["trial"], found["score"], found["values"]) == (1, 0.90, {"size": 1})
    assert found["best"] == {"trial": 1, "score": 0.90, "low": 0.8, "high": 0.95}
    assert found["recipe"] == {"score": 0.70, "costs": {"operations": 10}}
    assert found["rule"] == "best mean score on dev"
    assert found["selection"] == "best mean score on dev, of 7 trials; best epoch on dev"


def test_the_cheapest_within_the_interval_and_of_equals_the_better() -> None:
    assert picked((0.84, 0.95), pick="cheapest")["trial"] == 3
    assert picked((0.60, 0.95), pick="cheapest")["trial"] == 0
    assert picked((0.89, 0.95), pick="cheapest")["trial"] == 5
    found = picked((0.86, 0.95), pick="cheapest")
    assert found["trial"] == 3
    assert found["rule"].startswith("least operations among trials whose mean score on dev lies within")


def test_without_the_recipes_own_trial() -> None:
    document = {"trials": DOCUMENT["trials"][1:]}
    assert pick(document, search_spec(pick="best"), (0.8, 0.95))["recipe"] is None


def test_costs_within_a_percent_are_alike() -> None:
    document = {"trials": [row(0, 0.80, 1000), row(1, 0.82, 1009), row(2, 0.84, 1011)]}
    assert pick(document, search_spec(cost="operations"), (0.7, 0.9))["trial"] == 1
