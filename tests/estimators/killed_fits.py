"""Fits in processes that are killed at random moments."""

import os
import random
import subprocess
import sys
import time
from hashlib import md5
from pathlib import Path

_SCRIPT = """
import sys
from pathlib import Path
from regen.training import session
from regen.training.loop import Loop
from {module} import fit

def told(loop, batch, train_on=Loop._train_on):
    train_on(loop, batch)
    print(loop.step, flush=True)

session.STEPS_BETWEEN_STATES = 7
Loop._train_on = told
fit(*map(Path, sys.argv[1:]))
"""


def first_steps(module: str, folders: list[Path], kills: int, steps: tuple[int, int], wait: float) -> list[int]:
    """Start a fit again and again, kill it, and let the last one end.

    Args:
        module: Test module whose function ``fit`` takes the folders.
        folders: What it is given.
        kills: Starts that are killed.
        steps: Least steps before a kill, and the number that is never reached.
        wait: Most seconds from the last of these steps to the kill.

    Returns:
        The first step of each start.
    """
    moments, firsts = random.Random(0), []
    for _ in range(kills):
        with _start(module, folders) as process:
            assert process.stdout is not None
            firsts.append(int(process.stdout.readline()))
            for _ in range(moments.randrange(*steps)):
                process.stdout.readline()
            time.sleep(moments.uniform(0, wait))
            process.kill()
        assert process.returncode < 0
    with _start(module, folders) as process:
        last = [int(line) for line in process.stdout or ()]
    assert process.returncode == 0
    return [*firsts, last[0]]


def _start(module: str, folders: list[Path]) -> "subprocess.Popen[str]":
    """Fit in a process that prints every step."""
    here = Path(__file__).parent
    path = os.pathsep.join(map(str, (here, here.parent, here.parents[1] / "src")))
    command = [sys.executable, "-c", _SCRIPT.format(module=module), *map(str, folders)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)


def sums(folder: Path) -> dict[str, str]:
    """Give the MD5 sum of each file."""
    return {path.name: md5(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
