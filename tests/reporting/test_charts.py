from collections.abc import Callable
from typing import Any

from regen.reporting.charts import comparison_chart, confusion_chart

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
