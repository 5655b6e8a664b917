import json
from pathlib import Path

import pytest
import torch
from export_project import ExportProject
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from regen.errors import UserError
from regen.estimators.encoder.cell import Setup
from regen.estimators.encoder.options import Options
from regen.export import stock
from regen.export.folder import FILES, export
from regen.export.found import find
from regen.export.stock import form_of


def exported(project: ExportProject, target: Path) -> dict[str, bytes]:
    export(find("made_up.tuned", None, project.data, project.specs), target)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_the_folder_is_plain_and_whole(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging")
    files = exported(project, tmp_path / "out")
    assert files.keys() == FILES - {"head.safetensors"}
    assert str(tmp_path).encode() not in b"".join(files.values())
    config = json.loads(files["config.json"])
    assert config["architectures"] == ["BertForTokenClassification"]
    assert config["id2label"] == {"0": "O", "1": "B-LOC", "2": "B-PER", "3": "I-PER"}
    assert config["label2id"] == {"O": 0, "B-LOC": 1, "B-PER": 2, "I-PER": 3}
    assert {value.dtype for value in load_file(tmp_path / "out/model.safetensors").values()} == {torch.float32}
    model, told = AutoModelForTokenClassification.from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    assert model.config._attn_implementation != "regen"


def test_equal_exports_have_equal_bytes_and_replace_each_other(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "classification", pooling="first")
    first = exported(project, tmp_path / "out")
    assert exported(project, tmp_path / "out") == first
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []
    _, told = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out", output_loading_info=True)
    assert not told["missing_keys"]


def test_characters_have_a_head_of_their_own(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging", characters=True)
    assert exported(project, tmp_path / "out").keys() == FILES
    head = load_file(tmp_path / "out/head.safetensors")
    assert head.keys() == {"place.weight", "dense.weight", "dense.bias", "out.weight", "out.bias"}


def test_models_that_answer_questions_are_refused() -> None:
    with pytest.raises(UserError, match=r"^models that answer questions \(task type span_qa\) have no exported form"):
        form_of(Setup(Options(), "span_qa", ("start", "end")), "bert")


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "tagging")
    there = tmp_path / "there"
    there.mkdir()
    (there / "thesis.tex").write_text("x")
    with pytest.raises(UserError, match=r"it holds thesis.tex, which is no exported model; name another folder"):
        exported(project, there)
    with pytest.raises(UserError, match="it is a file"):
        exported(project, there / "thesis.tex")
    assert (there / "thesis.tex").read_text() == "x"


def test_outputs_that_differ_are_refused_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = ExportProject(tmp_path, "bert", "classification", pooling="first")
    monkeypatch.setattr(stock, "_scale", lambda _: 1.0)
    with pytest.raises(UserError, match="encoder type bert: transformers gives other outputs, by"):
        exported(project, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_token_classification_that_is_not_linear_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = ExportProject(tmp_path, "bert", "tagging")
    other = stock.AutoModelForSequenceClassification
    monkeypatch.setattr(stock, "AutoModelForTokenClassification", other)
    with pytest.raises(UserError, match=r"adds bert.pooler.dense, classifier, expected one linear layer"):
        exported(project, tmp_path / "out")


def test_tanh_leaves_the_first_vector_to_the_last_bit(tmp_path: Path) -> None:
    project = ExportProject(tmp_path, "bert", "classification", pooling="first")
    exported(project, tmp_path / "out")
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "out").eval()
    dense = model.bert.pooler.dense.weight.detach()
    scale = float(1 / dense[0, 0])
    assert torch.equal(dense, torch.eye(len(dense)) / scale)
    assert scale == 2.0 ** round(torch.log2(torch.tensor(scale)).item())
    with torch.inference_mode():
        output = model.bert(torch.arange(40).reshape(4, 10))
    assert torch.equal(output.pooler_output * scale, output.last_hidden_state[:, 0])
    assert output.last_hidden_state.abs().max() > 1


@pytest.mark.parametrize("kind", ["prefix", "prompt", "p_tuning"])
def test_virtual_tokens_have_no_exported_form(tmp_path: Path, kind: str) -> None:
    project = ExportProject(tmp_path, "bert", "tagging", tuning={"type": kind, "tokens": 2})
    with pytest.raises(UserError, match=f"^models tuned with {kind} have no exported form, .*; load them with regen$"):
        exported(project, tmp_path / "out")
    assert not (tmp_path / "out").exists()
