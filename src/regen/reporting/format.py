"""How numbers and facts of records read, on pages and in Markdown alike."""

import json
from collections.abc import Mapping
from math import floor, log10
from typing import Any

Record = Mapping[str, Any]
"""A cell's record, as ``regen.records.build`` makes it."""

NOTHING = "–"
_MINUTE, _HOUR = 60, 3600
_GIGABYTE = 1_000_000_000


def hundredfold(fraction: float) -> str:
    """Write a fraction of 1 times 100: ``0.70588`` gives ``70.59``."""
    return f"{round(100 * fraction, 2) + 0.0:.2f}".replace("-", "−")  # + 0.0: no minus before 0.00


def bounds(low: float, high: float) -> str:
    """Write bounds that are fractions of 1 times 100: ``[63.95, 77.94]``."""
    return f"[{hundredfold(low)}, {hundredfold(high)}]"


def interval(scores: Mapping[str, Any]) -> str:
    """Write a split's interval: ``[63.95, 77.94]``."""
    return bounds(scores["interval"]["low"], scores["interval"]["high"])


def score(scores: Mapping[str, Any]) -> str:
    """Write a split's official score with its interval: ``70.59 [63.95, 77.94]``."""
    return f"{hundredfold(scores['mean'])} {interval(scores)}"


def deviation(sd: float | None) -> str:
    """Write a standard deviation between repeats times 100; a dash for a single repeat, which has none."""
    return NOTHING if sd is None else hundredfold(sd)


def published(score: float | None, sd: float | None) -> str:
    """Write a published score, which is × 100 already: ``69.20 (0.50)``; a dash where there is none."""
    if score is None:
        return NOTHING
    return f"{score:.2f}" if sd is None else f"{score:.2f} ({sd:.2f})"


def difference(value: float | None) -> str:
    """Write a difference of two fractions times 100, with its sign: ``+7.88``; a dash where there is none."""
    if value is None:
        return NOTHING
    text = hundredfold(value)
    return text if text.startswith("−") or text == "0.00" else f"+{text}"


def count(number: int) -> str:
    """Write a count with separators: ``14,041``."""
    return f"{number:,}"


def fact(value: Any) -> str:
    """Write any value of a record on one line: text as it is, whole numbers with separators, the rest as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return count(value)
    return json.dumps(value, ensure_ascii=False)


def setting(value: Any) -> str:
    """Write a value of a config as it stands in YAML and JSON: numbers without separators."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def duration(seconds: float) -> str:
    """Write seconds in a unit that suits: ``1.27 s``, ``12.5 min``, ``3.2 h``."""
    if seconds < _MINUTE:
        return f"{seconds:.2f} s"
    return f"{seconds / _MINUTE:.1f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"


def memory(size: int) -> str:
    """Write bytes as ``218 MB`` or ``1.5 GB`` (powers of 1,000)."""
    return f"{size / _GIGABYTE:.1f} GB" if size >= _GIGABYTE else f"{size / 1_000_000:.0f} MB"


def amount(value: float) -> str:
    """Write a price or an energy: ``1,234.50``; below 1 with two digits that say something: ``0.00083``."""
    if value >= 1 or value == 0:
        return f"{value:,.2f}"
    places = 1 - floor(log10(value))
    return f"{value:.{max(places, 2)}f}"


def short(digest: str) -> str:
    """Cut a hash to its first eight digits."""
    return digest[:8]


def flags(record: Record) -> list[str]:
    """Name what sets a cell apart from the usual.

    That is dev among the training data, context across sentences, a limited training, columns beside the tokens, cut
    inputs.
    """
    named = {"train_on_dev": "train+dev", "document_context": "document context"}
    usual = [text for key, text in named.items() if record["training"][key]]
    return [*usual, *_limited(record), *_columns(record), *_truncated(record)]


def _limited(record: Record) -> list[str]:
    """Name the tokens that a training stops at; a limit of examples has a column of its own."""
    tokens = record["config"]["options"].get("training_tokens")
    return [f"training limited to {count(tokens)} tokens"] if tokens else []


def _columns(record: Record) -> list[str]:
    """Name the columns of the corpus that a model reads beside the tokens, as CoNLL's parts of speech."""
    columns = record["config"]["options"].get("columns")
    return [f"reads of the corpus: {', '.join(columns)}"] if columns else []


def _truncated(record: Record) -> list[str]:
    shares = record["training"].get("truncated", {})
    each = [f"{hundredfold(share)} % of {split}" for split, share in shares.items() if share]
    return [f"inputs cut at {record['config']['options']['max_length']} pieces: {', '.join(each)}"] if each else []


def repeats(record: Record) -> str:
    """Write the number of repeats, ``1/3`` in the odd case that splits differ."""
    return "/".join(str(n) for n in sorted({scores["n"] for scores in record["scores"].values()}))


def commands(record: Record) -> tuple[str, str]:
    """Give the commands that make a cell again: with DVC (what is missing or stale), with Kedro (in any case)."""
    task, cell = record["task"], record["cell"]
    file = "dvc.yaml" if task.startswith("sample_") else f"lineage/{cell.replace('.', '/')}/dvc.yaml"
    stages = "search,fit,evaluate,analyse" if "search" in record else "fit,evaluate,analyse"
    return f"dvc repro {file}:{cell}.analyse", f"kedro run --pipelines {stages} --namespaces {cell}"


def without_outcomes(record: Record) -> str:
    """Say why a cell has no outcomes, and what makes them."""
    return f"no outcomes: made before they were kept; '{commands(record)[0]}' makes them"


def folder(record: Record) -> str:
    """Give the folder of a cell's record, from the project's."""
    return f"data/08_reporting/cells/{record['task']}/{record['recipe']}"


def repeat_names(record: Record) -> list[str]:
    """Name each repeat by its seed, and by its fold where there are several."""
    listed = next(iter(record["scores"].values()))["repeats"]
    folds = len({repeat["fold"] for repeat in listed}) > 1
    return [f"seed {r['seed']}, fold {r['fold']}" if folds else f"seed {r['seed']}" for r in listed]
