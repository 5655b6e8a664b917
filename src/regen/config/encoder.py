"""An encoder: a pretrained model that a recipe starts from."""

from typing import Literal

from pydantic import Field

from regen.config.base import Spec
from regen.config.files import FileSpec


class EncoderSpec(Spec):
    """One YAML file in conf/base/encoders.

    Attributes:
        title: One line for reports.
        layout: How the files are laid out: a transformers folder, or the 4-bit binary of multilingual-e5-small.
        languages: ISO 639-1 codes, or ``multilingual``.
        licence: Licence of the weights.
        source: Where the model and its description come from.
        files: The published files.
    """

    title: str
    layout: Literal["transformers", "e5s1"]
    languages: tuple[str, ...] = Field(min_length=1)
    licence: str
    source: str
    files: tuple[FileSpec, ...] = Field(min_length=1)
