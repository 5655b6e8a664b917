"""Lines of published files: where they end, and what is no text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.errors import UserError
from regen.tasks.lines import read_lines


def _lines(folder: Path, content: bytes) -> list[tuple[int, str]]:
    path = folder / "file.txt"
    path.write_bytes(content)
    return list(read_lines(path))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\n\n\n", ["a", "", ""]),
        (b"a\r\n\r\nb", ["a", "", "b"]),
        (b"a\r\r\n", ["a\r"]),
        (b"a\rb\n", ["a\rb"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        (b"\xef\xbb\xbf", [""]),
        ("a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\n".encode(), ["a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"]),
    ],
)
def test_lines_end_with_lf_or_crlf_and_nothing_else(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    assert _lines(tmp_path, content) == list(enumerate(lines, start=1))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.characters(exclude_characters="\n\r\x00\ufeff", exclude_categories=["Cs"]))), st.booleans())
def test_any_lines_come_back(tmp_path_factory: pytest.TempPathFactory, lines: list[str], crlf: bool) -> None:
    end = "\r\n" if crlf else "\n"
    content = "".join(line + end for line in lines).encode()
    assert [line for _, line in _lines(tmp_path_factory.mktemp("lines"), content)] == lines


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\nb\x00c\n", ":2: found a NUL byte, expected text; the file is binary or damaged"),
        ("a\n".encode("utf-16"), ":1: found a NUL byte, expected text"),
        (b"a\n\nR\xedo\n", ":3: found byte 0xed at column 2, expected UTF-8; convert the file to UTF-8"),
        (b"\xff\n", ":1: found byte 0xff at column 1, expected UTF-8"),
        ("体育".encode()[:-1], ":1: found byte 0xe882 at column 4, expected UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(UserError) as caught:
        _lines(tmp_path, content)
    assert str(caught.value).startswith(f"{tmp_path / 'file.txt'}{said}")


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file; run 'ingest' first"):
        list(read_lines(tmp_path / "nothing"))
    with pytest.raises(UserError, match="no such file"):
        list(read_lines(tmp_path))
