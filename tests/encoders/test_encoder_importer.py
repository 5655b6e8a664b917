"""The whole import: from a spec to a folder that plain transformers loads, the same bytes each time."""

import hashlib
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from e5s1_writer import made_up_file
from transformers import AutoModel, AutoTokenizer

from regen.config.encoder import EncoderSpec, ImportConfig
from regen.config.machine import Machine
from regen.encoders.importer import import_encoder
from regen.errors import UserError
from regen.pipelines.import_encoder import nodes
from regen.sources.unavailable import UnavailableError
from tiny_models import BERT_TOKENS, PIECES, cased_tokenizer, read_json, write_json

REVISION = "0123456789abcdef0123456789abcdef01234567"
COMMON = {"title": "Tiny", "languages": ["en"], "licence": "CC0-1.0", "source": "this test"}


def spec(**keys: Any) -> EncoderSpec:
    return EncoderSpec.model_validate({**COMMON, **keys})


def bare(**keys: Any) -> EncoderSpec:
    """Spec of the folder ``bert`` of the project, whose tokenizer has no config."""
    return spec(**{"folder": "bert", "special_tokens": BERT_TOKENS, "max_length": 20, **keys})


def files(folder: Path, names: list[str], **keys: Any) -> EncoderSpec:
    return spec(files=[{"name": name, "sources": [{"path": str(folder / name)}]} for name in names], **keys)


def refused(given: EncoderSpec, machine: Machine, folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        import_encoder(given, "tiny", machine, folder)
    assert "\n" not in str(caught.value)
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]  # what was fetched is gone
    return str(caught.value)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("bert")
