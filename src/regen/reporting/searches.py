"""What the page says of a cell's search."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regen.reporting import format as write
from regen.reporting.charts import Chart
from regen.reporting.format import NOTHING, Record
from regen.reporting.grids import Grid
from regen.reporting.search_charts import search_charts

_STATES = ("complete", "pruned", "paused", "failed")


@dataclass(frozen=True)
class Search:
    """A part of a cell's section: how settings were sought, which one was picked, all trials, and charts by title."""

    facts: list[str]
    pick: list[str]
    trials: Grid
    charts: dict[str, Chart]


def search_view(record: Record) -> Search | None:
    """Gather what the page shows of a record's search; None where there was none."""
    if "search" not in record:
        return None
    found = record["search"]
    return Search(facts=_facts(found), pick=_pick(found), trials=_trials(found), charts=search_charts(record))


def _facts(found: Mapping[str, Any]) -> list[str]:
    search, workers = found["search"], found["workers"]
    states = Counter(trial["state"] for trial in found["trials"])
    folds, seeds = search["inner"]["folds"], len(search["inner"]["seeds"])
    inner = [f"{folds} folds"] if folds else []
    inner += [f"{seeds} seeds"] if seeds > 1 else []
    return [
        f"{_several(len(found['trials']), 'trial')}: {', '.join(f'{states[s]} {s}' for s in _STATES if states[s])}",
        f"sampler {search['sampler']}, seed {search['seed']}",
        _pruner(search["pruner"]),
        *([f"first stage: {_settings(search['first_stage'])}"] if search["first_stage"] else []),
        f"objective{'s' * (len(search['objectives']) > 1)}: {', '.join(search['objectives']).replace('_', ' ')}",
        *([f"score of a trial: mean over {' × '.join(inner)}"] if inner else []),
        *([f"{write.count(found['tokens'])} tokens trained on in all"] if found["tokens"] is not None else []),
        f"{_several(workers, 'worker')}, {found['order'].rpartition(': ')[2]}",
    ]


def _several(number: int, name: str) -> str:
    return f"{write.count(number)} {name}{'s' * (number != 1)}"


def _pruner(pruner: Mapping[str, Any] | None) -> str:
    if pruner is None:
        return "no pruner"
    return f"pruner {pruner['type']} ({_settings({key: value for key, value in pruner.items() if key != 'type'})})"


def _settings(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {write.setting(value)}" for key, value in settings.items() if value is not None)


def _pick(found: Mapping[str, Any]) -> list[str]:
    picked, best = found["picked"], found["picked"]["best"]
    own = picked["recipe"]
    return [
        f"picked: trial {picked['trial']}, the {picked['rule'].replace('_', ' ')}",
        f"score × 100: recipe’s own values {write.hundredfold(own['score']) if own else NOTHING}",
        f"picked {write.hundredfold(picked['score'])}",
        f"best {write.hundredfold(best['score'])} {write.bounds(best['low'], best['high'])} (trial {best['trial']})",
    ]


def _trials(found: Mapping[str, Any]) -> Grid:
    """One row per trial; the error only where any has one."""
    trials: Sequence[Mapping[str, Any]] = found["trials"]
    values = list(found["search"]["space"])
    costs = list(dict.fromkeys(cost for trial in trials for cost in trial["costs"]))
    failed = any("error" in trial for trial in trials)
    return Grid(
        title="Trials",
        groups=[
            ("trial", 3),
            ("values", len(values)),
            ("costs", 1 + len(costs)),
            *([("failure", 1)] if failed else []),
        ],
        columns=[
            "state",
            "source",
            "score × 100",
            *values,
            "tokens",
            *(cost.replace("_", " ") for cost in costs),
            *(["error"] if failed else []),
        ],
        rows=[
            (
                str(trial["number"]),
                [
                    trial["state"] + ", picked" * (trial["number"] == found["picked"]["trial"]),
                    trial["source"],
                    NOTHING if trial["score"] is None else write.hundredfold(trial["score"]),
                    *(_value(trial["values"][name]) if name in trial["values"] else NOTHING for name in values),
                    *(_count(number) for number in (trial["tokens"], *(trial["costs"].get(cost) for cost in costs))),
                    *([trial.get("error", "")] if failed else []),
                ],
            )
            for trial in trials
        ],
        corner="number",
        note="Costs of a trial that was stopped: the tokens it was trained on until then.",
        texts=("state", "source", "error"),
    )


def _value(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else write.setting(value)


def _count(number: int | None) -> str:
    return NOTHING if number is None else write.count(number)
