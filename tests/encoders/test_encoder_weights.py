"""Weights of transformers folders: right names, 32 bits, nothing drawn at random, nothing that runs code."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from regen.encoders.unusable import UnusableError
from regen.encoders.weights import import_weights, wanted_files
from tiny_models import bert_folder, read_json, write_json

SAFE = {"config.json", "model.safetensors", "tokenizer.json"}


def imported(found: Path, target: Path) -> dict[str, torch.Tensor]:
    target.mkdir()
    import_weights(found, target)
    return load_file(target / "model.safetensors")


def refused(found: Path, tmp_path: Path) -> str:
    (tmp_path / "target").mkdir()
    with pytest.raises(UnusableError) as caught:
        import_weights(found, tmp_path / "target")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_prefix_and_head_go_and_the_pooler_is_never_drawn(bert: Path, tmp_path: Path) -> None:
    published = load_file(bert / "model.safetensors")
    weights = imported(bert, tmp_path / "target")
    assert {f"bert.{name}" for name in weights} == {name for name in published if not name.startswith("cls.")}
    assert all(torch.equal(weights[name], published[f"bert.{name}"]) for name in weights)
    model, told = AutoModel.from_pretrained(tmp_path / "target", dtype=torch.float32, output_loading_info=True)
    assert set(told["missing_keys"]) == {"pooler.dense.weight", "pooler.dense.bias"}
    assert not told["unexpected_keys"]
    assert torch.equal(model.encoder.layer[1].output.dense.weight, weights["encoder.layer.1.output.dense.weight"])


def test_weights_of_16_bits_become_32_and_a_pooler_stays(roberta: Path, tmp_path: Path) -> None:
    published = load_file(roberta / "model.safetensors")
    weights = imported(roberta, tmp_path / "target")
    assert {tensor.dtype for tensor in published.values()} == {torch.float16}
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
    assert weights.keys() == published.keys()
    assert "pooler.dense.weight" in weights
    assert all(torch.equal(weights[name], published[name].float()) for name in weights)


def test_the_config_stays_byte_for_byte(bert: Path, tmp_path: Path) -> None:
    imported(bert, tmp_path / "target")
    assert (tmp_path / "target" / "config.json").read_bytes() == (bert / "config.json").read_bytes()


def test_parts_give_the_same_as_one_file(tmp_path: Path, bert: Path) -> None:
    parts = bert_folder(tmp_path / "parts", max_shard_size="5KB")
    names = {path.name for path in parts.iterdir()}
    assert len([name for name in names if name.startswith("model-")]) > 1
    assert set(wanted_files(names)) == names
    one, other = imported(bert, tmp_path / "one"), imported(parts, tmp_path / "other")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    part = next(path for path in parts.iterdir() if path.name.startswith("model-00001-"))
    part.unlink()
    assert refused(parts, tmp_path) == f"model.safetensors.index.json: names {part.name}, which is not there; add it"


def test_an_index_without_a_map(bert: Path, tmp_path: Path) -> None:
    write_json(bert / "model.safetensors.index.json", {"weight_map": {}})
    assert refused(bert, tmp_path).startswith("model.safetensors.index.json: no 'weight_map' in it")


def test_code_of_the_model_is_refused(bert: Path, tmp_path: Path) -> None:
    config = read_json(bert / "config.json")
    write_json(bert / "config.json", {**config, "auto_map": {"AutoModel": "modeling.Mine"}})
    assert refused(bert, tmp_path).startswith(
        "config.json: asks to run code that comes with the model (auto_map); only"
    )


@pytest.mark.parametrize(
    ("text", "said"), [("{", "config.json: not JSON: "), ("[]", "config.json: found list, expect")]
)
def test_a_broken_config(bert: Path, tmp_path: Path, text: str, said: str) -> None:
    (bert / "config.json").write_text(text)
    assert refused(bert, tmp_path).startswith(said)


def test_a_model_type_that_is_unknown(bert: Path, tmp_path: Path) -> None:
    write_json(bert / "config.json", {"model_type": "nothing"})
    assert refused(bert, tmp_path).startswith("transformers cannot load the model: ")


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (
            3,
            "config.json asks for encoder.layer.2.attention.output.LayerNorm.bias (of 16), which no weights are for",
        ),
        (1, "the weights hold bert.encoder.layer.1.attention.output.LayerNorm.bias (of 16), which config.json has no"),
    ],
)
def test_weights_of_another_depth(bert: Path, tmp_path: Path, layers: int, said: str) -> None:
    config = read_json(bert / "config.json")
    write_json(bert / "config.json", {**config, "num_hidden_layers": layers})
    assert refused(bert, tmp_path).startswith(said)


def test_weights_of_another_width(bert: Path, tmp_path: Path) -> None:
    config = read_json(bert / "config.json")
    write_json(bert / "config.json", {**config, "intermediate_size": 32})
    assert refused(bert, tmp_path).startswith("transformers cannot load the model: ")


def test_truncated_weights(bert: Path, tmp_path: Path) -> None:
    content = (bert / "model.safetensors").read_bytes()
    (bert / "model.safetensors").write_bytes(content[:-9])
    assert refused(bert, tmp_path).startswith("transformers cannot load the model: ")


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_position_numbers_of_old_files_go(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    found = request.getfixturevalue(kind)
    published = load_file(found / "model.safetensors")
    prefix = "bert." if kind == "bert" else ""
    published[f"{prefix}embeddings.position_ids"] = torch.arange(20)[None]
    save_file(published, found / "model.safetensors", metadata={"format": "pt"})
    assert "embeddings.position_ids" not in imported(found, tmp_path / "target")


def test_only_what_is_needed_is_wanted() -> None:
    names = {*SAFE, "vocab.txt", "README.md", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx"}
    assert wanted_files(names) == ["config.json", "model.safetensors", "tokenizer.json", "vocab.txt"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (SAFE - {"config.json"}, "no config.json in it: not a transformers folder"),
        (SAFE - {"tokenizer.json"}, "no tokenizer in it; expected tokenizer.json or a vocabulary"),
        (SAFE - {"model.safetensors"}, "no weights in it; expected model.safetensors, or model.safetensors.index.json"),
        (
            (SAFE - {"model.safetensors"}) | {"pytorch_model.bin"},
            "only pickled weights (pytorch_model.bin), which may run code when they are read; on a machine where you",
        ),
    ],
)
def test_a_folder_that_lacks_something(names: set[str], said: str) -> None:
    with pytest.raises(UnusableError) as caught:
        wanted_files(names)
    assert str(caught.value).startswith(said)
