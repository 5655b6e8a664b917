"""What a network's logits are taken for: the loss that trains it, and the probabilities that are decoded."""

from typing import Protocol

import torch
from torch import Tensor, nn

from regen.estimators.encoder.choices import choice_loss_sum
from regen.estimators.encoder.inputs import IGNORED
from regen.training.loop import Collated


class Objective(Protocol):
    """Turns logits of shape (rows, units, labels) into a loss and into probabilities."""

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:
        """Sum the cross entropy over all targets of a batch."""
        ...

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give the logarithms of the probabilities of each target, shape (targets, classes), and its right class."""
        ...

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:
        """Give probabilities of the same shape."""
        ...


class LabelOfEachUnit:
    """Each unit has one of the labels."""

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:
        """Sum the cross entropy over all units that are targets; ``labels`` has shape (rows, units)."""
        return nn.functional.cross_entropy(
            logits.float().flatten(0, 1),
            batch["labels"].flatten(),
            ignore_index=IGNORED,
            reduction="sum",
            label_smoothing=smoothing,
        )

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give units that are targets; classes are the labels."""
        labels = batch["labels"].flatten()
        known = labels != IGNORED
        return torch.log_softmax(logits.float().flatten(0, 1)[known], dim=-1), labels[known]

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:  # noqa: ARG002
        """Give what sums to 1 over the labels of a unit."""
        return torch.softmax(logits, dim=-1)


class ChoiceOfExample:
    """One of the choices of each example is right; rows are choices when they are predicted, one by one."""

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:
        """Sum the cross entropy over examples; logits have the shape (examples, 1, choices)."""
        return choice_loss_sum(logits, batch["labels"], smoothing)

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give examples; classes are their choices."""
        return torch.log_softmax(logits.float()[:, 0], dim=-1), batch["labels"][:, 0]

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:  # noqa: ARG002
        """Give the logits: choices have probabilities only together."""
        return logits


class UnitOfEachLabel:
    """Each label, such as the start of an answer, stands at one of the units of a row."""

    def loss_sum(self, logits: Tensor, batch: Collated, smoothing: float) -> Tensor:
        """Sum the cross entropy over all labels of rows that are targets; ``labels`` has shape (rows, labels)."""
        known = known_units(batch)
        logs = torch.log_softmax(_masked(logits.float(), known), dim=1)
        targets = batch["labels"]
        right = logs.gather(1, targets.clamp(min=0)[:, None]).squeeze(1)
        spread = logs.masked_fill(~known[..., None], 0.0).sum(1) / known.sum(1)[:, None]
        losses = -(1 - smoothing) * right - smoothing * spread
        return losses.masked_fill(targets == IGNORED, 0.0).sum()

    def targets(self, logits: Tensor, batch: Collated) -> tuple[Tensor, Tensor]:
        """Give the labels of rows; classes are their units."""
        logs = torch.log_softmax(_masked(logits.float(), known_units(batch)), dim=1).transpose(1, 2).flatten(0, 1)
        labels = batch["labels"].flatten()
        known = labels != IGNORED
        return logs[known], labels[known]

    def probabilities(self, logits: Tensor, batch: Collated) -> Tensor:
        """Give what sums to 1 over the units of a row, for each label."""
        return torch.softmax(_masked(logits, known_units(batch)), dim=1)


def _masked(logits: Tensor, known: Tensor) -> Tensor:
    return logits.masked_fill(~known[..., None], float("-inf"))


def known_units(batch: Collated) -> Tensor:
    """Tell units from padding, shape (rows, units): a row's first unit stands at its first piece, and no other does."""
    known = batch["units"] > 0
    known[:, 0] = True
    return known
