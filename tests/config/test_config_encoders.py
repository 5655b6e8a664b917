"""Encoders in specs: mistakes, and how recipes and tasks name them."""

from pathlib import Path

import pytest

from pretend_estimator import install_pretend
from regen.project import config_loader, read_specs
from small_project import TINY, TOPIC, SmallProject

MISTAKES = {
    "no source of an encoder": (
        TINY,
        "  files: [{name: config.json, sources: [{hub: a/b, member: config.json, revision: abc}]}]\n",
        "",
        ":1: tiny: give exactly one of files, folder, hub, transfer, pretraining; found none",
    ),
    "two sources of an encoder": (
        TINY,
        "  layout",
        "  folder: x\n  layout",
        ":1: tiny: give exactly one of files, folder, hub, transfer, pretraining; found files, folder",
    ),
    "revision of files": (
        TINY,
        "  layout",
        f"  revision: {'a' * 40}\n  layout",
        ":3: tiny.revision: belongs to 'hub'; files have hashes",
    ),
    "branch as revision": (
        TINY,
        "  layout",
        "  revision: main\n  layout",
        ":3: tiny.revision: String should match pattern '^[0-9a-f]{40}$' (found 'main')",
    ),
    "address of a hub": (
        TINY,
        "  layout",
        "  hub: https://huggingface.co/a/b\n  layout",
        ":3: tiny.hub: String should match pattern",
    ),
    "file of an encoder twice": (
        TINY,
        "files: [",
        "files: [{name: config.json, sources: [{path: b}]}, ",
        ":7: tiny.files: found config.json twice",
    ),
    "4-bit file without its tokenizer": (
        TINY,
        "layout: transformers",
        "layout: e5s1",
        ":7: tiny.files: layout e5s1 has two files, the weights and tokenizer.json; found config.json",
    ),
    "unknown layout": (TINY, "layout: transformers", "layout: gguf", ":3: tiny.layout: Input should be 'transformers'"),
    "unknown special token": (
        TINY,
        "  layout",
        "  special_tokens: {padding: x}\n  layout",
        ":3: tiny.special_tokens.padding: Input should be 'pad', 'unk'",
    ),
    "length of nothing": (
        TINY,
        "  layout",
        "  max_length: 1\n  layout",
        ":3: tiny.max_length: Input should be greater",
    ),
    "encoder named as a task": (TINY, "tiny:", "topic:", ":1: topic: a task has this name; an encoder needs another"),
    "encoder named as a suite": (TINY, "tiny:", "demo:", ":1: demo: a suite has this name; an encoder needs another"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_an_encoder_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    project.check_mistake(*MISTAKES[mistake])


def pretend(project: SmallProject, encoder: str) -> None:
    """Add a recipe that starts from an encoder."""
    project.write(
        "base/recipes/start.yml", f"start:\n  title: S\n  estimator: pretend\n  options: {{encoder: {encoder}}}\n"
    )


def test_an_encoder_that_a_recipe_names_exists(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    install_pretend(monkeypatch)
    pretend(project, "tiny")
    project.specs()
    pretend(project, "tinyy")
    said = "start.options.encoder: there is no encoder 'tinyy'; known: tiny (did you mean tiny?)"
    assert project.quick_error() == f"conf/base/recipes/start.yml:4: {said}"
    pretend(project, "bert_large")
    assert project.quick_error().endswith("there is no encoder 'bert_large'; known: tiny")


def test_an_encoder_that_a_task_puts_in_its_place_exists(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_pretend(monkeypatch)
    pretend(project, "tiny")
    project.edit(TOPIC, "words: {c: 2.0}", "start: {encoder: tinny}")
    said = "topic.overrides.start.encoder: there is no encoder 'tinny'; known: tiny (did you mean tiny?)"
    assert project.quick_error() == f"conf/base/tasks/topic.yml:25: {said}"


def test_a_cell_knows_its_encoder(project: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    install_pretend(monkeypatch)
    pretend(project, "tiny")
    project.write("base/suites/more.yml", "further: {title: F, cells: [names.start]}\n")
    specs = project.specs()
    assert specs.config("names.start").encoder == "tiny"
    assert specs.config("topic.words").encoder is None


def test_encoders_of_the_gpu_environment(project_root: Path) -> None:
    """Each is on a hub, at a commit, and none of them is in conf/base."""
    base, gpu = (read_specs(config_loader(project_root, env), project_root).encoders for env in ("base", "gpu"))
    further = {name: gpu[name] for name in gpu if name not in base}
    assert {"bert_base_zh", "roberta_wwm_ext_zh", "roberta_wwm_ext_large_zh", "bert_base_cased"} <= set(further)
    assert {"roberta_base", "roberta_large"} <= set(further)
    assert all(spec.hub and spec.max_length for spec in further.values())
