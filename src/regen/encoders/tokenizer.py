"""Tokenizers that AutoTokenizer loads as they were published.

From a folder without tokenizer_config.json, AutoTokenizer builds a tokenizer of the model's type anew from the
vocabulary: it lower-cases where the published one does not, or fails. So such a tokenizer.json is saved again with a
config that says to take it as it is.
"""

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regen.config.encoder import TOKENIZER_FILE, SpecialToken
from regen.encoders.quiet import quiet_transformers
from regen.encoders.unusable import UnusableError
from regen.sources.unavailable import one_line

TOKENIZER_CONFIG = "tokenizer_config.json"
TOKENIZER_FILES = (
    *(TOKENIZER_FILE, TOKENIZER_CONFIG, "special_tokens_map.json", "added_tokens.json"),
    *("vocab.txt", "vocab.json", "merges.txt", "sentencepiece.bpe.model", "spiece.model", "tokenizer.model"),
)
"""What a published tokenizer may consist of."""

_REQUIRED: tuple[SpecialToken, ...] = ("pad", "unk", "cls", "sep")
_PROBES = ("Hello, World! naïve Café", "花呗如何还款 2024年", "U.S. e-mail #1 ＡＢＣ ﬁne")

logger = logging.getLogger(__name__)


def import_tokenizer(found: Path, target: Path, special_tokens: Mapping[SpecialToken, str], max_length: int) -> None:
    """Put a tokenizer into a folder that holds the model's config.json.

    Args:
        found: Folder of the published files, config.json among them.
        target: The folder.
        special_tokens: Special token (``pad``, ``cls``, …) -> piece; empty where a tokenizer_config.json says it.
        max_length: The most tokens that the model takes.

    Raises:
        UnusableError: There is no tokenizer, or nothing says what its special tokens are, or it cannot be loaded.
    """
    has_file, has_config = ((found / name).is_file() for name in (TOKENIZER_FILE, TOKENIZER_CONFIG))
    if special_tokens:
        _make(found / TOKENIZER_FILE, target, special_tokens, max_length)
    elif has_config and has_file:
        for name in TOKENIZER_FILES:
            if (found / name).is_file():
                shutil.copyfile(found / name, target / name)
    elif has_config:
        _loaded(found).save_pretrained(target)
    elif has_file:
        raise UnusableError(
            f"{TOKENIZER_FILE} has no {TOKENIZER_CONFIG} beside it, so nothing says what its special tokens are; "
            "give special_tokens with pad, unk, cls, sep and mask"
        )
    else:
        raise UnusableError(
            f"a vocabulary without {TOKENIZER_FILE} and {TOKENIZER_CONFIG}: nothing says whether text is lower-cased; "
            f'write {TOKENIZER_CONFIG} beside it, with {{"do_lower_case": true}} or false'
        )
    _check(target, strict=bool(special_tokens))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object that asks for no code of its own.

    Raises:
        UnusableError: It is no JSON object, or it names code to run (``auto_map``).
    """
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise UnusableError(one_line(f"{path.name}: not JSON: {error}")) from error
    if not isinstance(content, dict):
        raise UnusableError(f"{path.name}: found {type(content).__name__}, expected a JSON object")
    if "auto_map" in content:
        raise UnusableError(
            f"{path.name}: asks to run code that comes with the model (auto_map); "
            "only models that transformers itself knows can be imported"
        )
    return content


def stated_length(found: Path) -> int | None:
    """Give the most tokens that a published tokenizer_config.json states; ``None`` where it states none."""
    path = found / TOKENIZER_CONFIG
    length = read_json(path).get("model_max_length") if path.is_file() else None
    return int(length) if isinstance(length, int) and length < 10**6 else None  # else transformers' word for «unknown»


def _make(file: Path, target: Path, special_tokens: Mapping[SpecialToken, str], max_length: int) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = _plain(file)
    lacking = [key for key in _REQUIRED if key not in special_tokens]
    if lacking:
        raise UnusableError(f"special_tokens: {', '.join(lacking)} is lacking; give {', '.join(_REQUIRED)} and mask")
    for key, piece in special_tokens.items():
        if tokenizer.token_to_id(piece) is None:
            raise UnusableError(f"special_tokens.{key}: {TOKENIZER_FILE} has no piece {piece!r}; mend the name")
    segments = ["token_type_ids"] if any(tokenizer.encode("a", "b").type_ids) else []
    with quiet_transformers():
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            model_max_length=max_length,
            model_input_names=["input_ids", *segments, "attention_mask"],
            **{f"{key}_token": piece for key, piece in special_tokens.items()},
        ).save_pretrained(target)


def _plain(file: Path) -> Any:
    """Load a tokenizer.json without what it says of padding and cutting: some published ones pad to 128 pieces."""
    from regen.encoders.pieces import plain_tokenizer

    if not file.is_file():
        raise UnusableError(f"special_tokens are for a {TOKENIZER_FILE}, and there is none; leave them out")
    try:
        return plain_tokenizer(file.parent)
    except Exception as error:  # the library raises plain Exception
        raise UnusableError(one_line(f"{file.name}: not a tokenizer: {error}")) from error


def _loaded(folder: Path) -> Any:
    from transformers import AutoTokenizer

    with quiet_transformers():
        try:
            return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        except Exception as error:  # the library raises many kinds
            raise UnusableError(one_line(f"transformers cannot load the tokenizer: {error}")) from error


def _check(folder: Path, strict: bool) -> None:
    """See that AutoTokenizer gives what the plain tokenizer.json gives, and only pieces that the model has."""
    loaded, plain = _loaded(folder), _plain(folder / TOKENIZER_FILE)
    rows = read_json(folder / "config.json").get("vocab_size", 0)
    if len(loaded) > rows:
        raise UnusableError(f"the tokenizer has {len(loaded)} pieces, the model {rows}: they are not of one model")
    for text in _PROBES:
        if loaded(text, verbose=False)["input_ids"] != plain.encode(text).ids:
            told = f"{TOKENIZER_CONFIG} makes other pieces of {text!r} than {TOKENIZER_FILE} alone"
            if strict:
                raise UnusableError(told)
            logger.warning("%s: what it says counts; with special_tokens, %s alone would", told, TOKENIZER_FILE)
