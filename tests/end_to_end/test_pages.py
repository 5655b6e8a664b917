"""What a person looks at: the notebook, Kedro-Viz and the pictures of them."""

import json
import shutil

import nbformat
import pytest
from nbclient import NotebookClient
from project_clone import Clone

from regen.pipelines.search.pipeline import VIEWS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.exhaustive,  # they need the whole sample suite
    # The kernel's own libraries warn; the notebook's cells have their own warnings shown in their output.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning"),
]


def test_notebooks_run(whole_samples: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in whole_samples.env.items():
        monkeypatch.setenv(name, value)
    for path in sorted((whole_samples.root / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
        outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
        assert not [output for output in outputs if "Warning" in str(output.get("text", ""))]


PREVIEWS = """
import json, sys
sys.path.insert(0, "docs")
import requests
from pictures import kedro_viz
with kedro_viz() as address:
    shown = {}
    for node in requests.get(f"{address}/api/main", timeout=60).json()["nodes"]:
        if node["type"] == "data" and node["name"].startswith("sample_ner"):
            answer = requests.get(f"{address}/api/nodes/{node['id']}", timeout=60)
            answer.raise_for_status()
            shown[node["name"]] = answer.json().get("preview_type") if answer.json().get("preview") else None
print("PREVIEWS", json.dumps(shown))
"""


def test_datasets_have_previews_in_kedro_viz(whole_samples: Clone) -> None:
    done = whole_samples.tried("python", "-c", PREVIEWS)
    printed = done.stdout
    if "Kedro-Viz did not start" in printed:
        pytest.skip("Kedro-Viz did not start on this machine")
    assert done.returncode == 0, printed[-3000:]
    shown = json.loads(printed.split("PREVIEWS ")[1])
    assert {name.removeprefix("sample_ner."): kind for name, kind in shown.items() if "majority" not in name} == {
        "raw": None,
        "card": "JSONPreview",
        "examples_train": "TablePreview",
        "examples_dev": "TablePreview",
        "examples_test": "TablePreview",
        "crf.model": None,
        "crf.predictions": "TablePreview",
        "crf.record": "JSONPreview",
        "crf.metrics": "JSONPreview",
        "crf.confusion": "PlotlyPreview",
        "crf.outcomes": "TablePreview",
        "crf.analysis": "JSONPreview",
        "crf.examination": "JSONPreview",
        "crf.attributions": None,
        "crf.examples_page": None,
        "minilm.model": None,
        "minilm.predictions": "TablePreview",
        "minilm.record": "JSONPreview",
        "minilm.metrics": "JSONPreview",
        "minilm.confusion": "PlotlyPreview",
        "minilm.outcomes": "TablePreview",
        "minilm.analysis": "JSONPreview",
        "minilm.examples_page": None,
        "minilm_search.trials": "JSONPreview",
        "minilm_search.best": "JSONPreview",
        **{f"minilm_search.search_{view}": "PlotlyPreview" for view in VIEWS},
        "minilm_search.model": None,
        "minilm_search.predictions": "TablePreview",
        "minilm_search.record": "JSONPreview",
        "minilm_search.metrics": "JSONPreview",
        "minilm_search.confusion": "PlotlyPreview",
        "minilm_search.outcomes": "TablePreview",
        "minilm_search.analysis": "JSONPreview",
        "minilm_search.examples_page": None,
        "records": "JSONPreview",
        "analyses": "JSONPreview",
        "standing": "JSONPreview",
        "results": "TablePreview",
        "comparison": "PlotlyPreview",
    }


@pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("chromedriver")), reason="chromium is not installed")
def test_pictures_of_kedro_viz_and_the_report(whole_samples: Clone) -> None:
    for path in (whole_samples.root / "docs/images").glob("*.png"):
        path.unlink()
    done = whole_samples.tried("python", "docs/pictures.py")
    printed = done.stdout
    if "Kedro-Viz did not start" in printed:
        pytest.skip("Kedro-Viz did not start on this machine")
    assert done.returncode == 0, printed[-3000:]
    assert "Warning" not in printed
    sizes = {path.name: path.stat().st_size for path in (whole_samples.root / "docs/images").glob("*.png")}
    assert set(sizes) == {"pipeline.png", "preview.png", "report.png", "task.png"}
    assert min(sizes.values()) > 20_000, "a picture is empty"
