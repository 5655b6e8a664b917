"""Which task and split a submission file is for."""

import re
from collections.abc import Iterable, Mapping
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
        UserError: There is no such file, no task declares it, several do, or it is of a fold that its task does not
            have; or there is no such task or split, or it declares none.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    declared = _declared(tasks, task, split)
    found = [
        (name, split)
        for name, files in declared.items()
        for split, spec in files.items()
        if path.name in _file_names(spec, tasks[name].read.folds)
    ]
    if len(found) > 1:
        names = " and ".join(dict.fromkeys(name for name, _ in found))
        raise UserError(f"{path}: {names} have files of this name; name the task with --task")
    if found:
        return (*found[0], True)
    for name, files in declared.items():
        _refuse_other_folds(path, name, files.values(), tasks[name].read.folds)
    if task is not None and len(declared[task]) == 1:
        return task, next(iter(declared[task])), False
    if task is not None:
        names = " or ".join(f"{spec.file} (--split {name})" for name, spec in declared[task].items())
        raise UserError(f"{path}: {task} has no file of this name; expected {names}")
    names = ", ".join(sorted({spec.file for files in declared.values() for spec in files.values()}))
    raise UserError(f"{path}: no board takes a file of this name; expected one of {names}")


def _declared(
    tasks: Mapping[str, TaskSpec], task: str | None, split: str | None
) -> dict[str, dict[str, SubmissionSpec]]:
    """Give the files that come into question: task -> split -> its file."""
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
    return declared


def _file_names(spec: SubmissionSpec, folds: int | None) -> set[str]:
    """Give the names that the board expects: of each fold, where each has its file.

    Args:
        spec: What the board expects.
        folds: How many folds the task has; ``None`` for a task without.
    """
    return {spec.file.replace(FOLD, str(fold)) for fold in range(folds or 1)}


def _refuse_other_folds(path: Path, task: str, files: Iterable[SubmissionSpec], folds: int | None) -> None:
    """Refuse the file of a fold that the task does not have."""
    for spec in files:
        match = re.fullmatch(re.escape(spec.file).replace(re.escape(FOLD), r"(\d+)"), path.name)
        if spec.each_fold and match is not None:
            known = ", ".join(map(str, range(folds or 1)))
            raise UserError(f"{path}: found fold {match[1]} in the name, expected one of those of {task}: {known}")
