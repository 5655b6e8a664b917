"""Gradient checkpointing: the backward pass computes layers again, so that their activations need no memory.

Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost". The second computation draws the same dropout, so
that the gradients are those without checkpointing.
"""

from contextlib import AbstractContextManager

from transformers import PreTrainedModel

from regen.errors import UserError
from regen.training.noise import Noise


def use_checkpointing(body: PreTrainedModel, noise: Noise) -> None:
    """Make each layer of a body keep its input only, while it trains.

    Raises:
        UserError: The architecture cannot.
    """
    if not body.supports_gradient_checkpointing:
        kind = body.config.model_type
        raise UserError(f"option 'checkpointing': found true, expected false, since {kind} has no checkpointing")

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return noise.noted()

    body.activation_checkpointing_enable({"use_reentrant": False, "context_fn": contexts})
