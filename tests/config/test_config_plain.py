"""What is read without Kedro's loader is what the loader would have read."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kedro.config import OmegaConfigLoader
from omegaconf.errors import ConfigTypeError

from regen.config.load import SECTIONS
from regen.config.plain import read_plain
from regen.project import config_loader

NUMBERS = "1 1. .5 -.5 1.5e3 1e3 1e-5 -1E+5 1e 0x1f 0o17 017 0b11 1_000 1_0.5_0 190:20:30.15 .inf -.Inf .nan NaN inf"
OTHERS = (
    "12:30 12:30:45 2003-01-01 2003-01-01T10:00:00Z yes no on off y n true True TRUE false ~ null a a:b a#b '1' \"2\""
)


def _kedros(root: Path) -> dict[str, Any]:
    """Give the section ``s`` as Kedro's loader reads it."""
    loader = OmegaConfigLoader(
        str(root),
        env="top",
        base_env="base",
        default_run_env="top",
        merge_strategy={"s": "soft"},
        config_patterns={"s": ["s/*.yml"]},
    )
    return loader["s"]


def _ours(root: Path) -> dict[str, Any] | None:
    return read_plain([root / "base", root / "top"], "s/*.yml")


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two environments, each with the folder of the section."""
    for env in ("base", "top"):
        (tmp_path / env / "s").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("env", ["base", "gpu", "smoke"])
def test_this_projects_files_need_no_other_loader(project_root: Path, env: str) -> None:
    loader = config_loader(project_root, env)
    folders = dict.fromkeys([project_root / "conf" / "base", project_root / "conf" / env])
    for section in SECTIONS if env == "smoke" else ("encoders", "recipes", "suites"):  # tasks take the loader a second
        plain = read_plain(folders, f"{section}/*.yml")
        assert plain
        assert repr(sorted(plain.items())) == repr(sorted(loader[section].items()))


@pytest.mark.parametrize("form", ["{name}: {scalar}", "{name}: [{scalar}]", "{name}: {{{scalar}: 0}}"])
def test_scalars_are_taken_for_the_same(root: Path, form: str) -> None:
    scalars = [scalar for scalar in f"{NUMBERS} {OTHERS}".split() if "{{" not in form or scalar not in ("~", "null")]
    lines = [form.format(name=f"v{number}", scalar=scalar) for number, scalar in enumerate(scalars)]
    _write(root, "base/s/all.yml", "\n".join(lines))
    ours = _ours(root)
    assert ours is not None
    assert len(ours) == len(scalars) > 35
    assert repr(sorted(ours.items())) == repr(sorted(_kedros(root).items()))


KEYS = st.sampled_from("ab")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
SECTION = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=2) | VALUES, max_size=2)


@given(base=SECTION, top=SECTION)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_environments_are_merged_as_kedro_does(root: Path, base: dict[str, Any], top: dict[str, Any]) -> None:
    for env, content in (("base", base), ("top", top)):
        _write(root, f"{env}/s/one.yml", yaml.safe_dump(content, allow_unicode=True))
    ours = _ours(root)
    if ours is None:  # a list and a mapping under one key
        with pytest.raises(ConfigTypeError):
            _kedros(root)
    else:
        assert repr(sorted(ours.items())) == repr(sorted(_kedros(root).items()))


def test_anchors_notes_and_hidden_files(root: Path) -> None:
    _write(root, "base/s/a.yml", "_note: &x {p: 1, q: {r: [2]}}\na: *x\nb: {<<: *x, p: 3}\n_note2: 1\n")
    _write(root, "base/s/b.yml", "_note: {p: 0}\nc: 1\n")
    _write(root, "base/s/.c.yml", "c: 2\n")
    _write(root, "top/s/a.yml", "a: {q: {s: 4}}\n")
    assert _ours(root) == {
        "a": {"p": 1, "q": {"r": [2], "s": 4}},
        "b": {"p": 3, "q": {"r": [2]}},
        "c": 1,
    }
    assert _ours(root) == _kedros(root)


@pytest.mark.parametrize(
    "text",
    [
        "a: ${b}",
        "a: [{b: 'x ${globals:b}'}]",
        'a: "\\x24{b}"',
        "a: ???",
        "a: {b: 1, b: 2}",
        "a: 1\nc: 2\na: 3",
        "a: {null: 1}",
        "a: {[1]: 1}",
        "a: !!set {b}",
        "a: !!binary aGk=",
        "a: !mine b",
        "a: !<tag:yaml.org,2002:timestamp> 2003-01-01",
        "a: [",
        "a: \x07",
        "- a",
        "a",
        "",
        "5: 1",
        "taken: 1",
    ],
)
def test_what_needs_the_loader_is_left_to_it(root: Path, text: str) -> None:
    _write(root, "base/s/right.yml", "taken: 0\n")
    assert _ours(root) == {"taken": 0}
    _write(root, "base/s/odd.yml", text)
    assert _ours(root) is None


def test_another_encoding_is_left_to_the_loader(root: Path) -> None:
    (root / "top/s/odd.yml").write_bytes("a: Río".encode("latin-1"))
    assert _ours(root) is None


def test_no_files_are_an_empty_section(root: Path) -> None:
    assert _ours(root) == {}
