"""Keywords of a text as the first of two texts."""

import pandas as pd

from regen.estimators.base import token_lists


def keyword_pairs(examples: pd.DataFrame) -> pd.DataFrame:
    """Give the input of CLUE's baselines for CSL: the keywords joined by a blank, and the abstract.

    Source: ``CslProcessor`` in baselines/models_pytorch/classifier_pytorch/processors/clue.py of CLUEbenchmark/CLUE.

    Args:
        examples: n examples with ``text`` and ``keywords``; ``label`` is taken along where it is given.

    Returns:
        n pairs, ``text_a`` and ``text_b``.
    """
    joined = [" ".join(keywords) for keywords in token_lists(examples, "keywords")]
    return examples.drop(columns=["text", "keywords"]).assign(text_a=joined, text_b=examples["text"])
