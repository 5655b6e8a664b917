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
from tiny_encoders import make_encoder

from regen.estimators.base import Resources
from regen.estimators.encoder.model import Model
from regen.estimators.repeats import write_model

CASE = Case("encoder", "tagging", "en")
OPTIONS: dict[str, Any] = {"epochs": 12, "batch_examples": 2, "keep": "best"}
KILLS = 3
SCRIPT = """
import sys
from pathlib import Path
import regen.training.session as session
from regen.training.loop import Loop
from test_encoder_kill import fit

def told(loop, batch, train_on=Loop._train_on):
    train_on(loop, batch)
    print(loop.step, flush=True)

session.STEPS_BETWEEN_STATES = 7
Loop._train_on = told
fit(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def fit(home: Path, encoder: Path) -> None:
    """Fit with a state, and write the model."""
    frames, resources = CASE.frames(), Resources(encoder=encoder, state=home / "state")
    write_model(Model.fit(frames.train, frames.dev, CASE.config(**OPTIONS), 0, resources), home / "model")


def start(home: Path, encoder: Path) -> "subprocess.Popen[str]":
    """Fit in a process that prints every step."""
    here = Path(__file__).parent
    path = os.pathsep.join(map(str, (here, here.parent, here.parents[1] / "src")))
    command = [sys.executable, "-c", SCRIPT, str(home), str(encoder)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)


def sums(folder: Path) -> dict[str, str]:
    return {path.name: md5(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    encoder, moments = make_encoder("bert", tmp_path / "encoder", layers=1), random.Random(0)
    firsts = []
    for _ in range(KILLS):
        with start(tmp_path / "killed", encoder) as process:
            assert process.stdout is not None
            firsts.append(int(process.stdout.readline()))
            for _ in range(moments.randrange(3, 12)):
                process.stdout.readline()
            time.sleep(moments.uniform(0, 0.05))
            process.kill()
        assert process.returncode < 0
    with start(tmp_path / "killed", encoder) as process:
        steps = [int(line) for line in process.stdout or ()]
    assert process.returncode == 0
    assert firsts[0] == 0 < firsts[1] <= firsts[2] <= steps[0]
    fit(tmp_path / "unbroken", encoder)
    assert sums(tmp_path / "killed" / "model") == sums(tmp_path / "unbroken" / "model")
