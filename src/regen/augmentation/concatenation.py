"""An example is joined with another one: Kondo et al. 2021, https://arxiv.org/abs/2104.08478.

They join sentences of translations, whose answer is the joined answer, as the tags of two sentences are. Two texts of
one label have that label.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from regen.augmentation.drafts import Context, Draft, another, generator, text_columns, token_columns
from regen.config.augmentation import Concatenation


def drafts(train: pd.DataFrame, settings: Concatenation, context: Context) -> Iterator[Draft]:
    """Draft an example followed by another one, which is drawn anew for each copy.

    Yields:
        ``copies`` drafts of each example, in their order; one whose label no other has stays as it is.
    """
    tagging = context.config.task_type == "tagging"
    columns = token_columns(train) if tagging else text_columns(context.config)
    blank = "" if context.config.language == "zh" else " "
    rows = train[columns].to_dict("records")
    labels = [""] * len(train) if tagging else train["label"].tolist()
    alike: dict[str, dict[int, int]] = {}
    for row, label in enumerate(labels):
        places = alike.setdefault(label, {})
        places[row] = len(places)
    groups = {label: list(places) for label, places in alike.items()}
    for row, (name, label) in enumerate(zip(train["id"], labels, strict=True)):
        for copy in range(1, settings.copies + 1):
            random = generator(context.seed, "concatenation", name, copy)
            drawn = another(len(groups[label]), alike[label][row], random)
            if drawn is None:
                yield Draft(copy, (row,), {})
                continue
            other = groups[label][drawn]
            values: dict[str, Any] = {}
            for column in columns:
                first, second = rows[row][column], rows[other][column]
                values[column] = [*first, *second] if tagging else first + blank + second
            yield Draft(copy, (row, other), values)
