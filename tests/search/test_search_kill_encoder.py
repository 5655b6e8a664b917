"""A search over a real encoder that is killed at random moments goes on within its trial, and finds the same."""

import random
import time
from pathlib import Path

import pytest
from estimator_cases import SMALL, Case
from killed_search import nursery
from search_bench import STATISTICS, Bench, bytes_of, search_spec
from tiny_encoders import make_encoder

from regen.search.run import run_search
from regen.training import session
from regen.training.loop import Loop

KILLS = 4
CASE = Case("encoder", "tagging", "en")
OPTIONS = {**SMALL["encoder"], "epochs": 6, "batch_examples": 2, "keep": "best"}
SEARCH = search_spec(
    4,
    sampler="tpe",
    startup=2,
    pruner={"type": "halving", "rungs": [2, 4], "reduction": 2},
    space={
        "learning_rate": {"type": "float", "low": 0.001, "high": 0.05, "log": True},
        "label_smoothing": {"type": "float", "low": 0.0, "high": 0.2, "step": 0.1},
    },
)


def search(folder: str) -> None:
    """Search, and tell of each step."""
    train_on = Loop._train_on

    def told(loop: Loop, batch: dict[str, object]) -> None:
        train_on(loop, batch)  # type: ignore[arg-type]
        print("step", loop.step, flush=True)  # noqa: T201

    Loop._train_on = told  # type: ignore[assignment,method-assign]
    session.STEPS_BETWEEN_STATES = 4
    frames, home = CASE.frames(), Path(folder)
    config, encoder = CASE.config(**OPTIONS), home.parent / "encoder"
    found = run_search(frames.train, frames.dev, config, SEARCH, STATISTICS, Bench(home).settings, encoder)
    (home / "found.json").write_text(bytes_of(found), encoding="utf-8")


@pytest.mark.exhaustive
def test_killed_at_random_moments(tmp_path: Path) -> None:
    make_encoder("bert", tmp_path / "encoder", layers=1)
    moments, on = random.Random(1), 0
    with nursery("test_search_kill_encoder", "search") as nurse:
        nurse.start(tmp_path / "unbroken")
        steps = sum(line.startswith("step") for line in nurse.lines())
        assert nurse.status == 0
        for _ in range(KILLS):
            nurse.start(tmp_path / "killed")
            lines = nurse.lines()
            for _ in range(moments.randrange(5, 9)):
                while not (line := next(lines)).startswith("step"):
                    on += "Training goes on at step" in line
            time.sleep(moments.uniform(0, 0.03))
            nurse.kill()
            assert nurse.status == -9
        nurse.start(tmp_path / "killed")
        rest = list(nurse.lines())
        assert nurse.status == 0
    assert on + any("Training goes on at step" in line for line in rest) >= 2
    assert 0 < sum(line.startswith("step") for line in rest) < steps
    assert (tmp_path / "killed" / "found.json").read_bytes() == (tmp_path / "unbroken" / "found.json").read_bytes()
