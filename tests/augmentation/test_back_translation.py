"""Back-translation with tiny models: copies, what is kept, and what is refused."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from augmentation_cases import context_of, made_rows
from tiny_translator import SENTENCES, marian_folder

from regen.augmentation import back_translation
from regen.augmentation.augment import augment
from regen.augmentation.drafts import Context
from regen.augmentation.folders import folder_digest
from regen.config.augmentation import BackTranslation, Translator
from regen.config.machine import Machine
from regen.errors import UserError
from regen.training.device import resolve_hardware

TRAIN = pd.DataFrame(
    {
        "id": ["0", "1", "2", "3"],
        "text": [*SENTENCES[:2], " ", SENTENCES[0]],
        "label": ["sport", "tech", "tech", "sport"],
    }
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder with two models."""
    folder = tmp_path_factory.mktemp("project")
    marian_folder(folder / "there", seed=0)
    marian_folder(folder / "back", seed=1)
    return folder


def context(project: Path, state: Path, seed: int = 0, there: str = "there", **settings: Any) -> Context:
    """Give what the method is told on a machine with an own state."""
    method = {"there": {"folder": there}, "back": {"folder": "back"}, "max_length": 8, "batch": 2, **settings}
    machine = Machine(project=project, state=state)
    return context_of("classification", "en", {"back_translation": method}, seed, machine=machine)


def test_texts_go_there_and_back(project: Path, tmp_path: Path) -> None:
    table, told = augment(TRAIN, context(project, tmp_path, copies=2))
    rows = made_rows(table)
    settings = BackTranslation(there=Translator(folder="a"), back=Translator(folder="b"), max_length=8, copies=2)
    hardware = resolve_hardware("f32", 1)
    there = back_translation.translate(SENTENCES[:2], project / "there", settings.there, settings, 1, hardware)
    assert [len(found) for found in there] == [1, 1]
    back = back_translation.translate(
        [best for (best,) in there], project / "back", settings.back, settings, 2, hardware
    )
    expected = {f"{row}~back_translation-{copy + 1}": back[row][copy] for row in (0, 1) for copy in (0, 1)}
    assert dict(zip(rows["id"], rows["text"], strict=True)) == expected
    assert rows["label"].tolist() == ["sport", "sport", "tech", "tech"]
    # A blank text is not translated, and a text that comes twice is made once.
    assert told["methods"]["back_translation"]["left_out"] == 4


def test_what_was_translated_once_is_read_again(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = augment(TRAIN, context(project, tmp_path))
    assert len(list((tmp_path / "translations").iterdir())) == 1

    def refused(*_: object) -> None:
        raise AssertionError("translated again")

    monkeypatch.setattr(back_translation, "translate", refused)
    again, _ = augment(TRAIN, context(project, tmp_path, seed=5))
    pd.testing.assert_frame_equal(again, first)
    for other in ({"beams": 2}, {"max_length": 9}, {"there": "back"}, {"back": {"folder": "back", "prefix": "x "}}):
        with pytest.raises(AssertionError, match="translated again"):
            augment(TRAIN, context(project, tmp_path, **other))


def test_a_prefix_stands_before_each_text(project: Path) -> None:
    plain, prefixed = Translator(folder="a"), Translator(folder="a", prefix="the bank ")
    settings = BackTranslation(there=plain, back=plain, max_length=8)
    hardware = resolve_hardware("f32", 1)
    with_prefix = back_translation.translate(["raised"], project / "there", prefixed, settings, 1, hardware)
    assert with_prefix == back_translation.translate(
        ["the bank raised"], project / "there", plain, settings, 1, hardware
    )


def test_a_missing_folder_is_named_with_its_key(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        augment(TRAIN, context(project, tmp_path, there="away"))
    assert str(error.value) == (
        f"cell made_up.majority: augmentation.back_translation.there: found no folder {project / 'away'}, "
        "expected a model in transformers' layout; put it there"
    )


def test_a_folder_without_such_a_model_is_one_line(project: Path, tmp_path: Path) -> None:
    (project / "empty").mkdir(exist_ok=True)
    with pytest.raises(UserError) as error:
        augment(TRAIN, context(project, tmp_path, there="empty"))
    assert str(error.value).startswith(f"{project / 'empty'}: found no sequence-to-sequence model that transformers")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "translations").exists()


def test_a_folders_digest_is_that_of_names_and_contents(tmp_path: Path) -> None:
    digests = set()
    for number, (name, content) in enumerate([("a", "x"), ("a", "y"), ("b", "x"), ("sub/a", "x")]):
        path = tmp_path / str(number) / name
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
        digests.add(folder_digest(tmp_path / str(number)))
    assert len(digests) == 4
    again = tmp_path / "again"
    again.mkdir()
    (again / "a").write_text("x", encoding="utf-8")
    assert folder_digest(again) in digests
