from collections.abc import Callable
from typing import Any

from regen.reporting.cells import Cell, cell_view
from regen.reporting.grids import Grid

Record = dict[str, Any]
Make = Callable[..., Record]


def grids(view: Cell) -> dict[str, Grid]:
    return {grid.title: grid for grid in view.scores}


def test_headline_and_facts(record: Make) -> None:
    view = cell_view(record("ocnli.linear", [0.5, 0.6], leak=3, document_context=True))
    assert view.headline == [("dev", "55.00 [54.00, 56.00]", "7.07"), ("test", "hidden", "")]
    assert view.facts == [
        "accuracy × 100",
        "2 repeats",
        "14,041 training examples",
        "document context",
        "selection: none: one fixed setting",
    ]
    assert view.warnings == ["Leak: train and test have 3 distinct texts in common."]


def test_one_repeat_has_no_deviation(record: Make) -> None:
    assert cell_view(record("a.x", [0.5])).headline[0] == ("dev", "50.00 [49.00, 51.00]", "")


def test_a_stale_cell_is_warned_of(record: Make) -> None:
    view = cell_view(record("a.x", [0.5], leak=3), ["options.c", "code"])
    assert view.stale == ["options.c", "code"]
    assert view.warnings[0].startswith("Stale: changed since it was made: options.c, code. ")
    assert len(view.warnings) == 2
    assert view.notes == []


def test_earlier_code_is_no_warning(record: Make) -> None:
    view = cell_view(record("a.x", [0.5]), ["code", "lock"])
    assert view.warnings == []
    (note,) = view.notes
    assert note.startswith("Earlier code: changed since it was made: code, lock. Code alone need not change")
    assert "kedro compare a.x@REVISION a.x" in note


def test_costs_of_fits_and_predictions(record: Make) -> None:
    one = record("a.x", [0.5])
    assert cell_view(one).costs is None
    fit = {"wall_seconds": 5400, "peak_memory_bytes": 218_000_000, "machine": "An abacus"}
    view = cell_view(one, costs={"a.x": {"fit": fit, "predict": {**fit, "wall_seconds": 1.5}, "score": fit}})
    assert view.costs is not None
    assert view.costs.rows == [
        ("fit", ["1.5 h", "218 MB", "An abacus"]),
        ("predict", ["1.50 s", "218 MB", "An abacus"]),
    ]


def test_measures_are_means_over_repeats(record: Make) -> None:
    one = record("a.x", [0.5, 0.6], [0.5, 0.6])
    one["scores"]["dev"]["repeats"][0]["mcc"] = 0.2
    assert dict(grids(cell_view(one))["All measures × 100"].rows) == {
        "accuracy": ["50.00", "50.00"],
        "macro F1": ["51.20", "51.20"],
        "Matthews correlation": ["8.45", "−3.10"],
    }


def test_a_measure_that_one_split_lacks(record: Make) -> None:
    one = record("a.x", [0.5], [0.5])
    del one["scores"]["test"]["repeats"][0]["mcc"]
    assert dict(grids(cell_view(one))["All measures × 100"].rows)["Matthews correlation"] == ["−3.10", "–"]


def test_repeats_are_listed_where_there_are_several(record: Make) -> None:
    assert "Repeats: accuracy × 100" not in grids(cell_view(record("a.x", [0.5])))
    several = record("a.x", [0.5, 0.6], [0.1, 0.2])
    assert grids(cell_view(several))["Repeats: accuracy × 100"].rows == [
        ("seed 0", ["50.00", "10.00"]),
        ("seed 1", ["60.00", "20.00"]),
    ]
    several["scores"]["dev"]["repeats"][1]["fold"] = 4
    assert [head for head, _ in cell_view(several).models.rows] == ["features", "penalty"]
    assert cell_view(several).models.columns == ["seed 0, fold 0", "seed 1, fold 4"]


def test_classes_in_the_tasks_order_then_unknown_ones(record: Make) -> None:
    one = record("a.x", [0.5, 0.6], [0.5, 0.6], labels=("体育", "财经"), tagging=True)
    first, second = one["scores"]["dev"]["repeats"]
    first["per_class"] = {
        "ZZZ": {"precision": 0.1, "recall": 0.2, "f1": 0.3, "gold": 1500},
        "财经": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "gold": 9},
    }
    second["per_class"] = {"财经": {"precision": 0.7, "recall": 0.5, "f1": 0.6, "gold": 9}}
    grid = grids(cell_view(one))["Per class"]
    assert grid.groups == [("train", 1), ("dev", 4), ("test", 4)]
    assert grid.lang == "zh"
    usual = ["4", "60.00", "75.00", "66.67"]
    assert grid.rows == [
        ("体育", ["40", "–", "–", "–", "–", *usual]),
        ("财经", ["41", "9", "60.00", "50.00", "55.00", *usual]),
        ("ZZZ", ["0", "1,500", "10.00", "20.00", "30.00", "–", "–", "–", "–"]),
    ]


