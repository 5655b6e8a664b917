"""The span counts against the conlleval script: its printed numbers, and a literal port of its loop."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regen.scoring.spans import Score, conlleval_percentages, span_counts, span_scores

RESOURCES = Path(__file__).parents[1] / "resources" / "conlleval"
PRINTED: dict[str, dict[str, Any]] = json.loads((RESOURCES / "printed.json").read_text(encoding="utf-8"))

Pairs = list[list[tuple[str, str]]]


def read_pairs(path: Path) -> Pairs:
    sentences: Pairs = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        if line:
            gold, pred = line.split(" ")
            sentences[-1].append((gold, pred))
        else:
            sentences.append([])
    return sentences


def columns(pairs: Pairs) -> tuple[list[list[str]], list[list[str]]]:
    return [[gold for gold, _ in sentence] for sentence in pairs], [
        [pred for _, pred in sentence] for sentence in pairs
    ]


def as_printed(score: Score) -> dict[str, str]:
    return dict(zip(("precision", "recall", "fb1"), (f"{x:.2f}" for x in conlleval_percentages(score)), strict=True))


def test_every_file_has_printed_numbers() -> None:
    assert sorted(path.stem for path in RESOURCES.glob("*.txt")) == sorted(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_equals_the_printed_numbers(name: str) -> None:
    printed = PRINTED[name]
    scores = span_scores(span_counts(*columns(read_pairs(RESOURCES / f"{name}.txt"))))
    micro = scores["micro"]
    assert {
        "tokens": scores["tokens"],
        "phrases": micro["gold"],
        "found": micro["predicted"],
        "correct": micro["correct"],
        "accuracy": f"{100 * scores['token_accuracy']:.2f}",
        **as_printed(micro),
    } == {key: value for key, value in printed.items() if key != "types"}


@pytest.mark.parametrize("name", PRINTED)
def test_equals_the_printed_types(name: str) -> None:
    scores = span_scores(span_counts(*columns(read_pairs(RESOURCES / f"{name}.txt"))))
    # A correct span whose type was never opened on either side is counted by the script but not printed.
    opened = {kind: score for kind, score in scores["per_type"].items() if score["gold"] or score["predicted"]}
    types = {kind: {**as_printed(score), "found": score["predicted"]} for kind, score in opened.items()}
    assert types == PRINTED[name]["types"]


@pytest.mark.parametrize("name", PRINTED)
def test_fractions_agree_with_the_printed_percentages(name: str) -> None:
    micro = span_scores(span_counts(*columns(read_pairs(RESOURCES / f"{name}.txt"))))["micro"]
    fractions = [micro["precision"], micro["recall"], micro["f1"]]
    printed = [float(PRINTED[name][key]) / 100 for key in ("precision", "recall", "fb1")]
    assert fractions == pytest.approx(printed, abs=0.000051)


def split(tag: str) -> tuple[str, str]:
    prefix, hyphen, kind = tag.partition("-")
    return prefix, kind if hyphen and kind != "0" else ""


def ends(before: tuple[str, str], now: tuple[str, str]) -> bool:
    (last, last_type), (tag, kind) = before, now
    if (last, tag) in {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O"), ("E", "E"), ("E", "I"), ("E", "O")}:
        return True
    return (last not in {"O", "."} and last_type != kind) or last in {"[", "]"}


def starts(before: tuple[str, str], now: tuple[str, str]) -> bool:
    (last, last_type), (tag, kind) = before, now
    if (last, tag) in {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I"), ("E", "E"), ("E", "I"), ("O", "E")}:
        return True
    return (tag not in {"O", "."} and last_type != kind) or tag in {"[", "]"}


class Script:
    """The script's loop, one token at a time."""

    def __init__(self) -> None:
        self.last_gold = self.last_pred = ("O", "")
        self.in_correct = False
        self.correct: Counter[str] = Counter()
        self.found_gold: Counter[str] = Counter()
        self.found_pred: Counter[str] = Counter()
        self.tags_right = 0

    def step(self, gold: tuple[str, str], pred: tuple[str, str]) -> None:
        gold_ends, pred_ends = ends(self.last_gold, gold), ends(self.last_pred, pred)
        if self.in_correct:
            if gold_ends and pred_ends and self.last_pred[1] == self.last_gold[1]:
                self.in_correct = False
                self.correct[self.last_gold[1]] += 1
            elif gold_ends != pred_ends or pred[1] != gold[1]:
                self.in_correct = False
        gold_starts, pred_starts = starts(self.last_gold, gold), starts(self.last_pred, pred)
        if gold_starts and pred_starts and pred[1] == gold[1]:
            self.in_correct = True
        self.found_gold[gold[1]] += gold_starts
        self.found_pred[pred[1]] += pred_starts
        self.last_gold, self.last_pred = gold, pred

    def read(self, sentences: Pairs) -> None:
        for sentence in sentences:
            for gold, pred in sentence:
                self.step(split(gold), split(pred))
                self.tags_right += split(gold) == split(pred)
            self.step(("O", ""), ("O", ""))
        if self.in_correct:
            self.correct[self.last_gold[1]] += 1


any_tag = st.builds(
    lambda prefix, kind: f"{prefix}-{kind}" if kind is not None else prefix,
    st.sampled_from(["B", "I", "O", "E", "S", "[", "]", ".", "L", ""]),
    st.sampled_from([None, "X", "Y", "X-Y", "", "0"]),
)
usual_tag = st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"])


def sentences_of(tag: st.SearchStrategy[str]) -> st.SearchStrategy[Pairs]:
    pair = st.tuples(tag, tag) | tag.map(lambda same: (same, same))
    return st.lists(st.lists(pair, max_size=8), max_size=6)


@given(sentences_of(any_tag) | sentences_of(usual_tag))
@example([[("B-X", "B-X"), (".-X", ".-X")], [("O", "O")]])
@example([[("B", "B"), ("S", "S")], [("B-X", "B-X"), ("O", "O")]])
@example([[("B", "B"), ("I", "S")]])
def test_equals_the_literal_loop(pairs: Pairs) -> None:
    script = Script()
    script.read(pairs)
    counts = span_counts(*columns(pairs))
    for side, expected in (
        (counts.correct, script.correct),
        (counts.predicted, script.found_pred),
        (counts.gold, script.found_gold),
    ):
        found = dict(zip(counts.types, side.sum(axis=0).tolist(), strict=True))
        assert +Counter(found) == +expected
    assert counts.tokens_correct.sum() == script.tags_right
    assert counts.tokens.tolist() == [len(sentence) for sentence in pairs]
