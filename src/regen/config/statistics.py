"""How intervals are made: the parameter ``statistics`` in conf/base/parameters.yml."""

from typing import Annotated

from pydantic import Field

from regen.config.base import Spec


class StatisticsConfig(Spec):
    """Settings of the bootstrap over examples.

    Attributes:
        resamples: Number of resamples.
        level: Share of resamples inside the interval.
        seed: Seed of the draws.
    """

    resamples: Annotated[int, Field(ge=100)] = 1000
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    seed: Annotated[int, Field(ge=0)] = 0
