"""Settings of the methods of training that a recipe may choose."""

from typing import Annotated, Literal

from pydantic import Field

from regen.config.base import Spec

Positive = Annotated[float, Field(gt=0)]


class Fgm(Spec):
    """The fast gradient method: embeddings move one step against the loss.

    Attributes:
        norm: Euclidean norm of the step.
    """

    type: Literal["fgm"]
    norm: Positive = 1.0


class Pgd(Spec):
    """Projected gradient descent: embeddings move several steps within a ball.

    Attributes:
        norm: Radius of the ball.
        steps: Steps.
        step_norm: Euclidean norm of a step.
    """

    type: Literal["pgd"]
    norm: Positive = 1.0
    steps: Annotated[int, Field(ge=1)] = 3
    step_norm: Positive = 0.3


class Ema(Spec):
    """An exponential moving average of the weights.

    Attributes:
        decay: What each step leaves of the average before.
    """

    type: Literal["ema"]
    decay: Annotated[float, Field(gt=0, lt=1)] = 0.99


class Swa(Spec):
    """The mean of the weights over the last steps (stochastic weight averaging).

    Attributes:
        start: Share of the steps before the mean begins.
    """

    type: Literal["swa"]
    start: Annotated[float, Field(ge=0, lt=1)] = 0.5


Adversary = Annotated[Fgm | Pgd, Field(discriminator="type")]
Average = Annotated[Ema | Swa, Field(discriminator="type")]
