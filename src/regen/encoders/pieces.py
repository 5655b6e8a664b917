"""From text to pieces, with the tokenizer of an imported encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Encoding, Tokenizer
from tokenizers.pre_tokenizers import ByteLevel

from regen.errors import UserError


@dataclass(frozen=True)
class Template:
    """Special pieces around one text and around two, and the segment of each piece, as the tokenizer adds them.

    Attributes:
        before: Ids before the first text.
        between: Ids between two texts.
        after: Ids after a single text.
        last: Ids after the second of two texts.
        segments: Token types of ``before`` and first text, ``between``, second text and ``last``.
    """

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    last: tuple[int, ...]
    segments: tuple[int, int, int]

    def single(self, ids: list[int]) -> list[int]:
        """Put the special pieces around one text."""
        return [*self.before, *ids, *self.after]

    def pair(self, first: list[int], second: list[int]) -> tuple[list[int], list[int]]:
        """Put the special pieces around two texts; give ids and token types."""
        parts = ([*self.before, *first], list(self.between), [*second, *self.last])
        types = [kind for part, kind in zip(parts, self.segments, strict=True) for _ in part]
        return [piece for part in parts for piece in part], types


class Pieces:
    """Splits text into pieces, many texts at once and in parallel."""

    def __init__(self, encoder: Path, words: bool = False) -> None:
        """Read ``tokenizer.json`` of an imported encoder.

        Args:
            encoder: Folder of the encoder.
            words: Whether it is to split words.

        Raises:
            UserError: The tokenizer adds no special pieces, so that nothing marks the text's end.
        """
        self._tokenizer = plain_tokenizer(encoder, words)
        self.template = _template(self._tokenizer, encoder)
        self.unknown = self._special("[UNK]", "<unk>")
        self.padding = self._special("[PAD]", "<pad>")
        self.mask = self._special("[MASK]", "<mask>") or self.unknown

    def texts(self, texts: Sequence[str]) -> list[Encoding]:
        """Split texts; no special pieces are added."""
        encodings: list[Encoding] = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return encodings

    def words(self, sentences: Sequence[Sequence[str]]) -> list[Encoding]:
        """Split sentences that are lists of words; ``word_ids`` of each encoding says which piece is whose."""
        encodings: list[Encoding] = self._tokenizer.encode_batch(
            [list(words) for words in sentences], is_pretokenized=True, add_special_tokens=False
        )
        return encodings

    def _special(self, *names: str) -> int:
        """Give the id of the first of some names that the vocabulary knows; 0 if it knows none."""
        found = [number for name in names if (number := self._tokenizer.token_to_id(name)) is not None]
        return found[0] if found else 0


def plain_tokenizer(encoder: Path, words: bool = False) -> Tokenizer:
    """Read an encoder's tokenizer.json without what it says of padding and truncation.

    Args:
        encoder: Folder that holds it.
        words: Whether it is to split words: a byte-level one (RoBERTa) then puts a blank before each, as in a text.
    """
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    if words and isinstance(tokenizer.pre_tokenizer, ByteLevel):
        tokenizer.pre_tokenizer.add_prefix_space = True
    return tokenizer


def _template(tokenizer: Tokenizer, encoder: Path) -> Template:
    """Read the special pieces off an encoded text and an encoded pair."""
    plain = tokenizer.encode("a", add_special_tokens=False).ids
    single, pair = tokenizer.encode("a"), tokenizer.encode("a", "a")
    marks = [index for index, special in enumerate(single.special_tokens_mask) if not special]
    inner = [index for index, special in enumerate(pair.special_tokens_mask) if not special]
    length = len(plain)
    if not plain or len(marks) != length or len(inner) != 2 * length or len(single.ids) == length:
        raise UserError(
            f"{encoder / 'tokenizer.json'}: found no special pieces around a text, expected a post-processor that "
            "adds them; take the tokenizer of the encoder"
        )
    first, second = inner[0], inner[length]
    return Template(
        before=tuple(single.ids[: marks[0]]),
        between=tuple(pair.ids[first + length : second]),
        after=tuple(single.ids[marks[0] + length :]),
        last=tuple(pair.ids[second + length :]),
        segments=(pair.type_ids[first], pair.type_ids[first + length], pair.type_ids[second]),
    )
