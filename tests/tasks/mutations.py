"""Random damage to the bytes of a file."""

import random
import re

_PAIRS = re.compile(rb"\[[^][{}]*\]|\{[^][{}]*\}")
_NASTY = (
    b"\x00",
    b"\t",
    b"\n",
    b"\r",
    b"\n\n",
    b"\r\n",
    b" ",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    "\u2028".encode(),
    "\u0085".encode(),
    "龘".encode(),
    "🀄".encode(),
    b'"',
    b"'",
    b"\\",
    b"\\n",
    b"\\ud800",
    b"\\u0000",
    b"{",
    b"}",
    b"[",
    b"]",
    b"[]",
    b"{}",
    b",",
    b":",
    b"-",
    b"0",
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"true",
    b'""',
    b"9" * 5000,
    b"[" * 3000,
    b"#idiom",
    b"#idiom7#",
    b"-DOCSTART-",
    b"#doc",
    b"B-",
)
"""What damaged and careless files hold: control characters, broken encodings, structure, numbers out of bounds."""


def mutated(content: bytes, draw: random.Random) -> bytes:
    """Damage a file at one to three places.

    Args:
        content: The file.
        draw: Decides what and where.
    """
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        content = draw.choice((_insert, _insert, _replace, _cut, _repeat, _flip, _truncate, _lines, _lines, _hollow))(
            content, draw
        )
    return content


def _slice(content: bytes, draw: random.Random) -> tuple[int, int]:
    start = draw.randrange(len(content) + 1)
    return start, min(len(content), start + draw.choice((1, 2, 5, 20, 60)))


def _insert(content: bytes, draw: random.Random) -> bytes:
    start, _ = _slice(content, draw)
    return content[:start] + draw.choice(_NASTY) + content[start:]


def _replace(content: bytes, draw: random.Random) -> bytes:
    start, end = _slice(content, draw)
    return content[:start] + draw.choice(_NASTY) + content[end:]


def _cut(content: bytes, draw: random.Random) -> bytes:
    start, end = _slice(content, draw)
    return content[:start] + content[end:]


def _repeat(content: bytes, draw: random.Random) -> bytes:
    start, end = _slice(content, draw)
    return content[:end] + content[start:end] + content[end:]


def _flip(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return content
    place = draw.randrange(len(content))
    return content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]


def _truncate(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _hollow(content: bytes, draw: random.Random) -> bytes:
    """Lose what stands within brackets that hold no others, or with them."""
    pairs = list(_PAIRS.finditer(content))
    if not pairs:
        return content
    start, end = draw.choice(pairs).span()
    lost = draw.choice((0, 1))
    return content[: start + lost] + content[end - lost :]


def _lines(content: bytes, draw: random.Random) -> bytes:
    """Lose, repeat or exchange whole lines."""
    lines = content.split(b"\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.choice(("lose", "repeat", "exchange"))
    if kind == "lose":
        del lines[one]
    elif kind == "repeat":
        lines.insert(other, lines[one])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)
