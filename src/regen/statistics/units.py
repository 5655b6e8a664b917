"""What a bootstrap draws: whole documents where examples have several, the examples themselves otherwise."""

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Number = TypeVar("Number", bound=np.generic)


def documents_of(examples: "pd.DataFrame") -> NDArray[Any] | None:
    """Give the document of each of n examples, shape (n,); ``None`` where there are not several."""
    several = "document" in examples and examples["document"].nunique() > 1
    return examples["document"].to_numpy() if several else None


def unit_sums(counts: NDArray[Number], documents: Any) -> NDArray[Number]:
    """Sum what is counted of each unit.

    Args:
        counts: Additive counts of n examples, shape (n, k).
        documents: Document of each example, shape (n,); ``None`` where examples are the units.

    Returns:
        Counts of each document, in the order of their names, shape (documents, k); or the counts as they are.
    """
    if documents is None:
        return counts
    names, place = np.unique(np.asarray(documents), return_inverse=True)
    sums = np.zeros((len(names), counts.shape[1]), dtype=counts.dtype)
    np.add.at(sums, place, counts)
    return sums
