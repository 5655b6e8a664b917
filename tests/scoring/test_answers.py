"""CMRC 2018's official scores, by hand and against its rules written out."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.scoring.answers import answer_scores, answer_tokens
from regen.scoring.official import official_score


def score(pred: str, *gold: str) -> tuple[int, float]:
    exact, f1 = answer_scores([gold], [pred])
    return exact.tolist()[0], f1.tolist()[0]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("青山镇", ["青", "山", "镇"]),
        ("  Blue Lake中学 ", ["blue", "lake", "中", "学"]),
        ("光荣和ω-force", ["光", "荣", "和", "ωforce"]),
        ("1990-1995年", ["19901995", "年"]),
        ("《战国》：三。", ["战", "国", "三"]),
        ("共3,100.5（千）元", ["共", "3,100.5", "千", "元"]),
        ("a，b", ["ab"]),
        # The ellipsis stays, as do Latin full stops, which are parted from the last word of a stretch only.
        ("好……", ["好", "……"]),
        ("U.S.海军", ["u.s", ".", "海", "军"]),
        ("a.b c.", ["a.b", "c", "."]),
        ("(1995)?!", ["(", "1995", ")", "?", "!"]),
        ('说"hi"了', ["说", "``", "hi", "''", "了"]),
        ("it's a dog's 'life'", ["it", "'s", "a", "dog", "'s", "'", "life", "'"]),
        ("we'll cannot don't gonna", ["we", "'ll", "can", "not", "do", "n't", "gon", "na"]),
        ("90%的A&B；x,y", ["90", "%", "的", "a", "&", "bx", ",", "y"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
        ("\u9fa6\u9fa5", ["\u9fa6", "\u9fa5"]),
        ("2012–2015", ["2012", "–", "2015"]),
    ],
)
def test_tokens_are_those_of_the_script(text: str, tokens: list[str]) -> None:
    """As mixed_segmentation gives them with nltk 3.10."""
    assert answer_tokens(text) == tokens


@pytest.mark.parametrize(
    ("pred", "gold", "exact", "f1"),
    [
        ("青山镇", ["青山镇"], 1, 1.0),
        ("《青山镇》。", ["青山镇"], 1, 1.0),
        ("BLUE lake", [" blue Lake"], 1, 1.0),
        ("blue  lake", ["blue lake"], 0, 1.0),  # inner white space counts for the match alone
        ("1990-1995", ["19901995"], 1, 1.0),
        ("青山 镇", ["青山镇"], 0, 1.0),
        ("", ["青"], 0, 0.0),
        ("海", ["青"], 0, 0.0),
        ("。", ["！"], 1, 0.0),  # nothing is left of either: they match, and have no token in common
        ("在青山镇", ["青山镇"], 0, 2 * 3 / (4 + 3)),
        # The longest common stretch is 青山 (2), though 青山镇 (3) is a common subsequence.
        ("青山小镇", ["青山镇"], 0, 2 * 2 / (4 + 3)),
        # The best answers for the match and for F1 need not be one, and each is the best over all.
        ("青山镇", ["湖边", "镇", "青山镇人"], 0, 2 * 3 / (3 + 4)),
        ("镇", ["青山镇", "镇"], 1, 1.0),
        # 建, 于, 1952, 年 against 1952, 年
        ("建于1952年", ["1952年"], 0, 2 * 2 / (4 + 2)),
        ("1952", ["1952年"], 0, 2 * 1 / (1 + 2)),
        ("195", ["1952年"], 0, 0.0),
    ],
)
def test_scores_by_hand(pred: str, gold: list[str], exact: int, f1: float) -> None:
    assert score(pred, *gold) == (exact, pytest.approx(f1, abs=1e-12))


def _common(left: list[str], right: list[str]) -> int:
    """The length of the longest stretch of both, by trying all."""
    stretches = {tuple(left[i:j]) for i in range(len(left)) for j in range(i + 1, len(left) + 1)}
    return max(
        (j - i for i in range(len(right)) for j in range(i + 1, len(right) + 1) if tuple(right[i:j]) in stretches),
        default=0,
    )


_TEXT = st.text(st.sampled_from("青山镇湖ab1 ，-."), max_size=9)


@settings(deadline=None, max_examples=150)
@given(_TEXT, st.lists(_TEXT, min_size=1, max_size=3))
def test_f1_weighs_the_longest_common_stretch(pred: str, gold: list[str]) -> None:
    expected = 0.0
    given_tokens = answer_tokens(pred)
    for answer in gold:
        right = answer_tokens(answer)
        common = _common(right, given_tokens)
        if common:
            precision, recall = common / len(given_tokens), common / len(right)
            expected = max(expected, 2 * precision * recall / (precision + recall))
    assert score(pred, *gold)[1] == pytest.approx(expected)


def test_scores_are_means_over_questions() -> None:
    gold, pred = [["青山镇"], ["湖边", "在湖边"], ["三千"]], ["青山", "在湖边。", "四万"]
    official = official_score("exact_match", gold, pred, ())
    assert official.value == 1 / 3
    assert official.detail == {"exact_match": 1 / 3, "answer_f1": pytest.approx((2 * 2 / 5 + 1 + 0) / 3)}
    assert official.counts.tolist() == [[0, 1], [1, 1], [0, 1]]
    assert official.measure(official.counts.sum(axis=0, keepdims=True)).tolist() == [official.value]
    assert json.loads(json.dumps(official.detail, allow_nan=False)) == official.detail


def test_no_exact_match_at_all() -> None:
    exact, f1 = answer_scores([["青"], ["山"]], ["", "湖"])
    assert (exact.dtype, f1.dtype) == (np.int64, np.float64)
    assert (exact.tolist(), f1.tolist()) == ([0, 0], [0.0, 0.0])


@pytest.mark.parametrize(("gold", "pred"), [([["a"]], []), ([["a"], []], ["a", "b"])])
def test_answers_and_questions_must_go_together(gold: list[list[str]], pred: list[str]) -> None:
    with pytest.raises(ValueError, match="expected as many, each with a right answer"):
        answer_scores(gold, pred)
