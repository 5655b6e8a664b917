"""Searches in processes that a test kills: a nursery imports everything once, and forks a process for each start."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_NURSERY = """
import logging, os, sys
from {module} import {function} as run
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
for folder in sys.stdin:
    child = os.fork()
    if child == 0:
        sys.stdin.close()
        os.close(0)
        run(folder.strip())
        sys.stdout.flush()
        os._exit(0)
    print("born", child, flush=True)
    _, status = os.waitpid(child, 0)
    print("died", os.waitstatus_to_exitcode(status), flush=True)
"""


class Nursery:
    """Starts searches one after the other."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._child = 0

    def start(self, folder: Path) -> None:
        """Start a search that keeps its state in a folder."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        while True:  # the child may speak before the nursery does
            line = self._line()
            if line.startswith("born "):
                self._child = int(line.split()[1])
                return

    def lines(self) -> Iterator[str]:
        """Give what the search says, until it ends."""
        while not (line := self._line()).startswith("died "):
            yield line
        self.status = int(line.split()[1])

    def kill(self) -> None:
        """Kill the search, and wait for its end."""
        os.kill(self._child, 9)
        self.last = list(self.lines())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return line.rstrip("\n")


@contextmanager
def nursery(module: str, function: str) -> Iterator[Nursery]:
    """Open a nursery for a function of a test module; it is called with the name of a folder."""
    path = os.pathsep.join(map(str, (_TESTS / "search", _TESTS / "estimators", _TESTS, _TESTS.parent / "src")))
    environ = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _NURSERY.format(module=module, function=function)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()
