"""Which task and split a submission file is for."""

import re
from collections.abc import Mapping
from pathlib import Path

from regen.config.submission import FOLD, SubmissionSpec
from regen.config.task import TaskSpec
from regen.errors import UserError


def find_split(
    path: Path, tasks: Mapping[str, TaskSpec], task: str | None, split: str | None = None
) -> tuple[str, str, bool]:
    """Find the task and the hidden split that a file is for, by its name.

    Args:
        path: The file.
        tasks: All tasks.
        task: Name of the task, where the user gives it.
        split: Name of the split, where the user gives it; only with a task.

    Returns:
        Task, split, and whether the file has the right name: one of another name is known by its task all the same
        where the task has one file.

    Raises:
        UserError: There is no such file, no task declares it, or several do; or there is no such task or split, or it
            declares none.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    declared = {name: spec.submission for name, spec in tasks.items() if spec.submission}
    if task is not None:
        if task not in declared:
            raise UserError(f"--task: found '{task}', expected a task with submission files: {', '.join(declared)}")
        declared = {task: declared[task]}
    if split is not None:
        if task is None or split not in declared[task]:
            known = ", ".join(declared[task]) if task else "a task beside it, with --task"
            raise UserError(f"--split: found '{split}', expected {known}")
        declared = {task: {split: declared[task][split]}}
    found = [
        (name, split) for name, files in declared.items() for split, spec in files.items() if has_name(path.name, spec)
    ]
    if len(found) > 1:
        names = " and ".join(dict.fromkeys(name for name, _ in found))
        raise UserError(f"{path}: {names} have files of this name; name the task with --task")
    if found:
        return (*found[0], True)
    if task is not None and len(declared[task]) == 1:
        return task, next(iter(declared[task])), False
    if task is not None:
        names = " or ".join(f"{spec.file} (--split {name})" for name, spec in declared[task].items())
        raise UserError(f"{path}: {task} has no file of this name; expected {names}")
    names = ", ".join(sorted({spec.file for files in declared.values() for spec in files.values()}))
    raise UserError(f"{path}: no board takes a file of this name; expected one of {names}")


def has_name(name: str, spec: SubmissionSpec) -> bool:
    """Say whether a file has the name that the board expects: of each fold, where each has its file."""
    pattern = re.escape(spec.file).replace(re.escape(FOLD), r"\d+")
    return re.fullmatch(pattern, name) is not None
