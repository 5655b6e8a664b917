"""What differs from machine to machine and never changes a result."""

from pathlib import Path

from pydantic import Field

from regen.config.base import Spec


class Telemetry(Spec):
    """Where trainings are drawn while they run.

    Attributes:
        tensorboard: Write TensorBoard's event files.
        wandb: Write runs of Weights & Biases.
    """

    tensorboard: bool = False
    wandb: bool = False


class MachineFile(Spec):
    """The file ``machine.yml`` of conf/base and conf/local.

    Attributes:
        mirrors: Folders, absolute, below ``~`` or relative to the project.
        offline: Never ask the network.
        processes: Processes that share each fit of an encoder: one per GPU, or parts of the CPU.
        workers: Processes that make batches ahead of a training, where a GPU would wait for them.
        search_workers: Processes that share the trials of a search, and the cores.
        telemetry: Where trainings are drawn while they run.
    """

    mirrors: tuple[str, ...] | None = None
    offline: bool = False
    processes: int = Field(default=1, ge=1)
    workers: int = Field(default=0, ge=0)
    search_workers: int = Field(default=1, ge=1)
    telemetry: Telemetry = Telemetry()


class Machine(Spec):
    """Settings of this machine.

    Attributes:
        project: The project's folder.
        state: Folder for what stages resume from (downloads, training state); ignored by git and DVC.
        mirrors: Folders that hold copies of published files, tried in this order.
        offline: Never ask the network.
        processes: Processes that share each fit of an encoder.
        workers: Processes that make batches ahead of a training.
        search_workers: Processes that share the trials of a search.
        study_url: A database that several machines share for their studies; ``None`` for a journal file.
        telemetry: Where trainings are drawn while they run.
    """

    project: Path
    state: Path
    mirrors: tuple[Path, ...] = ()
    offline: bool = False
    processes: int = 1
    workers: int = 0
    search_workers: int = 1
    study_url: str | None = None
    telemetry: Telemetry = Telemetry()