def test_a_folder_becomes_an_encoder(machine: Machine, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="regen"):
        import_encoder(bare(), "tiny", machine, folder)
    assert caplog.messages == []  # nothing to pin
    assert sorted(contents(folder)) == [
        *("config.json", "encoder.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
    ]
    model, told = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert {name.split(".")[0] for name in told["missing_keys"]} == {"pooler"}
    assert not told["unexpected_keys"]
    pieces = AutoTokenizer.from_pretrained(folder)("Hello World", return_tensors="pt")
    assert model(**pieces).last_hidden_state.shape == (1, 4, 16)
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_the_manifest_says_what_it_is(bert: Path, machine: Machine, folder: Path) -> None:
    import_encoder(bare(), "tiny", machine, folder)
    text = (folder / "encoder.json").read_text(encoding="utf-8")
    manifest = read_json(folder / "encoder.json")
    published = ("config.json", "model.safetensors", "tokenizer.json")
    assert manifest == {
        "name": "tiny",
        "licence": "CC0-1.0",
        "source": "this test",
        "max_length": 20,
        "fetched": {name: hashlib.sha256((bert / name).read_bytes()).hexdigest() for name in published},
        "files": {
            name: hashlib.sha256(content).hexdigest()
            for name, content in contents(folder).items()
            if name != "encoder.json"
        },
    }
    assert text.index('"fetched"') < text.index('"files"') < text.index('"licence"') < text.index('"name"')


def test_the_same_files_give_the_same_bytes(bert: Path, machine: Machine, folder: Path, tmp_path: Path) -> None:
    import_encoder(bare(), "tiny", machine, folder)
    torch.manual_seed(99)
    (tmp_path / "again").mkdir()
    given = {"special_tokens": BERT_TOKENS, "max_length": 20, "title": "Another title"}
    names = ["tokenizer.json", "model.safetensors", "config.json"]
    import_encoder(files(bert, names, **given), "tiny", machine, tmp_path / "again")
    first, second = contents(folder), contents(tmp_path / "again")
    assert first == {**second, "encoder.json": first["encoder.json"]}
    assert read_json(folder / "encoder.json") == read_json(tmp_path / "again" / "encoder.json")


def test_only_transformers_files_are_fetched(bert: Path, machine: Machine, folder: Path) -> None:
    (bert / "README.md").write_text("read me")
    (bert / "pytorch_model.bin").write_bytes(b"pickle")
    (bert / "adapter_config.json").write_text("{}")
    import_encoder(bare(), "tiny", machine, folder)
    assert sorted(read_json(folder / "encoder.json")["fetched"]) == [
        *("config.json", "model.safetensors", "tokenizer.json")
    ]


def test_an_absolute_folder_and_the_length_that_its_tokenizer_states(
    roberta: Path, machine: Machine, folder: Path, tmp_path: Path
) -> None:
    roberta.rename(tmp_path / "elsewhere")
    import_encoder(spec(folder=str(tmp_path / "elsewhere")), "tiny", machine, folder)
    assert read_json(folder / "encoder.json")["max_length"] == 20
    assert AutoTokenizer.from_pretrained(folder).model_max_length == 20
    assert AutoModel.from_pretrained(folder, dtype=torch.float32).dtype == torch.float32


def e5s1(machine: Machine) -> EncoderSpec:
    """Spec of a 4-bit file in the project, with the tokenizer of the tiny BERT."""
    made_up_file().write(machine.project / "tiny-q4.bin")
    cased_tokenizer().save(str(machine.project / "tokenizer.json"))
    names = ["tiny-q4.bin", "tokenizer.json"]
    return files(machine.project, names, layout="e5s1", special_tokens=BERT_TOKENS, max_length=12)


def test_a_4_bit_file_becomes_an_encoder(machine: Machine, folder: Path, tmp_path: Path) -> None:
    given = e5s1(machine)
    import_encoder(given, "tiny", machine, folder)
    model, told = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert set(told["missing_keys"]) == {"pooler.dense.weight", "pooler.dense.bias"}
    assert not told["unexpected_keys"]
    published = made_up_file().tensors["l1.fo.w"].weights
    assert model.encoder.layer[1].output.dense.weight.flatten().tolist() == published
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.convert_ids_to_tokens(tokenizer("Hello")["input_ids"]) == ["[CLS]", "Hello", "[SEP]"]
    assert len(tokenizer) == len(PIECES)
    (tmp_path / "again").mkdir()
    import_encoder(given, "tiny", machine, tmp_path / "again")
    assert contents(folder) == contents(tmp_path / "again")


def test_a_broken_4_bit_file_is_one_line(machine: Machine, folder: Path) -> None:
    given = e5s1(machine)
    (machine.project / "tiny-q4.bin").write_bytes(b"E5S2" + bytes(4))
    said = refused(given, machine, folder)
    assert said == "encoder tiny: tiny-q4.bin: begins with b'E5S2' 0, expected b'E5S1' 1"


def test_files_that_cannot_be_had(machine: Machine, folder: Path) -> None:
    given = e5s1(machine)
    (machine.project / "tiny-q4.bin").unlink()
    assert refused(given, machine, folder).startswith("tiny-q4.bin: no source gives it")


def test_unpinned_files_are_told(machine: Machine, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="regen"):
        import_encoder(e5s1(machine), "tiny", machine, folder)
    assert [message.rpartition(" ")[0].split("; ")[1] for message in caplog.messages] == [
        *["pin it with: kedro source pin"] * 2
    ]
    assert all(message.endswith(" tiny") for message in caplog.messages)


@pytest.mark.usefixtures("bert")
@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"folder": "nowhere"}, "project/nowhere: no such folder; put a transformers folder there, or mend 'folder'"),
        ({"folder": "."}, "encoder tiny: no config.json in it: not a transformers folder"),
        ({"max_length": None}, "encoder tiny: nothing says how many tokens it takes; give max_length"),
        ({"max_length": 21}, "encoder tiny: max_length: found 21, but config.json has 20 positions"),
        ({"special_tokens": {}}, "encoder tiny: tokenizer.json has no tokenizer_config.json beside it, so nothing"),
    ],
)
def test_a_spec_that_does_not_fit_its_folder(machine: Machine, folder: Path, keys: dict[str, Any], said: str) -> None:
    assert said in refused(bare(**keys), machine, folder)


