"""A fit that is killed again and again ends with the bytes of one that was not."""

import os
import random
import subprocess
import sys
import time
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from estimator_cases import Case

from regen.estimators.base import Resources
from regen.estimators.bilstm_crf.model import Model
from regen.estimators.repeats import write_model

CASE = Case("bilstm_crf", "tagging", "en")
OPTIONS: dict[str, Any] = {"epochs": 10, "batch_tokens": 8, "keep": "best", "layers": 2}
KILLS = 2
SCRIPT = """
import sys
from pathlib import Path
from regen.training import session
from regen.training.loop import Loop
from test_bilstm_crf_kill import fit

def told(loop, batch, train_on=Loop._train_on):
    train_on(loop, batch)
    print(loop.step, flush=True)

session.STEPS_BETWEEN_STATES = 7
Loop._train_on = told
fit(Path(sys.argv[1]))
"""


def fit(home: Path) -> None:
    """Fit with a state, and write the model."""
    frames, resources = CASE.frames(), Resources(state=home / "state")
    write_model(Model.fit(frames.train, frames.dev, CASE.config(**OPTIONS), 0, resources), home / "model")


def start(home: Path) -> "subprocess.Popen[str]":
    """Fit in a process that prints every step."""
    here = Path(__file__).parent
    path = os.pathsep.join(map(str, (here, here.parent, here.parents[1] / "src")))
    command = [sys.executable, "-c", SCRIPT, str(home)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)


def sums(folder: Path) -> dict[str, str]:
    return {path.name: md5(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    moments, firsts = random.Random(0), []
    for _ in range(KILLS):
        with start(tmp_path / "killed") as process:
            assert process.stdout is not None
            firsts.append(int(process.stdout.readline()))
            for _ in range(moments.randrange(9, 15)):
                process.stdout.readline()
            time.sleep(moments.uniform(0, 0.02))
            process.kill()
        assert process.returncode < 0
    with start(tmp_path / "killed") as process:
        steps = [int(line) for line in process.stdout or ()]
    assert process.returncode == 0
    assert firsts[0] == 0 < firsts[1] <= steps[0]
    fit(tmp_path / "unbroken")
    assert sums(tmp_path / "killed" / "model") == sums(tmp_path / "unbroken" / "model")
