"""One trial: the same pure fits as the cell's own, told of to Optuna, and what they cost."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from regen.config.cell import CellConfig
from regen.config.machine import Machine
from regen.config.search import SearchSpec
from regen.estimators.base import Fitted, Milestone, Resources, estimator_class
from regen.estimators.repeats import fit_repeat, repeat_folder, write_model
from regen.scoring.official import Official, score_examples

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """What one inner fit of a trial sees.

    Attributes:
        train: Examples to learn from.
        dev: Examples that its score is of; never those of the test split.
        seed: Its seed.
        shared: What fits of this part compute once, over all trials.
    """

    train: pd.DataFrame
    dev: pd.DataFrame
    seed: int
    shared: dict[Any, Any]


@dataclass(frozen=True)
class Outcome:
    """What a trial gave.

    Attributes:
        scores: Of each inner fit, fractions of 1.
        tokens: Trained on in all fits; ``None`` where an estimator does not count any.
        costs: Means over the fits: ``operations``, ``trained_parameters``, ``checkpoint_bytes``, as far as known.
        folders: Names of the folders where its fits are kept.
    """

    scores: list[float]
    tokens: int | None
    costs: dict[str, int]
    folders: list[str]

    @property
    def score(self) -> float:
        """The mean."""
        return fmean(self.scores)


def inner_parts(search: SearchSpec, train: pd.DataFrame, dev: pd.DataFrame) -> list[Part]:
    """Give what the inner fits of a trial see: train and dev for each seed, or folds of train."""
    inner = search.inner
    if inner.folds is None:
        shared: dict[Any, Any] = {}
        return [Part(train, dev, seed, shared) for seed in inner.seeds]
    parts = []
    for held in _folds(train, inner.folds, search.seed):
        rest, fold = train.drop(train.index[held]), train.iloc[held]
        own: dict[Any, Any] = {}
        parts += [Part(rest.reset_index(drop=True), fold.reset_index(drop=True), seed, own) for seed in inner.seeds]
    return parts


def _folds(train: pd.DataFrame, count: int, seed: int) -> Iterator[Any]:
    """Deal train into parts and give the rows of each: documents whole where there are enough, or classes evenly."""
    from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

    told: dict[str, Any] = {"n_splits": count, "shuffle": True, "random_state": seed}
    if "document" in train and train["document"].nunique() >= count:
        dealt = GroupKFold(**told).split(train, groups=train["document"])
    elif "label" in train and train["label"].value_counts().min() >= count:
        dealt = StratifiedKFold(**told).split(train, train["label"])
    else:
        dealt = KFold(**told).split(train)
    for _, held in dealt:
        yield held


class Runner:
    """Runs trials of one cell."""

    def __init__(
        self, parts: list[Part], config: CellConfig, machine: Machine, encoder: Path | None, search: SearchSpec
    ) -> None:
        """Take what all trials share.

        Args:
            parts: What the inner fits see.
            config: The cell's config before the search.
            machine: Where fits keep their state; each trial is one process.
            encoder: Folder of the encoder that the recipe names.
            search: The search.
        """
        self.parts, self.search, self.cell, self.config, self.encoder = parts, search, config.cell, config, encoder
        self._machine = machine.model_copy(update={"processes": 1})

    def run(
        self, values: dict[str, Any], told: Callable[[int, float, int], None], pause_tokens: int | None = None
    ) -> Outcome:
        """Fit and score.

        Args:
            values: What the trial varies.
            told: Told of each rung: its number, the score there and the tokens so far; it may raise to end the trial.
            pause_tokens: Tell of this moment, too.

        Raises:
            ValidationError: The values do not go together.
        """
        config = self.config.with_options(values)
        scores: list[float] = []
        tokens: list[int] = []
        costs: list[dict[str, int]] = []
        for part in self.parts:
            on_epoch = (lambda at: told(at.epoch, at.score, at.tokens)) if self.search.rungs == "epoch" else None
            made = self._fit(part, config, on_epoch, pause_tokens)
            facts = _facts(made)
            if on_epoch is not None:
                _tell_again(facts, told)
            scores.append(self._score(part, config, made, facts))
            if not isfinite(scores[-1]):
                raise ArithmeticError(f"the score is {scores[-1]}")
            tokens.append(int(facts.get("tokens", 0)))
            costs.append(_costs(made, facts))
            if self.search.rungs == "fit":
                told(len(scores), fmean(scores), sum(tokens))
        return Outcome(
            scores,
            sum(tokens) or None,
            {name: round(fmean(cost[name] for cost in costs)) for name in costs[0]},
            self.folders(values),
        )

    def folders(self, values: dict[str, Any]) -> list[str]:
        """Name the folders where the fits of a trial are kept."""
        config = self.config.with_options(values)
        if not estimator_class(config.estimator).keeps_state:
            return []
        told = [(part.train, part.dev, config, part.seed, self.encoder, self._machine) for part in self.parts]
        return [repeat_folder(*arguments).name for arguments in told]

    def officials(self, values: dict[str, Any]) -> list[Official]:
        """Score again the fits of a trial, with the counts that an interval needs; what is lost is fitted again."""
        config = self.config.with_options(values)
        found = []
        for part in self.parts:
            model = self._loaded(self._fit(part, config, None, None), config)
            found.append(_official(model, part, config))
        return found

    def _fit(
        self,
        part: Part,
        config: CellConfig,
        told: Callable[[Milestone], None] | None,
        pause_tokens: int | None,
    ) -> Fitted | Path:
        resources = Resources(self.encoder, machine=self._machine, shared=part.shared)
        resources = replace(resources, told=told, pause_tokens=pause_tokens)
        return fit_repeat(part.train, part.dev, config, part.seed, self._machine, resources)

    def _score(self, part: Part, config: CellConfig, made: Fitted | Path, facts: dict[str, Any]) -> float:
        """Take the score that the fit found on dev itself, or predict."""
        history = facts.get("history")
        if history:
            row = history[facts["best_epoch"] - 1 if config.options["keep"] == "best" else -1]
            return float(row["dev_score"])
        return _official(self._loaded(made, config), part, config).value

    def _loaded(self, made: Fitted | Path, config: CellConfig) -> Fitted:
        if not isinstance(made, Path):
            return made
        return estimator_class(config.estimator).load(made, Resources(self.encoder))


def _official(model: Fitted, part: Part, config: CellConfig) -> Official:
    blind = part.dev.drop(columns=config.hidden)  # nobody predicts from the answer
    return score_examples(config, part.dev, model.predict(blind).labels)


def _facts(made: Fitted | Path) -> dict[str, Any]:
    if not isinstance(made, Path):
        return made.facts()
    facts: dict[str, Any] = json.loads((made / "facts.json").read_text(encoding="utf-8"))
    return facts


def _tell_again(facts: dict[str, Any], told: Callable[[int, float, int], None]) -> None:
    """Tell of a fit that was finished before, as if it were going on now."""
    for row in facts.get("history", ()):
        told(int(row["epoch"]), row["dev_score"], int(row["tokens"]))


def _costs(made: Fitted | Path, facts: dict[str, Any]) -> dict[str, int]:
    told: dict[str, int] = {name: int(facts[name]) for name in ("operations", "trained_parameters") if name in facts}
    if isinstance(made, Path):
        return {**told, "checkpoint_bytes": _bytes(made)}
    with TemporaryDirectory(prefix="regen-") as folder:
        write_model(made, Path(folder) / "model")
        return {**told, "checkpoint_bytes": _bytes(Path(folder) / "model")}


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.name != "facts.json")
