"""A machine, and folders to import from and into."""

import shutil
from pathlib import Path

import pytest
import torch

from regen.config.machine import Machine
from tiny_models import bert_folder, roberta_folder


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny models are faster on one thread."""
    torch.set_num_threads(1)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with an empty project."""
    (tmp_path / "project").mkdir()
    return Machine(project=tmp_path / "project", state=tmp_path / "state", offline=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder to fill."""
    (tmp_path / "made" / "tiny").mkdir(parents=True)
    return tmp_path / "made" / "tiny"


@pytest.fixture(scope="session")
def _bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bert_folder(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def _roberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return roberta_folder(tmp_path_factory.mktemp("roberta"))


@pytest.fixture
def bert(machine: Machine, _bert: Path) -> Path:
    """A published BERT in the project, to spoil."""
    return shutil.copytree(_bert, machine.project / "bert")


@pytest.fixture
def roberta(machine: Machine, _roberta: Path) -> Path:
    """A published RoBERTa in the project, to spoil."""
    return shutil.copytree(_roberta, machine.project / "roberta")
