"""Options of the majority baseline."""

from regen.config.recipe import Options as Base


class Options(Base):
    """It has none."""

    task_types = frozenset({"classification", "pair_classification", "tagging"})
