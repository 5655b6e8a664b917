"""How sure a mean over repeats is, seeds and folds included."""

from collections.abc import Sequence
from statistics import fmean

from regen.statistics.bootstrap import Interval


def t_interval(values: Sequence[float], level: float) -> Interval | None:
    """Give Student's interval of the mean of repeats; ``None`` for fewer than two.

    Repeats of one split share its examples, and official folds share their test set: the interval says how the mean
    varies with seeds and folds, not with the examples.

    Args:
        values: One score per repeat.
        level: Share of such intervals that hold the mean.
    """
    if len(values) < 2:  # noqa: PLR2004
        return None
    from scipy.stats import sem, t  # here, since Kedro imports this module when it starts

    width = float(sem(values)) * float(t.ppf((1 + level) / 2, len(values) - 1))
    return Interval(fmean(values) - width, fmean(values) + width)
