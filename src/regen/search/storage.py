"""Where studies live while they run: one journal file on this machine, or a database that several machines share."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
from filelock import FileLock
from optuna import Study
from optuna.exceptions import ExperimentalWarning
from optuna.storages import BaseStorage, JournalStorage, RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock
from optuna.study import StudyDirection

from regen.config.search import SearchSpec
from regen.errors import UserError
from regen.search.pruning import make_pruner

JOURNAL, LOCK = "journal.log", "journal.lock"
HEARTBEAT_SECONDS, GRACE_SECONDS = 10, 60


class _Lock(BaseJournalFileLock):
    """A lock that ends with its process: Optuna's own outlives a killed one, and all others wait for half a minute."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path)

    def acquire(self) -> bool:
        """Wait for it."""
        self._lock.acquire()
        return True

    def release(self) -> None:
        """Give it back."""
        self._lock.release()


def open_storage(folder: Path, url: str | None = None, heartbeat: tuple[int, int] | None = None) -> BaseStorage:
    """Open the storage of all studies.

    Args:
        folder: Folder of the journal.
        url: A database, as SQLAlchemy names it; the journal is not used then.
        heartbeat: Seconds between two signs of life of a worker, and until it counts as dead; databases only.

    Raises:
        UserError: The database cannot be opened.
    """
    if url is None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / JOURNAL
        lock = _Lock(folder / LOCK)
        if path.is_file():
            lock.acquire()
            try:
                _cut_torn_line(path)
            finally:
                lock.release()
        return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))
    interval, grace = heartbeat or (HEARTBEAT_SECONDS, GRACE_SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # of heartbeats
            return RDBStorage(
                url,
                heartbeat_interval=interval,
                grace_period=grace,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=1),
            )
    except Exception as error:  # a driver that is missing, an address, a password: each library has its own
        text = " ".join(str(error).split())
        raise UserError(f"REGEN_STUDY_URL: the database cannot be opened: {text}; mend the address") from error


def close_storage(storage: BaseStorage) -> None:
    """Close the connections to a database."""
    if isinstance(storage, RDBStorage):
        storage.remove_session()
        storage.engine.dispose()


def _cut_torn_line(path: Path) -> None:
    """Cut off what a killed process left of a line: Optuna would write the next one behind it."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)


def open_study(storage: BaseStorage, name: str, search: SearchSpec) -> Study:
    """Open a study, or make it."""
    directions = [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE][: len(search.objectives)]
    with quiet():
        return optuna.create_study(
            storage=storage,
            study_name=name,
            directions=directions,
            pruner=make_pruner(search),
            load_if_exists=True,
        )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from telling of each trial: the search says it in its own line."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
