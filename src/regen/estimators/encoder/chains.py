"""Tags that depend on each other: the head whose tags are a chain, what trains it, and what it says of sentences.

Sources: J. Lafferty, A. McCallum and F. Pereira, Conditional Random Fields, ICML 2001; F. Souza, R. Nogueira and R.
Lotufo, Portuguese Named Entity Recognition using BERT-CRF, arXiv 1909.10649, 2019 (the chain on a pretrained encoder).
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from regen.estimators.chain import Chain
from regen.estimators.encoder.inputs import IGNORED, Inputs
from regen.estimators.encoder.network import Head
from regen.estimators.encoder.objectives import known_units
from regen.training.batches import Ints, sorted_batches
from regen.training.loop import Collated
from regen.training.noise import Noise

Emissions = NDArray[np.float32]
BATCH_TOKENS = 4096
"""Most tokens of a batch of sentences, padding included."""


class ChainHead(Head):
    """From a vector per unit to its emissions; the scores of neighbouring tags are weights beside them."""

    def __init__(self, hidden: int, tags: Sequence[str], dropout: float, noise: Noise, places: bool) -> None:
        """Take the width of the vectors, the tags, and whether units have places."""
        super().__init__(hidden, len(tags), dropout, noise, places)
        self.chain = Chain(tags)


class TagsOfSentence:
    """The tags of a row are one target; logits are the emissions of a chain."""

    def __init__(self, chain: Chain) -> None:
        """Take the scores of neighbouring tags."""
        self._chain = chain

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:  # noqa: ARG002
        """Sum the negative log likelihoods of the rows' tags; ``labels`` has shape (rows, units).

        Where a tag is not known, every tag may stand: the likelihood is then that of all sequences with the known tags.
        """
        emissions, labels = logits.float(), batch["labels"]
        given = torch.arange(emissions.shape[2], device=labels.device) == labels[..., None]
        possible = emissions.masked_fill(~(given | (labels == IGNORED)[..., None]), float("-inf"))
        lengths, edges = known_units(batch).sum(1), batch["edges"]
        of_all, of_these = (self._chain.log_partition(scores, lengths, edges) for scores in (emissions, possible))
        return (of_all - of_these).sum()

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        """Refuse: a chain has no classes of single units.

        Raises:
            ValueError: Always; options that ask for it do not go with a chain.
        """
        raise ValueError("the tags of a chain have no loss of their own")

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:  # noqa: ARG002
        """Give the emissions: tags have probabilities only where the whole sentence is known."""
        return logits


def edges_of(inputs: Inputs) -> NDArray[np.float32]:
    """Say which rows begin and which end a sentence, 1 or 0: shape (n, 2)."""
    ends = np.append(np.diff(inputs.owners) != 0, True)[: len(inputs.owners)]
    return np.stack([inputs.firsts == 0, ends], axis=1).astype(np.float32)


def best_tags(chain: Chain, sentences: Sequence[Emissions]) -> list[tuple[list[int], float]]:
    """Give the most probable tags of each sentence, as numbers, and their probability.

    Args:
        chain: Scores of neighbouring tags.
        sentences: Emissions of n sentences, each of shape (tokens, tags).
    """
    found: list[tuple[list[int], float]] = [([], 1.0)] * len(sentences)
    with torch.no_grad():
        for own, rows, emissions, lengths in _batches(chain, sentences):
            tags, logs = own.decode(emissions, lengths)
            for row, path, length, log in zip(rows, tags.tolist(), lengths.tolist(), logs.exp().tolist(), strict=True):
                found[row] = path[:length], log
    return found


def tag_marginals(chain: Chain, sentences: Sequence[Emissions]) -> list[NDArray[np.float64]]:
    """Give the probability of each tag at each token, over all sequences: of n sentences, each (tokens, tags)."""
    found = [np.zeros(sentence.shape) for sentence in sentences]
    for own, rows, emissions, lengths in _batches(chain, sentences):
        for row, values, length in zip(rows, own.marginals(emissions, lengths), lengths.tolist(), strict=True):
            found[row] = values[:length].numpy()
    return found


def _batches(chain: Chain, sentences: Sequence[Emissions]) -> Iterator[tuple[Chain, list[int], Tensor, Tensor]]:
    """Pad sentences that have tokens to batches, on the CPU and in 64 bits, with the chain likewise."""
    own = deepcopy(chain).cpu().double()
    lengths: Ints = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
    filled = np.flatnonzero(lengths)
    for batch in sorted_batches(lengths[filled], BATCH_TOKENS):
        rows = filled[batch.rows]
        parts = [torch.from_numpy(sentences[row]).double() for row in rows]
        padded = torch.nn.utils.rnn.pad_sequence(parts, batch_first=True)
        yield own, rows.tolist(), padded, torch.from_numpy(lengths[rows])
