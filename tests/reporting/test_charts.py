from collections.abc import Callable
from typing import Any

from regen.reporting.charts import comparison_chart, confusion_chart, curves_chart

Record = dict[str, Any]
Make = Callable[..., Record]


def test_comparison_has_bars_of_each_split_and_no_colours_of_its_own(record: Make) -> None:
    chart = comparison_chart("a", [record("a.x", [0.5], [0.25]), record("a.y", [0.75])])
    assert chart.id == "chart-a"
    assert [(bars["name"], bars["x"], bars["y"]) for bars in chart.figure["data"]] == [
        ("dev", ["x", "y"], [50.0, 75.0]),
        ("test", ["x"], [25.0]),
    ]
    assert chart.figure["layout"]["xaxis"]["type"] == "category"
    assert not {"template", "title"} & set(chart.figure["layout"])


def test_more_bars_need_more_room(record: Make) -> None:
    few, many = ([record(f"a.x{i}", [0.5]) for i in range(n)] for n in (2, 9))
    assert comparison_chart("a", few).least < 320 < comparison_chart("a", many).least


def test_confusion_blanks_zeros_and_escapes_labels(record: Make) -> None:
    chart = confusion_chart(record("a.x", [0.5], labels=("<b>x</b>", "财经"), tagging=True))
    assert chart is not None
    (matrix,) = chart.figure["data"]
    assert matrix["x"] == matrix["y"] == ["&lt;b&gt;x&lt;/b&gt;", "财经"] or matrix["x"][0] == "财经"
    assert sorted(number for row in matrix["z"] for number in row) == [0, 1, 1200, 1201]
    assert [number for row in matrix["text"] for number in row].count("") == 1
    assert "colorscale" not in matrix
    assert chart.figure["layout"]["xaxis"]["type"] == chart.figure["layout"]["yaxis"]["type"] == "category"


def test_no_confusion_no_chart(record: Make) -> None:
    bare = record("a.x", [0.5], [0.5])
    for repeat in bare["scores"]["dev"]["repeats"]:
        del repeat["confusion"]
    assert confusion_chart(bare) is None
    del bare["scores"]["dev"]
    assert confusion_chart(bare) is None


def history(*rows: tuple[float, float, float]) -> list[dict[str, float]]:
    names = ("train_loss", "dev_loss", "dev_score")
    return [{"epoch": epoch, **dict(zip(names, row, strict=True))} for epoch, row in enumerate(rows, start=1)]


def test_curves_of_each_repeat_in_the_same_order(record: Make) -> None:
    models = [
        {"history": history((1.5, 1.25, 0.5), (0.5, float("nan"), 0.75))},
        {"history": history((1.0, 0.875, 0.625))},
    ]
    chart = curves_chart(record("a.x", [0.5, 0.6], models=models))
    assert chart is not None
    assert chart.id == "curves-a.x"
    assert [(line["name"], line["x"], line["y"], line["yaxis"]) for line in chart.figure["data"]] == [
        ("score on dev, seed 0", [1, 2], [50.0, 75.0], "y"),
        ("loss on train, seed 0", [1, 2], [1.5, 0.5], "y2"),
        ("loss on dev, seed 0", [1, 2], [1.25, None], "y2"),
        ("score on dev, seed 1", [1], [62.5], "y"),
        ("loss on train, seed 1", [1], [1.0], "y2"),
        ("loss on dev, seed 1", [1], [0.875], "y2"),
    ]
    assert [line["line"]["dash"] for line in chart.figure["data"]] == [*["solid"] * 3, *["dash"] * 3]
    assert chart.figure["layout"]["yaxis"]["title"]["text"] == "accuracy × 100"


def test_curves_of_one_repeat_do_not_name_it(record: Make) -> None:
    chart = curves_chart(record("a.x", [0.5], models=[{"history": history(*[(1.0, 1.0, 0.5)] * 30)}]))
    assert chart is not None
    assert [line["name"] for line in chart.figure["data"]] == ["score on dev", "loss on train", "loss on dev"]
    assert chart.figure["layout"]["xaxis"]["dtick"] == 3


def test_no_history_no_curves(record: Make) -> None:
    assert curves_chart(record("a.x", [0.5])) is None
    assert curves_chart(record("a.x", [0.5], models=[{"history": []}])) is None
