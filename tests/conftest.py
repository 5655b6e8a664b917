"""What all tests share."""

import gc
import os
from collections import Counter
from pathlib import Path

import hypothesis  # noqa: F401  # before anything is frozen: it asks the collector who refers to a random generator
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]


SHARED = ("test_dvc.py", "test_pages.py")
"""Files of tests/end_to_end that work on the same samples, which take minutes to make."""


class _ByFile(LoadScopeScheduling):
    """Keeps the tests of a file in one process, where they share what they made; some files share one state.

    Marks with ``--dist loadgroup`` would say the same, but pytest-xdist 3.8 writes them where pytest 9.2 does not look.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "samples" if _shares(nodeid) else nodeid.split("::", maxsplit=1)[0]


def _shares(nodeid: str) -> bool:
    return nodeid.startswith("tests/end_to_end/") and nodeid.split("::", maxsplit=1)[0].endswith(SHARED)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run of all tests trace few cases of each: tracing doubles what a test costs."""
    parser.addoption("--traced-cases", type=int, metavar="N", help="measure coverage by N cases of each test function")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest group, so that it does not end alone, and trace no property tests.

    Tracing takes as long again as their hundred runs of the same lines, and a line that only a random example reaches
    lacks a test of its own.
    """
    items.sort(key=lambda item: not _shares(item.nodeid))
    limit = config.getoption("traced_cases")
    cases: Counter[str] = Counter()
    for item in items:
        if "samples" in getattr(item, "fixturenames", ()) and not _shares(item.nodeid):
            raise pytest.UsageError(f"{item.nodeid}: needs the samples, so its file belongs into SHARED of {__file__}")
        function = item.nodeid.split("[", maxsplit=1)[0]
        cases[function] += 1
        random = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if random or (limit is not None and cases[function] > limit):
            item.add_marker("no_cover")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFile:
    """Distribute files, in the order in which they were collected."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)


@pytest.fixture(scope="module", autouse=True)
def _frozen_garbage() -> None:
    """Spare the collector what is there already: a fit collects, which takes longer than a tiny network trains."""
    gc.freeze()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The project's folder; tests only read it."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """A folder with published files, named by REGEN_MIRROR or found beside the project; skips when there is none."""
    named = os.environ.get("REGEN_MIRROR", "").split(os.pathsep)[0]
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not (folder / "conll2003").is_dir():
        pytest.skip(f"no published files in {folder}; name a mirror with REGEN_MIRROR")
    return folder
