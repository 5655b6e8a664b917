"""An encoder: a pretrained model that a recipe starts from."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from regen.config.base import Spec, WrongValueError
from regen.config.derived import PretrainingSpec, TransferSpec
from regen.config.files import FileSpec

SpecialToken = Literal["pad", "unk", "cls", "sep", "mask", "bos", "eos"]

TOKENIZER_FILE = "tokenizer.json"
_SOURCES = ("files", "folder", "hub", "transfer", "pretraining")


class EncoderSpec(Spec):
    """One YAML file in conf/base/encoders.

    Exactly one of ``files``, ``folder`` and ``hub`` says where it is had, or of ``transfer`` and ``pretraining`` how it
    is made here.

    Attributes:
        title: One line for reports.
        layout: How the files are laid out: a transformers folder, or the 4-bit binary of multilingual-e5-small.
        languages: ISO 639-1 codes, or ``multilingual``.
        licence: Licence of the weights.
        source: Where the model and its description come from.
        files: The published files, each with its sources.
        folder: A transformers folder on this machine, absolute or relative to the project.
        hub: A model repository on the Hugging Face hub, ``owner/name``.
        transfer: It is the body of a fitted cell.
        pretraining: It is another encoder, pretrained further.
        revision: Its commit, 40 hex digits; ``null`` where nobody stated one, and then the import asks for it.
        special_tokens: Special token -> piece, for a tokenizer.json without a tokenizer_config.json; where given, it
            counts and a tokenizer_config.json does not.
        max_length: The most tokens that the model takes at once, special tokens among them; ``null`` where the
            tokenizer's own config says it.
    """

    title: str
    layout: Literal["transformers", "e5s1"] = "transformers"
    languages: tuple[str, ...] = Field(min_length=1)
    licence: str
    source: str
    files: tuple[FileSpec, ...] = ()
    folder: Annotated[str, Field(min_length=1)] | None = None
    hub: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")] | None = None
    transfer: TransferSpec | None = None
    pretraining: PretrainingSpec | None = None
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None
    special_tokens: dict[SpecialToken, str] = Field(default_factory=dict)
    max_length: Annotated[int, Field(ge=2)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "EncoderSpec":
        given = [key for key in _SOURCES if getattr(self, key)]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(_SOURCES)}; found {', '.join(given) or 'none'}")
        if self.revision and not self.hub:
            raise WrongValueError(("revision",), "belongs to 'hub'; files have hashes, and a folder is taken as it is")
        names = [file.name for file in self.files]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise WrongValueError(("files",), f"found {', '.join(twice)} twice; give each file a name of its own")
        return self

    @model_validator(mode="after")
    def _as_its_base(self) -> "EncoderSpec":
        published = [key for key in ("layout", "special_tokens", "max_length") if key in self.model_fields_set]
        if self.derived and published:
            text = "belongs to published files; an encoder that is made here has that of the encoder it starts from"
            raise WrongValueError((published[0],), text)
        return self

    @property
    def derived(self) -> bool:
        """Whether it is made here from another encoder."""
        return self.transfer is not None or self.pretraining is not None

    @model_validator(mode="after")
    def _two_files_of_e5s1(self) -> "EncoderSpec":
        names = sorted(file.name for file in self.files)
        if self.layout == "e5s1" and not (len(names) == 2 and TOKENIZER_FILE in names):  # noqa: PLR2004
            found = ", ".join(names) or "none"
            text = f"layout e5s1 has two files, the weights and {TOKENIZER_FILE}; found {found}"
            raise WrongValueError(("files",) if names else ("layout",), text)
        return self


class ImportConfig(Spec):
    """What the stage ``import_encoder`` may know of an encoder."""

    encoder: str
    spec: EncoderSpec
