"""Tuning methods: what trains instead of the encoder's own weights. Light: it is imported when Kedro starts."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regen.config.base import Spec

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Targets = Annotated[tuple[str, ...], Field(min_length=1)]
"""Names of linear layers, or the ends of their names after a dot: ``query``, ``output.dense``."""


class BitFit(Spec):
    """All biases, those of norms included (Ben Zaken et al. 2022)."""

    type: Literal["bitfit"]


class Lora(Spec):
    """A product of two small matrices beside each target (Hu et al. 2022).

    Attributes:
        rank: Inner width of the product.
        alpha: The product is scaled by ``alpha / rank``.
        dropout: Of what goes into the product.
        targets: Layers that get one; ``null`` for the projections of queries and values, as in the paper.
    """

    type: Literal["lora"]
    rank: Count = 8
    alpha: Positive = 16
    dropout: Share = 0.0
    targets: Targets | None = None


class AdaLora(Spec):
    """LoRA as P Λ Q, whose least important singular values are zeroed while it trains (Zhang et al. 2023).

    Attributes:
        rank: Mean rank of the targets at the end.
        first_rank: Rank of each target at the beginning.
        alpha: The product is scaled by ``alpha / first_rank``.
        dropout: Of what goes into the product.
        targets: Layers that get one; ``null`` for all linear ones of the encoder's layers, as in the paper.
        initial: Share of the steps, at the beginning, in which all ranks stay.
        final: Share of the steps, at the end, in which the ranks that were left train on.
        orthogonality: Weight of the penalty that keeps P and Q orthogonal.
    """

    type: Literal["adalora"]
    rank: Count = 8
    first_rank: Count = 12
    alpha: Positive = 16
    dropout: Share = 0.0
    targets: Targets | None = None
    initial: Share = 0.1
    final: Share = 0.3
    orthogonality: Annotated[float, Field(ge=0)] = 0.5

    @model_validator(mode="after")
    def _falls(self) -> "AdaLora":
        if self.first_rank <= self.rank:
            raise ValueError(f"'first_rank' must be above 'rank' (found {self.first_rank} and {self.rank})")
        if self.initial + self.final >= 1:
            raise ValueError(f"'initial' and 'final' must be below 1 together (found {self.initial} and {self.final})")
        return self


class Ia3(Spec):
    """A factor for each place of keys, values and what enters the second feed-forward layer (Liu et al. 2022)."""

    type: Literal["ia3"]


class Prefix(Spec):
    """Keys and values before those of the input, in each layer (Li and Liang 2021).

    Attributes:
        tokens: How many.
        projection: Width of the hidden layer that they come from, as in the paper; ``null`` trains them directly.
    """

    type: Literal["prefix"]
    tokens: Count = 20
    projection: Count | None = None


class Prompt(Spec):
    """Vectors before those of the input's pieces (Lester et al. 2021); they begin as vectors of pieces at random.

    Attributes:
        tokens: How many.
    """

    type: Literal["prompt"]
    tokens: Count = 20


class PTuning(Spec):
    """Vectors before those of the input's pieces, out of a small network (Liu et al. 2021).

    Attributes:
        tokens: How many.
        network: Two-layer bidirectional LSTM under an MLP, as in the paper, or an MLP alone.
        hidden: Width of the network; ``null`` for that of the embedding.
    """

    type: Literal["p_tuning"]
    tokens: Count = 20
    network: Literal["lstm", "mlp"] = "lstm"
    hidden: Count | None = None


Tuning = Annotated[BitFit | Lora | AdaLora | Ia3 | Prefix | Prompt | PTuning, Field(discriminator="type")]


def virtual_tokens(method: Tuning | None) -> int:
    """Give how many places of an input a method takes."""
    return method.tokens if isinstance(method, Prompt | PTuning) else 0
