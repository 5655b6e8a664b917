"""The loss of a batch: cross entropy, and what recipes make of it."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from regen.estimators.encoder.inputs import IGNORED, Ragged
from regen.estimators.encoder.objectives import Objective
from regen.estimators.encoder.options import Options
from regen.training.loop import Collated

Loss = Callable[[nn.Module, Collated], Tensor]


def make_loss(objective: Objective, options: Options, weights: Tensor | None) -> Loss:
    """Give the function from the network and a batch to the loss, summed over the targets.

    Args:
        objective: What logits are taken for.
        options: Smoothing, focus, samples of dropout, R-Drop.
        weights: Weight of each class, shape (classes,); ``None`` where all are 1.
    """

    def one(logits: Tensor, batch: Collated) -> Tensor:
        if options.focal == 0 and weights is None:
            return objective.loss_sum(logits, batch, options.label_smoothing)
        return weighted_loss_sum(*objective.targets(logits, batch), options.focal, weights)

    def plain(network: nn.Module, batch: Collated) -> Tensor:
        return one(network(batch), batch)

    def of_samples(network: nn.Module, batch: Collated) -> Tensor:
        return torch.stack([one(logits, batch) for logits in network(batch)]).mean()

    def of_two_passes(network: nn.Module, batch: Collated) -> Tensor:
        first, second = network(batch), network(batch)
        apart = divergence_sum(objective.targets(first, batch)[0], objective.targets(second, batch)[0])
        return (one(first, batch) + one(second, batch)) / 2 + options.r_drop / 4 * apart

    if options.r_drop:
        return of_two_passes
    return of_samples if options.dropout_samples > 1 else plain


def weighted_loss_sum(logs: Tensor, right: Tensor, focus: float, weights: Tensor | None) -> Tensor:
    """Sum the focal loss of Lin et al. 2017, "Focal Loss for Dense Object Detection", with weights of classes.

    Args:
        logs: Logarithms of probabilities, shape (targets, classes).
        right: The right class of each target, shape (targets,).
        focus: Power to which the probability of being wrong is raised; 0 for the plain cross entropy.
        weights: Weight of each class, shape (classes,); ``None`` where all are 1.
    """
    log = logs.gather(1, right[:, None]).squeeze(1)
    losses = -log if focus == 0 else -log * (1 - log.exp()).clamp(min=1e-6) ** focus  # no slope without end near 0
    if weights is not None:
        losses = losses * weights[right]
    return losses.sum()


def divergence_sum(first: Tensor, second: Tensor) -> Tensor:
    """Sum KL(first, second) + KL(second, first) over targets.

    R-Drop (Liang et al. 2021, "R-Drop: Regularized Dropout for Neural Networks") adds it, times α / 2, to the sum of
    the losses of two passes that differ in dropout. Here all is half of that, so that equal passes have the plain loss.

    Args:
        first: Logarithms of probabilities, shape (targets, classes); minus infinity for classes that are not there.
        second: Likewise, of the same targets.
    """
    there = torch.isfinite(first) & torch.isfinite(second)
    first, second = first.masked_fill(~there, 0.0), second.masked_fill(~there, 0.0)
    return ((first.exp() - second.exp()) * (first - second)).sum()


def balanced_weights(labels: Ragged, classes: int) -> Tensor:
    """Weigh classes by the inverse of how often they occur, as scikit-learn's ``class_weight="balanced"`` does.

    Args:
        labels: Numbers of the right classes of all units of train; ``IGNORED`` where there is none.
        classes: Number of classes.

    Returns:
        Weights with mean 1 over all targets, shape (classes,); 1 for classes that do not occur.
    """
    counts = np.bincount(labels.flat[labels.flat != IGNORED], minlength=classes)
    there = counts > 0
    weights = np.ones(classes)
    weights[there] = counts.sum() / (there.sum() * counts[there])
    return torch.from_numpy(weights.astype(np.float32))
