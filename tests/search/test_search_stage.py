"""The stage ``search`` in the pipeline."""

from typing import Any

import pytest
from search_bench import STATISTICS, Bench, search_spec

from regen.pipelines.search import nodes
from regen.pipelines.search.pipeline import VIEWS, create_pipeline


@pytest.mark.parametrize("encoder", [None, "tiny"])
def test_no_test_split_is_read(encoder: str | None) -> None:
    drawn = create_pipeline("topic", "words", encoder)
    read = {name for name in drawn.inputs() if not name.startswith("params:")}
    assert read == {"topic.examples_train", "topic.examples_dev", *([f"{encoder}.encoder"] if encoder else [])}
    views = {f"topic.words.search_{view}" for view in VIEWS}
    assert drawn.all_outputs() == {"topic.words.trials", "topic.words.best", *views}


def test_only_the_first_training_examples_are_used(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def told(train: Any, *_: object) -> dict[str, Any]:
        seen.append(len(train))
        return {}

    monkeypatch.setattr("regen.search.run.run_search", told)
    for count in (None, 7):
        config = bench.config.model_copy(update={"train_examples": count})
        nodes.search(bench.train, bench.dev, config, search_spec(), STATISTICS, bench.settings)
    assert seen == [24, 7]


def test_the_views_are_those_of_the_pipeline(bench: Bench) -> None:
    document, best = bench.run(search_spec(2))
    assert tuple(nodes.draw(document, best)) == VIEWS
