"""What plug-ins of the loop may do, and when."""

from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from regen.training.loop import Loop


class Plugin:
    """Base of plug-ins: every event does nothing, and there is nothing to keep.

    Events come in the order of the plug-ins. A plug-in that remembers something gives it in ``facts`` and
    ``tensors``, so that a training that was interrupted goes on as if it had not been.
    """

    def on_start(self, loop: "Loop") -> None:
        """The first batch is next, or the first one after a restart."""

    def on_gradients(self, loop: "Loop") -> None:
        """The gradients of the whole batch are there, not clipped yet."""

    def on_update(self, loop: "Loop") -> None:
        """The weights changed, and the gradients are still there; ``loop.step`` does not count this step yet."""

    def on_step(self, loop: "Loop") -> None:
        """The weights changed; ``loop.step`` counts this step already."""

    def on_epoch(self, loop: "Loop") -> None:
        """An epoch ended; ``loop.epoch`` counts it already."""

    def on_end(self, loop: "Loop") -> None:
        """Training ended."""

    def facts(self) -> dict[str, Any]:
        """Give what to keep, ready for JSON."""
        return {}

    def tensors(self) -> dict[str, Tensor]:
        """Give the tensors to keep, by name."""
        return {}

    def restore(self, facts: dict[str, Any], tensors: dict[str, Tensor]) -> None:
        """Take back what was kept."""
