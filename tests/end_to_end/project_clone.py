"""A copy of the project to run real commands in."""

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
QUICK = ("sample_ner.crf.analyse", "sample_ner.crf.examine", "sample_topic.linear.analyse")
"""The last stages of the sample suite's cells that learn something and need no encoder."""


class Clone:
    """A copy of the project's files in a git repository of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("KEDRO", "DVC", "REGEN", "COV"))
            },
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root.parent),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GOMP_SPINCOUNT": "20000",
        }

    def run(self, *command: str, ok: bool = True) -> str:
        """Run a command and give all it printed; it must succeed, or fail, as ``ok`` says."""
        done = self.tried(*command)
        assert (done.returncode == 0) == ok, done.stdout[-3000:]
        return done.stdout

    def tried(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=1500,
        )
