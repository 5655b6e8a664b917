"""How sure a mean over repeats is, seeds and folds included."""

from collections.abc import Sequence
from statistics import fmean, stdev

from regen.statistics.bootstrap import Interval

_HAIR = 1e-12
"""Means of equal numbers in another order differ by less."""


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


def paired_t_test(differences: Sequence[float]) -> float:
    """Give the two-sided p-value of Student's t test that paired differences have a mean of 0.

    Differences that are all alike have no spread to test by: they give 1 where they are 0, and 0 otherwise.

    Source: Student, The probable error of a mean, Biometrika 6:1, 1908.

    Args:
        differences: One per pair: of two cells that were made on the same folds, one per fold.

    Raises:
        ValueError: fewer than two differences.
    """
    if len(differences) < 2:  # noqa: PLR2004
        raise ValueError(f"{len(differences)} differences; expected two or more")
    from scipy.stats import ttest_1samp  # here, since Kedro imports this module when it starts

    if stdev(differences) < _HAIR:
        return 1.0 if abs(fmean(differences)) < _HAIR else 0.0
    return float(ttest_1samp(differences, 0.0).pvalue)
