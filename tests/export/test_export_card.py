from pathlib import Path

import pytest
from export_project import ExportProject
from huggingface_hub import ModelCard, metadata_load

from regen.config.encoder import EncoderSpec
from regen.export.card import _licence
from regen.export.folder import export
from regen.export.found import find


def card(project: ExportProject, target: Path, seed: int | None = None) -> Path:
    specs = project.specs
    hub = {"title": "Tiny BERT", "languages": ["en"], "licence": "MIT", "source": "x", "hub": "a/tiny"}
    specs.encoders["tiny"] = EncoderSpec.model_validate(hub)
    export(find("made_up.tuned", seed, project.data, specs), target)
    return target / "README.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ExportProject:
    project = ExportProject(tmp_path_factory.mktemp("project"), "bert", "tagging", seeds=(0, 1, 2))
    record = project.record | {"config": project.record["config"] | {"estimator": "majority", "options": {}}}
    project.write_record("plain", record)
    return project


def test_the_hub_reads_the_front_matter(project: ExportProject, tmp_path: Path) -> None:
    path = card(project, tmp_path / "out")
    data = metadata_load(path)
    assert data is not None
    assert data["base_model"] == "a/tiny"
    assert data["license"] == "cc0-1.0"
    assert (data["language"], data["pipeline_tag"], data["datasets"]) == ("en", "token-classification", ["made_up"])
    loaded = ModelCard.load(path)
    (dev, test) = loaded.data.eval_results or []
    assert (dev.dataset_split, dev.metric_type, dev.metric_value) == ("dev", "f1", 0.7)
    assert dev.metric_name == "span_f1 (mean of 3 × 100: 60.00 [30.00, 70.00])"
    assert (test.dataset_split, test.metric_value) == ("test", 0.38)
    assert loaded.data.model_name == "made_up-tuned-s2"


def test_the_card_says_what_the_record_says(project: ExportProject, tmp_path: Path) -> None:
    text = card(project, tmp_path / "out").read_text("utf-8")
    assert "Tiny BERT, fine-tuned on Made up with the recipe `tuned`." in text
    assert "the model of seed 2, one of 3, the best on dev." in text
    assert "| dev | 70.00 | 60.00 | 10.00 | [30.00, 70.00] | 60.00 |" in text
    assert "Interval: 95 %, 1,000 resamples over examples." in text
    assert "| learning_rate | 0.0002 |" in text
    assert "dvc repro lineage/made_up/tuned/dvc.yaml:made_up.tuned.analyse\nkedro export made_up.tuned --seed 2" in text
    assert f"| config | {project.config.digest} |" in text
    assert "{" not in text.split("## How to use")[0]
    assert "the best on dev" not in text.split("## Limits")[1]
    assert "\n\n\n" not in text.split("```python")[0]


def test_another_seed_is_not_called_the_best(project: ExportProject, tmp_path: Path) -> None:
    assert "one of 3, not the best on dev." in card(project, tmp_path / "out", seed=1).read_text("utf-8")


def test_what_sets_the_scores_apart_is_said(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging", context=True)
    project.record["config"]["train_examples"] = 100
    facts = project.record["training"]["models"][0]
    facts["hardware"]["precision"] = "bf16"
    checkpoint = project.checkpoint(0) / "facts.json"
    checkpoint.write_text(checkpoint.read_text("utf-8").replace("f32", "bf16"), encoding="utf-8")
    project.write_record()
    text = card(project, tmp_path / "out").read_text("utf-8")
    assert "on 1,234 training examples." in text
    assert "neighbouring sentences" in text
    assert "in bf16" in text
    assert "one of 1." in text


def test_licences_of_the_hub() -> None:
    assert _licence("Apache-2.0 (weights), MIT (package)") == {"license": "apache-2.0"}
    assert _licence("internal") == {"license": "other", "license_name": "internal"}
