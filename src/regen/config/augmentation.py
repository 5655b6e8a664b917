"""Augmentation: which methods make further training examples out of those that there are."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from regen.config.base import Spec
from regen.config.task_types import TaskType
from regen.errors import UserError

_TEXTS: frozenset[TaskType] = frozenset({"classification", "pair_classification"})
_WORDS: frozenset[TaskType] = _TEXTS | {"tagging"}


class Method(Spec):
    """Settings that all methods have.

    Attributes:
        task_types: Task types that the method suits: those whose answers hold for what it makes.
        languages: Languages that it suits; ``None`` for all.
        copies: Augmented examples of each training example.
    """

    task_types: ClassVar[frozenset[TaskType]] = _WORDS
    languages: ClassVar[frozenset[str] | None] = None

    copies: Annotated[int, Field(ge=1)] = 1


class OfWords(Method):
    """A method that changes some words of an example.

    Attributes:
        share: Share of the words, of each field on its own, that are changed; one at least.
    """

    share: Annotated[float, Field(gt=0, le=1)] = 0.1


class Synonyms(OfWords):
    """Words become synonyms of a lexicon."""

    languages = frozenset({"zh"})


class Neighbours(OfWords):
    """Words become near neighbours among the input vectors of the recipe's encoder.

    Attributes:
        nearest: Neighbours that one is drawn from.
        similarity: Least cosine of word and neighbour.
    """

    nearest: Annotated[int, Field(ge=1)] = 5
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.6


class Homophones(OfWords):
    """Chinese characters become others with the same reading."""

    languages = frozenset({"zh"})


class Typos(OfWords):
    """Words lose, double or swap characters."""


class EntitySwap(Method):
    """Mentions become other mentions of their type.

    Attributes:
        share: Share of a sentence's mentions that are swapped; one at least.
    """

    task_types = frozenset({"tagging"})

    share: Annotated[float, Field(gt=0, le=1)] = 0.5


class Concatenation(Method):
    """An example is joined with another one; of classification, with one of the same label."""

    task_types = frozenset({"classification", "tagging"})


class Translator(Spec):
    """A sequence-to-sequence model of transformers on this machine.

    Attributes:
        folder: Its folder, absolute or relative to the project.
        prefix: What stands before each text that it gets, such as T5's ``translate English to German:`` and a blank.
    """

    folder: Annotated[str, Field(min_length=1)]
    prefix: str = ""


class BackTranslation(Method):
    """Texts are translated into another language and back.

    Attributes:
        there: Translates into the other language.
        back: Translates back.
        beams: Beams of both searches; the way back gives its best ``copies``.
        max_length: Most pieces of a text, and of its translation.
        batch: Texts translated at once.
    """

    task_types = _TEXTS

    there: Translator
    back: Translator
    beams: Annotated[int, Field(ge=1)] = 4
    max_length: Annotated[int, Field(ge=2)] = 128
    batch: Annotated[int, Field(ge=1)] = 16

    @model_validator(mode="after")
    def _enough_beams(self) -> "BackTranslation":
        if self.copies > self.beams:
            raise ValueError(f"'copies' must be at most 'beams' (found {self.copies} and {self.beams})")
        return self


class Augmentation(Spec):
    """The methods of a recipe, each with its settings; ``{}`` for the usual ones, ``null`` for no such examples."""

    synonyms: Synonyms | None = None
    neighbours: Neighbours | None = None
    homophones: Homophones | None = None
    typos: Typos | None = None
    entity_swap: EntitySwap | None = None
    concatenation: Concatenation | None = None
    back_translation: BackTranslation | None = None

    @model_validator(mode="after")
    def _some(self) -> "Augmentation":
        if not self.methods:
            raise ValueError("found no method, expected one with its settings, such as 'typos: {}'")
        return self

    @property
    def methods(self) -> dict[str, Method]:
        """The methods in use and their settings, in the order of this class."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: settings for name, settings in named.items() if settings is not None}

    @property
    def folders(self) -> list[str]:
        """Folders that the methods read."""
        used = self.back_translation
        return [] if used is None else list(dict.fromkeys([used.there.folder, used.back.folder]))


def augmentation_modules(augmentation: Augmentation | None) -> list[str]:
    """Modules that make a recipe's augmented examples, beside what they import: the common one, then one per method."""
    if augmentation is None:
        return []
    return ["regen.augmentation.augment", *(f"regen.augmentation.{name}" for name in augmentation.methods)]


def check_augmentation(
    cell: str, augmentation: Augmentation, task_type: TaskType, language: str, encoder: str | None
) -> None:
    """Refuse methods that a task or an estimator cannot have.

    Raises:
        UserError: A method suits another task type or language, or needs an encoder.
    """
    for name, settings in augmentation.methods.items():
        if task_type not in settings.task_types:
            _refuse(cell, name, f"task type {task_type}", settings.task_types)
        if settings.languages is not None and language not in settings.languages:
            _refuse(cell, name, f"language '{language}'", settings.languages)
        if name == "neighbours" and encoder is None:
            _refuse(cell, name, "an estimator without an encoder", ["one with the option 'encoder'"])


def _refuse(cell: str, name: str, found: str, expected: Iterable[str]) -> None:
    told = " or ".join(sorted(expected))
    raise UserError(f"cell {cell}: augmentation.{name}: found {found}, expected {told}; leave the method out")
