"""Adversarial training: each batch is learnt a second time, with embeddings moved to where its loss is higher."""

import torch
from torch import Tensor, nn

from regen.training.events import Plugin
from regen.training.loop import Loop


class Adversary(Plugin):
    """Adds to the gradients of a batch those at moved embeddings.

    With one step it is the fast gradient method (FGM) of Miyato et al. 2017, "Adversarial Training Methods for
    Semi-Supervised Text Classification"; with more, the projected gradient descent (PGD) of Madry et al. 2018,
    "Towards Deep Learning Models Resistant to Adversarial Attacks". As is usual with pretrained encoders, what moves
    is the table of the embeddings, and the norm is that of the gradient of the whole table. Dropout is the same in
    all passes over a batch.
    """

    def __init__(self, table: nn.Parameter, norm: float, steps: int = 1, step_norm: float | None = None) -> None:
        """Take what moves, and how far.

        Args:
            table: The table of the embeddings.
            norm: Largest Euclidean norm of the whole move.
            steps: Steps of the move.
            step_norm: Euclidean norm of a step; ``None`` for ``norm``.
        """
        self._table, self._norm, self._steps, self._step_norm = table, norm, steps, step_norm or norm

    def on_gradients(self, loop: Loop) -> None:
        """Add the gradients at the moved table, which is then moved back.

        Raises:
            RuntimeError: The table has no gradient.
        """
        parts = loop.parts
        plain = _gradients(loop) if self._steps > 1 else {}
        before = self._table.detach().clone()
        for step in range(self._steps):
            _move(self._table, before, self._norm, self._step_norm)
            if self._steps > 1:
                last = step + 1 == self._steps
                for parameter in loop.job.network.parameters():
                    parameter.grad = plain[parameter] if last and parameter in plain else None
            loop.gradients(loop.batch)
        with torch.no_grad():
            self._table.copy_(before)
        if loop.parts != parts:  # memory ran out, and with it went the gradients at the place itself
            loop.optimiser.zero_grad(set_to_none=True)
            loop.gradients(loop.batch)
            self.on_gradients(loop)


def _gradients(loop: Loop) -> dict[nn.Parameter, Tensor]:
    return {value: value.grad.clone() for value in loop.job.network.parameters() if value.grad is not None}


def _move(table: nn.Parameter, origin: Tensor, most: float, length: float) -> None:
    """Move along the gradient, no further from the origin than the ball reaches."""
    if table.grad is None:
        raise RuntimeError("the embeddings have no gradient; they must train")
    norm = table.grad.norm()
    if norm == 0 or not torch.isfinite(norm):  # nowhere to go; or f16 overflowed, and the optimiser leaves the step out
        return
    with torch.no_grad():
        table.add_(table.grad, alpha=length / float(norm))
        moved = table - origin
        distance = float(moved.norm())
        if distance > most * (1 + 1e-6):
            table.copy_(origin + moved * (most / distance))
