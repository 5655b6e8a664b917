"""Published results: what others printed for a task, with what a reader must know before he compares."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from regen.config.base import Name, Spec
from regen.config.task import SplitName
from regen.errors import UserError

FILE = "conf/base/published.yml"
HUMAN = "human"
"""System of a row that people scored."""

Score = Annotated[float, Field(ge=0, le=100)]


class PublishedResult(Spec):
    """One line of a published table.

    Attributes:
        system: What was scored, as its source calls it.
        scores: Split -> score × 100; splits are named as in the task's file.
        sd: Split -> standard deviation between runs, × 100.
        metric: The metric, where it is another than the task's own.
        n: Number of runs; ``null`` where the source does not say.
        with_dev: Whether dev was trained on, too; ``null`` where the source does not say.
        documents: Whether a sentence was read together with its neighbours.
        reduced: What part of the task it was scored on, where that is not the whole: another task, which compares with
            nothing here.
        selection: How settings or runs were chosen, as far as the source says.
        source: Where the number stands.
        caveats: What else makes it hard to compare.
    """

    system: str
    scores: dict[SplitName, Score] = Field(min_length=1)
    sd: dict[SplitName, Score] = Field(default_factory=dict)
    metric: str | None = None
    n: Annotated[int, Field(ge=1)] | None
    with_dev: bool | None = None
    documents: bool = False
    reduced: str | None = None
    selection: str | None = None
    source: str
    caveats: str | None = None


Published = dict[str, list[PublishedResult]]
"""Task -> its published results."""

_CHECKED = TypeAdapter(dict[Name, list[PublishedResult]])


def published_results(content: Any) -> Published:
    """Check the content of ``conf/base/published.yml``.

    Args:
        content: Task -> list of results.

    Raises:
        UserError: Anything in it is wrong.
    """
    try:
        return _CHECKED.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"{FILE}: {key}: {first['msg']} (found {first['input']!r}); docs/tasks.md lists the keys"
        ) from None
