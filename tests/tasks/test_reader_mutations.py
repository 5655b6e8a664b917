"""Every reader under random damage: it reads all that the file holds, or refuses it in one clear line."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from mutations import mutated

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.tasks.examples import _READERS, read_split, to_frame
from regen.tasks.reading import Reading

MUTATIONS = (100, pytest.param(1000, marks=pytest.mark.exhaustive))

Count = Callable[[str], int]


@dataclass(frozen=True)
class Case:
    """A valid file of a format.

    Attributes:
        keys: Of the ReadSpec.
        content: The file.
        held: Counts what a text holds, on another way than the reader.
        found: Counts what the reader found of it.
    """

    keys: dict[str, Any]
    content: str
    held: Count
    found: Callable[[Reading], int] = lambda reading: len(reading.rows) + sum(reading.dropped.values())


def _lines(text: str) -> list[str]:
    """Give the lines that say something: LF or CRLF ends one, and nothing else."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [line for line in lines if line.strip()]


def _written(*rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _tokens(reading: Reading) -> int:
    return sum(len(row["tokens"]) for row in reading.rows)


def _begun(reading: Reading) -> int:
    return sum(tag[0] == "B" for row in reading.rows for tag in row["tags"])


def _spans_of(text: str) -> int:
    """Count the lines, and the places of all mentions; what says that it has some and names none counts, too."""
    labels = [json.loads(line)["label"] for line in _lines(text)]
    places = [sum(max(1, len(places)) for places in kind.values()) for label in labels for kind in label.values()]
    return len(labels) + sum(max(1, count) for count in places)


TOPICS = _written(
    *({"id": n, "text": f"第{n}条\u2028新闻", "label": "ab"[n % 2]} for n in range(6)),
    {"text": "", "id": 9, "label": "-"},
)
WINOGRAD = _written(
    *(
        {
            "target": {"span1_text": "王", "span1_index": 0, "span2_text": "他", "span2_index": 3},
            "text": f"王说，他{n}来",
            "label": "true",
        }
        for n in range(5)
    )
)
KEYWORDS = _written(*({"text": f"摘要{n}", "keywords": ["甲", "乙"], "label": n % 2} for n in range(5)))
COLUMNS = (
    "-DOCSTART- -X- O\n\nAda NN B-PER\nLee NN I-PER\n. . O\n\nRome NN B-LOC\n\n-DOCSTART- -X- O\n\nIt PRP O\nrains VB O"
)
TABS = "".join(f'text "{n}\tb\t{n}\n' for n in range(6))
SPANS = _written(
    *({"text": f"在北京{n}住", "label": {"place": {"北京": [[1, 2]]}, "word": {"住": [[4, 4]]}}} for n in range(5)),
    {"text": "无", "label": {}},
)
QUESTIONS = json.dumps(
    [
        [
            ["女：冷。", "男：是。"],
            [{"question": f"问{n}？", "choice": ["热", "冷"], "answer": "冷"} for n in range(2)],
            f"d-{passage}",
        ]
        for passage in range(3)
    ],
    ensure_ascii=False,
    indent=1,
)
BLANKS = _written(
    *({"content": f"第{n}个#idiom#吗", "candidates": ["甲", "乙", "丙"], "answer": n % 3} for n in range(5))
)
GROUPS = _written(
    *(
        {"content": [f"甲#idiom00000{2 * n}#乙", f"丙#idiom00000{2 * n + 1}#"], "candidates": ["甲", "乙", "丙"]}
        for n in range(3)
    )
)
ANSWERS = {f"#idiom{n:06}#": n % 3 for n in range(6)}
"""Of the groups, each in its own file: a passage that is lost leaves an answer over."""
SQUAD = json.dumps(
    {
        "version": "1",
        "data": [
            {
                "paragraphs": [
                    {
                        "context": "青山镇在湖边。",
                        "qas": [
                            {
                                "id": f"{article}-{n}",
                                "question": "哪？",
                                "answers": [{"text": "湖边", "answer_start": 4}],
                            }
                            for n in range(2)
                        ],
                    }
                ]
            }
            for article in range(3)
        ],
    },
    ensure_ascii=False,
    indent=1,
)
RELATIONS = json.dumps(
    [
        {
            "tokens": ["Ann", "Lee", "of", "Acme", "."],
            "entities": [{"type": "Peop", "start": 0, "end": 2}, {"type": "Org", "start": 3, "end": 4}],
            "relations": [{"type": "Work_For", "head": 0, "tail": 1}],
            "orig_id": number,
        }
        for number in range(4)
    ],
    indent=1,
)
MULTIHEAD = "".join(
    f"#doc {number}\n0\tLee\tB-Peop\t['Work_For']\t[2]\n1\tof\tO\t['N']\t[1]\n2\tAcme\tB-Org\t['N']\t[2]\n"
    for number in range(4)
)
BLANK = re.compile(r"#idiom\d*#")
LABELLED = {"text": "text", "label": "label"}
CHOICES = {"context": "content", "choices": "candidates"}

CASES = {
    "json_lines": Case(
        {"fields": {"id": "id", **LABELLED}, "labels": ("a", "b"), "drop_labels": ("-",)},
        TOPICS,
        lambda text: len(_lines(text)),
    ),
    "json_lines of two spans": Case(
        {
            "format": "json_lines",
            "fields": {
                **LABELLED,
                **{name: f"target.{name}_text" for name in ("span1", "span2")},
                **{f"{name}_start": f"target.{name}_index" for name in ("span1", "span2")},
            },
            "labels": ("true", "false"),
        },
        WINOGRAD,
        lambda text: len(_lines(text)),
    ),
    "json_lines of keywords": Case(
        {"format": "json_lines", "fields": {**LABELLED, "keywords": "keywords"}, "labels": ("0", "1")},
        KEYWORDS,
        lambda text: len(_lines(text)),
    ),
    "conll_columns": Case(
        {"fields": {"tokens": 0, "pos": 1, "tags": 2}, "scheme": "iob2", "labels": ("LOC", "PER")},
        COLUMNS,
        lambda text: sum(
            re.split("[ \t]+", line.strip(" \t"))[0] not in ("", "-DOCSTART-")
            for line in (line.removesuffix("\r") for line in text.split("\n"))
        ),
        _tokens,
    ),
    "tab_separated": Case(
        {"fields": {"text": 0, "label": 1}, "labels": ("a", "b")},
        TABS,
        lambda text: sum(line not in ("", "\r") for line in text.split("\n")),
    ),
    "json_spans": Case(
        {"fields": {"tokens": "text", "tags": "label"}, "labels": ("place", "word")},
        SPANS,
        _spans_of,
        lambda reading: len(reading.rows) + reading.overlapping_spans + _begun(reading),
    ),
    "json_questions": Case(
        {
            "fields": {"context": 0, "question": "question", "choices": "choice", "label": "answer"},
            "labels": ("0", "1", "2"),
        },
        QUESTIONS,
        lambda text: sum(len(entry[1]) for entry in json.loads(text)),
    ),
    "json_blanks": Case(
        {"fields": {**CHOICES, "label": "answer"}, "labels": ("0", "1", "2")}, BLANKS, lambda text: len(_lines(text))
    ),
    "json_blanks of groups": Case(
        {
            "format": "json_blanks",
            "fields": CHOICES,
            "labels": ("0", "1", "2"),
            "splits": {
                "train": {"file": "file", "answers": "answers"},
                "dev": {"file": "file", "answers": "answers"},
            },
        },
        GROUPS,
        lambda text: max(
            len(ANSWERS),
            sum(len(BLANK.findall("\n".join([json.loads(line)["content"]][0]))) for line in _lines(text)),
        ),
    ),
    "squad_json": Case(
        {"fields": {"id": "id", "context": "context", "question": "question", "answers": "answers"}},
        SQUAD,
        lambda text: sum(
            len(passage["qas"]) for article in json.loads(text)["data"] for passage in article["paragraphs"]
        ),
    ),
    "json_relations": Case(
        {
            "fields": {"id": "orig_id", "tokens": "tokens", "entities": "entities", "relations": "relations"},
            "labels": ("Work_For",),
            "entity_types": ("Peop", "Org"),
        },
        RELATIONS,
        lambda text: len(json.loads(text)),
    ),
    "multihead_columns": Case(
        {
            "fields": {"tokens": 1, "entities": 2, "relations": 3},
            "labels": ("Work_For",),
            "entity_types": ("Peop", "Org"),
        },
        MULTIHEAD,
        lambda text: sum("\t" in line for line in _lines(text)),
        _tokens,
    ),
}


def _spec(name: str) -> ReadSpec:
    splits = {split: {"file": "file"} for split in ("train", "dev")}
    return ReadSpec(**{"format": name, "splits": splits, **CASES[name].keys})


def test_every_format_has_a_file() -> None:
    assert {_spec(name).format for name in CASES} == set(_READERS)


@pytest.mark.no_cover  # hundreds of runs of the same lines
@pytest.mark.parametrize("mutations", MUTATIONS)
@pytest.mark.parametrize("name", CASES)
def test_damaged_file_is_read_whole_or_refused_in_one_line(
    name: str, mutations: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case, spec, draw = CASES[name], _spec(name), random.Random(name)
    path = tmp_path / "file"
    (tmp_path / "answers").write_text(json.dumps(ANSWERS), encoding="utf-8")
    outcomes = {"read": 0, "refused": 0}
    for number in range(mutations):
        content = case.content.encode()
        content = mutated(content, draw) if number else content
        path.write_bytes(content)
        try:
            reading = read_split(tmp_path, spec, "dev")
        except UserError as error:
            outcomes["refused"] += 1
            message = str(error)
            assert number, message
            assert message.startswith(str(tmp_path)), message
            assert len(message.splitlines()) == 1, message
            assert message.encode(), "what a terminal cannot print"
            assert len(message) < 1000 + len(str(tmp_path)), "a line that nobody reads"
        else:
            outcomes["read"] += 1
            assert case.found(reading) == case.held(content.decode("utf-8-sig")), content
            to_frame(reading).to_parquet(BytesIO())
    assert min(outcomes.values()) > mutations // 50, outcomes
    caplog.clear()