def test_a_metric_without_classes_shows_none(record: Make) -> None:
    one = record("a.x", [0.5])
    del one["scores"]["dev"]["repeats"][0]["per_class"]
    assert "Per class" not in grids(cell_view(one))


def test_data_card(record: Make) -> None:
    grid = cell_view(record("a.x", [0.5], tagging=True, leak=1200)).data
    assert grid.columns == ["train", "dev", "test"]
    assert dict(grid.rows) == {
        "examples": ["14,041", "50", "50"],
        "dropped": ["15 × “-”", "15 × “-”", "0"],
        "repeated texts": ["7", "7", "7"],
        "length in characters": ["4 · 19.5 · 26.65 · 35"] * 3,
        "irregular tags": ["2", "2", "2"],
    }
    assert grid.note.endswith("Distinct texts that two splits share: train+dev 0, train+test 1,200.")


def test_odd_rows_stand_in_the_card_of_the_task(record: Make) -> None:
    one = record("a.x", [0.5])
    one["card"]["splits"]["dev"]["odd_rows"] = {"dropped": {"rows": 1, "ids": ["dev-3"]}}
    assert "odd rows" not in dict(cell_view(one).data.rows)


def test_cut_inputs_are_a_fact(record: Make) -> None:
    one = record("a.x", [0.5], truncated={"train": 0.125, "dev": 0.0, "test": 0.0101})
    one["config"]["options"]["max_length"] = 128
    assert "inputs cut at 128 pieces: 12.50 % of train, 1.01 % of test" in cell_view(one).facts
    one["training"]["truncated"] = {"train": 0.0, "dev": 0.0}
    assert not [fact for fact in cell_view(one).facts if "cut" in fact]


def test_a_count_that_one_split_lacks(record: Make) -> None:
    one = record("a.x", [0.5])
    one["card"]["splits"]["train"]["documents"] = 946
    assert dict(cell_view(one).data.rows)["documents"] == ["946", "–", "–"]


def test_config_is_flat_and_whole(record: Make) -> None:
    rows = dict(cell_view(record("a.x", [0.5, 0.6])).config.rows)
    assert rows["options.words"] == ["[1, 2]"]
    assert rows["options.encoder"] == ["null"]
    assert rows["labels"] == ["体育, 财经"]
    assert rows["seeds"] == ["[0, 1]"]
    assert (rows["splits.dev"], rows["splits.test"]) == (["labels public"], ["labels hidden"])


def test_provenance_names_all_hashes(record: Make) -> None:
    one = record("a.x", [0.5])
    rows = dict(cell_view(one).provenance.rows)
    assert rows["config, sha256"] == [one["hashes"]["config"]]
    assert rows["train.json, sha256"] == [one["card"]["files"]["train.json"]]
    assert rows["schema of the record"] == ["1"]


def test_facts_of_models(record: Make) -> None:
    one = record("a.x", [0.5, 0.6], models=[{"early_stop": True}, {"steps": 1200}])
    assert cell_view(one).models.rows == [("early stop", ["true", "–"]), ("steps", ["–", "1,200"])]


def test_a_history_is_a_chart_and_no_fact(record: Make) -> None:
    rows = [{"epoch": 1, "train_loss": 1.0, "dev_loss": 0.9, "dev_score": 0.5}]
    view = cell_view(record("a.x", [0.5], models=[{"steps": 12, "history": rows}]))
    assert [head for head, _ in view.models.rows] == ["steps"]
    assert view.curves is not None
    assert cell_view(record("a.x", [0.5])).curves is None


def test_what_one_side_of_the_confusions_lacks_is_explained(record: Make) -> None:
    one = record("a.x", [0.5], tagging=True)
    assert cell_view(one).confusion_note == ""
    one["scores"]["dev"]["repeats"][0]["confusion"].append(["体育", "∅", 3])
    assert cell_view(one).confusion_note.startswith("∅: nothing on this side")
