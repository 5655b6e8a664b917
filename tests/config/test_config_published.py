"""Published results: the project's own file, and mistakes in one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from regen.config.published import FILE, published_results
from regen.errors import UserError
from regen.project import config_loader, read_specs

RESULT = {"system": "BERT", "scores": {"dev": 60.0}, "n": None, "source": "a README"}


def test_own_file_speaks_of_known_tasks_and_splits(project_root: Path) -> None:
    specs = read_specs(config_loader())
    published = published_results(yaml.safe_load((project_root / FILE).read_text("utf-8")))
    for task, results in published.items():
        splits = specs.tasks[task].scored_splits
        for result in results:
            assert set(result.scores) <= set(splits), (task, result)
            assert set(result.sd) <= set(result.scores), (task, result)
            assert result.source


def test_scores_on_fewer_classes_are_marked(project_root: Path) -> None:
    """P-tuning's scripts for FewCLUE leave classes of TNEWS and IFLYTEK out, of test, too."""
    published = published_results(yaml.safe_load((project_root / FILE).read_text("utf-8")))
    marked = {(task, one.system) for task, results in published.items() for one in results if one.reduced}
    assert marked == {("fewclue_iflytek", "P-tuning"), ("fewclue_tnews", "P-tuning")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scores": {"dev": 101}}, "a.0.scores.dev: Input should be less than or equal to 100 (found 101)"),
        ({"scores": {}}, "a.0.scores: "),
        ({"scores": {"devel": 1}}, "a.0.scores.devel"),
        ({"n": 0}, "a.0.n: Input should be greater than or equal to 1 (found 0)"),
        ({"runs": 3}, "a.0.runs: Extra inputs are not permitted (found 3)"),
        ({"source": None}, "a.0.source: Input should be a valid string (found None)"),
    ],
)
def test_mistake_is_one_line_that_names_the_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as caught:
        published_results({"a": [{**RESULT, **change}]})
    assert str(caught.value).startswith(f"{FILE}: {said}")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("content", [None, [], "text", {"a": {}}, {"A b": [RESULT]}])
def test_another_form_is_refused(content: Any) -> None:
    with pytest.raises(UserError, match=FILE):
        published_results(content)
