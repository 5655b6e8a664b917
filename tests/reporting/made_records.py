"""Hand-made records. Scores are set, not computed: the pages only repeat them."""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Any

from regen.config.search import SearchSpec

Record = dict[str, Any]
HASH = "0123456789abcdef" * 4


def _scores(values: Sequence[float], half: float, labels: Sequence[str], tagging: bool) -> dict[str, Any]:
    counts = {"correct": 3, "predicted": 5, "gold": 4} if tagging else {"support": 4, "predicted": 5}
    others = {"precision": 0.6, "recall": 0.75, "f1": 0.667, "token_accuracy": 0.95, "strict_f1": 0.66, **counts}
    if not tagging:
        others = {"accuracy": values[0], "macro_f1": 0.512, "mcc": -0.031}
    classes = {label: {"precision": 0.6, "recall": 0.75, "f1": 2 / 3, **counts} for label in labels}
    confusion = [
        [gold, pred, 1200 + i if gold == pred else i] for i, gold in enumerate(labels) for pred in labels[: i + 1]
    ]
    return {
        "n": len(values),
        "mean": fmean(values),
        "sd": stdev(values) if len(values) > 1 else None,
        "min": min(values),
        "max": max(values),
        "values": list(values),
        "interval": {
            "low": fmean(values) - half,
            "high": fmean(values) + half,
            "level": 0.95,
            "resamples": 1000,
            "over": "documents" if tagging else "examples",
        },
        "repeats": [
            {"seed": seed, "fold": 0, "value": value, **others, "per_class": classes, "confusion": confusion}
            for seed, value in enumerate(values)
        ],
    }


def _card(task: str, labels: Sequence[str], splits: dict[str, bool], leak: int, tagging: bool) -> dict[str, Any]:
    def split(examples: int, labelled: bool) -> dict[str, Any]:
        card: dict[str, Any] = {"examples": examples, "dropped": {"-": 15} if labelled else {}, "repeated_texts": 7}
        card |= {"length_in_characters": {"min": 4, "median": 19.5, "p95": 26.64999999999999, "max": 35}}
        card |= {"irregular_tags": 2} if tagging else {}
        return card | ({"label_counts": {label: 40 + i for i, label in enumerate(labels)}} if labelled else {})

    return {
        "task": task,
        "type": "tagging" if tagging else "classification",
        "labels": list(labels),
        "files": {"train.json": HASH[::-1]},
        "splits": {"train": split(14041, True), **{name: split(50, public) for name, public in splits.items()}},
        "shared_texts": {"train+dev": 0, "train+test": leak},
    }


def make_record(
    cell: str,
    dev: Sequence[float],
    test: Sequence[float] | None = None,
    *,
    half: float = 0.01,
    labels: Sequence[str] = ("体育", "财经"),
    leak: int = 0,
    tagging: bool = False,
    estimator: str = "linear",
    **training: Any,
) -> Record:
    """Make a record of a cell whose test labels are hidden if ``test`` is None; intervals are mean ± half."""
    task, recipe = cell.split(".")
    splits = {"dev": True, "test": test is not None}
    values = {"dev": dev} if test is None else {"dev": dev, "test": test}
    metric = "span_f1" if tagging else "accuracy"
    return {
        "schema": 1,
        "cell": cell,
        "task": task,
        "recipe": recipe,
        "metric": metric,
        "config": {
            "cell": cell,
            "task": task,
            "task_version": 1,
            "task_type": "tagging" if tagging else "classification",
            "language": "zh",
            "metric": metric,
            "labels": list(labels),
            "splits": splits,
            "recipe": recipe,
            "estimator": "majority" if recipe == "majority" else estimator,
            "options": {"words": [1, 2], "c": 10.0, "balanced": False, "encoder": None},
            "seeds": list(range(len(dev))),
            "train_examples": None,
            "device": "cpu",
            "threads": 1,
        },
        "card": _card(task, labels, splits, leak, tagging),
        "hashes": {"config": HASH, "code": HASH[1:] + "0", "lock": HASH[2:] + "01"},
        "training": {
            "examples": 14041,
            "train_on_dev": False,
            "document_context": False,
            "selection": "none: one fixed setting",
            "models": [{"features": 13426, "penalty": 0.5} for _ in dev],
            **training,
        },
        "scores": {split: _scores(numbers, half, labels, tagging) for split, numbers in values.items()},
    }


def make_search(cell: str) -> Record:
    """Make what a record says of a search: five complete trials, and one each that was pruned and that failed."""
    space: Record = {
        "rate": {"type": "float", "low": 0.0001, "high": 0.01, "log": True},
        "layers": {"type": "categorical", "choices": [0, 4]},
        "warmup": {"type": "float", "low": 0.0, "high": 0.3, "step": 0.1, "when": {"layers": [4]}},
    }
    trials: list[Record] = []
    for number, score in enumerate([0.5, 0.6, None, 0.7, 0.625, None, 0.65]):
        values = {"rate": 0.0001 * (number + 1), "layers": 4 * (number % 2)}
        values |= {"warmup": 3 * 0.1} if number % 2 else {}
        costs = {} if score is None else {"operations": 10**9 * (1 + number % 2), "checkpoint_bytes": 1234}
        rungs = {"1": 0.45 + number / 100, **({} if score is None else {"2": score})}
        trials.append(
            {
                "number": number,
                "state": "pruned" if score is None else "complete",
                "source": "sampled" if number else "recipe",
                "values": values,
                "score": score,
                "scores": [] if score is None else [score],
                "rungs": rungs,
                "tokens": 1000 * len(rungs),
                "costs": costs,
            }
        )
    trials[5] |= {"state": "failed", "rungs": {}, "tokens": None, "error": "ValueError: <b>no</b>"}
    search = {"trials": 7, "pruner": {"type": "halving", "rungs": [1]}, "cost": "operations", "space": space}
    own = {"score": 0.5, "costs": trials[0]["costs"]}
    best = {"trial": 3, "score": 0.7, "low": 0.64, "high": 0.75}
    return {
        "cell": cell,
        "search": SearchSpec.model_validate(search).model_dump(mode="json"),
        "workers": 1,
        "order": "the same each time",
        "tokens": 11000,
        "trials": trials,
        "picked": {**trials[6], "trial": 6, "rule": "least operations among some", "best": best, "recipe": own},
    }


def awkward_records() -> list[Record]:
    """Three tasks with all that is awkward: hidden test, leak, markup in labels, ties, a score like the floor's."""
    awkward = ("<script>alert(1)</script>", "a|b & “c”", "∅", "金融/股票")
    return [
        make_record("sample_topic.majority", [0.5], [0.4]),
        make_record("sample_topic.linear", [0.9], [0.8]),
        make_record("sample_topic.stuck", [0.5], [0.4]),
        make_record("ocnli.majority", [0.34]),
        make_record("ocnli.linear", [0.52, 0.53, 0.54], selection="best dev | epoch 3"),
        make_record("ocnli.plus", [0.525], train_on_dev=True, document_context=True),
        make_record("names.crf", [0.7], [0.6], labels=awkward, leak=37, tagging=True, half=0.2),
    ]
