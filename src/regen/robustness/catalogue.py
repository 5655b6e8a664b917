"""Which perturbations a cell's dev examples get: its language and task type decide."""

from dataclasses import dataclass

import pandas as pd

from regen.config.cell import CellConfig
from regen.config.task_types import TaskType
from regen.robustness import script
from regen.robustness.entities import Entities
from regen.robustness.perturbation import Perturbation, Whole, Words, of_words
from regen.robustness.typos import typo

_CHINESE = "zh"
_ANSWERS_ARE_TEXTS: frozenset[TaskType] = frozenset({"span_qa"})
"""Task types whose answers are parts of the text: rewritten as a whole, it would hold none of them."""


@dataclass(frozen=True)
class Catalogue:
    """What is done, and what is left out.

    Attributes:
        perturbations: Name -> perturbation.
        skipped: Why others that suit are left out, a line each.
    """

    perturbations: dict[str, Perturbation]
    skipped: list[str]


def catalogue(config: CellConfig, train: pd.DataFrame | None = None) -> Catalogue:
    """Give the perturbations that suit a cell.

    Args:
        config: The cell's effective config.
        train: Training sentences, for their mentions; tagging alone has them.
    """
    skipped: list[str] = []
    found: dict[str, Perturbation] = {"typos": Words(of_words("typos", typo))}
    if config.language == _CHINESE:
        found = _of_chinese()
    if config.task_type not in _ANSWERS_ARE_TEXTS:
        if config.language != _CHINESE:
            found |= {"lower_case": Whole(str.lower), "upper_case": Whole(str.upper), "title_case": Whole(str.title)}
        elif script.available():
            found["other_script"] = Whole(script.other_script, joined=True, everywhere=True)
        else:
            skipped.append("other_script: OpenCC is not installed; pip install -r requirements-examine.lock")
    if config.task_type == "tagging" and train is not None:
        found["entities"] = Entities.of(train)
    return Catalogue(found, skipped)


def _of_chinese() -> dict[str, Perturbation]:
    """Give those of Chinese characters; their dictionaries take time to load, which other languages are spared."""
    from regen.augmentation import homophones
    from regen.robustness.lookalikes import lookalike
    from regen.robustness.synonyms import synonym

    return {
        "homophones": Words(homophones.drafts),
        "lookalikes": Words(of_words("lookalikes", lookalike)),
        "synonyms": Words(of_words("synonyms", synonym), mentions=False),
    }
