"""The encoder's body with a head: logits for every unit."""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from regen.encoders.prefix import upper
from regen.estimators.encoder.inputs import SPAN_BITS
from regen.estimators.encoder.tagging import MOST_PLACES
from regen.training.loop import Collated
from regen.training.noise import Dropout, Noise

_OF_BODY = ("input_ids", "attention_mask", "token_type_ids")
_OF_ROWS = (*_OF_BODY, "hidden", "vectors")


class Head(nn.Module):
    """From a vector per unit to logits: linear, or for characters through one hidden layer that knows their place.

    A single logit has no bias: it would be the same for all that a softmax compares, and never learn.
    """

    def __init__(self, hidden: int, labels: int, dropout: float, noise: Noise, places: bool) -> None:
        """Take the width of the vectors, the number of labels, and whether units have places."""
        super().__init__()
        self.dropout = Dropout(dropout, noise)
        self.place = nn.Embedding(MOST_PLACES, hidden) if places else None
        self.dense = nn.Linear(hidden, hidden) if places else None
        self.out = nn.Linear(hidden, labels, bias=labels > 1)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, vectors: Tensor, batch: Collated) -> Tensor:
        """Give logits: vectors of shape (rows, units, hidden), a batch with places or not → (rows, units, labels)."""
        places = batch.get("places")
        if self.place is not None and self.dense is not None and places is not None:
            vectors = nn.functional.gelu(self.dense(vectors + self.place(places)))
        logits: Tensor = self.out(self.dropout(vectors))
        return logits


class PairHead(nn.Module):
    """From a vector per unit to logits of units and of pairs of spans.

    A pair is its head, its tail and the units between them, each as the mean of its vectors; the mean of nothing is 0.
    SpERT (Eberts and Ulges 2020) does alike, with the maximum for the mean. Labels of units and of pairs are numbered
    in one row: a unit never gets one of the pairs', and the other way round.
    """

    def __init__(self, hidden: int, unit_labels: int, pair_labels: int, dropout: float, noise: Noise) -> None:
        """Take the width of the vectors and the numbers of labels."""
        super().__init__()
        self.dropout = Dropout(dropout, noise)
        self.out = nn.Linear(hidden, unit_labels)
        self.pairs = nn.Linear(3 * hidden, pair_labels)
        for linear in (self.out, self.pairs):
            nn.init.normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)

    def forward(self, vectors: Tensor, batch: Collated) -> Tensor:
        """Give logits: vectors of shape (rows, units, hidden), pairs or none → (rows, units + pairs, labels)."""
        of_units = self.out(self.dropout(vectors))
        logits = nn.functional.pad(of_units, (0, self.pairs.out_features), value=-torch.inf)
        if "pairs" not in batch:
            return logits
        of_pairs = self.pairs(self.dropout(_pair_vectors(vectors, batch["pairs"])))
        return torch.cat([logits, nn.functional.pad(of_pairs, (self.out.out_features, 0), value=-torch.inf)], dim=1)


def _pair_vectors(vectors: Tensor, pairs: Tensor) -> Tensor:
    """Give the vectors of pairs: (rows, units, hidden) and (rows, pairs, 4) → (rows, pairs, 3 * hidden)."""
    head_start, head_end, tail_start, tail_end = pairs.unbind(-1)
    starts = torch.stack([head_start, tail_start, torch.minimum(head_end, tail_end)], dim=2)
    ends = torch.stack([head_end, tail_end, torch.maximum(head_start, tail_start)], dim=2)
    places = torch.arange(vectors.shape[1], device=vectors.device)
    inside = (places >= starts[..., None]) & (places < ends[..., None])
    weights = inside / inside.sum(-1, keepdim=True).clamp(min=1)
    means = weights.flatten(1, 2).to(vectors.dtype) @ vectors  # a product, since its sums are the same every time
    return means.view(*pairs.shape[:2], -1)


class Network(nn.Module):
    """Body and head, and virtual tokens where the tuning method has some."""

    def __init__(
        self,
        body: PreTrainedModel,
        head: Head | PairHead,
        pooling: str,
        frozen: int,
        samples: int,
        tokens: nn.Module | None = None,
    ) -> None:
        """Take the parts.

        Args:
            body: The encoder.
            head: The head.
            pooling: ``mean`` or ``first``, for rows that are units themselves.
            frozen: Lower layers whose output a batch may bring along.
            samples: Times that the head runs while training (Inoue 2019, "Multi-Sample Dropout for Accelerated
                Training and Better Generalization").
            tokens: Runs the body with virtual tokens; see :class:`regen.estimators.encoder.prompts.Tokens`.
        """
        super().__init__()
        self.body, self.head, self.tokens = body, head, tokens
        self._pooling, self._frozen, self._samples = pooling, frozen, samples

    def forward(self, batch: Collated) -> Tensor:
        """Give logits of shape (rows, units, labels); for whole texts there is one unit in a row; pairs come last.

        Of a batch that says which choices are ``present``, shape (examples, choices), they have the shape
        (examples, 1, choices) and are minus infinity for those that are not. With several samples of dropout, the
        logits of each, stacked in the first dimension, while training.
        """
        rows = batch
        if "present" in batch:
            rows = {name: values[batch["present"]] for name, values in batch.items() if name in _OF_ROWS}
        vectors = rows["vectors"] if "vectors" in rows else self.vectors(rows)
        if self.training and self._samples > 1:
            return torch.stack([self._logits(vectors, rows, batch) for _ in range(self._samples)])
        return self._logits(vectors, rows, batch)

    def _logits(self, vectors: Tensor, rows: Collated, batch: Collated) -> Tensor:
        scores: Tensor = self.head(vectors, rows)
        if "present" not in batch:
            return scores
        logits = scores.new_full(batch["present"].shape, float("-inf"))
        logits[batch["present"]] = scores[:, 0, 0]
        return logits[:, None]

    def vectors(self, batch: Collated) -> Tensor:
        """Give the vectors of the units, shape (rows, units, hidden); with spans three in one, 3 hidden wide."""
        told = body_inputs(batch)
        if "hidden" in batch:
            hidden = upper(self.body, self._frozen, batch["hidden"], told)
        elif self.tokens is not None:
            hidden = self.tokens(self.body, told)
        else:
            hidden = self.body(**told).last_hidden_state
        if "units" in batch:
            return hidden[torch.arange(len(hidden), device=hidden.device)[:, None], batch["units"]]
        text = hidden[:, :1] if self._pooling == "first" else _mean(hidden, batch["attention_mask"])
        if "spans" not in batch:
            return text
        return torch.cat([text, *(_mean(hidden, batch["spans"] & bit) for bit in SPAN_BITS)], dim=-1)


def _mean(hidden: Tensor, inside: Tensor) -> Tensor:
    """Give the mean vector of the pieces inside, 0 where there is none: (rows, width, hidden) → (rows, 1, hidden)."""
    mask = (inside > 0)[:, :, None].to(hidden.dtype)
    return ((hidden * mask).sum(1) / mask.sum(1).clamp(min=1))[:, None]


def body_inputs(batch: Collated) -> Collated:
    """Give what the body takes of a batch."""
    return {name: batch[name] for name in _OF_BODY if name in batch}
