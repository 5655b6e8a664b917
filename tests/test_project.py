"""From the files of conf to checked specs and the settings of this machine, with the project's own loader."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from regen.config.machine import Machine, Telemetry
from regen.errors import UserError
from regen.project import config_loader, read_machine, read_specs, read_statistics
from small_project import SmallProject

LARGEST = 200_000
"""Bytes of a file in git."""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEDRO_ENV", raising=False)


@pytest.fixture
def small(tmp_path: Path) -> SmallProject:
    """A project whose config is right."""
    return SmallProject(tmp_path)


@pytest.fixture
def copy(tmp_path: Path, project_root: Path) -> Path:
    """A copy of this project's conf/base."""
    shutil.copytree(project_root / "conf" / "base", tmp_path / "conf" / "base")
    (tmp_path / "conf" / "local").mkdir()
    return tmp_path


def _machine(root: Path, mirrors: str = "", **environ: str) -> Machine:
    """The settings of a machine, with machine.yml in conf/local."""
    (root / "conf/local").mkdir(exist_ok=True, parents=True)
    (root / "conf/local/machine.yml").write_text(mirrors, encoding="utf-8")
    return read_machine(config_loader(root), root, environ)


def test_every_cell_of_this_project_has_a_config(project_root: Path) -> None:
    specs = read_specs(config_loader(project_root, "base"), project_root)
    assert {"conll", "clue", "sample"} <= specs.suites.keys()
    for cell in specs.cells:
        assert specs.config(cell).cell == cell


def test_an_environment_changes_one_nested_key_of_a_real_task(copy: Path) -> None:
    base = read_specs(config_loader(copy), copy).tasks
    (copy / "conf/few/tasks").mkdir(parents=True)
    (copy / "conf/few/tasks/any.yml").write_text(
        "ocnli: {read: {expected: {train: {examples: 7}}}}\n", encoding="utf-8"
    )
    few = read_specs(config_loader(copy, "few"), copy).tasks
    changed = base["ocnli"].model_dump()
    assert changed["read"]["expected"]["train"] == {"examples": 9985, "dropped": 15}
    changed["read"]["expected"]["train"]["examples"] = 7
    assert few["ocnli"].model_dump() == changed
    assert few["conll2003"] == base["conll2003"]


def test_a_mistake_in_a_real_task_is_found(copy: Path) -> None:
    path = copy / "conf/base/tasks/ocnli.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("sentence2, label: label}", "sentence2}"), encoding="utf-8"
    )
    line = 1 + path.read_text(encoding="utf-8").splitlines().index(
        "    fields: {id: id, text_a: sentence1, text_b: sentence2}"
    )
    with pytest.raises(
        UserError, match=f"^conf/base/tasks/ocnli.yml:{line}: ocnli.read.fields: type pair_classification needs"
    ):
        read_specs(config_loader(copy), copy)


def test_the_environment_comes_from_the_argument_the_variable_or_is_local(
    small: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, env in enumerate(("local", "one", "two"), start=2):
        small.write(f"{env}/tasks/a.yml", f"topic: {{version: {number}}}\n")
    assert small.specs().tasks["topic"].version == 2
    monkeypatch.setenv("KEDRO_ENV", "one")
    assert small.specs().tasks["topic"].version == 3
    assert small.specs("two").tasks["topic"].version == 4
    assert small.specs("base").tasks["topic"].version == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [", ":1: not YAML: expected the node content, but found '<stream end>'"),
        ("a: 1\n\tb: 2\n", ":2: not YAML: found character '\\t' that cannot start any token"),
        ("a: 1\nb: 2\na: 3\n", ":3: not YAML: found duplicate key a"),
        ("a: \x07\n", ": not YAML: unacceptable character #x0007"),
        ("- a\n", ":1: found no keys at the top"),
        ("2003: {title: x}\n", ": found the name 2003, expected one that starts with a letter"),
    ],
)
def test_a_broken_file_is_named(small: SmallProject, text: str, said: str) -> None:
    small.write("base/suites/bad.yml", text)
    assert small.error().startswith(f"conf/base/suites/bad.yml{said}")


def test_a_broken_file_of_the_environment_is_named(small: SmallProject) -> None:
    small.write("few/recipes/bad.yml", "a: b: c\n")
    assert small.error("few").startswith("conf/few/recipes/bad.yml:1: not YAML: mapping values are not allowed here")


def test_a_file_in_another_encoding_is_named(small: SmallProject) -> None:
    (small.root / "conf/base/tasks/bad.yml").write_bytes("bad: {title: Río}\n".encode("latin-1"))
    assert small.error().startswith("conf/base/tasks/bad.yml: not YAML: 'utf-8' codec can't decode byte 0xed")


def test_the_same_key_in_two_files_names_both(small: SmallProject) -> None:
    small.write("base/tasks/again.yml", "topic: {title: x}\n")
    message = small.error()
    assert message.endswith(": topic")
    assert "conf/base/tasks/topic.yml" in message
    assert "conf/base/tasks/again.yml" in message


def test_a_reference_to_nothing_names_the_key(small: SmallProject) -> None:
    small.write("base/recipes/bad.yml", 'bad: {title: "${nothing}"}\n')
    assert small.error().startswith("conf: recipes: Interpolation key 'nothing' not found full_key: bad.title")


