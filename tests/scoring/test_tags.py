import pytest

from regen.scoring.tags import encode, split_tag


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("O", ("O", "")),
        ("B-PER", ("B", "PER")),
        ("I-NAM-PER", ("I", "NAM-PER")),
        ("-X", ("", "X")),
        ("B-", ("B", "")),
        ("B-0", ("B", "")),
        ("B-00", ("B", "00")),
    ],
)
def test_splits_at_the_first_hyphen(tag: str, parts: tuple[str, str]) -> None:
    assert split_tag(tag) == parts


def test_lays_sentences_out_with_a_boundary_behind_each() -> None:
    table = encode([["B-X", "O"], [], ["I-Y"]], [["O", "O"], [], ["I-X"]])
    gold, pred = table.columns
    assert table.types == ("", "X", "Y")
    assert table.sentence.tolist() == [0, 0, 0, 1, 2, 2]
    assert table.is_token.tolist() == [True, True, False, False, True, False]
    assert gold.type.tolist() == [1, 0, 0, 0, 2, 0]
    assert pred.type.tolist() == [0, 0, 0, 0, 1, 0]
    assert (gold.tag == pred.tag).tolist() == [False, True, True, True, False, True]


def test_tags_with_equal_parts_are_equal() -> None:
    (column,) = encode([["B", "B-", "B-0", "B-X"]]).columns
    assert (column.tag[:4] == column.tag[0]).tolist() == [True, True, True, False]
