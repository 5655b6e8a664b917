"""What the linear model sees of two spans of a text, and of a text's keywords, beside n-grams of a whole text."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regen.estimators.base import token_lists
from regen.estimators.spans import texts_with_spans


def span_parts(examples: pd.DataFrame) -> list[list[str]]:
    """Cut each text of n examples at its spans.

    Returns:
        Five lists of n texts: what stands before both spans, between them and after both, the first span (the noun)
        and the second one (the pronoun).
    """
    before, between, after = [], [], []
    for text, ((_, start, end), (_, following, last)) in _in_order(examples):
        before.append(text[:start])
        between.append(text[end:following])
        after.append(text[last:])
    return [before, between, after, list(examples["span1"]), list(examples["span2"])]


def span_numbers(examples: pd.DataFrame) -> NDArray[np.float64]:
    """Give shape (n, 4) of what n-grams do not tell of spans.

    The share of the text between them; 1 where the second one stands first, else 0; log(1 + characters of the first
    one); log(1 + times that it occurs in the text).
    """
    rows = []
    for (text, spans), span1 in zip(_in_order(examples), examples["span1"], strict=True):
        (number, _, end), (_, following, _) = spans
        rows.append([(following - end) / len(text), number, np.log1p(len(span1)), np.log1p(text.count(span1))])
    return np.array(rows, dtype=np.float64)


def keyword_numbers(examples: pd.DataFrame) -> NDArray[np.float64]:
    """Give shape (n, 4) of what n-grams do not tell of keywords.

    The share of them that occurs in the text; the means of log(1 + times that one occurs) and of log(1 + characters);
    the share left when repeated ones are taken once.
    """
    rows = []
    for text, keywords in zip(examples["text"], token_lists(examples, "keywords"), strict=True):
        times = np.array([text.count(keyword) for keyword in keywords])
        lengths = np.log1p([len(keyword) for keyword in keywords])
        rows.append([(times > 0).mean(), np.log1p(times).mean(), lengths.mean(), len(set(keywords)) / len(keywords)])
    return np.array(rows, dtype=np.float64)


def _in_order(examples: pd.DataFrame) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
    """Give each text and its spans in the order of the text: number (0 or 1), start and end (exclusive)."""
    for text, spans in texts_with_spans(examples):
        yield text, sorted(((number, *bounds) for number, bounds in enumerate(spans)), key=lambda span: span[1])
