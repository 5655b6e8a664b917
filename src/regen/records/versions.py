"""Records and outcomes as they are, or as they were at a git revision."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from regen.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

CELLS = PurePosixPath("data/08_reporting/cells")
"""Where git holds records, from the project's folder."""
RECORD, OUTCOMES = "record.json", "outcomes.parquet"


@dataclass(frozen=True)
class Version:
    """A cell at some time.

    Attributes:
        name: ``<task>.<recipe>``, with ``@<revision>`` where it is not that of the working tree.
        record: Its record.
        outcomes: Its outcomes; ``None`` where there are none.
        dev_files: sha256 of the files that dev is read from, by their places, where the cell is compared with one of
            another task; ``None`` otherwise.
    """

    name: str
    record: Mapping[str, Any]
    outcomes: "pd.DataFrame | None"
    dev_files: Mapping[str, str] | None = None


def is_cell(root: Path, name: str) -> bool:
    """Say whether a name, with or without ``@<revision>``, is that of a cell with a record, and not of a revision."""
    cell, at, _ = name.partition("@")
    return cell.count(".") == 1 and (bool(at) or (root / _folder(cell) / RECORD).is_file())


def read_version(root: Path, name: str) -> Version:
    """Read a cell's record and outcomes.

    Args:
        root: The project's folder, the top of a git repository where a revision is named.
        name: ``<task>.<recipe>``, or ``<task>.<recipe>@<revision>``.

    Raises:
        UserError: There is no such record or no such revision, or the name is not that of a cell.
    """
    cell, _, revision = name.partition("@")
    if cell.count(".") != 1:
        raise UserError(_no_cell(root, cell))
    if revision and _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{tree}}") is None:
        raise UserError(
            f"{name}: found no git revision {revision}; 'git log -- {_folder(cell)}' lists those of the cell"
        )
    found = {file: _content(root, _folder(cell) / file, revision) for file in (RECORD, OUTCOMES)}
    record, outcomes = found[RECORD], found[OUTCOMES]
    if record is None:
        where = f"at revision {revision}" if revision else "in the working tree"
        raise UserError(f"{_folder(cell) / RECORD}: found no record {where}; name another cell, or make it first")
    return Version(name, json.loads(record), None if outcomes is None else _table(outcomes))


def with_same_dev(
    one: Version, other: Version, files: Callable[[str], Sequence[str] | None]
) -> tuple[Version, Version]:
    """Ready two versions to be compared: those of two tasks only if they share the metric and the files of dev.

    Args:
        one: The one.
        other: The other.
        files: Gives the names of the files that dev of a task is read from; ``None`` for an unknown task.

    Raises:
        UserError: Their scores do not compare.
    """
    versions = (one, other)
    tasks = [version.record["task"] for version in versions]
    if tasks[0] == tasks[1]:
        return versions
    metrics = [version.record["metric"] for version in versions]
    read = [_dev_files(version.record, files(task)) for version, task in zip(versions, tasks, strict=True)]
    if metrics[0] != metrics[1]:
        raise UserError(_two_tasks(versions, f"metrics {metrics[0]} and {metrics[1]}"))
    if read[0] is None or read[0] != read[1]:
        raise UserError(_two_tasks(versions, "dev splits from other files"))
    return replace(one, dev_files=read[0]), replace(other, dev_files=read[1])


def _dev_files(record: Mapping[str, Any], names: Sequence[str] | None) -> dict[str, str] | None:
    """Give the sha256 of the files that dev was read from when a record was made, by their places."""
    known = record["card"]["files"]
    if names is None or not set(names) <= set(known):
        return None
    return {str(place): known[name] for place, name in enumerate(names)}


def _two_tasks(versions: Sequence[Version], found: str) -> str:
    names = " and ".join(version.name for version in versions)
    return f"{names}: found two tasks with {found}, whose scores do not compare; name two cells of one task"


def changed_cells(root: Path, one: str, other: str) -> dict[str, str]:
    """Say which records differ between two revisions.

    Returns:
        Cell -> ``changed``, ``added`` or ``removed``.

    Raises:
        UserError: git does not know a revision.
    """
    before, after = _records(root, one), _records(root, other)
    return {
        cell: "removed" if cell not in after else "added" if cell not in before else "changed"
        for cell in sorted({*before, *after})
        if before.get(cell) != after.get(cell)
    }


def head_revision(root: Path) -> str | None:
    """Give the hash of the commit that is checked out; ``None`` where there is none."""
    answer = _git(root, "rev-parse", "HEAD")
    return answer.decode().strip() if answer else None


def _records(root: Path, revision: str) -> dict[str, str]:
    """Give the hash of every record at a revision."""
    listed = _git(root, "ls-tree", "-r", "-z", f"{revision}^{{tree}}", "--", str(CELLS))
    if listed is None:
        raise UserError(_no_cell(root, revision))
    entries = [entry.partition("\t")[::2] for entry in listed.decode().split("\0") if entry.endswith(f"/{RECORD}")]
    return {".".join(PurePosixPath(path).parts[-3:-1]): facts.split()[-1] for facts, path in entries}


def _no_cell(root: Path, name: str) -> str:
    """Say that a name is no cell, nor a revision, with the cells where it is that of a task."""
    cells = [f"{name}.{path.parent.name}" for path in sorted((root / CELLS / name).glob(f"*/{RECORD}"))]
    if not cells:
        return f"{name}: found neither a cell (task.recipe) with a record nor a git revision of this name"
    return f"{name}: found a task, expected a cell, which is task.recipe; name one of {', '.join(cells)}"


def _content(root: Path, path: PurePosixPath, revision: str) -> bytes | None:
    if revision:
        return _git(root, "show", f"{revision}:./{path}")
    file = root / path
    return file.read_bytes() if file.is_file() else None


def _folder(cell: str) -> PurePosixPath:
    return CELLS.joinpath(*cell.split("."))


def _git(root: Path, *arguments: str) -> bytes | None:
    """Give what git answers; ``None`` where it fails, or is not there."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _table(content: bytes) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_parquet(BytesIO(content))
