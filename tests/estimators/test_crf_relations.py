"""Relations between the entities that the CRF finds."""

from pathlib import Path

import pandas as pd
import pytest
from estimator_cases import Case, saved
from estimator_frames import Frames

from annotated import annotated
from regen.estimators.crf.relations import Relations, pair_features
from regen.scoring.annotations import parse_annotation

CASE = Case("crf", "relation_extraction", "en")
TOKENS, TEXT = annotated("Mrs. [Peop Ann Lee] of [Org Acme] left [Loc Paris]")
ENTITIES = parse_annotation(TEXT).entities


def frame(*sentences: tuple[list[str], str]) -> pd.DataFrame:
    return pd.DataFrame(sentences, columns=["tokens", "annotation"])


def test_features_by_hand() -> None:
    assert pair_features(TOKENS, ENTITIES, 0, 2) == [
        "types=Peop|Loc",
        "head's last=lee",
        "tail's last=paris",
        *(
            f"Peop|Loc, head first, {feature}"
            for feature in (
                *("between=of acme left", "word between=of", "word between=acme", "word between=left"),
                *("words between=of acme", "words between=acme left"),
                *("before 1=mrs.", "before 2=<s>", "after 1=</s>", "after 2=</s>"),
                *("distance=3", "entities between=1", "type between=Org"),
            )
        ),
    ]


def test_direction_is_told_apart() -> None:
    there, back = (pair_features(TOKENS, ENTITIES, *pair) for pair in ((0, 1), (1, 0)))
    assert (there[0], back[0]) == ("types=Peop|Org", "types=Org|Peop")
    assert there[3] == "Peop|Org, head first, between=of"
    assert back[3] == "Org|Peop, tail first, between=of"


@pytest.mark.parametrize("sentence", ["rain", "[Loc Paris]", "[Loc Paris] and [Loc York]"])
def test_train_without_relations(sentence: str, tmp_path: Path) -> None:
    train = frame(annotated(sentence))
    model = CASE.fit(Frames(train, train, train))
    assert model.predict(train).labels == train["annotation"].tolist()
    assert model.facts()["relation_weights"] == 0
    files = saved(model, tmp_path / "model")
    assert "relations.safetensors" not in files
    assert CASE.load(tmp_path / "model").predict(train).labels == train["annotation"].tolist()


def test_scores_are_probabilities_of_all_answers() -> None:
    relations = Relations.fit([TOKENS], [parse_annotation(annotated("Mrs. [Peop Ann Lee] of [Org Acme]")[1])])
    assert relations.predict([TOKENS, TOKENS], [ENTITIES[:1], ENTITIES]) == [([], 1.0), ([], 1.0)]
    assert relations.predict([], []) == []
    learnt = Relations.fit(
        [TOKENS] * 2,
        [
            parse_annotation(TEXT)._replace(relations=parse_annotation(text).relations)
            for text in (TEXT, annotated("[Peop Ann] of [Org Acme]", (0, 1, "Work_For"))[1])
        ],
    )
    (_, alone), (_, sure), (_, again) = learnt.predict([TOKENS] * 3, [ENTITIES[:2], ENTITIES, ENTITIES])
    assert 0 < sure == again < alone < 1
