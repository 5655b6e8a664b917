"""The network: words, their characters and case, through LSTMs in both directions to a score for each tag.

Sources: Z. Huang, W. Xu and K. Yu, Bidirectional LSTM-CRF Models for Sequence Tagging, arXiv 1508.01991, 2015; X. Ma
and E. Hovy, End-to-end Sequence Labeling via Bi-directional LSTM-CNNs-CRF, ACL 2016 (the filters over characters, and
the first weights); G. Lample et al., Neural Architectures for Named Entity Recognition, NAACL 2016 (unknown words).
"""

import math

import torch
from torch import Tensor, nn

from regen.estimators.bilstm_crf.inputs import CASES, END, PADDING, UNKNOWN, Vocabulary
from regen.estimators.bilstm_crf.options import Options
from regen.estimators.chain import Chain
from regen.training.loop import Collated
from regen.training.noise import Dropout, Noise


class Characters(nn.Module):
    """The maxima over a word of filters that each see three characters."""

    def __init__(self, count: int, size: int, filters: int) -> None:
        """Take the numbers of characters and filters, and the size of a character's vector."""
        super().__init__()
        self.embedding = _embedding(count, size, padding=PADDING)  # 0, as the filters see beyond the longest word
        self.filters = nn.Conv1d(size, filters, kernel_size=3, padding=1)

    def forward(self, forms: Tensor, characters: Tensor) -> Tensor:
        """Give vectors of words, (rows, width) and (rows, width, characters) → (rows, width, filters).

        Each word is computed once, wherever it stands.
        """
        different, places = torch.unique(forms, return_inverse=True)
        flat = places.flatten()
        some = torch.zeros_like(different).scatter_(0, flat, torch.arange(len(flat), device=flat.device))
        spelled = characters.flatten(0, 1)[some]
        found = self.filters(self.embedding(spelled).transpose(1, 2))
        found = found.masked_fill((spelled == PADDING)[:, None], float("-inf")).amax(dim=2)
        return nn.functional.embedding(places, torch.relu(found))


class BothDirections(nn.Module):
    """One LSTM from left to right and one from right to left.

    Rows are padded and not packed: packed ones take a path through torch that is up to 2.5 times slower on the CPU.
    The second LSTM reads each row turned round within its length, so that padding is the last that either reads.
    """

    def __init__(self, size: int, hidden: int) -> None:
        """Take the size of the inputs and of the state of each direction."""
        super().__init__()
        self.right, self.left = nn.LSTM(size, hidden, batch_first=True), nn.LSTM(size, hidden, batch_first=True)
        for lstm in (self.right, self.left):
            biases = dict(lstm.named_parameters())
            with torch.no_grad():  # remember at first; there are two biases, whose sum counts
                biases["bias_ih_l0"][hidden : 2 * hidden] = 1.0
                biases["bias_hh_l0"][hidden : 2 * hidden] = 0.0

    def forward(self, inputs: Tensor, turned: Tensor) -> Tensor:
        """Give the states of both, (rows, width, size) and the places turned round (rows, width) → (…, 2 hidden)."""
        rows = torch.arange(len(inputs), device=inputs.device)[:, None]
        right, left = self.right(inputs)[0], self.left(inputs[rows, turned])[0]
        return torch.cat([right, left[rows, turned]], dim=2)


class Network(nn.Module):
    """From the numbers of words to the emissions of a chain of tags."""

    def __init__(self, options: Options, vocabulary: Vocabulary, noise: Noise, seed: int) -> None:
        """Take the sizes, what is known, the source of dropout, and what decides the first weights."""
        super().__init__()
        self.vocabulary = vocabulary
        torch.manual_seed(seed)
        self.words = _embedding(len(vocabulary.words) + 1, options.words)
        self.cases = _embedding(CASES, options.cases)
        known = len(vocabulary.characters) + END + 1
        self.characters = Characters(known, options.characters, options.filters) if options.filters else None
        sizes = [options.words + options.cases + options.filters, *[2 * options.hidden] * (options.layers - 1)]
        self.layers = nn.ModuleList(BothDirections(size, options.hidden) for size in sizes)
        self.out = nn.Linear(2 * options.hidden, len(vocabulary.tags))
        self.chain = Chain(vocabulary.tags)
        self.dropout, self.word_dropout = Dropout(options.dropout, noise), Dropout(options.word_dropout, noise)

    def forward(self, batch: Collated) -> Tensor:
        """Give emissions, shape (rows, width, tags)."""
        words = batch["words"]
        kept = self.word_dropout(torch.ones(words.shape, device=words.device)) > 0
        vectors = [self.words(torch.where(kept, words, UNKNOWN)), self.cases(batch["cases"])]
        if self.characters is not None:
            vectors.append(self.characters(batch["forms"], batch["characters"]))
        states = self.dropout(torch.cat(vectors, dim=2))
        turned = turned_places(batch["lengths"], words.shape[1])
        for layer in self.layers:
            states = self.dropout(layer(states, turned))
        emissions: Tensor = self.out(states)
        return emissions


def turned_places(lengths: Tensor, width: int) -> Tensor:
    """Turn each row round within its length: (rows,) → places of shape (rows, width), those behind it unchanged.

    No place occurs twice in a row, so the gradient of the look-up is a sum of one, the same for any number of threads.
    """
    places = torch.arange(width, device=lengths.device)
    return torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)


def loss_sum(chain: Chain, emissions: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
    """Sum the negative log likelihood over the rows whose tags are all known.

    Returns:
        The sum, and the number of tokens of those rows.
    """
    tags, lengths = batch["tags"], batch["lengths"]
    known = (tags >= 0).all(dim=1)
    likelihoods = chain.log_likelihood(emissions, tags.clamp(min=0), lengths)
    return -(likelihoods * known).sum(), (lengths * known).sum()


def _embedding(count: int, size: int, padding: int | None = None) -> nn.Embedding:
    table = nn.Embedding(count, size, padding_idx=padding)
    bound = math.sqrt(3 / size)
    nn.init.uniform_(table.weight, -bound, bound)
    if padding is not None:
        nn.init.zeros_(table.weight[padding])
    return table
