from pathlib import Path

import pytest
import yaml

from regen.lineage.files import HEADER, render, stale, write
from regen.lineage.stages import Stage

FIT = Stage(
    name="names.crf.fit",
    namespace="names.crf",
    cmd="kedro run",
    deps=["b", "a"],
    params={"conf/z.yml": ["z.x"], "conf/a.yml": ["a.x", "a.y"]},
    outs=["data/model"],
)
SCORE = Stage("names.crf.evaluate", "names.crf", "kedro run", ["data/model"], {}, ["c"], ["r.json"], ["m.json"])
READ, OTHER = Stage("names.ingest", "names", "kedro run"), Stage("topics.ingest", "topics", "kedro run")
SITE = Stage("small.site", "small", "kedro run")


def test_each_task_and_cell_has_a_file_but_those_of_the_root() -> None:
    texts = render([READ, FIT, SCORE, OTHER, SITE], {"small", "topics"})
    assert {path: list(yaml.load(text, yaml.CSafeLoader)["stages"]) for path, text in texts.items()} == {
        "lineage/names/dvc.yaml": ["names.ingest"],
        "lineage/names/crf/dvc.yaml": ["names.crf.fit", "names.crf.evaluate"],
        "dvc.yaml": ["topics.ingest", "small.site"],
    }
    assert all(text.startswith(HEADER) for text in texts.values())


def test_entries_by_hand() -> None:
    (text,) = render([FIT, SCORE], set()).values()
    assert yaml.load(text, yaml.CSafeLoader)["stages"] == {
        "names.crf.fit": {
            "cmd": "kedro run",
            "wdir": "../../..",
            "deps": ["b", "a"],
            "params": [{"conf/a.yml": ["a.x", "a.y"]}, {"conf/z.yml": ["z.x"]}],
            "outs": ["data/model"],
        },
        "names.crf.evaluate": {
            "cmd": "kedro run",
            "wdir": "../../..",
            "deps": ["data/model"],
            "outs": ["c", {"r.json": {"cache": False}}],
            "metrics": [{"m.json": {"cache": False}}],
        },
    }


def test_stages_of_the_root_run_where_they_are() -> None:
    assert "wdir" not in yaml.safe_load(render([OTHER], {"topics"})["dvc.yaml"])["stages"]["topics.ingest"]


def plotted(name: str) -> Stage:
    plots = [f"data/{name}/{seed}.csv" for seed in (1, 2)]
    return Stage(f"{name}.fit", name, "kedro run", outs=[f"data/{name}"], plots=plots)


@pytest.mark.parametrize(("root", "before"), [({"names"}, ""), (set(), "../../../")])
def test_plots_start_at_their_file(root: set[str], before: str) -> None:
    texts = render([plotted("names.a"), FIT, plotted("names.b")], root)
    content = yaml.load(texts["dvc.yaml" if root else "lineage/names/b/dvc.yaml"], yaml.CSafeLoader)
    assert list(content) == ["stages", "plots"]
    assert [list(plot) for plot in content["plots"]] == [["names.a"], ["names.b"]][0 if root else 1 :]
    assert content["plots"][-1]["names.b"] == {
        "title": "names.b: score on dev",
        "x": "epoch",
        "y": {f"{before}data/names.b/1.csv": "dev_score", f"{before}data/names.b/2.csv": "dev_score"},
        "y_label": "score on dev",
    }


def test_no_plots_where_there_is_no_history() -> None:
    (text,) = render([FIT, SCORE], set()).values()
    assert list(yaml.load(text, yaml.CSafeLoader)) == ["stages"]


TEXTS = {"dvc.yaml": "root: 1\n", "lineage/names/dvc.yaml": "名: 1\n"}


def test_what_is_written_is_current(tmp_path: Path) -> None:
    assert stale(tmp_path, TEXTS) == sorted(TEXTS)
    assert write(tmp_path, TEXTS) == sorted(TEXTS)
    assert {path: (tmp_path / path).read_text(encoding="utf-8") for path in TEXTS} == TEXTS
    assert (stale(tmp_path, TEXTS), write(tmp_path, TEXTS)) == ([], [])


def test_only_what_is_stale_is_written(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    untouched = (tmp_path / "dvc.yaml").stat()
    changed = {**TEXTS, "lineage/names/dvc.yaml": "other: 1\n"}
    assert write(tmp_path, changed) == ["lineage/names/dvc.yaml"]
    assert (tmp_path / "lineage/names/dvc.yaml").read_text(encoding="utf-8") == "other: 1\n"
    assert (tmp_path / "dvc.yaml").stat().st_ino == untouched.st_ino


def test_what_is_no_longer_wanted_is_removed(tmp_path: Path) -> None:
    gone = ["lineage/gone/crf/dvc.yaml", "lineage/gone/dvc.yaml", "lineage/names/crf/dvc.yaml"]
    write(tmp_path, {**TEXTS, **dict.fromkeys(gone, "x: 1\n")})
    (tmp_path / "lineage/gone/crf/dvc.lock").write_text("x: 2\n")
    (tmp_path / "lineage/names/notes.txt").write_text("mine")
    assert stale(tmp_path, TEXTS) == gone
    assert write(tmp_path, TEXTS) == gone
    left = [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.glob("lineage/**/*"))]
    assert left == ["lineage/names", "lineage/names/dvc.yaml", "lineage/names/notes.txt"]


def test_an_edit_by_hand_is_stale(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    (tmp_path / "dvc.yaml").write_text("root: 1\n# mine\n", encoding="utf-8")
    assert stale(tmp_path, TEXTS) == ["dvc.yaml"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path, {**TEXTS, "dvc.yaml": "new: 1\nbroken: \ud800\n"})
    assert (tmp_path / "dvc.yaml").read_text(encoding="utf-8") == "root: 1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dvc.yaml", "lineage"]
