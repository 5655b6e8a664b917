"""The chain against all sequences, counted one by one."""

import math
from itertools import pairwise, product

import pytest
import torch
from torch import Tensor

from regen.estimators.chain import FORBIDDEN, Chain, follows

TAGS = ("O", "B-X", "B-Y", "I-X", "I-Y")
LENGTHS = torch.tensor([4, 1, 3, 2])


def random_chain(seed: int = 0, scale: float = 1.0) -> tuple[Chain, Tensor]:
    """Give a chain with random scores, and emissions of four rows."""
    random = torch.Generator().manual_seed(seed)
    chain = Chain(TAGS).double()
    with torch.no_grad():
        for parameter in chain.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=random) * scale)
    return chain, torch.randn(4, 4, len(TAGS), generator=random, dtype=torch.float64) * scale


def legal_scores(chain: Chain, emissions: Tensor) -> dict[tuple[int, ...], float]:
    """Score every sequence that IOB2 allows, for one row's emissions of shape (length, tags)."""
    scores, stated, moved = {}, emissions.tolist(), chain.transitions.tolist()
    first, last = chain.first.tolist(), chain.last.tolist()
    for path in product(range(len(TAGS)), repeat=len(stated)):
        names = [TAGS[tag] for tag in path]
        if all(follows(a, b) for a, b in zip([None, *names], names, strict=False)):
            inner = sum(row[tag] for row, tag in zip(stated, path, strict=True))
            scores[path] = first[path[0]] + inner + sum(moved[a][b] for a, b in pairwise(path)) + last[path[-1]]
    return scores


def log_sum(scores: dict[tuple[int, ...], float]) -> float:
    """Give the log of the sum of exponentials."""
    return math.log(sum(map(math.exp, scores.values())))


@pytest.mark.parametrize(
    ("before", "tag", "expected"),
    [
        (None, "I-X", False),
        (None, "B-X", True),
        (None, "O", True),
        ("O", "I-X", False),
        ("B-X", "I-X", True),
        ("I-X", "I-X", True),
        ("B-Y", "I-X", False),
        ("I-X", "B-X", True),
        ("I-X", "O", True),
    ],
)
def test_what_may_follow(before: str | None, tag: str, expected: bool) -> None:
    assert follows(before, tag) == expected


@pytest.mark.parametrize("seed", range(3))
def test_likelihood_partition_and_marginals_equal_the_sums_over_all_sequences(seed: int) -> None:
    chain, emissions = random_chain(seed)
    partition, marginals = chain.log_partition(emissions, LENGTHS), chain.marginals(emissions, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        scores = legal_scores(chain, emissions[row, :length])
        total = log_sum(scores)
        assert partition[row].item() == pytest.approx(total)
        tags = torch.zeros(len(scores), 4, dtype=torch.long)
        tags[:, :length] = torch.tensor(list(scores))
        many = emissions[row].expand(len(scores), -1, -1), tags, LENGTHS[row].expand(len(scores))
        assert chain.log_likelihood(*many).tolist() == pytest.approx([score - total for score in scores.values()])
        counted = torch.zeros(4, len(TAGS), dtype=torch.float64)
        for path, score in scores.items():
            counted[torch.arange(length), list(path)] += math.exp(score - total)
        torch.testing.assert_close(marginals[row], counted)


@pytest.mark.parametrize("seed", range(3))
def test_decoded_is_the_best_of_all_sequences(seed: int) -> None:
    chain, emissions = random_chain(seed, scale=2.0)
    tags, logs = chain.decode(emissions, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        scores = legal_scores(chain, emissions[row, :length])
        best = max(scores, key=lambda path: scores[path])
        assert tuple(tags[row, :length].tolist()) == best
        assert tags[row, length:].tolist() == [0] * (4 - length)
        assert logs[row].item() == pytest.approx(scores[best] - log_sum(scores))


def test_what_is_forbidden_is_never_decoded_nor_probable() -> None:
    chain, emissions = Chain(TAGS), torch.zeros(1, 2, 5)
    emissions[..., 3] = 50.0  # I-X wherever it may stand
    assert chain.decode(emissions, torch.tensor([2]))[0].tolist() == [[1, 3]]
    illegal = chain.log_likelihood(emissions, torch.tensor([[3, 3]]), torch.tensor([2])).item()
    assert illegal < FORBIDDEN / 2
    assert chain.marginals(emissions, torch.tensor([2]))[0, 0, 3] == 0


def test_gradients_equal_differences() -> None:
    chain, emissions = random_chain()
    tags = torch.tensor([[1, 3, 0, 2], [0, 0, 0, 0], [2, 4, 4, 0], [0, 1, 0, 0]])

    def likelihood(values: Tensor, transitions: Tensor, first: Tensor, last: Tensor) -> Tensor:
        parts = {"transitions": transitions, "first": first, "last": last}
        for name, part in parts.items():
            delattr(chain, name)
            setattr(chain, name, part)
        return chain.log_likelihood(values, tags, LENGTHS)

    inputs = [
        value.detach().clone().requires_grad_() for value in (emissions, chain.transitions, chain.first, chain.last)
    ]
    assert torch.autograd.gradcheck(likelihood, inputs)


def test_padding_counts_for_nothing() -> None:
    chain, emissions = random_chain()
    changed = emissions.clone()
    for row, length in enumerate(LENGTHS.tolist()):
        changed[row, length:] = 7.0
    for method in (chain.log_partition, lambda *given: chain.decode(*given)[0], chain.marginals):
        assert torch.equal(method(emissions, LENGTHS), method(changed, LENGTHS))
