"""Options of the CRF."""

from typing import Annotated

from pydantic import Field

from regen.config.recipe import Options as Base


class Options(Base):
    """What the CRF sees and how it is trained.

    Attributes:
        c1: Weight of the L1 penalty.
        c2: Weight of the L2 penalty.
        iterations: Most iterations of L-BFGS.
        window: Tokens to either side whose features a token gets.
        affix: Longest prefix and suffix, in characters.
        columns: Further columns of the examples, such as ``pos``, whose values become features.
        min_frequency: Features seen fewer times are left out.
        all_transitions: Also learn weights for transitions that train does not show.
    """

    task_types = frozenset({"relation_extraction", "tagging"})
    of_labels = frozenset({"tagging"})

    c1: Annotated[float, Field(ge=0)] = 0.1
    c2: Annotated[float, Field(ge=0)] = 0.1
    iterations: Annotated[int, Field(ge=1)] = 100
    window: Annotated[int, Field(ge=0, le=5)] = 2
    affix: Annotated[int, Field(ge=0, le=8)] = 4
    columns: tuple[str, ...] = ()
    min_frequency: Annotated[int, Field(ge=0)] = 0
    all_transitions: bool = False
