"""Chinese in the other script: simplified characters become traditional ones, and the other way round, by OpenCC.

The package is ``opencc-python-reimplemented``, OpenCC's dictionaries in Python (requirements-examine.in).
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any


def available() -> bool:
    """Say whether OpenCC is installed."""
    return find_spec("opencc") is not None


def other_script(text: str) -> str:
    """Write a text in the other script; which one it is in shows in how many characters either way would change.

    Dictionaries hold whole phrases, so that 头发 becomes 頭髮 and 发现 becomes 發現.
    """
    traditional, simplified = (_converter(way)(text) for way in ("s2t", "t2s"))
    return traditional if _changes(text, traditional) >= _changes(text, simplified) else simplified


@cache
def _converter(way: str) -> Callable[[str], str]:
    import opencc

    convert: Any = opencc.OpenCC(way).convert
    return cache(lambda text: str(convert(text)))


def _changes(old: str, new: str) -> int:
    return sum(a != b for a, b in zip(old, new, strict=False))
