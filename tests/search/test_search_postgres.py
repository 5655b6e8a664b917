"""Two workers that share a PostgreSQL database; one of them is killed."""

import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from optuna import Study
from search_bench import Bench, search_spec
from test_search_workers import SPACE, Workers, check_whole, kill_one, open_again

from regen.errors import UserError
from regen.search import storage

TRIALS = 24


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip("no PostgreSQL here; on Debian: apt-get install postgresql")
    return found[-1].parent if found else Path(str(on_path)).parent


def _as_plain_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("PostgreSQL refuses root, and there is no setpriv to be someone else")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database, on a socket in a folder of its own."""
    pytest.importorskip("psycopg")
    binaries, prefix = _binaries(), _as_plain_user()
    home = Path(mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    home.chmod(0o777 if prefix else 0o700)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        environ = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        command = [*prefix, str(binaries / program), *arguments]
        with (home / f"{program}.log").open("wb") as log:  # a pipe would stay open in the server
            done = subprocess.run(command, env=environ, cwd=home, stdout=log, stderr=log, check=False)
        assert done.returncode == 0, (home / f"{program}.log").read_text(encoding="utf-8")

    data, options = str(home / "data"), f"-k {home} -p {port} -c listen_addresses='' -c fsync=off"
    run("initdb", "-D", data, "-A", "trust", "-U", "regen", "--no-sync", "-E", "UTF8", "--locale=C")
    run("pg_ctl", "-D", data, "-w", "-l", str(home / "server.log"), "-o", options, "start")
    try:
        run("createdb", "-h", str(home), "-p", str(port), "-U", "regen", "optuna")
        yield f"postgresql+psycopg://regen@/optuna?host={home}&port={port}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def close(study: Study) -> None:
    """Close the connections of a study that the test itself opened."""
    storage.close_storage(study._storage._backend)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.exhaustive
def test_one_of_two_workers_is_killed(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, {"min_frequency": 1}, {"search_workers": 2, "study_url": database}, estimator="linear")
    started, opened = Workers(monkeypatch), open_again(bench)
    killer = threading.Thread(target=kill_one, args=(started, lambda: opened, 5))
    killer.start()
    document, best = bench.run(search_spec(TRIALS, space=SPACE))
    killer.join()
    assert started.started[0].returncode == -signal.SIGKILL
    check_whole(document, TRIALS)
    assert best["trial"] in range(TRIALS)
    assert all(trial.state.is_finished() for trial in opened.get_trials(deepcopy=False))
    assert not (tmp_path / "state" / "search" / storage.JOURNAL).exists()
    close(opened)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_worker_of_another_machine_that_fell_silent(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees it die: its heartbeat stops, and the trial is run by who is left."""
    monkeypatch.setattr(storage, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(storage, "GRACE_SECONDS", 2)
    bench = Bench(tmp_path, {"min_frequency": 2}, {"study_url": database}, estimator="linear")
    opened = open_again(bench)
    silent = opened._storage.create_new_trial(opened._study_id)
    opened._storage.set_trial_user_attr(silent, "worker", "elsewhere:1")
    opened._storage.record_heartbeat(silent)  # type: ignore[attr-defined]
    document, _ = bench.run(search_spec(4, space=SPACE))
    assert [trial["state"] for trial in document["trials"]] == ["complete"] * 4
    assert [trial["source"] for trial in document["trials"]].count("recipe") == 1
    assert opened.get_trials()[0].state.name == "FAIL"
    close(opened)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://regen@/optuna?host=/nowhere", "REGEN_STUDY_URL: the database cannot be opened: "),
        ("nothing", "REGEN_STUDY_URL: the database cannot be opened: "),
    ],
)
def test_a_database_that_is_not_there(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        storage.open_storage(tmp_path, url)
    assert str(caught.value).startswith(said)
    assert len(str(caught.value).splitlines()) == 1
