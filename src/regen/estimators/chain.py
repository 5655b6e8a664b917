"""A linear-chain conditional random field over the scores of a network.

Sources: J. Lafferty, A. McCallum and F. Pereira, Conditional Random Fields, ICML 2001; G. Lample et al., Neural
Architectures for Named Entity Recognition, NAACL 2016, section 2.2.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

FORBIDDEN = -1e4
"""Score of what IOB2 forbids: finite, so that no gradient is undefined, and exp of it is 0."""


def follows(before: str | None, tag: str) -> bool:
    """Say whether IOB2 lets a tag follow another one, or begin a sentence (``None``): ``I-X`` goes on with an X."""
    return not tag.startswith("I-") or (before is not None and before[:2] in ("B-", "I-") and before[2:] == tag[2:])


class Chain(nn.Module):
    """Scores of neighbouring tags, and what follows from them: likelihood, best sequence, marginals.

    All methods take emissions of shape (rows, width, tags), a score for each tag at each place, and lengths of shape
    (rows,), each from 1 to width; places behind a row's length count for nothing.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        """Take the tags in the order of the emissions; all scores begin with 0, but those that IOB2 forbids.

        Args:
            tags: k distinct tags of IOB2; a tag without prefix, such as ``O``, may stand anywhere.
        """
        super().__init__()
        count = len(tags)
        self.transitions = nn.Parameter(torch.zeros(count, count))
        self.first, self.last = nn.Parameter(torch.zeros(count)), nn.Parameter(torch.zeros(count))
        legal = torch.tensor([[follows(before, tag) for tag in tags] for before in (None, *tags)])
        penalties = torch.zeros(legal.shape).masked_fill(~legal, FORBIDDEN)
        self.register_buffer("_penalties", penalties, persistent=False)
        self._penalties: Tensor

    def log_likelihood(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Give the log probability of each row's tags, shape (rows, width) → (rows,)."""
        return self._path_scores(emissions, tags, lengths) - self.log_partition(emissions, lengths)

    def log_partition(self, emissions: Tensor, lengths: Tensor, edges: Tensor | None = None) -> Tensor:
        """Give the log of the summed exponentials of all sequences' scores, shape (rows,): the forward algorithm.

        Args:
            emissions: Minus infinity for tags that do not count, but not for all at one place.
            lengths: Lengths of the rows.
            edges: For parts of sentences, whether each begins and ends one, 1 or 0, shape (rows, 2): elsewhere first
                and last tags have no score, and any tag may be the first. ``None`` for whole sentences.
        """
        first, transitions = self._scores()
        last: Tensor = self.last
        if edges is not None:
            first, last = first * edges[:, :1], last * edges[:, 1:]
        scores = first + emissions[:, 0]
        for place in range(1, emissions.shape[1]):
            reached = torch.logsumexp(scores[:, :, None] + transitions, dim=1) + emissions[:, place]
            scores = torch.where((place < lengths)[:, None], reached, scores)
        return torch.logsumexp(scores + last, dim=1)

    def decode(self, emissions: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Find the most probable sequence of each row (Viterbi); of equals that of the first tags.

        Returns:
            Tags, shape (rows, width), 0 behind a row's length; log probability of the sequence, shape (rows,).
        """
        first, transitions = self._scores()
        scores, steps = first + emissions[:, 0], []
        stay = torch.arange(emissions.shape[2], device=emissions.device)
        for place in range(1, emissions.shape[1]):
            best, before = (scores[:, :, None] + transitions).max(dim=1)
            inside = (place < lengths)[:, None]
            scores = torch.where(inside, best + emissions[:, place], scores)
            steps.append(torch.where(inside, before, stay))
        total, tag = (scores + self.last).max(dim=1)
        path = [tag]
        for before in reversed(steps):  # behind a row's length each tag comes from itself
            tag = before.gather(1, tag[:, None]).squeeze(1)
            path.append(tag)
        places = torch.arange(emissions.shape[1], device=emissions.device)
        tags = torch.stack(path[::-1], dim=1).masked_fill(places >= lengths[:, None], 0)
        return tags, total - self.log_partition(emissions, lengths)

    def marginals(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """Give the probability of each tag at each place, (rows, width, tags); 0 behind a row's length.

        It is the derivative of the log partition function by the emissions.
        """
        with torch.enable_grad():
            scores = emissions.detach().clone().requires_grad_()
            (found,) = torch.autograd.grad(self.log_partition(scores, lengths).sum(), scores)
        return found

    def _scores(self) -> tuple[Tensor, Tensor]:
        """Give the scores of first tags, shape (k,), and of a tag (column) after another (row), shape (k, k)."""
        return self.first + self._penalties[0], self.transitions + self._penalties[1:]

    def _path_scores(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        first, transitions = self._scores()
        inside = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
        stated = emissions.gather(2, tags[:, :, None]).squeeze(2)
        pairs = tags[:, :-1] * len(first) + tags[:, 1:]
        # A look-up in an embedding: unlike that of an index, its gradient is the same for any number of threads.
        moved = nn.functional.embedding(pairs, transitions.reshape(-1, 1)).squeeze(2)
        ends = tags.gather(1, lengths[:, None] - 1)
        edges = nn.functional.embedding(torch.cat([tags[:, :1], ends + len(first)], 1), _column(first, self.last))
        return (stated * inside).sum(1) + (moved * inside[:, 1:]).sum(1) + edges.sum((1, 2))


def _column(*parts: Tensor) -> Tensor:
    return torch.cat(parts)[:, None]
