"""Options of the majority baseline."""

from regen.config.recipe import Options as Base


class Options(Base):
    """It has none."""

    task_types = frozenset(
        {
            *("classification", "coreference", "keyword_match", "multiple_choice", "pair_classification", "span_qa"),
            "relation_extraction",
            "tagging",
        }
    )
