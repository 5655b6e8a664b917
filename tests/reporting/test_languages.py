"""The interface in two languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from made_records import Record, awkward_records, make_record, make_search
from pages import Page

from regen.config.costs import Price
from regen.reporting.charts import Chart
from regen.reporting.grids import Grid
from regen.reporting.languages import Translation, translation
from regen.reporting.sections import Section
from regen.reporting.site import write_site

PACKAGE = Path(__file__).parents[2] / "src" / "regen" / "reporting"
SAME = {"SVG", "PNG", "n", "F1", "P", "R", "⚠", "Δ", "中文", "English", "leaderboard.csv", "all"}
SAME |= {"config and code of now", "earlier code", "another config"}
"""What reads the same in both languages; the button names the other language, a script translates what lists offer."""
NUMBERS = re.compile(r"(⚠ )?[−–+*/·.,%\d\s\[\]()]*( (s|min|h|MB|GB))?")


def test_exact_strings_and_patterns() -> None:
    words = Translation({"tie": "并列", "{n} of {m}.": "{m} 中的 {n}。", "gold %{y}: %{z:.2f}": "标准 %{y}：%{z:.2f}"})
    assert words.chinese("tie") == "并列"
    assert words.chinese("71 of 28.") == "28 中的 71。"
    assert words.chinese("gold %{y}: %{z:.2f}") == "标准 %{y}：%{z:.2f}"
    assert words.chinese("tied") is None


def test_of_several_patterns_the_one_that_says_most() -> None:
    words = Translation({"{what} rows": "{what}行", "odd {what} rows": "异常{what}行", "odd {what}": "异常{what}"})
    assert words.chinese("odd 7 rows") == "异常7行"
    assert words.chinese("odd 7") == "异常7"


def test_parts_are_translated_too() -> None:
    words = Translation(
        {"code": "代码", "config": "配置", "Another {list}.": "{list}不同。", "the {what}": "这个{what}"}
    )
    assert words.chinese("Another config, code, data.") == "配置、代码、data不同。"
    assert words.chinese("the code") == "这个代码"
    assert words.chinese("the data") == "这个data"
    assert words.chinese("data") is None


def test_a_name_that_stands_twice_is_one_text() -> None:
    words = Translation({"From {task} to {task}": "{task} 到 {task}"})
    assert words.chinese("From a to a") == "a 到 a"
    assert words.chinese("From a to b") is None


def test_numbers_are_no_words() -> None:
    words = Translation({"{n} rows": "{n} 行"})
    for number in ("7", "14,041", "−1.5", "1/3"):
        assert words.chinese(f"{number} rows") == f"{number} 行"
    assert words.chinese("many rows") is None


def test_both_languages_in_the_page() -> None:
    words = Translation({"a < b": "甲 < 乙"})
    assert words.both("a < b") == (
        '<span class="i18n" lang="en">a &lt; b</span><span class="i18n" lang="zh">甲 &lt; 乙</span>'
    )
    assert words.both("<b>") == "&lt;b&gt;"


def test_what_a_figure_shows() -> None:
    words = Translation({"loss": "损失", "epoch": "轮次", "gold": "标准"})
    figure = {
        "data": [{"name": "loss", "x": ["gold"], "text": ["epoch"]}],
        "layout": {"xaxis": {"title": {"text": "epoch"}}, "annotations": [{"text": "nothing"}], "z": [[1]]},
    }
    assert words.of_figure(figure) == {"loss": "损失", "epoch": "轮次"}


def test_no_string_stands_twice_in_the_file() -> None:
    text = (PACKAGE / "languages" / "zh.yml").read_text(encoding="utf-8")
    keys = [key.value for key, _ in yaml.compose(text, yaml.CSafeLoader).value]
    assert sorted(keys) == sorted(set(keys))


def test_every_translation_has_the_parts_of_its_string() -> None:
    pairs = yaml.load((PACKAGE / "languages" / "zh.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    for english, chinese in pairs.items():
        assert isinstance(chinese, str), english
        assert set(re.findall(r"%?\{[^}]+\}", english)) == set(re.findall(r"%?\{[^}]+\}", chinese)), english


def test_strings_of_templates_have_a_translation() -> None:
    words = translation()
    found = [
        text
        for path in sorted((PACKAGE / "templates").glob("*.html"))
        for text in re.findall(r'"([^"]+)" \| (?:t|zh)\b', path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 40
    assert [text for text in found if words.chinese(text) is None and text != "–"] == []


def pages_of(records: list[Record], folder: Path) -> Iterator[Page]:
    spent = {"wall_seconds": 90.0, "peak_memory_bytes": 2_000_000_000, "machine": "Abacus"}
    spent |= {"energy_kwh": 0.1, "energy_by": "CPU estimated from TDP and load, GPU by NVML"}
    chart = Chart("further-chart", "loss", 300, 200, 100, {"data": [], "layout": {}})
    further = Section("further", "Data", [Grid("Counts", ["count"], [("PER", ["7"])], names=True)], [("Trials", chart)])
    write_site(
        records,
        "All results",
        folder,
        benchmarks={"ocnli": "clue"},
        costs={record["cell"]: {"fit": spent, "predict": spent} for record in records},
        price=Price(per_hour=1, currency="EUR"),
        stale={records[0]["cell"]: ["config", "code", "lock"]},
        revision="0123abc",
        task_sections={record["task"]: [further] for record in records},
        cell_sections={record["cell"]: [further] for record in records},
    )
    for path in sorted(folder.rglob("*.html")):
        yield Page(path)


def names_in(record: Record) -> set[str]:
    """Give what a page may repeat of a record: its texts, the keys of its config and what was searched."""
    searched = record.get("search", {"search": {"space": {}}})["search"]["space"]
    config = record["config"]
    heads = (f"{record['task']} · {record['metric']}", "train")
    return {*texts_in(record), *config, *searched, *heads, *config["splits"], ", ".join(config["labels"])}


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def test_whatever_is_no_name_stands_in_both_languages(tmp_path: Path) -> None:
    """Row heads, values and names of records aside, no text of any page stands in English alone."""
    records = awkward_records()
    records.append(make_record("names.sought", [0.7], [0.6], tagging=True) | {"search": make_search("names.sought")})
    records[4]["card"]["overlaps_with"] = {"snli": "some"}
    records[5]["training"]["truncated"] = {"train": 0.1, "dev": 0.2}
    records[5]["config"]["options"]["max_length"] = 128
    row = {"epoch": 1, "train_loss": 1.0, "dev_loss": 1.0, "dev_score": 0.5}
    for record in records:
        record["card"]["splits"]["dev"]["odd_rows"] = {"contradictions": {"rows": 1, "ids": ["dev-3"]}}
        record["scores"]["dev"]["unseen"] = {"examples": 90, "mean": 0.4, "interval": {"low": 0.4, "high": 0.5}}
        record["training"]["models"] = [{"history": [row]}]
        record["scores"]["dev"]["repeats"][0]["boundaries_f1"] = 0.5
    for page in pages_of(records, tmp_path):
        names = set().union(*map(names_in, records)) | {"clue", "Abacus", "PER", "0123abc"}
        plain = {text for text in page.plain if text not in names | SAME and not NUMBERS.fullmatch(text)}
        assert {text for text in plain if not is_config(text)} == set()


def is_config(text: str) -> bool:
    """Say whether a text is a key, value or hash of the tables of the config and the provenance, or a dropped label."""
    key_or_value = r"(options|splits)\..*|labels (public|hidden)|[\[{\"].*|null|true|false"
    return bool(re.fullmatch(rf"{key_or_value}|.*, sha256|\d+ × “.*”", text))


def test_the_split_is_no_statistical_test(tmp_path: Path) -> None:
    splits = ("train", "dev", "test", "test_public")
    assert list(map(translation().chinese, splits)) == ["训练集", "验证集", "测试集", None]
    write_site([make_record("a.x", [0.5], [0.4])], "All results", tmp_path)
    for name in ("index.html", "tasks/a.html", "cells/a/x.html"):
        html = (tmp_path / name).read_text(encoding="utf-8")
        assert '<span class="i18n" lang="zh">测试集</span>' in html
        assert '<span class="i18n" lang="zh">检验</span>' not in html


def test_what_tasks_share_is_in_both_languages() -> None:
    known = {
        text
        for path in sorted((PACKAGE.parents[2] / "conf/base/tasks").glob("*.yml"))
        for task in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).values()
        for text in task.get("overlaps_with", {}).values()
    }
    assert known
    assert {text for text in known if translation().chinese(text) is None} == set()
    seen = translation().chinese("all rows of dev (seen from few)")
    assert seen == "all rows of dev（就 few 而言）"


def test_a_hidden_split_names_its_metric_in_both_languages(tmp_path: Path) -> None:
    write_site([make_record("a.x", [0.5])], "All results", tmp_path)
    assert "accuracy" not in Page(tmp_path / "tasks/a.html").plain


def test_names_stay_although_they_are_words_of_the_interface(tmp_path: Path) -> None:
    record = make_record("precision.loss", [0.5], labels=("count", "tie"))
    write_site([record], "Names", tmp_path)
    for name in ("index.html", "tasks/precision.html", "cells/precision/loss.html"):
        page = Page(tmp_path / name)
        assert {"precision", "loss"} <= page.plain
    assert {"count", "tie"} <= Page(tmp_path / "cells/precision/loss.html").plain
