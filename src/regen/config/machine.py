"""What differs from machine to machine and never changes a result."""

from pathlib import Path

from regen.config.base import Spec


class MachineFile(Spec):
    """The file ``mirrors.yml`` of conf/base and conf/local.

    Attributes:
        mirrors: Folders, absolute, below ``~`` or relative to the project.
        offline: Never ask the network.
    """

    mirrors: tuple[str, ...] | None = None
    offline: bool = False


class Machine(Spec):
    """Settings of this machine.

    Attributes:
        project: The project's folder.
        state: Folder for what stages resume from (downloads, training state); ignored by git and DVC.
        mirrors: Folders that hold copies of published files, tried in this order.
        offline: Never ask the network.
    """

    project: Path
    state: Path
    mirrors: tuple[Path, ...] = ()
    offline: bool = False
