"""Entities and relations in columns, as Bekoulis et al. publish CoNLL04."""

from pathlib import Path
from typing import Any

import pytest
from refusals import refusing

from annotated import annotated
from regen.config.task import ReadSpec
from regen.tasks.examples import read_split
from regen.tasks.multihead_columns import read_multihead_columns
from regen.tasks.reading import Reading

LINES = [
    "#doc 2050",
    "0\tMrs.\tB-Peop\t['N']\t[0]",
    "1\tLee\tI-Peop\t['Work_For', 'Live_In']\t[5, 3]",
    "2\tof\tO\t['N']\t[2]",
    "3\tParis\tB-Loc\t['N']\t[3]",
    "4\tAcme\tB-Org\t['N']\t[4]",
    "5\tLtd\tI-Org\t['OrgBased_In']\t[3]",
    "#doc 7",
    "0\t'N'\tO\t['N']\t[0]",
    "1\t#doc\tB-Loc\t['N']\t[1]",
]
WANTED = annotated(
    "[Peop Mrs. Lee] of [Loc Paris] [Org Acme Ltd]", (0, 1, "Live_In"), (0, 2, "Work_For"), (2, 1, "OrgBased_In")
)


def _spec(path: Path, **keys: Any) -> ReadSpec:
    splits = {name: {"file": path.name, "labelled": name != "test"} for name in ("train", "dev", "test")}
    types = {"labels": ("Work_For", "Live_In", "OrgBased_In"), "entity_types": ("Peop", "Org", "Loc")}
    fields = {"tokens": 1, "entities": 2, "relations": 3}
    return ReadSpec(format="multihead_columns", **{"fields": fields, "splits": splits, **types, **keys})


def _read(path: Path, content: str | bytes, split: str = "dev", **keys: Any) -> Reading:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_multihead_columns(path, _spec(path, **keys), split)


def _changed(number: int, line: str) -> str:
    """Give the file with another line of a number, from 1 on."""
    return "\n".join([*LINES[: number - 1], line, *LINES[number:]])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev.txt"


@pytest.fixture
def refuse(path: Path) -> Any:
    """Read a file that is refused, and give the line without the file's name."""
    return refusing(_read, path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_sentences(path: Path, end: str) -> None:
    rows = _read(path, end.join(LINES)).rows
    assert rows == [
        {"id": "2050", "tokens": WANTED[0], "annotation": WANTED[1]},
        {"id": "7", "tokens": ["'N'", "#doc"], "annotation": annotated("'N' [Loc #doc]")[1]},
    ]
    assert rows == _read(path, end.join(LINES) + end).rows


def test_tags_that_break_iob2_are_read_all_the_same(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_text(_changed(2, "0\tMrs.\tI-Peop\t['N']\t[0]"), encoding="utf-8")
    reading = read_split(path.parent, _spec(path), "dev")
    assert (reading.rows[0]["annotation"], reading.irregular_tags) == (WANTED[1], 1)
    assert reading.odd == {"irregular_tags": ["2050"]}
    assert caplog.messages == [
        f"{path}: 1 tags break the scheme iob2 and were read by conlleval's rules (is 'read.scheme' right?)"
    ]


def test_parts_and_hidden_labels(path: Path) -> None:
    splits = {"train": {"file": path.name}, "dev": {"file": path.name, "rows": [1, 2]}}
    assert [row["id"] for row in _read(path, "\n".join(LINES), splits=splits).rows] == ["7"]
    rows = _read(path, "#doc 1\n0\ta\t?\t?\t?\n", "test").rows
    assert rows == [{"id": "1", "tokens": ["a"], "annotation": None}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LINES[1], ":1: found a token, expected a line '#doc <id>' before it; mend the file"),
        (_changed(3, "1\tLee\tI-Peop\t['N']"), ":3: found 4 columns, expected 5"),
        (_changed(8, "#doc 2050"), ": sentence '2050': id '2050' stands twice"),
        ("#doc 1\n#doc 2", ": sentence '1': found no token, expected at least one"),
        (
            _changed(2, "0\tMrs.\tX\t['N']\t[0]"),
            ":2: found tag 'X', expected O, B-x or I-x with x among Peop, Org, Loc",
        ),
        (_changed(10, "1\tx\tB-Per\t['N']\t[1]"), ":10: found tag 'B-Per', expected O, B-x or I-x with x among Peop"),
        (_changed(7, "5\tLtd\tI-Org\t['Based']\t[3]"), ": sentence '2050': found type 'Based', expected one of Work"),
        (
            _changed(7, "5\tLtd\tI-Org\t['OrgBased_In']\t[0]"),
            ":7: found relation 'OrgBased_In' from token 5 to token 0, expected the last tokens of two entities; "
            "token 0 is none; mend the line",
        ),
        (_changed(4, "2\tof\tO\t['Live_In']\t[3]"), ":4: found relation 'Live_In' from token 2 to token 3, expected "),
        (_changed(4, "2\tof\tO\t['N']\t[3]"), ":4: found relation 'N' from token 2 to token 3, expected the last tok"),
        (_changed(5, "3\tParis\tB-Loc\t['Live_In']\t[3]"), ": sentence '2050': found relation Live_In from entity 1 t"),
        (_changed(4, "2\tof\tO\t['N']\t[2, 3]"), ":4: found relations ['N'] and tokens [2, 3], expected two Python li"),
        (_changed(4, "2\tof\tO\tN\t2"), ":4: found relations N and tokens 2, expected two Python lists of the same l"),
        (_changed(4, "2\tof\tO\t[N]\t[2]"), ":4: found relations [N] and tokens [2], expected two Python lists"),
        (_changed(4, "2\tof\tO\t['N']\t['2']"), ":4: found relations ['N'] and tokens ['2'], expected two Python li"),
        (_changed(4, "2\tof\tO\t[]\t[]"), ":4: found relations [] and tokens [], expected two Python lists"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(refuse: Any, content: str, said: str) -> None:
    assert refuse(content).startswith(said)


def test_columns_that_are_not_there(refuse: Any) -> None:
    said = refuse("\n".join(LINES), fields={"tokens": 1, "entities": 2, "relations": 4})
    assert said.startswith(":2: found 5 columns, expected 6, since 'read.fields' names column 5")