def test_code_of_a_tokenizer_is_refused_whatever_the_spec_says(bert: Path, machine: Machine, folder: Path) -> None:
    write_json(bert / "tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["x.Mine", None]}})
    assert "tokenizer_config.json: asks to run code" in refused(bare(), machine, folder)


def test_files_that_lack_a_part(bert: Path, machine: Machine, folder: Path) -> None:
    assert "no weights in it" in refused(files(bert, ["config.json", "tokenizer.json"]), machine, folder)


class Hub:
    """Stands for the hub: gives the files of a folder, and notes what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[str]()

    def list_repo_files(self, repository: str, *, revision: str) -> list[str]:
        self.asked.append(f"list {repository} {revision}")
        return [path.name for path in self.folder.iterdir()]

    def hf_hub_download(self, repository: str, name: str, *, revision: str, **_: Any) -> str:
        self.asked.append(f"get {repository} {name} {revision}")
        return str(self.folder / name)


@pytest.fixture
def hub(roberta: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub that has the RoBERTa, and files that nobody wants."""
    (roberta / "README.md").write_text("read me")
    (roberta / "tf_model.h5").write_bytes(b"tf")
    hub = Hub(roberta)
    for name in ("list_repo_files", "hf_hub_download"):
        monkeypatch.setattr(f"huggingface_hub.{name}", getattr(hub, name))
    return hub


@pytest.fixture
def online(machine: Machine) -> Machine:
    return machine.model_copy(update={"offline": False})


def test_a_hub_gives_only_what_is_needed(
    hub: Hub, online: Machine, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="regen"):
        import_encoder(spec(hub="owner/name", revision=REVISION), "tiny", online, folder)
    names = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
    assert hub.asked == [f"list owner/name {REVISION}", *(f"get owner/name {name} {REVISION}" for name in names)]
    assert caplog.messages == []  # a commit pins all of it
    assert AutoModel.from_pretrained(folder, dtype=torch.float32).config.model_type == "roberta"


def test_a_branch_is_refused(hub: Hub, online: Machine, folder: Path) -> None:
    said = refused(spec(hub="owner/name"), online, folder)
    assert said.startswith("encoder tiny: hub owner/name: 'revision' is null, and a branch moves; pin it: write the 40")
    assert hub.asked == []


def test_offline_asks_no_hub(hub: Hub, machine: Machine, folder: Path) -> None:
    said = refused(spec(hub="owner/name", revision=REVISION), machine, folder)
    assert said == "encoder tiny: hub owner/name: offline; go online, or name a local copy with 'folder'"
    assert hub.asked == []


def test_a_hub_that_does_not_answer(online: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def list_repo_files(*_: Any, **__: Any) -> list[str]:
        raise ValueError("404 Client Error.\n\nRepository not found")

    monkeypatch.setattr("huggingface_hub.list_repo_files", list_repo_files)
    said = refused(spec(hub="owner/name", revision=REVISION), online, folder)
    assert said.startswith("encoder tiny: hub owner/name: 404 Client Error.; check the network, or name a local copy")


def test_pickled_weights_of_a_hub_are_not_downloaded(hub: Hub, online: Machine, folder: Path) -> None:
    (hub.folder / "model.safetensors").rename(hub.folder / "pytorch_model.bin")
    said = refused(spec(hub="owner/name", revision=REVISION), online, folder)
    assert said.startswith("encoder tiny: only pickled weights (pytorch_model.bin)")
    assert hub.asked == [f"list owner/name {REVISION}"]


@pytest.mark.usefixtures("hub")
def test_a_file_that_the_hub_does_not_give(online: Machine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise UnavailableError("gone")

    monkeypatch.setattr("regen.sources.hub.from_hub", broken)
    said = refused(spec(hub="owner/name", revision=REVISION), online, folder)
    assert said.startswith("config.json: no source gives it (hub owner/name: gone)")


@pytest.mark.usefixtures("bert")
def test_the_stage_fills_a_folder_later(machine: Machine, folder: Path) -> None:
    fill = nodes.import_encoder(ImportConfig(encoder="tiny", spec=bare()), machine)
    assert contents(folder) == {}
    fill(folder)
    assert read_json(folder / "encoder.json")["name"] == "tiny"
