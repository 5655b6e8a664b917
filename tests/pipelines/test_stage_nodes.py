"""The nodes of all stages, called as functions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from made_up import made_up_cell, made_up_task
from regen.config.cell import CellConfig
from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.config.pages import PagesConfig
from regen.config.statistics import StatisticsConfig
from regen.config.suite import SuiteSpec
from regen.config.task import IngestConfig, PrepareConfig
from regen.estimators.base import Predictions, Resources
from regen.pipelines.analyse.nodes import analyse
from regen.pipelines.analyse.outcomes import count_outcomes
from regen.pipelines.analyse.page import show_examples
from regen.pipelines.evaluate.nodes import predict, score
from regen.pipelines.fit.nodes import fit
from regen.pipelines.gather.nodes import gather
from regen.pipelines.ingest.nodes import ingest
from regen.pipelines.prepare.nodes import prepare
from regen.pipelines.report.nodes import report_suite
from regen.pipelines.report.overall import report_all

ROWS = [("zebra quokka", "a"), ("zebra walrus", "a"), ("lemur gecko", "b"), ("lemur ibis", "b"), ("okapi", "c")]
TASK = made_up_task("classification", ["a", "b", "c"], test=True, test_hidden=False)
NAMES = made_up_task("tagging", ["LOC", "PER"])


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine whose project holds a raw file and a lock file."""
    project = tmp_path / "project"
    project.mkdir()
    lines = [json.dumps({"0": text, "1": label}) for text, label in ROWS]
    (project / "made_up.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (project / "requirements.lock").write_bytes(b"library==1\n")
    return Machine(project=project, state=project / "data" / ".state", offline=True)


@pytest.fixture
def raw(machine: Machine, tmp_path: Path) -> Path:
    """The raw folder of the made-up task, ingested."""
    (tmp_path / "raw").mkdir()
    ingest(IngestConfig(task="made_up", files=TASK.files), machine)(tmp_path / "raw")
    return tmp_path / "raw"


@pytest.fixture
def prepared(raw: Path) -> dict[str, Any]:
    """Examples and card of the made-up task, read back from Parquet as a later stage does."""
    made = prepare(raw, PrepareConfig(task="made_up", type=TASK.type, read=TASK.read))
    for split in TASK.read.splits:
        made[split].to_parquet(raw / f"{split}.parquet")
        made[split] = pd.read_parquet(raw / f"{split}.parquet")
    return made


def fitted(prepared: dict[str, Any], config: CellConfig, folder: Path, machine: Machine) -> Path:
    folder.mkdir()
    fit(prepared["train"], prepared["dev"], config, machine)(folder)
    return folder


@pytest.fixture
def outputs(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> dict[str, Any]:
    """What ``evaluate`` gives for two recipes, under the names that ``gather`` reads."""
    given: dict[str, Any] = {}
    for estimator, seeds in (("majority", [0]), ("linear", [3, 5])):
        config = made_up_cell(estimator, TASK, seeds=seeds)
        model = fitted(prepared, config, tmp_path / estimator, machine)
        predictions = predict(model, config, **{split: prepared[split] for split in TASK.scored_splits})
        predictions.to_parquet(tmp_path / "predictions.parquet")
        read = pd.read_parquet(tmp_path / "predictions.parquet")
        scored = score(model, read, prepared["card"], config, StatisticsConfig(resamples=100), machine)
        given |= {f"{estimator}__{name}": value for name, value in scored.items()}
        labelled = {split: prepared[split] for split in ("train", "dev", "test")}
        record = scored["record"]
        settings = StatisticsConfig(resamples=100)
        given[f"{estimator}__outcomes"] = count_outcomes(read, record)
        given[f"{estimator}__analysis"] = analyse(read, record, prepared["card"], settings, **labelled)
    return given


def test_ingest_fills_a_folder_later(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "x.txt").write_bytes(b"mirrored")
    spec = FileSpec(name="y.txt", sources=(Source(mirror="x.txt"),))
    there = machine.model_copy(update={"mirrors": (tmp_path / "mirror",)})
    fill = ingest(IngestConfig(task="made_up", files=(spec,)), there)
    (tmp_path / "folder").mkdir()
    fill(tmp_path / "folder")
    assert (tmp_path / "folder" / "y.txt").read_bytes() == b"mirrored"


def test_prepare_gives_every_split_and_a_card(prepared: dict[str, Any]) -> None:
    assert list(prepared) == ["train", "dev", "test", "test_hidden", "card"]
    assert list(prepared["train"].itertuples(index=False, name=None)) == [
        (f"train-{i}", text, label) for i, (text, label) in enumerate(ROWS)
    ]
    assert prepared["test_hidden"]["label"].isna().all()
    assert prepared["card"]["splits"]["train"]["examples"] == 5
    assert "zebra" not in json.dumps(prepared["card"])


def test_fit_makes_a_model_per_seed(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    folder = fitted(prepared, made_up_cell("linear", TASK, seeds=[3, 5]), tmp_path / "model", machine)
    assert sorted(path.name for path in folder.iterdir()) == ["repeat-s3-f0", "repeat-s5-f0"]
    for path in folder.iterdir():
        assert (path / "model.safetensors").is_file()
        assert json.loads((path / "facts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("limit", "used"), [(None, 5), (2, 2), (50, 5)])
def test_fit_hands_over_the_first_examples_and_each_seed(
    prepared: dict[str, Any], machine: Machine, monkeypatch: pytest.MonkeyPatch, limit: int | None, used: int
) -> None:
    calls = []

    class Recorder:
        keeps_state = False

        @classmethod
        def fit(
            cls, train: pd.DataFrame, dev: pd.DataFrame, config: CellConfig, seed: int, resources: Resources
        ) -> "Recorder":
            calls.append((list(train["id"]), len(dev), config.recipe, seed, resources.encoder, resources.machine))
            return cls()

    monkeypatch.setattr("regen.estimators.repeats.estimator_class", lambda _: Recorder)
    config = made_up_cell("majority", TASK, train_examples=limit, seeds=[3, 5])
    fit(prepared["train"], prepared["dev"], config, machine, Path("lent"))
    ids = [f"train-{i}" for i in range(used)]
    assert calls == [(ids, 5, "majority", seed, Path("lent"), machine) for seed in (3, 5)]


def test_finished_repeats_are_handed_over(
    prepared: dict[str, Any], machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a repeat that keeps state stays where it is; the output is a copy, or a link, of its files."""
    finished = tmp_path / "finished"
    finished.mkdir()
    (finished / "facts.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("regen.estimators.repeats.fit_repeats", lambda *_: {"repeat-s0-f0": finished})
    folder = fitted(prepared, made_up_cell("majority", TASK), tmp_path / "model", machine)
    assert (folder / "repeat-s0-f0" / "facts.json").read_text(encoding="utf-8") == "{}"
    assert (finished / "facts.json").is_file()


def test_predict_lends_the_encoder(prepared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    lent = []

    class Loaded:
        @classmethod
        def load(cls, folder: Path, resources: Resources) -> "Loaded":
            lent.append((folder, resources.encoder))
            return cls()

        def predict(self, examples: pd.DataFrame) -> Predictions:
            assert "label" not in examples
            return Predictions(["a"] * len(examples), np.ones(len(examples)))

    monkeypatch.setattr("regen.estimators.base.estimator_class", lambda _: Loaded)
    config = made_up_cell("majority", TASK, seeds=[2, 4])
    table = predict(Path("model"), config, Path("lent"), dev=prepared["dev"])
    assert lent == [(Path(f"model/repeat-s{seed}-f0"), Path("lent")) for seed in (2, 4)]
    assert list(table["pred"]) == ["a"] * 10


@pytest.mark.parametrize(("cut", "said"), [(4, [False, False, False, False, True] * 2), (5, None)])
def test_predict_says_which_inputs_were_cut_if_any_was(
    prepared: dict[str, Any], monkeypatch: pytest.MonkeyPatch, cut: int, said: list[bool] | None
) -> None:
    class Loaded:
        @classmethod
        def load(cls, *_: Any) -> "Loaded":
            return cls()

        def predict(self, examples: pd.DataFrame) -> Predictions:
            count = len(examples)
            return Predictions(["a"] * count, np.ones(count), np.arange(count) == cut)

    monkeypatch.setattr("regen.estimators.base.estimator_class", lambda _: Loaded)
    table = predict(Path("model"), made_up_cell("majority", TASK), dev=prepared["dev"], test=prepared["test"])
    assert (table["truncated"].tolist() if "truncated" in table else None) == said


def test_fit_with_fewer_examples_learns_less(prepared: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    train = prepared["train"].iloc[::-1]
    config = made_up_cell("majority", TASK, train_examples=1)
    folder = fitted({**prepared, "train": train}, config, tmp_path / "model", machine)
    assert json.loads((folder / "repeat-s0-f0" / "model.json").read_text(encoding="utf-8"))["label"] == "c"


def test_predict_gives_a_row_per_repeat_split_and_example(
    prepared: dict[str, Any], machine: Machine, tmp_path: Path
) -> None:
    config = made_up_cell("linear", TASK, seeds=[3, 5])
    model = fitted(prepared, config, tmp_path / "model", machine)
    table = predict(model, config, dev=prepared["dev"], test_hidden=prepared["test_hidden"])
    assert list(table.columns) == ["seed", "fold", "split", "id", "gold", "pred", "score"]
    assert list(table.index) == list(range(20))
    expected = [
        (seed, 0, split, f"{split}-{i}") for seed in (3, 5) for split in ("dev", "test_hidden") for i in range(5)
    ]
    assert list(table[["seed", "fold", "split", "id"]].itertuples(index=False, name=None)) == expected
    assert list(table["gold"][:5]) == [label for _, label in ROWS]
    assert table["gold"][5:10].isna().all()
    assert list(table["pred"][:5]) == list(table["pred"][5:10]) == [label for _, label in ROWS]
    assert ((table["score"] > 1 / 3) & (table["score"] < 1)).all()


def test_predict_keeps_documents(tmp_path: Path, machine: Machine) -> None:
    frame = pd.DataFrame(
        {
            "id": ["x-0", "x-1", "x-2"],
            "document": [0, 0, 1],
            "tokens": [["Ann", "left"], ["Paris"], ["rain"]],
            "tags": [["B-PER", "O"], ["B-LOC"], ["O"]],
        }
    )
    config = made_up_cell("majority", NAMES)
    model = fitted({"train": frame, "dev": frame}, config, tmp_path / "model", machine)
    table = predict(model, config, dev=frame, test=frame)
    assert list(table.columns) == ["seed", "fold", "split", "id", "document", "gold", "pred", "score"]
    assert list(table["pred"][:3]) == list(frame["tags"])
    card = {"splits": {"train": {"examples": 3}}}
    scored = score(model, table, card, config, StatisticsConfig(resamples=100), machine)
    assert scored["metrics"]["dev"]["span_f1"] == 1.0
    assert scored["record"]["scores"]["dev"]["interval"]["over"] == "documents"
    assert scored["record"]["training"]["models"] == [{"phrases": 2}]
    assert not [word for word in ("Ann", "left", "Paris") if word in json.dumps(scored["record"])]


def test_predict_hands_over_the_tokens_where_the_metric_looks_at_them(tmp_path: Path, machine: Machine) -> None:
    frame = pd.DataFrame(
        {"id": ["x-0"], "document": [0], "tokens": [list("小明来")], "tags": [["B-PER", "I-PER", "O"]]}
    )
    config = made_up_cell("majority", NAMES.model_copy(update={"metric": "surface_macro_f1"}))
    model = fitted({"train": frame, "dev": frame}, config, tmp_path / "model", machine)
    table = predict(model, config, dev=frame, test=frame)
    assert table["tokens"].tolist() == [list("小明来")] * 2
    card = {"splits": {"train": {"examples": 1}}}
    scored = score(model, table, card, config, StatisticsConfig(resamples=100), machine)
    assert scored["metrics"]["dev"]["surface_macro_f1"] == round(1 / len(config.labels), 6)
    assert "小明" not in json.dumps(scored["record"], ensure_ascii=False)


def test_score_gives_a_record_its_headline_and_a_figure(outputs: dict[str, Any]) -> None:
    record = outputs["linear__record"]
    assert set(record["scores"]) == {"dev", "test"}
    assert record["scores"]["dev"]["values"] == [1.0, 1.0]
    assert outputs["linear__metrics"]["test"] == {"accuracy": 1.0, "low": 1.0, "high": 1.0}
    assert outputs["majority__metrics"]["dev"]["accuracy"] == 0.4
    assert isinstance(outputs["linear__confusion"], go.Figure)
    assert len(record["training"]["models"]) == 2


def test_a_record_holds_no_text_of_the_data(outputs: dict[str, Any]) -> None:
    for name in ("majority", "linear"):
        written = json.dumps(outputs[f"{name}__record"], allow_nan=False)
        assert not [word for text, _ in ROWS for word in text.split() if word in written]


def test_an_analysis_holds_no_text_of_the_data(outputs: dict[str, Any]) -> None:
    found = outputs["linear__analysis"]
    assert (found["cell"], set(found["splits"])) == ("made_up.linear", {"dev", "test"})
    assert found["repeat"] == {"seed": 3, "fold": 0}
    written = json.dumps(found, allow_nan=False)
    assert not [word for text, _ in ROWS for word in text.split() if word in written]


def test_a_page_shows_the_examples_of_dev(prepared: dict[str, Any], outputs: dict[str, Any], tmp_path: Path) -> None:
    read = pd.read_parquet(tmp_path / "predictions.parquet")
    (tmp_path / "page").mkdir()
    show_examples(read, outputs["linear__record"], prepared["dev"])(tmp_path / "page")
    assert "zebra quokka" in (tmp_path / "page" / "index.html").read_text(encoding="utf-8")


def test_gather_puts_cells_side_by_side(outputs: dict[str, Any]) -> None:
    gathered = gather(StatisticsConfig(resamples=100), **outputs)
    assert set(gathered) == {"records", "analyses", "standing", "results", "comparison"}
    assert gathered["standing"]["against"] == "made_up.linear"
    assert [analysis["cell"] for analysis in gathered["analyses"]] == ["made_up.majority", "made_up.linear"]
    assert [record["recipe"] for record in gathered["records"]] == ["majority", "linear"]
    assert list(gathered["results"]["recipe"]) == ["linear", "majority"] * 2
    assert [list(bar.x) for bar in gathered["comparison"].data] == [["majority", "linear"]] * 2


OVERLAPS = {"made_up": {"kin": "all of dev (seen from kin)"}}
SHARED = "Texts shared with kin: all of dev (seen from kin). Nothing trained on kin may be scored here."


def test_pages_of_a_suite(outputs: dict[str, Any], tmp_path: Path) -> None:
    gathered = gather(StatisticsConfig(resamples=100), **outputs)
    suite = SuiteSpec(title="A made-up suite", cells=("made_up.majority", "made_up.linear"))
    drawn = {"examples": 5, "of": 5, "by": "examples", "seed": 0}
    told = {"cell": "made_up.linear", "drawn": drawn, "robustness": {}, "bias": {}, "skipped": []}
    given = {f"made_up__{name}": value for name, value in gathered.items()}
    reported = report_suite(
        suite,
        PagesConfig(benchmarks={"made_up": "sample"}, overlaps=OVERLAPS),
        **given,
        made_up__linear__examination=told,
    )
    assert set(reported) == {"site", "leaderboard"}
    assert list(reported["leaderboard"]["recipe"]) == ["linear", "majority"] * 2
    (tmp_path / "site").mkdir()
    reported["site"](tmp_path / "site")
    assert "A made-up suite" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert SHARED in (tmp_path / "site" / "tasks" / "made_up.html").read_text(encoding="utf-8")


def report_over(committed: Any, counted: Any, analysed: Any, machine: Machine) -> dict[str, Any]:
    project = PagesConfig(benchmarks={"made_up": "sample"}, overlaps=OVERLAPS)
    return report_all(committed, counted, analysed, {}, machine, {}, project, StatisticsConfig(resamples=100))


def test_pages_over_all_records(outputs: dict[str, Any], machine: Machine, tmp_path: Path) -> None:
    committed = {f"made_up/{name}": lambda name=name: outputs[f"{name}__record"] for name in ("majority", "linear")}
    analysed = {"made_up/linear": lambda: outputs["linear__analysis"]}
    counted = {f"made_up/{name}/": lambda name=name: outputs[f"{name}__outcomes"] for name in ("majority", "linear")}
    reported = report_over(committed, counted, analysed, machine)
    assert set(reported) == {"site", "leaderboard", "readme", "index", "pages"}
    assert len(reported["leaderboard"]) == 4
    assert "linear" in reported["readme"]
    assert "linear" in reported["index"]
    (tmp_path / "pages").mkdir()
    reported["pages"](tmp_path / "pages")
    assert "Difference to linear" in (tmp_path / "pages" / "made_up.md").read_text(encoding="utf-8")
    (tmp_path / "site").mkdir()
    reported["site"](tmp_path / "site")
    assert (tmp_path / "site" / "index.html").is_file()
    assert SHARED in (tmp_path / "site" / "tasks" / "made_up.html").read_text(encoding="utf-8")


def test_pages_do_not_depend_on_the_order_of_records(outputs: dict[str, Any], machine: Machine) -> None:
    linear = outputs["linear__record"]
    same = {**linear, "recipe": "same", "cell": "made_up.same"}
    committed = {"made_up/linear": lambda: linear, "made_up/same": lambda: same}
    forward, backward = (
        report_over(dict(items), {}, {}, machine) for items in (committed.items(), reversed(committed.items()))
    )
    assert forward["index"] == backward["index"]
    pd.testing.assert_frame_equal(forward["leaderboard"], backward["leaderboard"])
