"""AutoTokenizer gives the pieces of the published tokenizer, whatever that consists of."""

import logging
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from transformers import AutoTokenizer, BertTokenizer

from regen.config.encoder import SpecialToken
from regen.encoders.tokenizer import import_tokenizer, stated_length
from regen.encoders.unusable import UnusableError
from tiny_models import BERT_TOKENS, PIECES, ROBERTA_TOKENS, byte_tokenizer, read_json, write_json

TOKENS: dict[SpecialToken, str] = dict(BERT_TOKENS)  # type: ignore[assignment]  # its keys are literals there
TEXT = "Hello World, hellos! 花呗 b"


def imported(found: Path, tmp_path: Path, tokens: dict[SpecialToken, str] | None = None) -> Any:
    """Import into a folder with the model's config, and load from there."""
    target = tmp_path / "target"
    target.mkdir()
    (target / "config.json").write_bytes((found / "config.json").read_bytes())
    import_tokenizer(found, target, tokens or {}, 20)
    return AutoTokenizer.from_pretrained(target)


def refused(found: Path, tmp_path: Path, tokens: dict[SpecialToken, str] | None = None) -> str:
    with pytest.raises(UnusableError) as caught:
        imported(found, tmp_path, tokens)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_bare_tokenizer_is_taken_as_it_is(bert: Path, tmp_path: Path) -> None:
    plain = Tokenizer.from_file(str(bert / "tokenizer.json"))
    plain.no_padding()
    plain.no_truncation()
    loaded = imported(bert, tmp_path, TOKENS)
    for text in (TEXT, "Hello", "a " * 30, "[MASK] [CLS]"):
        assert loaded(text)["input_ids"] == plain.encode(text).ids
    assert loaded.convert_ids_to_tokens(loaded("Hello hello")["input_ids"]) == ["[CLS]", "Hello", "hello", "[SEP]"]
    assert loaded.model_max_length == 20
    assert {key: getattr(loaded, f"{key}_token") for key in TOKENS} == TOKENS
    assert loaded(["a", "a b"], padding=True)["input_ids"] == [[2, 15, 3, 0], [2, 15, 16, 3]]


def test_the_trap_is_there(bert: Path) -> None:
    """Without what the import writes, capital letters would be lost, silently."""
    loaded = AutoTokenizer.from_pretrained(bert)
    assert loaded.convert_ids_to_tokens(loaded("Hello hello")["input_ids"]) == ["[CLS]", "hello", "hello", "[SEP]"]


def test_segments_are_given_where_the_tokenizer_has_two(bert: Path, roberta: Path, tmp_path: Path) -> None:
    loaded = imported(bert, tmp_path, TOKENS)
    assert loaded("a", "b")["token_type_ids"] == [0, 0, 0, 1, 1]
    (tmp_path / "other").mkdir()
    tokens: dict[SpecialToken, str] = {**ROBERTA_TOKENS, "bos": "<s>", "eos": "</s>"}  # type: ignore[dict-item]
    loaded = imported(roberta, tmp_path / "other", tokens)
    assert set(loaded("a", "b")) == {"input_ids", "attention_mask"}
    assert (loaded.bos_token, loaded.eos_token) == ("<s>", "</s>")


