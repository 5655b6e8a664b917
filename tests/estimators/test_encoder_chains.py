"""What a chain of tags is trained by and decoded to, against all sequences counted one by one."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from test_chain import TAGS, legal_scores, log_sum, random_chain
from test_encoder_tagging import frame, pieces
from torch import Tensor

from regen.estimators.chain import Chain, follows
from regen.estimators.encoder.chains import TagsOfSentence, best_tags, edges_of, tag_marginals
from regen.estimators.encoder.inputs import IGNORED
from regen.estimators.encoder.tagging import tagging_inputs
from regen.training.loop import Collated

LENGTHS = [4, 1, 3, 2]
B_X, B_Y, I_X = (TAGS.index(tag) for tag in ("B-X", "B-Y", "I-X"))


def batch_of(*rows: list[int], edges: tuple[int, int] = (1, 1)) -> Collated:
    """Give the batch of rows with these tags, as wide as the longest."""
    padded = [[*row, *[IGNORED] * (4 - len(row))] for row in rows]
    units = torch.tensor([[1 + place if place < len(row) else 0 for place in range(4)] for row in rows])
    return {"labels": torch.tensor(padded), "units": units, "edges": torch.tensor([edges] * len(rows))}


def loss(chain: Chain, emissions: Tensor, batch: Collated) -> float:
    return TagsOfSentence(chain).loss_sum(emissions, batch, 0.0).item()


def test_loss_of_whole_sentences_is_their_likelihood() -> None:
    chain, emissions = random_chain()
    rows = [[B_X, I_X, 0, B_Y], [0], [B_Y, 0, 0], [B_X, I_X]]
    tags = torch.tensor([[*row, *[0] * (4 - len(row))] for row in rows])
    expected = -chain.log_likelihood(emissions, tags, torch.tensor(LENGTHS)).sum()
    assert loss(chain, emissions, batch_of(*rows)) == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("edges", [(0, 0), (1, 0), (0, 1)])
def test_loss_of_a_part_of_a_sentence(edges: tuple[int, int]) -> None:
    """A window within a sentence may begin with what goes on, and has no scores of edges."""
    chain, emissions = random_chain(1)
    begins, ends = edges
    row = [0 if begins else I_X, B_X, I_X]
    scores: dict[tuple[int, ...], float] = {}
    for path in product(range(len(TAGS)), repeat=3):
        names = [TAGS[tag] for tag in path]
        if all(follows(a, b) for a, b in pairwise(names)) and (not begins or path[0] < I_X):
            score = begins * chain.first[path[0]].item() + ends * chain.last[path[-1]].item()
            score += sum(emissions[0, place, tag].item() for place, tag in enumerate(path))
            scores[path] = score + sum(chain.transitions[a, b].item() for a, b in pairwise(path))
    expected = log_sum(scores) - scores[tuple(row)]
    assert loss(chain, emissions[:1], batch_of(row, edges=edges)) == pytest.approx(expected, rel=1e-6)


def test_tags_that_are_not_known_may_be_any() -> None:
    chain, emissions = random_chain(2)
    scores = legal_scores(chain, emissions[0, :3])
    some = {path: score for path, score in scores.items() if (path[0], path[2]) == (B_X, 0)}
    assert 1 < len(some) < len(scores)
    expected = log_sum(scores) - log_sum(some)
    assert loss(chain, emissions[:1], batch_of([B_X, IGNORED, 0])) == pytest.approx(expected, rel=1e-6)


def test_sentences_without_tokens_cost_nothing() -> None:
    chain, emissions = random_chain()
    assert loss(chain, emissions[:1], batch_of([])) == 0


def test_gradients_are_finite_and_those_of_the_likelihood() -> None:
    chain, emissions = random_chain()
    rows = [[B_X, I_X, 0, B_Y], [0], [B_Y, 0, 0], [B_X, I_X]]
    tags = torch.tensor([[*row, *[0] * (4 - len(row))] for row in rows])
    given = emissions.float().requires_grad_()
    TagsOfSentence(chain).loss_sum(given, batch_of(*rows), 0.0).backward()
    expected = emissions.clone().requires_grad_()
    (-chain.log_likelihood(expected, tags, torch.tensor(LENGTHS)).sum()).backward()
    assert given.grad is not None
    assert expected.grad is not None
    torch.testing.assert_close(given.grad.double(), expected.grad, rtol=1e-4, atol=1e-6)


def test_a_chain_has_no_classes_of_units() -> None:
    chain, emissions = random_chain()
    with pytest.raises(ValueError, match="no loss of their own"):
        TagsOfSentence(chain).targets(emissions, batch_of([0]))


def test_windows_tell_where_a_sentence_begins_and_ends() -> None:
    """Windows of 8 pieces with 4 shared: three of a sentence of 16 words, one of each short sentence."""
    examples = frame([["the"], ["the"] * 16, [], ["bank"]])
    edges = edges_of(tagging_inputs(examples, pieces(), 10, 4, TAGS))
    assert edges.tolist() == [[1, 1], [1, 0], [0, 0], [0, 1], [1, 1], [1, 1]]
    inputs = tagging_inputs(frame([["the"], ["the"] * 2], document=[0, 0]), pieces(), 10, 4, TAGS, context=True)
    assert edges_of(inputs).tolist() == [[1, 1], [1, 1]]
    assert edges_of(tagging_inputs(frame([]), pieces(), 10, 4, TAGS)).shape == (0, 2)


def test_decoded_is_the_best_of_all_sequences() -> None:
    chain, emissions = random_chain(scale=2.0)
    sentences = [row[:length].float().numpy() for row, length in zip(emissions, [0, *LENGTHS[1:]], strict=True)]
    found = best_tags(chain, sentences)
    assert found[0] == ([], 1.0)
    for (path, probability), sentence in zip(found[1:], sentences[1:], strict=True):
        scores = legal_scores(chain, torch.from_numpy(sentence))
        best = max(scores, key=lambda path: scores[path])
        assert tuple(path) == best
        assert probability == pytest.approx(math.exp(scores[best] - log_sum(scores)))


def test_marginals_are_the_shares_of_all_sequences() -> None:
    chain, emissions = random_chain()
    sentences = [emissions[0].float().numpy(), np.zeros((0, len(TAGS)), np.float32), emissions[2, :3].float().numpy()]
    found = tag_marginals(chain, sentences)
    assert found[1].shape == (0, len(TAGS))
    for values, sentence in zip(found, sentences, strict=True):
        scores = legal_scores(chain, torch.from_numpy(sentence)) if len(sentence) else {}
        for place, of_tags in enumerate(values):
            for tag, value in enumerate(of_tags):
                some = {path: score for path, score in scores.items() if path[place] == tag}
                share = math.exp(log_sum(some) - log_sum(scores)) if some else 0.0
                assert value == pytest.approx(share)
