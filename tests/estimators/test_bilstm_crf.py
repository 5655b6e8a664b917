from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from estimator_cases import Case, fitted
from estimator_frames import Frames

from regen.errors import UserError
from regen.estimators.base import Estimator, GivesProbabilities, Milestone, Resources
from regen.estimators.bilstm_crf.inputs import BEGIN, END, PADDING, STRANGE, Sentences, Vocabulary, word_case
from regen.estimators.bilstm_crf.model import Model
from regen.estimators.bilstm_crf.network import BothDirections, Network, loss_sum, turned_places
from regen.estimators.bilstm_crf.options import Options
from regen.training.batches import Batch
from regen.training.noise import Noise

NAMES = Case("bilstm_crf", "tagging", "en")
SMALL = Options(words=6, characters=4, filters=5, cases=2, hidden=7, dropout=0.0, word_dropout=0.0)
WORDS = [["Ann", "met", "ann"], ["Paris"], ["met", "Paris", "twice", "!"]]
TAGS = [["B-PER", "O", "B-PER"], ["B-LOC"], ["O", "B-LOC", "O", "O"]]
ALL = Batch(np.arange(3), 4, 8)


def network(options: Options = SMALL) -> Network:
    return Network(options, Vocabulary.of(WORDS, TAGS, 2), Noise(), seed=0)


def test_vocabulary_by_hand() -> None:
    vocabulary = Vocabulary.of(WORDS, TAGS, 2)
    assert vocabulary.words == ("ann", "met", "paris")
    assert vocabulary.characters == tuple(sorted(set("AnnmetannParistwice!")))
    assert vocabulary.tags == ("O", "B-LOC", "B-PER")
    assert Vocabulary.of(WORDS, TAGS, 1).words == ("!", "ann", "met", "paris", "twice")
    assert Vocabulary.read(vocabulary.told()) == vocabulary


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("rain", 1),
        ("EU", 2),
        ("Ann", 3),
        ("A", 3),
        ("McAn", 4),
        ("eBay", 4),
        ("U.N.", 2),
        ("95", 0),
        ("北", 0),
        ("", 0),
    ],
)
def test_case_of_a_word(word: str, expected: int) -> None:
    assert word_case(word) == expected


def test_batch_by_hand() -> None:
    vocabulary = Vocabulary(words=("ann", "met"), characters=("A", "n"), tags=("O", "B-PER"))
    sentences = Sentences([["Ann", "met", "ANN"], ["x"]], [["B-PER", "O", "B-NEW"], ["O"]], vocabulary, 24)
    batch = sentences.collate(Batch(np.array([1, 0]), 4, 4))
    assert batch["words"].tolist() == [[0, 0, 0], [1, 2, 1]]
    assert batch["cases"].tolist() == [[1, 0, 0], [3, 1, 2]]
    assert batch["lengths"].tolist() == [1, 3]
    assert batch["tags"].tolist() == [[0, 0, 0], [1, 0, -1]]
    a, n = END + 1, END + 2
    assert batch["characters"][1].tolist() == [
        [BEGIN, a, n, n, END],
        [BEGIN, STRANGE, STRANGE, STRANGE, END],
        [BEGIN, a, STRANGE, STRANGE, END],
    ]
    assert batch["characters"][0, 0].tolist() == [BEGIN, STRANGE, END, PADDING, PADDING]
    assert len(set(batch["forms"].flatten().tolist())) == 5


def test_long_words_keep_both_ends() -> None:
    vocabulary = Vocabulary(words=(), characters=tuple("abcdefg"), tags=("O",))
    batch = Sentences([["abcdefg"]], None, vocabulary, 5).collate(Batch(np.array([0]), 4, 1))
    assert batch["characters"][0, 0].tolist() == [BEGIN, 4, 5, 6, 9, 10, END]
    assert "tags" not in batch


def test_turned_places() -> None:
    assert turned_places(torch.tensor([4, 2, 1]), 4).tolist() == [[3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 2, 3]]


def test_states_of_the_second_direction_stand_at_their_tokens() -> None:
    layer, given = BothDirections(3, 4), torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    turned = turned_places(torch.tensor([3]), 4)
    before = layer(given, turned)[0]
    given[0, 0] += 1.0
    after = layer(given, turned)[0]
    assert torch.equal(before[1:3, 4:], after[1:3, 4:])  # what follows does not know of the first token
    assert not torch.allclose(before[0, 4:], after[0, 4:])
    assert not torch.allclose(before[2, :4], after[2, :4])


@pytest.mark.parametrize("layers", [1, 2])
def test_emissions_do_not_depend_on_neighbours_in_the_batch(layers: int) -> None:
    made = network(SMALL.model_copy(update={"layers": layers})).eval()
    sentences = Sentences(WORDS, None, made.vocabulary, 24)
    together = made(sentences.collate(ALL))
    for row in range(3):
        alone = made(sentences.collate(Batch(np.array([row]), 4, 1)))[0]
        torch.testing.assert_close(together[row, : len(alone)], alone)


def test_each_token_sees_both_sides() -> None:
    made = network().eval()
    words = [["Ann", "met", "Paris"], ["Ann", "met", "!"], ["!", "met", "Ann"]]
    vectors = made(Sentences(words, None, made.vocabulary, 24).collate(ALL))
    assert not torch.allclose(vectors[0, 0], vectors[1, 0])  # what follows differs
    assert not torch.allclose(vectors[1, 1], vectors[2, 1])