def test_a_tokenizer_with_its_config_stays_byte_for_byte(roberta: Path, tmp_path: Path) -> None:
    (roberta / "vocab.json").write_text("{}")
    loaded = imported(roberta, tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.json"):
        assert (tmp_path / "target" / name).read_bytes() == (roberta / name).read_bytes()
    assert loaded("aB")["input_ids"] == byte_tokenizer().encode("aB").ids


def test_a_config_that_changes_the_pieces_is_told(bert: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_json(bert / "tokenizer_config.json", {"do_lower_case": True})
    with caplog.at_level(logging.WARNING, logger="regen"):
        imported(bert, tmp_path)
    assert caplog.messages[0].startswith("tokenizer_config.json makes other pieces of 'Hello, World! naïve Café' than")


def test_special_tokens_count_more_than_a_config(bert: Path, tmp_path: Path) -> None:
    write_json(bert / "tokenizer_config.json", {"do_lower_case": True})
    loaded = imported(bert, tmp_path, TOKENS)
    assert loaded.convert_ids_to_tokens(loaded("Hello")["input_ids"]) == ["[CLS]", "Hello", "[SEP]"]


@pytest.mark.parametrize("lower", [True, False])
def test_a_vocabulary_with_its_config_is_converted(bert: Path, tmp_path: Path, lower: bool) -> None:
    (bert / "tokenizer.json").unlink()
    (bert / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    write_json(bert / "tokenizer_config.json", {"do_lower_case": lower})
    loaded = imported(bert, tmp_path)
    assert (tmp_path / "target" / "tokenizer.json").is_file()
    expected = ["[CLS]", "hello" if lower else "Hello", "花", "呗", "[SEP]"]
    assert loaded.convert_ids_to_tokens(loaded("Hello花呗")["input_ids"]) == expected


def test_a_vocabulary_alone_does_not_say_enough(bert: Path, tmp_path: Path) -> None:
    (bert / "tokenizer.json").unlink()
    (bert / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    assert refused(bert, tmp_path) == (
        "a vocabulary without tokenizer.json and tokenizer_config.json: nothing says whether text is lower-cased; "
        'write tokenizer_config.json beside it, with {"do_lower_case": true} or false'
    )


def test_a_bare_tokenizer_needs_its_special_tokens(bert: Path, tmp_path: Path) -> None:
    assert refused(bert, tmp_path).endswith("give special_tokens with pad, unk, cls, sep and mask")


def test_special_tokens_that_lack_one(bert: Path, tmp_path: Path) -> None:
    tokens: dict[SpecialToken, str] = {"pad": "[PAD]", "unk": "[UNK]", "mask": "[MASK]"}
    assert refused(bert, tmp_path, tokens) == "special_tokens: cls, sep is lacking; give pad, unk, cls, sep and mask"


def test_a_piece_that_the_tokenizer_lacks(bert: Path, tmp_path: Path) -> None:
    said = refused(bert, tmp_path, {**TOKENS, "pad": "<pad>"})
    assert said == "special_tokens.pad: tokenizer.json has no piece '<pad>'; mend the name"


def test_special_tokens_without_a_tokenizer(bert: Path, tmp_path: Path) -> None:
    (bert / "tokenizer.json").unlink()
    assert refused(bert, tmp_path, TOKENS).startswith("special_tokens are for a tokenizer.json, and there is none")


def test_a_broken_tokenizer(bert: Path, tmp_path: Path) -> None:
    (bert / "tokenizer.json").write_text("{}")
    assert refused(bert, tmp_path, TOKENS).startswith("tokenizer.json: not a tokenizer: ")
    write_json(bert / "tokenizer_config.json", {"tokenizer_class": "TokenizersBackend"})
    (tmp_path / "other").mkdir()
    assert refused(bert, tmp_path / "other").startswith("transformers cannot load the tokenizer: ")


def test_a_tokenizer_of_another_model(bert: Path, tmp_path: Path) -> None:
    write_json(bert / "config.json", {**read_json(bert / "config.json"), "vocab_size": 16})
    assert refused(bert, tmp_path, TOKENS) == "the tokenizer has 17 pieces, the model 16: they are not of one model"


@pytest.mark.parametrize(
    ("config", "length"),
    [(None, None), ({}, None), ({"model_max_length": 512}, 512), ({"model_max_length": 10**30}, None)],
)
def test_the_length_that_a_tokenizer_states(tmp_path: Path, config: dict[str, int] | None, length: int | None) -> None:
    if config is not None:
        write_json(tmp_path / "tokenizer_config.json", config)
    assert stated_length(tmp_path) == length


def test_code_of_a_tokenizer_is_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["x.Mine", None]}})
    with pytest.raises(UnusableError, match=r"^tokenizer_config\.json: asks to run code that comes with the model"):
        stated_length(tmp_path)


def test_a_tokenizer_that_comes_back_another_is_refused(
    bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = BertTokenizer({piece: i for i, piece in enumerate(PIECES)})
    monkeypatch.setattr("regen.encoders.tokenizer._loaded", lambda _: other)
    said = refused(bert, tmp_path, TOKENS)
    assert said == "tokenizer_config.json makes other pieces of 'Hello, World! naïve Café' than tokenizer.json alone"
