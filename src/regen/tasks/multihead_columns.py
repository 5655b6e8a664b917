"""Reader of entities and relations in the columns of Bekoulis et al. (multihead_joint_entity_relation_extraction).

A line ``#doc <id>`` begins a sentence; no blank line ends it. A token's line has five columns parted by tabs: its
number in the sentence, the token, an IOB2 tag, a list of relations and a list of the tokens that they point to, the
lists as Python writes them: ``['Work_For', 'Live_In']``, ``[22, 8]``. ``['N']`` with the token's own number is none. A
relation stands on the last token of its head and points to the last token of its tail. Tags that break IOB2 are read by
conlleval's rules and counted.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from regen.config.task import ReadSpec
from regen.errors import UserError
from regen.scoring.annotations import Relation
from regen.scoring.spans import Span, extract_spans, spans_to_iob2
from regen.tasks.lines import check_width, read_lines
from regen.tasks.reading import Reading, add_row
from regen.tasks.relations import relation_row

_BEGIN = "#doc"
_COLUMNS = 5
_NONE = "N"

Row = tuple[int, list[str]]


def read_multihead_columns(path: Path, read: ReadSpec, split: str) -> Reading:
    """Read one split.

    Args:
        path: The file.
        read: Fields give the 0-based numbers of the columns of ``tokens``, ``entities`` (tags) and ``relations``; the
            tokens that relations point to stand in the column after these.
        split: Name of the split. Where its labels are hidden, ``annotation`` is ``None`` in every row.

    Returns:
        Rows with ``id`` (that of the file), ``tokens`` and ``annotation``.

    Raises:
        UserError: A line has another number of columns or a list of another form; a relation stands on or points to a
            token that ends no entity; or a tag or a type is unknown or an id stands twice.
    """
    reading, spec = Reading(), read.splits[split]
    token, tag, kinds = (int(read.fields[name]) for name in ("tokens", "entities", "relations"))
    needed = 1 + max(token, tag, kinds + 1)
    for number, (name, rows) in enumerate(_sentences(path, needed, read.encoding)):
        if not spec.takes(number):
            continue
        where = f"{path}: sentence '{name}'"
        marked = None
        if spec.labelled:
            tags = [columns[tag] for _, columns in rows]
            _check_tags(path, rows, tags, read.entity_types)
            entities = extract_spans(tags)
            regular = spans_to_iob2(entities, len(tags))
            irregular = sum(a != b for a, b in zip(tags, regular, strict=True))
            if irregular:
                reading.irregular_tags += irregular
                reading.odd["irregular_tags"].append(name)
            marked = entities, _relations(path, rows, kinds, entities)
        tokens = [columns[token] for _, columns in rows]
        add_row(reading, where, relation_row(where, name, tokens, marked, read))
    return reading


def _sentences(path: Path, needed: int, encoding: str) -> Iterator[tuple[str, list[Row]]]:
    name, rows = None, list[Row]()
    for number, line in read_lines(path, encoding):
        columns = line.split("\t")
        if len(columns) == 1 and line.startswith(_BEGIN):
            if name is not None:
                yield name, rows
            name, rows = line.removeprefix(_BEGIN).strip(), []
            continue
        if not line.strip():
            continue
        check_width(f"{path}:{number}", len(columns), _COLUMNS, needed)
        if name is None:
            raise UserError(f"{path}:{number}: found a token, expected a line '{_BEGIN} <id>' before it; mend the file")
        rows.append((number, columns))
    if name is not None:
        yield name, rows


def _check_tags(path: Path, rows: list[Row], tags: list[str], types: tuple[str, ...]) -> None:
    for (number, _), tag in zip(rows, tags, strict=True):
        prefix, _, kind = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or kind not in types):
            raise UserError(
                f"{path}:{number}: found tag {tag!r}, expected O, B-x or I-x with x among {', '.join(types)}; mend the "
                "line or the task's 'entity_types'"
            )


def _relations(path: Path, rows: list[Row], column: int, entities: list[Span]) -> list[Relation]:
    ends = {entity.end - 1: place for place, entity in enumerate(entities)}
    relations = []
    for place, (number, columns) in enumerate(rows):
        where = f"{path}:{number}"
        kinds, heads = _lists(where, columns[column], columns[column + 1])
        if kinds == [_NONE] and heads == [place]:
            continue
        for kind, head in zip(kinds, heads, strict=True):
            for end in (place, head):
                if end not in ends:
                    raise UserError(
                        f"{where}: found relation {kind!r} from token {place} to token {head}, expected the last "
                        f"tokens of two entities; token {end} is none; mend the line"
                    )
            relations.append(Relation(ends[place], ends[head], kind))
    return relations


def _lists(where: str, kinds: str, heads: str) -> tuple[list[str], list[int]]:
    try:
        read = ast.literal_eval(kinds), ast.literal_eval(heads)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        read = None, None
    types, tokens = read
    fits = isinstance(types, list) and isinstance(tokens, list) and 0 < len(types) == len(tokens)
    if not fits or {type(kind) for kind in types} != {str} or {type(token) for token in tokens} != {int}:
        raise UserError(
            f"{where}: found relations {kinds} and tokens {heads}, expected two Python lists of the same length, "
            "['N'] and the token's own number for none; mend the line"
        )
    return types, tokens
