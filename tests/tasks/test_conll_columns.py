"""CoNLL column files, in every form that is about."""

import itertools
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refusing

from regen.config.task import ReadSpec
from regen.tasks.conll_columns import read_conll_columns
from regen.tasks.reading import Reading

Scheme = Literal["iob1", "iob2"]

SPANISH = """\
    San AQ I-LOC
    Juan NC I-LOC
    y CC O
    Ana NP B-PER

    " Fpa O
    """


def _read(path: Path, content: str | bytes, scheme: Scheme = "iob2", split: str = "dev", **keys: Any) -> Reading:
    """Write and read a file of two columns, or of those that ``keys`` name."""
    path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    spec = {"fields": {"tokens": 0, "tags": 1}, "labels": ("LOC", "MISC", "ORG", "PER"), "splits": splits, **keys}
    return read_conll_columns(path, ReadSpec(format="conll_columns", scheme=scheme, **spec), split)


def _sentences(reading: Reading) -> list[tuple[list[str], list[str]]]:
    return [(row["tokens"], row["tags"]) for row in reading.rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "eng.testa"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


def test_columns_are_read_by_their_number(path: Path) -> None:
    reading = _read(
        path,
        """\
        EU NNP I-NP I-ORG
        rejects VBZ I-VP O

        Peter NNP I-NP I-PER
        """,
        "iob1",
        fields={"tokens": 0, "pos": 1, "tags": 3},
    )
    assert reading.rows == [
        {"id": "dev-0", "document": 0, "tokens": ["EU", "rejects"], "pos": ["NNP", "VBZ"], "tags": ["B-ORG", "O"]},
        {"id": "dev-1", "document": 0, "tokens": ["Peter"], "pos": ["NNP"], "tags": ["B-PER"]},
    ]
    assert list(reading.rows[0]) == ["id", "document", "tokens", "pos", "tags"]
    assert reading.irregular_tags == 0


IOB1_TO_IOB2 = [
    ("I-PER", "B-PER"),
    ("I-PER I-PER", "B-PER I-PER"),
    ("I-PER B-PER", "B-PER B-PER"),
    ("I-PER B-PER I-PER", "B-PER B-PER I-PER"),
    ("I-PER I-LOC", "B-PER B-LOC"),
    ("I-PER O I-PER", "B-PER O B-PER"),
    ("O I-MISC I-MISC O", "O B-MISC I-MISC O"),
    ("I-LOC I-PER B-PER I-PER O I-LOC", "B-LOC B-PER B-PER I-PER O B-LOC"),
]


def _column(tags: str) -> str:
    return "".join(f"w{number} {tag}\n" for number, tag in enumerate(tags.split()))


@pytest.mark.parametrize(("iob1", "iob2"), IOB1_TO_IOB2)
def test_iob1_becomes_iob2(path: Path, iob1: str, iob2: str) -> None:
    reading = _read(path, _column(iob1), "iob1")
    assert reading.rows[0]["tags"] == iob2.split()
    assert reading.irregular_tags == 0


@pytest.mark.parametrize(("iob1", "iob2"), IOB1_TO_IOB2)
def test_iob2_stays(path: Path, iob1: str, iob2: str) -> None:
    reading = _read(path, _column(iob2))
    assert reading.rows[0]["tags"] == iob2.split()
    assert reading.irregular_tags == 0
    assert _read(path, _column(iob1)).irregular_tags == sum(
        a != b for a, b in zip(iob1.split(), iob2.split(), strict=True)
    )


def test_b_tags_that_iob1_does_not_call_for_are_counted_and_kept_as_spans(path: Path) -> None:
    reading = _read(
        path,
        """\
        the O
        Atlanta B-MISC
        Games I-MISC

        Peter I-PER
        Urdu-speaking B-MISC
        """,
        "iob1",
    )
    assert [tags for _, tags in _sentences(reading)] == [["O", "B-MISC", "I-MISC"], ["B-PER", "B-MISC"]]
    assert reading.irregular_tags == 2


def test_a_sentence_that_begins_inside_counts_as_a_span(path: Path) -> None:
    reading = _read(path, SPANISH, fields={"tokens": 0, "pos": 1, "tags": 2})
    assert _sentences(reading) == [
        (["San", "Juan", "y", "Ana"], ["B-LOC", "I-LOC", "O", "B-PER"]),
        (['"'], ["O"]),
    ]
    assert reading.irregular_tags == 1


def test_a_boundary_of_sentences_ends_a_span(path: Path) -> None:
    reading = _read(path, "a I-LOC\n\nb I-LOC\n", "iob1")
    assert [tags for _, tags in _sentences(reading)] == [["B-LOC"], ["B-LOC"]]
    assert reading.irregular_tags == 0


@pytest.mark.parametrize("mark", ["-DOCSTART- -X- O O", "-DOCSTART- -X- -X- O", "-DOCSTART-", " -DOCSTART-\tO"])
@pytest.mark.parametrize("after", ["\n", "", "\n\n"])
def test_a_mark_begins_a_document_and_is_no_token(path: Path, mark: str, after: str) -> None:
    parts = [f"{mark}\n{after}a O\n\nb O\n\n", f"{mark}\n{after}c O\n", f"{mark}\n{after}d O\n"]
    reading = _read(path, "".join(parts))
    assert [(row["id"], row["document"], row["tokens"]) for row in reading.rows] == [
        ("dev-0", 0, ["a"]),
        ("dev-1", 0, ["b"]),
        ("dev-2", 1, ["c"]),
        ("dev-3", 2, ["d"]),
    ]


def test_sentences_before_the_first_mark_are_a_document(path: Path) -> None:
    reading = _read(path, "a O\n\n-DOCSTART- O\n\nb O\n\n-DOCSTART- O\n")
    assert [row["document"] for row in reading.rows] == [0, 1]


def test_documents_without_a_sentence_get_no_number(path: Path) -> None:
    reading = _read(path, "-DOCSTART- O\n\n-DOCSTART- O\n\na O\n\n-DOCSTART- O\n-DOCSTART- O\n\nb O\n")
    assert [row["document"] for row in reading.rows] == [0, 1]


def test_a_word_like_the_mark_is_a_token(path: Path) -> None:
    assert _sentences(_read(path, "-DOCSTART-x O\nDOCSTART O\n")) == [(["-DOCSTART-x", "DOCSTART"], ["O", "O"])]


@pytest.mark.parametrize(
    "content",
    [
        b"a B-LOC\nb O\n\nc O\n",
        b"a B-LOC\nb O\n\nc O",
        b"a B-LOC\nb O\n\nc O\n\n\n",
        b"\n\na B-LOC\nb O\n\n\n\nc O\n\n",
        b"a B-LOC\r\nb O\r\n\r\nc O\r\n",
        b"a\tB-LOC\nb\tO\n\nc\tO\n",
        b" a  B-LOC \nb \t O\t\n \t \nc O\n",
        b"\xef\xbb\xbfa B-LOC\nb O\n\nc O\n",
    ],
)
def test_ends_of_lines_blanks_and_marks_do_not_matter(path: Path, content: bytes) -> None:
    assert _sentences(_read(path, content)) == [(["a", "b"], ["B-LOC", "O"]), (["c"], ["O"])]


def test_other_white_space_stays_in_its_token(path: Path) -> None:
    tokens = ["10\u00a0000", "\u00a0", "a\u2028b", "c\u3000d", "\u200b", "e\x85f", "g\x0bh"]
    content = "".join(f"{token} O\n" for token in tokens)
    assert _sentences(_read(path, content)) == [(tokens, ["O"] * len(tokens))]


@pytest.mark.parametrize("content", ["", "\n\n", "-DOCSTART- O\n\n"])
def test_a_file_without_tokens_has_no_rows(path: Path, content: str) -> None:
    assert _read(path, content).rows == []


def test_another_number_of_columns_is_refused(refuse: Any) -> None:
    assert (
        refuse("a O\n\nb c O\n")
        == ":3: found 3 columns, expected 2 as in the lines before; mend the line where the file comes from"
    )
    assert refuse("-DOCSTART- -X- O O\n\na O\nb\n").startswith(":4: found 1 columns, expected 2 as in")
    assert refuse("a\n").startswith(":1: found 1 columns, expected 2, since 'read.fields' names")
    assert refuse("a O\n", fields={"tokens": 0, "tags": 3}).startswith(":1: found 2 columns, expected 4, since")


@pytest.mark.parametrize("tag", ["B-ABC", "B", "B-", "S-LOC", "E-LOC", "b-LOC", "o", "0", "BLOC", "O-LOC", "B-LOC-x"])
def test_an_unknown_tag_is_refused(refuse: Any, tag: str) -> None:
    said = f":3: found tag '{tag}', expected O, B-x or I-x with x among LOC, MISC, ORG, PER; mend the line where"
    assert refuse(f"a O\nb B-LOC\nc {tag}\n").startswith(said)


def test_what_is_no_text_is_refused(refuse: Any) -> None:
    assert refuse(b"a O\nb\x00 O\n").startswith(":2: found a NUL byte")
    assert refuse(b"a O\nR\xedo O\n").startswith(":2: found byte 0xed at column 2, expected UTF-8")


def test_a_hidden_split_needs_no_tags(path: Path) -> None:
    for content in ("a\nb\n", "a X-?\nb Y\n"):
        reading = _read(path, content, split="test")
        assert reading.rows == [{"id": "test-0", "document": 0, "tokens": ["a", "b"], "tags": None}]
        assert reading.irregular_tags == 0


_SEGMENTS = st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, "LOC", "PER", "a-b"])), min_size=1, max_size=8)


def _tags(segments: list[tuple[int, str | None]], scheme: Scheme) -> list[str]:
    """Write segments (length, type or outside) as tags, by the definitions of the two schemes."""
    tags: list[str] = []
    for (_, before), (length, kind) in itertools.pairwise([(0, None), *segments]):
        first = "B" if scheme == "iob2" or before == kind else "I"
        tags += ["O"] * length if kind is None else [f"{first}-{kind}", *[f"I-{kind}"] * (length - 1)]
    return tags


@settings(deadline=None, max_examples=60)
@given(st.lists(_SEGMENTS, min_size=1, max_size=4))
def test_any_spans_written_in_either_scheme_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[int, str | None]]]
) -> None:
    folder = tmp_path_factory.mktemp("spans")
    for scheme in ("iob1", "iob2"):
        content = "\n".join(_column(" ".join(_tags(segments, scheme))) for segments in sentences)
        reading = _read(folder / scheme, content, scheme, labels=("LOC", "PER", "a-b"))
        assert [row["tags"] for row in reading.rows] == [_tags(segments, "iob2") for segments in sentences]
        assert reading.irregular_tags == 0
