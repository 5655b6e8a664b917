"""Attributions of one model: facts without texts for the record, and a local page with texts."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from regen.attributions.explanation import chosen, told
from regen.attributions.page import write_page
from regen.config.cell import CellConfig
from regen.estimators.base import Fitted, Labels, Resources


def attributions(
    module: str,
    model: Fitted,
    config: CellConfig,
    examples: pd.DataFrame,
    labels: Labels,
    resources: Resources,
    seed: int,
) -> tuple[dict[str, Any] | None, str | None, Callable[[Path], None]]:
    """Explain some answers.

    Args:
        module: Module that explains answers of this estimator.
        model: The fitted model.
        config: The cell's effective config.
        examples: n dev examples.
        labels: The model's n answers to them.
        resources: What the machine lends the model.
        seed: Seed of the choice of examples.

    Returns:
        Facts without texts and ``None``, or ``None`` and why there are none; and what fills the folder of the page.
    """
    explainer = import_module(module)
    missing = [library for library in explainer.LIBRARIES if find_spec(library) is None]
    if missing:
        line = f"attributions: {missing[0]} is not installed; pip install -r requirements-examine.lock"
        return None, line, partial(write_page, config.cell, config.language, explainer.METHOD, [], False, line)
    rows = chosen(examples, labels, config, seed)
    some = examples.iloc[rows].reset_index(drop=True)
    found = explainer.explain(model, some, [labels[row] for row in rows], config, resources)
    page = partial(write_page, config.cell, config.language, explainer.METHOD, found, explainer.ORDERED, "")
    return told(found, explainer.METHOD), None, page
