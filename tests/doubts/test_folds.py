import pandas as pd
import pytest

from regen.doubts.folds import fold_numbers
from regen.errors import UserError


def topics(count: int = 40) -> pd.DataFrame:
    """Each text stands twice; labels in blocks, as in a sorted file."""
    rows = [(f"text {i // 2}", "ab"[i * 2 // count]) for i in range(count)]
    return pd.DataFrame(rows, columns=["text", "label"])


def test_every_fold_has_its_share_of_each_label() -> None:
    train = topics()
    counts = train.groupby([fold_numbers("t", train, 5), "label"]).size()
    assert set(counts) == {4}
    assert len(counts) == 10


SHARED = ("text", "text_a", "context")


@pytest.mark.parametrize("column", SHARED)
def test_rows_that_share_a_text_share_a_fold(column: str) -> None:
    """Whatever else differs: the second text of a pair, the question, the keywords or the spans."""
    train = topics().rename(columns={"text": column})
    others = [f"other {i}" for i in range(len(train))]
    train = train.assign(text_b=others, question=others, keywords=[[text] for text in others], span1=others)
    folds = pd.Series(fold_numbers("t", train, 5)).groupby(train[column]).nunique()
    assert set(folds) == {1}


def test_equal_sentences_share_a_fold() -> None:
    train = pd.DataFrame({"tokens": [["w", str(i // 2)] for i in range(40)]})
    folds = pd.Series(fold_numbers("t", train, 5)).groupby(train["tokens"].map(tuple)).nunique()
    assert set(folds) == {1}


def test_sentences_of_a_document_share_a_fold_where_there_are_enough() -> None:
    tokens = [[f"w{i}"] for i in range(30)]
    train = pd.DataFrame({"tokens": tokens, "document": [i // 3 for i in range(30)]})
    folds = pd.Series(fold_numbers("t", train, 5))
    assert set(folds.groupby(train["document"]).nunique()) == {1}
    assert set(folds.value_counts()) == {6}
    few = fold_numbers("t", train.assign(document=0), 5)
    assert set(pd.Series(few).value_counts()) == {6}


def test_the_same_folds_each_time() -> None:
    assert fold_numbers("t", topics(), 4).tolist() == fold_numbers("t", topics(), 4).tolist()


def test_a_rare_label_is_no_warning() -> None:
    assert len(fold_numbers("t", topics().assign(label=["c", *"ab" * 19, "a"]), 5)) == 40


@pytest.mark.parametrize(
    ("train", "said"),
    [
        (topics(6), "task t: found 3 different texts in train, expected at least 5"),
        (
            pd.DataFrame({"text": list("uvwxyz"), "label": list("aabbcc")}),
            "task t: no label has more than 2 rows in train, expected at least 5",
        ),
    ],
)
def test_too_few_rows_are_refused(train: pd.DataFrame, said: str) -> None:
    with pytest.raises(UserError) as caught:
        fold_numbers("t", train, 5)
    assert str(caught.value) == said
