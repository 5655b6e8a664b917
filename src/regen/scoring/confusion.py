"""Which span types are taken for which others."""

from collections import Counter

import numpy as np

from regen.scoring.tags import Sentences, encode, lenient_spans, same_bounds

NO_SPAN = "∅"


def span_confusion(gold: Sentences, pred: Sentences) -> list[list[str | int]]:
    """Count gold types against predicted types of spans with the same bounds, cut by conlleval's rules.

    A gold span without a predicted span of the same bounds is missed, the other way round spurious; the absent
    side reads "∅".

    Args:
        gold: Tags of each sentence.
        pred: Predicted tags of the same sentences.

    Returns:
        Rows ``[gold type, predicted type, count]`` with counts above 0, sorted by the types.

    Raises:
        ValueError: different numbers of sentences, or of tags in a sentence (the message names its index).
    """
    table = encode(gold, pred)
    gold_spans, pred_spans = (lenient_spans(column, table.is_token) for column in table.columns)
    in_gold, in_pred = same_bounds(gold_spans, pred_spans)
    missed = np.delete(gold_spans.type, in_gold).tolist()
    spurious = np.delete(pred_spans.type, in_pred).tolist()
    names = (*table.types, NO_SPAN)
    nothing = len(table.types)
    pairs = Counter(zip(gold_spans.type[in_gold].tolist(), pred_spans.type[in_pred].tolist(), strict=True))
    pairs.update((kind, nothing) for kind in missed)
    pairs.update((nothing, kind) for kind in spurious)
    return [[names[left], names[right], pairs[left, right]] for left, right in sorted(pairs)]
