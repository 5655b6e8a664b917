"""What is stale, and what is from earlier code alone."""

import pytest
from made_records import make_record

from regen.reporting.ages import age, age_counts, age_flags, age_note
from regen.reporting.markdown import readme_table, results_pages


@pytest.mark.parametrize(
    ("changed", "grade", "flags"),
    [
        ([], "now", []),
        (["code"], "earlier", ["earlier code"]),
        (["lock"], "earlier", ["earlier code"]),
        (["code", "lock"], "earlier", ["earlier code"]),
        (["options.c"], "stale", ["stale: options.c"]),
        (["seeds", "code"], "stale", ["stale: seeds, code"]),
        (["cell"], "stale", ["stale: cell"]),
    ],
)
def test_grades(changed: list[str], grade: str, flags: list[str]) -> None:
    assert (age(changed), age_flags(changed)) == (grade, flags)
    assert (age_note("a.x", changed) == "") == (grade == "now")


def test_counts() -> None:
    assert age_counts([[], ["code"], ["lock"], ["seeds", "code"]]) == "1 stale, 2 from earlier code."
    assert age_counts([[], []]) == age_counts([]) == ""


def test_marks_in_markdown() -> None:
    records = [make_record(f"a.{name}", [0.5]) for name in ("x", "y", "z")]
    stale = {"a.x": ["options.c"], "a.y": ["code"]}
    lines = results_pages(records, {}, {}, None, stale)["a"].splitlines()
    found = [next(line for line in lines if line.startswith(f"| {name} | 1 |")) for name in ("x", "y", "z")]
    assert ["| stale: options.c |" in line for line in found] == [True, False, False]
    assert ["| earlier code |" in line for line in found] == [False, True, False]
    table = readme_table(records, stale)
    assert "stale: options.c" in table
    assert "earlier code" not in table
