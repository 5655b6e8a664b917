"""A pretrained encoder as a module: loaded, its embedding cut to the pieces in use, its dropout made fast."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel

from regen.encoders.attention import use_attention
from regen.encoders.quiet import quiet_transformers
from regen.errors import UserError
from regen.training.noise import Noise, replace_dropout

Ints = NDArray[np.int64]


class CutEmbedding(nn.Embedding):
    """Some rows of an embedding, looked up by their numbers in the whole one.

    The ids of a batch stay those of the vocabulary, so that the position and padding logic of any architecture holds.

    Attributes:
        rows: Numbers of the rows, sorted, shape (r,).
    """

    def __init__(self, whole: nn.Embedding, rows: Tensor) -> None:
        """Copy rows out of a whole embedding.

        Args:
            whole: The embedding of all pieces.
            rows: Sorted numbers of the rows to keep, shape (r,).
        """
        place = torch.zeros(whole.num_embeddings, dtype=torch.long)
        place[rows] = torch.arange(len(rows))
        padding = whole.padding_idx
        kept = int(place[padding]) if padding is not None and bool((rows == padding).any()) else None
        weight = whole.weight.detach()[rows].clone()
        super().__init__(len(rows), whole.embedding_dim, padding_idx=kept, _weight=weight)
        self.rows: Tensor
        self._place: Tensor
        self.register_buffer("rows", rows, persistent=False)
        self.register_buffer("_place", place, persistent=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # the name that the base class gives it
        """Look up vectors: ids of shape (…) give shape (…, hidden)."""
        return super().forward(self._place[input])


def load_body(
    encoder: Path, noise: Noise, dropout: float | None = None, attention_dropout: float | None = None
) -> PreTrainedModel:
    """Load an imported encoder without its pooler, in 32-bit floats and evaluation mode.

    Args:
        encoder: Folder of the imported encoder.
        noise: Source of dropout.
        dropout: Takes the place of the encoder's own dropout of hidden states.
        attention_dropout: Takes the place of its dropout of attention weights.

    Raises:
        UserError: The folder lacks weights that the architecture needs.
    """
    config = AutoConfig.from_pretrained(encoder)
    for name, value in (("hidden_dropout_prob", dropout), ("attention_probs_dropout_prob", attention_dropout)):
        if value is not None:
            setattr(config, name, value)
    with quiet_transformers():
        body, told = AutoModel.from_pretrained(
            encoder, config=config, dtype=torch.float32, use_safetensors=True, output_loading_info=True
        )
    missing = sorted(key for key in told["missing_keys"] if not key.startswith("pooler"))
    if missing:
        raise UserError(f"{encoder}: weights lack {missing[0]} and {len(missing) - 1} more; import the encoder again")
    if getattr(body, "pooler", None) is not None:
        body.pooler = None
    replace_dropout(body, noise)
    use_attention(body, noise)
    loaded: PreTrainedModel = body.eval()
    return loaded


def cut_embedding(body: PreTrainedModel, pieces: Ints) -> CutEmbedding:
    """Keep the embedding rows of some pieces only.

    Nothing is lost: AdamW without weight decay, and SGD, leave a row alone that no batch uses, so the other rows would
    end as they begin. Adafactor scales its steps by the root mean square of the whole table: there the rows that are
    kept, those of dev among them, have a share in how far the others go.

    Args:
        body: The encoder; it is changed.
        pieces: Sorted numbers of the pieces in use, shape (r,).
    """
    whole = body.get_input_embeddings()
    if not isinstance(whole, nn.Embedding):
        raise TypeError(f"{type(body).__name__}: its input embedding is no table")
    cut = CutEmbedding(whole, torch.from_numpy(pieces))
    body.set_input_embeddings(cut)
    return cut