def test_filters_see_what_lower_case_hides_and_can_be_left_out() -> None:
    twice, batch = [["ann"], ["AnN"]], Batch(np.arange(2), 4, 2)
    for filters, differs in ((5, True), (0, False)):
        made = network(SMALL.model_copy(update={"filters": filters})).eval()
        with torch.no_grad():
            made.cases.weight.zero_()
        found = made(Sentences(twice, None, made.vocabulary, 24).collate(batch))
        assert torch.allclose(found[0], found[1]) is not differs


def test_words_are_dropped_to_the_unknown_vector_in_training_alone() -> None:
    made = network(SMALL.model_copy(update={"word_dropout": 0.6, "filters": 0}))
    batch = Sentences([["ann"] * 40], None, made.vocabulary, 24).collate(Batch(np.array([0]), 40, 40))
    seen: list[torch.Tensor] = []
    made.words.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    made.train()(batch)
    made.eval()(batch)
    assert 10 < int((seen[0] == 0).sum()) < 38
    assert set(seen[0].flatten().tolist()) == {0, 1}
    assert seen[1].tolist() == [[1] * 40]


def test_rows_with_a_tag_that_train_lacks_have_no_loss() -> None:
    made = network().eval()
    known, _ = loss_sum(made.chain, *loss_inputs(made, WORDS[:2], TAGS[:2]))
    both, tokens = loss_sum(made.chain, *loss_inputs(made, WORDS, [*TAGS[:2], ["O", "B-NEW", "O", "O"]]))
    assert both.item() == pytest.approx(known.item(), rel=1e-5)
    assert tokens == 4


def loss_inputs(
    made: Network, words: list[list[str]], tags: list[list[str]]
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    batch = Sentences(words, tags, made.vocabulary, 24).collate(Batch(np.arange(len(words)), 4, 8))
    return made(batch), batch


def test_learns_all_of_a_small_sample() -> None:
    frames = NAMES.frames()
    assert fitted(NAMES).predict(frames.train).labels == frames.train["tags"].tolist()


def test_scores_are_probabilities_of_the_sequence() -> None:
    model: Estimator = fitted(NAMES)
    one = pd.DataFrame({"tokens": [["Paris"]]})
    assert isinstance(model, GivesProbabilities)
    said, predicted = model.probabilities(one), model.predict(one)
    tag = said.labels.index(predicted.labels[0][0])  # type: ignore[arg-type]
    assert predicted.scores[0] == pytest.approx(said.values[0][0, tag], abs=1e-5)


def test_no_sentences_and_sentences_without_tokens() -> None:
    model = fitted(NAMES)
    assert model.predict(pd.DataFrame({"tokens": []})).labels == []
    empty = pd.DataFrame({"tokens": [[], ["Paris"], []]})
    assert [len(tags) for tags in model.predict(empty).labels] == [0, 1, 0]
    assert isinstance(model, GivesProbabilities)
    assert [len(values) for values in model.probabilities(empty).values] == [0, 1, 0]


def test_a_sentence_without_tokens_teaches_nothing() -> None:
    frames = NAMES.frames()
    more = pd.DataFrame({"id": ["empty"], "tokens": [[]], "tags": [[]]})
    made = NAMES.fit(Frames(pd.concat([frames.train, more]), frames.dev, frames.test), epochs=1)
    assert made.facts()["steps"] > 0
    assert np.isfinite(made.facts()["history"][0]["train_loss"])


def test_without_dev_the_last_weights_stay() -> None:
    frames = NAMES.frames()
    without = NAMES.fit(Frames(frames.train, frames.dev.head(0), frames.test), patience=1)
    assert len(without.facts()["history"]) == len(fitted(NAMES).facts()["history"])
    last = NAMES.fit(keep="last")
    assert np.array_equal(without.predict(frames.test).scores, last.predict(frames.test).scores)


def test_training_stops_by_tokens_and_patience() -> None:
    assert NAMES.fit(training_tokens=30).facts()["tokens"] <= 30
    stopped = NAMES.fit(patience=1, learning_rate=1e-9).facts()
    assert len(stopped["history"]) == 2


def test_train_without_spans_is_refused() -> None:
    frames = NAMES.frames()
    plain = frames.train.assign(tags=frames.train["tokens"].map(lambda tokens: ["O"] * len(tokens)))
    message = r"^cell made_up\.bilstm_crf: train holds the tag 'O' alone; raise 'train_examples'$"
    with pytest.raises(UserError, match=message):
        NAMES.fit(Frames(plain, frames.dev, frames.test))


def test_a_search_is_told_of_each_epoch() -> None:
    told: list[Milestone] = []
    frames = NAMES.frames()
    model = Model.fit(frames.train, frames.dev, NAMES.config(epochs=3), 0, Resources(told=told.append))
    history = model.facts()["history"]
    assert [(mark.epoch, mark.score) for mark in told] == [(row["epoch"], row["dev_score"]) for row in history]
    assert len(told) == 3


def test_history_is_written(tmp_path: Path) -> None:
    fitted(NAMES).save(tmp_path)
    history = pd.read_csv(tmp_path / "history.csv")
    assert history["epoch"].tolist() == list(range(1, len(history) + 1))
