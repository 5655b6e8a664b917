"""What plain transformers makes of an exported folder, against the model that was exported."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from export_project import ExportProject
from transformers import AutoTokenizer, pipeline

from regen.encoders.pieces import Pieces
from regen.export.folder import export
from regen.export.found import find

TANH = ("bert", "roberta", "albert", "deberta", "xlm_roberta", "ernie")
TEXT = "the rain in paris fell late with a warned keeper and the striker scored in new york"
LONG = TEXT.split()


def exported(project: ExportProject, seed: int | None = None) -> Path:
    folder = project.data / "out"
    export(find("made_up.tuned", seed, project.data, project.specs), folder)
    return folder


def snippet(folder: Path) -> Any:
    """Run the code of the model card and give its function."""
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code.replace('folder = "."', f"folder = {str(folder)!r}"), names)
    return names["predict"]


def agree(found: list[tuple[str, float]], labels: list[str], scores: Any) -> None:
    assert [label for label, _ in found] == labels
    np.testing.assert_allclose([score for _, score in found], scores, atol=1e-4)


@pytest.mark.parametrize("family", ["bert", "roberta", "albert", "electra", "deberta", "xlm_roberta", "ernie"])
def test_tags_agree(tmp_path: Path, family: str) -> None:
    project = ExportProject(tmp_path, family, "tagging", max_length=64)
    predict = snippet(exported(project))
    sentences = [["Ann", "Lee", "visited", "Paris", "."], ["xq9", "\x07", "rain"], LONG[:9], ["york"]]
    ours = project.predict(pd.DataFrame({"id": range(4), "tokens": sentences}))
    theirs = predict(sentences)
    assert [[tag for tag, _ in row] for row in theirs] == ours.labels
    np.testing.assert_allclose([np.prod([score for _, score in row]) for row in theirs], ours.scores, atol=1e-4)
    assert len({tag for row in ours.labels for tag in row}) > 1


@pytest.mark.parametrize("family", ["bert", "albert", "deberta"])
@pytest.mark.parametrize("kind", ["bitfit", "lora", "adalora", "ia3"])
def test_tags_of_merged_adapters_agree(tmp_path: Path, family: str, kind: str) -> None:
    project = ExportProject(tmp_path, family, "tagging", max_length=64, tuning={"type": kind})
    sentences = [["Ann", "Lee", "visited", "Paris", "."], LONG[:9], ["york"]]
    ours = project.predict(pd.DataFrame({"id": range(3), "tokens": sentences}))
    theirs = snippet(exported(project))(sentences)
    assert [[tag for tag, _ in row] for row in theirs] == ours.labels
    np.testing.assert_allclose([np.prod([score for _, score in row]) for row in theirs], ours.scores, atol=1e-4)


def test_tags_of_a_sentence_longer_than_the_window_agree_before_the_overlap(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging", stride=4)
    (theirs,) = snippet(exported(project))([LONG * 2])
    (ours,) = project.predict(pd.DataFrame({"id": [0], "tokens": [LONG * 2]})).labels
    assert len(theirs) == 15
    assert [tag for tag, _ in theirs][:11] == ours[:11]


@pytest.mark.parametrize("family", ["bert", "albert", "xlm_roberta", "roberta"])
def test_tags_of_characters_agree(tmp_path: Path, family: str) -> None:
    project = ExportProject(tmp_path, family, "tagging", characters=True, max_length=48)
    texts = ["北京银行上调贷款利率", "ann lee, 北京 x9", " 国", "雨" * 80]
    sentences = [["北", "new york", "京"], *map(list, texts)]
    (*theirs, cut) = snippet(exported(project))(sentences)
    ours = project.predict(pd.DataFrame({"id": range(5), "tokens": sentences}))
    assert [[tag for tag, _ in row] for row in theirs] == ours.labels[:4]
    np.testing.assert_allclose([np.prod([score for _, score in row]) for row in theirs], ours.scores[:4], atol=1e-4)
    assert 1 < len(cut) < 80
    assert [tag for tag, _ in cut][:-2] == ours.labels[4][: len(cut) - 2]


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("family", [*TANH, "electra"])
def test_labels_of_texts_agree(tmp_path: Path, family: str, pooling: str) -> None:
    project = ExportProject(tmp_path, family, "classification", pooling=pooling)
    texts = ["Ann visited Paris.", " ".join(LONG * 2), "雨", "shares fell", "", "rain, rain, rain"]
    ours = project.predict(pd.DataFrame({"id": range(len(texts)), "text": texts}))
    folder = exported(project)
    agree(snippet(folder)(texts), ours.labels, ours.scores)
    assert len(set(ours.labels)) > 1
    if pooling == "first" and family in TANH:
        classify = pipeline("text-classification", model=str(folder), truncation=True)
        agree([(said["label"], said["score"]) for said in classify(texts)], ours.labels, ours.scores)


def check_pairs(project: ExportProject) -> None:
    pairs = [
        ("how old are you", "what is your age"),
        (TEXT, TEXT),
        ("rain", " ".join(LONG * 2)),
        ("花", "?"),
        (" ".join(LONG[:8]), TEXT),
        (TEXT, " ".join(LONG[:9])),
    ]
    firsts, seconds = map(list, zip(*pairs, strict=True))
    ours = project.predict(pd.DataFrame({"id": range(len(pairs)), "text_a": firsts, "text_b": seconds}))
    agree(snippet(exported(project))(firsts, seconds), ours.labels, ours.scores)


@pytest.mark.parametrize("pooling", ["mean", "first"])
@pytest.mark.parametrize("family", ["bert", "roberta", "deberta"])
def test_labels_of_pairs_agree(tmp_path: Path, family: str, pooling: str) -> None:
    room_is_even = 16 if family == "roberta" else 17
    check_pairs(ExportProject(tmp_path, family, "pair_classification", pooling=pooling, max_length=room_is_even))


def test_labels_of_pairs_agree_where_the_room_is_odd(tmp_path: Path) -> None:
    check_pairs(ExportProject(tmp_path, "bert", "pair_classification", max_length=16))


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_labels_of_keywords_agree(tmp_path: Path, pooling: str) -> None:
    project = ExportProject(tmp_path, "bert", "keyword_match", pooling=pooling)
    keywords = [["rain", "paris"], ["goal"], LONG[:9], ["shares", "bank", "shares"]]
    texts = [TEXT, "", TEXT, "the bank warned"]
    ours = project.predict(pd.DataFrame({"id": range(4), "text": texts, "keywords": keywords}))
    folder = exported(project)
    agree(snippet(folder)([" ".join(words) for words in keywords], texts), ours.labels, ours.scores)
    assert "those of each text joined by a blank" in (folder / "README.md").read_text("utf-8")


def test_running_text_goes_through_the_pipeline(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging", max_length=64)
    tag = pipeline("token-classification", model=str(exported(project)), ignore_labels=[])
    words = ["ann", "visited", "paris", "."]
    (ours,) = project.predict(pd.DataFrame({"id": [0], "tokens": [words]})).labels
    assert [said["entity"] for said in tag([words], is_split_into_words=True)[0]] == ours


def test_pieces_and_types_are_those_of_the_fit(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "pair_classification")
    tokenizer = AutoTokenizer.from_pretrained(exported(project))
    assert tokenizer.model_max_length == 17
    pieces = Pieces(project.encoder)
    ids, types = pieces.template.pair(pieces.texts(["rain"])[0].ids, pieces.texts(["ann lee"])[0].ids)
    both = tokenizer("rain", "ann lee")
    assert (both["input_ids"], both["token_type_ids"]) == (ids, types)
