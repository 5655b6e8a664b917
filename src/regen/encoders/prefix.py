"""Frozen lower layers: computed once per row, not once per epoch or seed.

They run without dropout, so that their output is always the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedModel

from regen.errors import UserError


class _Given(nn.Module):
    """Stands for the embeddings and gives hidden states that are computed already."""

    def __init__(self, hidden: Tensor) -> None:
        super().__init__()
        self._hidden = hidden

    def forward(self, *_: Any, **__: Any) -> Tensor:
        return self._hidden


def _parts(body: PreTrainedModel) -> Any:
    """Give the body as what it is here: embeddings, and an encoder that is a list of layers."""
    return body


def count_layers(body: PreTrainedModel) -> int:
    """Give the number of layers that can be frozen one by one; 0 where they share weights (ALBERT)."""
    layers = getattr(getattr(body, "encoder", None), "layer", None)
    separate = isinstance(layers, nn.ModuleList) and getattr(body.encoder, "conv", None) is None
    return len(layers) if separate and layers is not None else 0


def layer_factors(body: PreTrainedModel, decay: float) -> dict[int, float]:
    """Give the factors of the learning rate that fall from layer to layer (Howard and Ruder 2018, ULMFiT).

    Args:
        body: An encoder of n layers.
        decay: Factor from a layer to the one below.

    Returns:
        ``id`` of a parameter -> its factor: 1 in the top layer and in what layers share, ``decay ** n`` in embeddings.

    Raises:
        UserError: The layers cannot be told apart.
    """
    total = count_layers(body)
    if not total:
        kind = body.config.model_type
        raise UserError(f"option 'layer_decay': found {decay}, expected 1, since the layers of {kind} share weights")
    parts = [nn.ModuleList([_parts(body).embeddings]), *_parts(body).encoder.layer]
    if hasattr(body, "embeddings_project"):  # ELECTRA's, where embeddings are narrower than layers
        parts[0].append(_parts(body).embeddings_project)
    return {id(value): decay ** (total - place) for place, part in enumerate(parts) for value in part.parameters()}


def freeze(body: PreTrainedModel, layers: int) -> None:
    """Freeze the embeddings and the lower layers.

    Raises:
        UserError: The body has fewer layers, or layers that cannot be told apart.
    """
    total = count_layers(body)
    if not 0 < layers < total:
        kind = body.config.model_type
        raise UserError(
            f"option 'frozen_layers': found {layers}, expected 0, 'all', or for this encoder ({kind}) "
            f"{f'a number below {total}' if total else 'nothing else, since its layers share weights'}"
        )
    body.requires_grad_(False)  # and what layers share, such as DeBERTa's relative positions
    for layer in _parts(body).encoder.layer[layers:]:
        layer.requires_grad_(True)


def freeze_embeddings(body: PreTrainedModel) -> None:
    """Freeze the embeddings alone: tables of pieces, places and token types, and their norm."""
    _parts(body).embeddings.requires_grad_(False)


def lower(body: PreTrainedModel, layers: int, told: dict[str, Tensor]) -> Tensor:
    """Run the embeddings and the lower layers; shape (rows, width, hidden)."""
    encoder = _parts(body).encoder
    with _replaced(encoder, layer=encoder.layer[:layers]):
        hidden: Tensor = body(**told).last_hidden_state
    return hidden


def upper(body: PreTrainedModel, layers: int, hidden: Tensor, told: dict[str, Tensor]) -> Tensor:
    """Run the layers above on the output of :func:`lower`."""
    encoder = _parts(body).encoder
    given: dict[str, nn.Module] = {"embeddings": _Given(hidden)}
    if hasattr(body, "embeddings_project"):
        given["embeddings_project"] = nn.Identity()
    with _replaced(body, **given), _replaced(encoder, layer=encoder.layer[layers:]):
        output: Tensor = body(**told).last_hidden_state
    return output


@contextmanager
def _replaced(module: nn.Module, **children: nn.Module) -> Iterator[None]:
    """Put other modules in the place of children for a while."""
    before = {name: getattr(module, name) for name in children}
    for name, child in children.items():
        setattr(module, name, child)
    try:
        yield
    finally:
        for name, child in before.items():
            setattr(module, name, child)


class Kept:
    """Tensors of rows, computed once."""

    def __init__(self, rows: int) -> None:
        """Start with nothing kept of a number of rows."""
        self._rows: list[Tensor | None] = [None] * rows

    def keep(self, rows: list[int], values: Tensor, lengths: list[int]) -> None:
        """Keep values of shape (rows, width, hidden), each row up to its length."""
        for row, states, length in zip(rows, values, lengths, strict=True):
            self._rows[row] = states[:length].clone()

    def padded(self, rows: list[int], width: int) -> Tensor:
        """Give the values of rows, padded with zeros to shape (rows, width, hidden)."""
        kept = [value for row in rows if (value := self._rows[row]) is not None]
        values = kept[0].new_zeros(len(kept), width, kept[0].shape[-1])
        for place, value in enumerate(kept):
            values[place, : len(value)] = value
        return values
