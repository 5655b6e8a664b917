"""Encoders that are made here: mistakes, circles, and texts that tasks share."""

import pytest

from regen.config.derived_checks import overlap_warnings
from small_project import DEMO, NAMES, TOPIC, SmallProject

TUNED = """\
    tuned:
      title: Tuned
      estimator: encoder
      seeds: [3, 1]
      options: {encoder: tiny}
    """
TRANSFER, PRETRAINED = "base/encoders/body.yml", "base/encoders/further.yml"


def encoder(name: str, how: str) -> str:
    return f"{name}:\n  title: T\n  languages: [en]\n  licence: CC0-1.0\n  source: this test\n  {how}\n"


@pytest.fixture
def derived(project: SmallProject) -> SmallProject:
    """A project with an encoder of each kind that is made here."""
    project.write("base/recipes/tuned.yml", TUNED)
    project.edit(DEMO, "- topic.words\n", "- topic.words\n    - topic.tuned\n")
    project.write(TRANSFER, encoder("body", "transfer: {cell: topic.tuned, seed: 1}"))
    project.write(PRETRAINED, encoder("further", "pretraining: {encoder: body, task: names, splits: [train, dev]}"))
    return project


def test_a_chain_leads_to_a_published_encoder(derived: SmallProject) -> None:
    specs = derived.specs()
    assert [specs.base(name) for name in ("further", "body", "tiny")] == ["body", "tiny", None]
    assert [specs.encoders[name].derived for name in ("further", "body", "tiny")] == [True, True, False]


MISTAKES = {
    "cell without a suite": (
        TRANSFER,
        "topic.tuned",
        "names.tuned",
        ":6: body.transfer.cell: no suite holds the cell 'names.tuned'; known: topic.tuned",
    ),
    "cell without a body": (
        TRANSFER,
        "topic.tuned",
        "topic.words",
        ":6: body.transfer.cell: found estimator 'linear' in topic.words, expected encoder",
    ),
    "seed of no repeat": (
        TRANSFER,
        "seed: 1",
        "seed: 2",
        ":6: body.transfer.seed: found 2, expected one of topic.tuned: 3, 1",
    ),
    "fold of no repeat": (
        TRANSFER,
        "seed: 1",
        "fold: 1",
        ":6: body.transfer.fold: found 1, expected a number below 1, the folds of topic",
    ),
    "keys of published files": (
        TRANSFER,
        "  transfer",
        "  max_length: 12\n  transfer",
        ":6: body.max_length: belongs to published files; an encoder that is made here has that of the encoder",
    ),
    "two ways": (
        TRANSFER,
        "  transfer",
        "  folder: x\n  transfer",
        ":1: body: give exactly one of files, folder, hub, transfer, pretraining; found folder, transfer",
    ),
    "test split": (
        PRETRAINED,
        "[train, dev]",
        "[train, test]",
        ":6: further.pretraining.splits: found test, expected some of train, dev, unlabeled: nothing may learn",
    ),
    "split twice": (
        PRETRAINED,
        "[train, dev]",
        "[train, train]",
        ":6: further.pretraining.splits: found train, train; name each split once",
    ),
    "split that the task lacks": (
        PRETRAINED,
        "[train, dev]",
        "[unlabeled]",
        ":6: further.pretraining.splits: found unlabeled, but names has train, dev, test",
    ),
    "unknown task": (
        PRETRAINED,
        "task: names",
        "task: name",
        ":6: further.pretraining.task: there is no task 'name'; known: names, topic",
    ),
    "unknown encoder": (
        PRETRAINED,
        "encoder: body",
        "encoder: head",
        ":6: further.pretraining.encoder: there is no encoder 'head'; known: body, further, tiny",
    ),
    "nothing masked": (
        PRETRAINED,
        "task: names",
        "mask_share: 0, task: names",
        ":6: further.pretraining.mask_share: Input should be greater than 0",
    ),
    "circle": (
        PRETRAINED,
        "encoder: body",
        "encoder: further",
        ":1: further: a circle: further ← further; start from another encoder",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(derived: SmallProject, mistake: str) -> None:
    derived.check_mistake(*MISTAKES[mistake])


def test_a_circle_through_a_cell(derived: SmallProject) -> None:
    derived.edit("base/recipes/tuned.yml", "encoder: tiny", "encoder: further")
    said = "conf/base/encoders/body.yml:1: body: a circle: body ← further ← body; start from another encoder"
    assert derived.quick_error() == said


def test_a_cell_whose_encoder_learned_from_texts_of_its_task(derived: SmallProject) -> None:
    """Through each step of a chain, and nowhere else; whichever of the two tasks declares it."""
    derived.write("base/recipes/again.yml", "again: {title: A, extends: tuned, options: {encoder: further}}\n")
    derived.write("base/suites/more.yml", "further_suite: {title: F, cells: [names.again, names.tuned]}\n")
    assert overlap_warnings(derived.specs()) == []
    derived.edit(NAMES, "  metric:", "  overlaps_with: {topic: half of them}\n  metric:")
    told = "cell names.again: encoder 'body' learned from topic, which shares texts: half of them"
    assert overlap_warnings(derived.specs()) == [told]
    derived.edit(NAMES, "  overlaps_with: {topic: half of them}\n", "")
    derived.edit(TOPIC, "  metric:", "  overlaps_with: {names: a few}\n  metric:")
    assert overlap_warnings(derived.specs()) == [told.replace("half of them", "a few (seen from topic)")]


def test_both_sides_know_what_one_declares(derived: SmallProject) -> None:
    derived.edit(NAMES, "  metric:", "  overlaps_with: {topic: half of them}\n  metric:")
    assert derived.specs().overlaps("names") == {"topic": "half of them"}
    assert derived.specs().overlaps("topic") == {"names": "half of them (seen from names)"}
    derived.edit(TOPIC, "  metric:", "  overlaps_with: {names: a few}\n  metric:")
    assert derived.specs().overlaps("topic") == {"names": "a few"}
