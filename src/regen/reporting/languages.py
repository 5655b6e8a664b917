"""The interface in two languages: strings are written in English, and one YAML file gives their Chinese."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

_PLACEHOLDER = re.compile(r"(?<!%)\{(\w+)\}")
"""No value of Plotly's, as in ``%{y}``."""
_LIST = "list"
"""Stands for parts with commas between them, each of which is put into Chinese by itself."""
_NUMBERS = ("n", "m")
"""Stand for numbers alone, so that a short string does not fit whatever has its words."""
_SHOWN = ("text", "name", "hovertemplate")
"""Keys of a figure whose strings a reader sees and which are no data: those of data are lists."""


class Translation:
    """Gives the Chinese of English strings, also of those with parts that differ from page to page."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        """Take English -> Chinese; ``{name}`` stands for any text, whose own Chinese is taken where there is one."""
        self._exact = {english: chinese for english, chinese in pairs.items() if not _PLACEHOLDER.search(english)}
        patterned = [pair for pair in pairs.items() if pair[0] not in self._exact]
        patterned.sort(
            key=lambda pair: -len(_PLACEHOLDER.sub("", pair[0]))
        )  # of several that fit, the one that says most
        self._patterns = [(_pattern(english), chinese) for english, chinese in patterned]
        self._found: dict[str, str | None] = {}

    def chinese(self, text: str) -> str | None:
        """Give the Chinese of a string; None for names and whatever else is the same in both languages."""
        if text not in self._found:
            self._found[text] = self._exact.get(text) or self._by_pattern(text)
        return self._found[text]

    def _by_pattern(self, text: str) -> str | None:
        for pattern, chinese in self._patterns:
            match = pattern.fullmatch(text)
            if match:
                return self._filled(chinese, match.groupdict())
        return None

    def _filled(self, chinese: str, parts: Mapping[str, str]) -> str:
        """Put the parts of an English string into the Chinese one."""
        return _PLACEHOLDER.sub(lambda place: self._part(place[1], parts[place[1]]), chinese)

    def _part(self, name: str, text: str) -> str:
        if name == _LIST:
            return "、".join(self.chinese(part) or part for part in text.split(", "))
        return self.chinese(text) or text

    def both(self, text: str) -> Markup:
        """Write a string in both languages, of which the style sheet shows one; once where they are the same."""
        chinese = self.chinese(text)
        if chinese is None:
            return escape(text)
        spans = Markup('<span class="i18n" lang="en">{}</span><span class="i18n" lang="zh">{}</span>')
        return spans.format(text, chinese)

    def of_figure(self, figure: Mapping[str, Any]) -> dict[str, str]:
        """Give English -> Chinese for the titles, legends and hover texts of a Plotly figure."""
        found = ((text, self.chinese(text)) for text in _shown(figure))
        return {text: chinese for text, chinese in found if chinese is not None}


def _pattern(english: str) -> re.Pattern[str]:
    """Turn ``{name}`` into a group; where the name stands again, the same text has to."""
    parts, seen = [], set[str]()
    for number, part in enumerate(_PLACEHOLDER.split(english)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        else:
            stands_for = r"[+−]?\d[\d,./]*" if part in _NUMBERS else ".+?"
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>{stands_for})")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)


def _shown(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str):
                yield from [inner] * (key in _SHOWN)
            else:
                yield from _shown(inner)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for inner in value:
            yield from _shown(inner)


def translation() -> Translation:
    """Read the Chinese of the interface: ``languages/zh.yml``."""
    import yaml

    text = (files("regen.reporting") / "languages" / "zh.yml").read_text(encoding="utf-8")
    return Translation(yaml.load(text, yaml.CSafeLoader))
