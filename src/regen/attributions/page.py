"""The local page of a cell's attributions: it shows texts of the data, so git does not hold it."""

from collections.abc import Sequence
from pathlib import Path

from regen.attributions.explanation import Explanation, Part
from regen.pages import page_environment

_MOST = 60
"""Most features that are shown of an example whose parts are features; the rest is summed up."""


def write_page(
    cell: str, language: str, method: str, explanations: Sequence[Explanation], ordered: bool, note: str, folder: Path
) -> None:
    """Fill a folder with ``index.html``, which needs no other file.

    Args:
        cell: ``task.recipe``.
        language: ISO 639-1 code of the texts.
        method: How the values were made.
        explanations: Of m examples.
        ordered: Whether parts are pieces of the input, in its order; else features, shown by their size.
        note: What is to be said, such as why there are none.
        folder: An existing, empty folder.
    """
    shown = [(one, *_shaded(one.parts, ordered)) for one in explanations]
    text = (
        page_environment("regen.attributions")
        .get_template("attributions.html")
        .render(cell=cell, language=language, method=method, shown=shown, note=note)
    )
    (folder / "index.html").write_bytes(text.encode())


def _shaded(parts: Sequence[Part], ordered: bool) -> tuple[list[tuple[Part, float]], float, int]:
    """Give the parts to show, each with its size as a fraction of the largest; and the sum and number of the rest."""
    shown = list(parts) if ordered else sorted(parts, key=lambda part: -abs(part.value))[:_MOST]
    largest = max((abs(part.value) for part in shown), default=0.0) or 1.0
    rest = sum(part.value for part in parts) - sum(part.value for part in shown)
    return [(part, abs(part.value) / largest) for part in shown], rest, len(parts) - len(shown)
