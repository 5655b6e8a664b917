"""The node of the stage ``analyse`` that makes a page of examples.

A module of its own: the counts do not depend on how the page looks.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any


def show_examples(predictions: Any, record: dict[str, Any], dev: Any) -> Callable[[Path], None]:
    """Show examples of dev that deserve a look; those of test stay unread, since whoever reads them tunes to them.

    Args:
        predictions: What ``predict`` gave.
        record: The cell's record.
        dev: Examples of dev.

    Returns:
        What fills the folder of the page. The page holds texts of the data: git ignores it.
    """
    from regen.analysis.page.write import write_page

    return partial(write_page, record, predictions, dev)
