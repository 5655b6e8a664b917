"""A search that is killed again and again finds the same as one that was not."""

import random
import time
from pathlib import Path

import pytest
from killed_search import nursery
from paced_estimator import PacedModel, install
from search_bench import Bench, bytes_of, search_spec

KILLS = 10
SEARCH = search_spec(16, sampler="tpe", startup=4, pruner={"type": "halving", "rungs": [2], "reduction": 2})


def search(folder: str) -> None:
    """Search, and tell of each epoch that begins."""
    install()
    PacedModel.watch = staticmethod(lambda _, epoch: print(f"epoch {epoch}", flush=True))  # noqa: T201
    Path(folder, "found.json").write_text(bytes_of(*Bench(Path(folder)).run(SEARCH)), encoding="utf-8")


@pytest.mark.exhaustive
def test_killed_at_random_moments(tmp_path: Path) -> None:
    moments = random.Random(0)
    with nursery("test_search_kill", "search") as nurse:
        nurse.start(tmp_path / "unbroken")
        epochs = sum(line.startswith("epoch") for line in nurse.lines())
        assert nurse.status == 0
        for _ in range(KILLS):
            nurse.start(tmp_path / "killed")
            lines = nurse.lines()
            for _ in range(moments.randrange(1, 3)):
                while not next(lines).startswith("epoch"):
                    pass
            time.sleep(moments.uniform(0, 0.02))
            nurse.kill()
            assert nurse.status == -9
        nurse.start(tmp_path / "killed")
        rest = sum(line.startswith("epoch") for line in nurse.lines())
        assert nurse.status == 0
    assert 0 < rest < epochs
    assert (tmp_path / "killed" / "found.json").read_bytes() == (tmp_path / "unbroken" / "found.json").read_bytes()
