"""Names of files stay inside their folder, and a source is of one kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from regen.config.files import FileSpec, RelativePath, Source

PATHS: TypeAdapter[str] = TypeAdapter(RelativePath)
PARTS = st.lists(st.text("ab.-_ 中", min_size=1, max_size=4).filter(lambda part: part not in (".", "..")), min_size=1)
COMMIT = "b53efdee17257a5c33993cf6fcf8ffff0497ea0e"


@given(PARTS)
def test_a_path_below_its_folder_is_taken_as_it_is(parts: list[str]) -> None:
    path = "/".join(parts)
    assert PATHS.validate_python(path) == path


@given(PARTS, st.integers(min_value=0, max_value=5))
def test_a_path_that_climbs_is_refused(parts: list[str], position: int) -> None:
    parts.insert(position, "..")
    with pytest.raises(ValidationError, match="must be a relative path"):
        PATHS.validate_python("/".join(parts))


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "a\\..\\b", ".."])
def test_a_path_without_a_place_below_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="must be a relative path"):
        PATHS.validate_python(path)


@pytest.mark.parametrize(
    ("keys", "kind", "address"),
    [
        ({"path": "/data/a.json"}, "path", "/data/a.json"),
        ({"mirror": "clue/a.zip", "member": "a.json"}, "mirror", "clue/a.zip"),
        ({"url": "https://example.org/a.json"}, "url", "https://example.org/a.json"),
        ({"wheel": "some-package==0.1.0", "member": "a/b.json"}, "wheel", "some-package==0.1.0"),
        ({"hub": "datasets/owner/name", "member": "a.json", "revision": COMMIT}, "hub", "datasets/owner/name"),
    ],
)
def test_a_source_knows_its_kind(keys: dict[str, Any], kind: str, address: str) -> None:
    source = Source(**keys)
    assert source.kind == kind
    assert source.address == address


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"url": "http://example.org/a.json"}, "should match pattern '\\^https://'"),
        ({"wheel": "some-package", "member": "a"}, "should match pattern"),
        ({"wheel": "some-package==0.1.0"}, "a wheel source needs 'member'"),
        ({"hub": "a/b", "revision": COMMIT}, "a hub source needs 'member'"),
        ({"hub": "a/b", "member": "c"}, "a hub source needs it"),
        ({"path": "a", "revision": COMMIT}, "'revision' belongs to a hub source"),
        ({"path": "a", "archive_sha256": "x" * 64}, "should match pattern"),
        ({"path": "a", "url": "https://example.org"}, "found path, url"),
        ({}, "found none"),
    ],
)
def test_a_source_that_is_not_whole_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Source(**keys)


def test_a_file_needs_a_source_and_a_size_of_bytes() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        FileSpec(name="a", sources=())
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        FileSpec(name="a", bytes=-1, sources=(Source(path="a"),))
