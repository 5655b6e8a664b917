"""Two spans of a text: where they stand."""

from collections.abc import Iterator

import pandas as pd

from regen.config.task_types import TASK_TYPES

Bounds = tuple[int, int]
"""Where a span starts and ends (exclusive), in characters."""


def texts_with_spans(examples: pd.DataFrame) -> Iterator[tuple[str, tuple[Bounds, Bounds]]]:
    """Give each text of n examples of coreference with the bounds of its spans, the noun's and the pronoun's."""
    columns = (examples[column] for column in TASK_TYPES["coreference"].inputs)
    for text, span1, start1, span2, start2 in zip(*columns, strict=True):
        yield text, ((int(start1), int(start1) + len(span1)), (int(start2), int(start2) + len(span2)))