def test_an_environment_that_is_not_there_is_named(small: SmallProject) -> None:
    said = "conf/smok: there is no such environment, found base, local; make the folder"
    assert small.error("smok") == said
    with pytest.raises(UserError, match=said):
        read_machine(config_loader(small.root, "smok"), small.root, {})


def test_a_project_without_conf_local_is_not_taken_for_an_empty_one(small: SmallProject) -> None:
    (small.root / "conf/local").rmdir()
    assert small.error() == "conf/local: there is no such environment, found base; make the folder"


def test_a_section_without_files_is_empty(small: SmallProject) -> None:
    (small.root / "conf/base/encoders/tiny.yml").unlink()
    assert small.specs().encoders == {}


def test_a_machine_without_settings(small: SmallProject) -> None:
    assert _machine(small.root) == Machine(project=small.root, state=small.root / "data/.state")


def test_mirrors_of_the_variable_come_before_those_of_the_file(small: SmallProject) -> None:
    machine = _machine(small.root, "mirrors: [/c, d]\noffline: true\n", REGEN_MIRROR="/b:/a::relative")
    assert machine.mirrors == (Path("/b"), Path("/a"), Path("relative"), Path("/c"), small.root / "d")
    assert machine.offline


def test_the_variable_is_read_from_the_process(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGEN_MIRROR", "/only")
    assert read_machine(config_loader(small.root), small.root).mirrors == (Path("/only"),)


def test_a_mirror_in_the_home_folder(small: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    machine = _machine(small.root, "mirrors: [~/b]\n", REGEN_MIRROR="~/a")
    assert machine.mirrors == (Path("/home/someone/a"), Path("/home/someone/b"))


def test_settings_of_base_stay_where_local_says_nothing(small: SmallProject) -> None:
    small.write("base/machine.yml", "mirrors: [/base]\noffline: true\n")
    assert _machine(small.root, "mirrors:\n").mirrors == ()
    machine = _machine(small.root, "mirrors: [/mine]\n")
    assert (machine.mirrors, machine.offline) == ((Path("/mine"),), True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ofline: true\n", "ofline: Extra inputs are not permitted"),
        ("project: /x\n", "project: Extra inputs are not permitted"),
        ("offline: maybe\n", "offline: Input should be a valid boolean"),
        ("mirrors: /data\n", "mirrors: Input should be a valid tuple (found '/data')"),
        ("mirrors: 5\n", "mirrors: Input should be a valid tuple (found 5)"),
        ("mirrors: [null]\n", "mirrors.0: Input should be a valid string (found None)"),
        ("processes: 0\n", "processes: Input should be greater than or equal to 1"),
        ("workers: -1\n", "workers: Input should be greater than or equal to 0"),
        ("wandb: true\n", "wandb: Extra inputs are not permitted"),
        ("telemetry: {tensorbord: true}\n", "telemetry.tensorbord: Extra inputs are not permitted"),
        ("telemetry: {wandb: often}\n", "telemetry.wandb: Input should be a valid boolean"),
        ("telemetry:\n", "telemetry: Input should be a valid dictionary"),
    ],
)
def test_wrong_settings_are_one_line(small: SmallProject, text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        _machine(small.root, text)
    message = str(caught.value)
    assert message.startswith(f"conf/*/machine.yml: {said}")
    assert message.endswith("; conf/base/machine.yml shows what the file holds")
    assert len(message.splitlines()) == 1


def test_telemetry_is_chosen(small: SmallProject) -> None:
    assert _machine(small.root, "telemetry: {wandb: true}\n").telemetry == Telemetry(tensorboard=False, wandb=True)


def test_processes_are_chosen(small: SmallProject) -> None:
    assert _machine(small.root).processes == 1
    assert _machine(small.root, "processes: 4\n").processes == 4


def test_the_projects_own_telemetry_is_off(project_root: Path) -> None:
    content = (project_root / "conf/base/machine.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(content)["telemetry"] == Telemetry().model_dump()
    assert Telemetry() == Telemetry(tensorboard=False, wandb=False)


def test_broken_settings_are_named(small: SmallProject) -> None:
    with pytest.raises(UserError, match=r"^conf/local/machine\.yml:1: found no keys at the top"):
        _machine(small.root, "- /a\n")


def test_the_state_lies_in_the_data_root(small: SmallProject) -> None:
    small.write("base/globals.yml", "data_root: data\n")
    assert _machine(small.root).state == small.root / "data/.state"
    small.write("local/globals.yml", "data_root: /disk\n")
    assert _machine(small.root).state == Path("/disk/.state")
    small.write("local/globals.yml", "data_root:\n")
    with pytest.raises(UserError, match="data_root: found None, expected a folder"):
        _machine(small.root)


def test_git_holds_no_large_file(project_root: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=project_root, capture_output=True, check=True, text=True)
    sizes = {name: (project_root / name).stat().st_size for name in listed.stdout.split("\0") if name}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}, "leave data and large records to DVC"


def test_statistics_of_conf(small: SmallProject) -> None:
    assert read_statistics(config_loader(small.root, "base"), small.root).level == 0.95


def test_a_wrong_level_is_named(small: SmallProject) -> None:
    (small.root / "conf/base/parameters.yml").write_text("statistics: {level: 2}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"parameters.yml: statistics: Input should be less than 1"):
        read_statistics(config_loader(small.root, "base"), small.root)
