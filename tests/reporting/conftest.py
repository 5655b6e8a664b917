"""Hand-made records."""

from collections.abc import Callable

import pytest
from made_records import Record, awkward_records, make_record, make_search


@pytest.fixture
def searched() -> Record:
    """A record of a cell whose settings were sought."""
    return make_record("names.sought", [0.7], [0.6], tagging=True) | {"search": make_search("names.sought")}


@pytest.fixture
def record() -> Callable[..., Record]:
    return make_record


@pytest.fixture
def records() -> list[Record]:
    return awkward_records()
