"""Options of an ensemble."""

from pydantic import field_validator

from regen.config.base import Name
from regen.config.recipe import Assignment
from regen.config.recipe import Options as Base


class Options(Base):
    """Whose models answer together.

    Attributes:
        members: Recipes of other cells of the same task, one or more; every repeat of each is one voter.
        assignment: For multiple choice, how choices are dealt to the examples of a group by their mean probabilities.
    """

    task_types = frozenset(
        {"classification", "coreference", "keyword_match", "multiple_choice", "pair_classification", "tagging"}
    )

    members: tuple[Name, ...] = ()
    assignment: Assignment = "greedy"

    @field_validator("members")
    @classmethod
    def _once(cls, members: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in members if members.count(name) > 1})
        if twice:
            raise ValueError(f"'members' names {', '.join(twice)} twice; name each recipe once")
        return members
