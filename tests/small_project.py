"""A project of two tasks, four recipes and one suite, whose files a test may spoil."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from regen.config.load import SECTIONS, Specs, load_specs
from regen.errors import UserError
from regen.project import config_loader, read_specs

TOPIC, NAMES = "base/tasks/topic.yml", "base/tasks/names.yml"
WORDS, MORE, PLAIN = "base/recipes/words.yml", "base/recipes/more.yml", "base/recipes/plain.yml"
TINY, DEMO = "base/encoders/tiny.yml", "base/suites/demo.yml"
"""Files of the project, below conf."""

FILES = {
    "tasks/topic.yml": """\
        topic:
          title: Topics
          benchmark: sample
          type: classification
          language: zh
          licence: CC0-1.0
          source: hand-written
          files:
            - name: all.json
              sha256: null
              sources:
                - {path: raw/all.json}
                - {mirror: all.zip, member: all.json}
          read:
            format: json_lines
            fields: {text: sentence, label: label}
            labels: [a, b]
            splits:
              train: {file: all.json}
              dev: {file: all.json}
            expected:
              train: {examples: 2}
          metric: accuracy
          overrides:
            words: {c: 2.0}
        """,
    "tasks/names.yml": """\
        names:
          title: Names
          benchmark: sample
          type: tagging
          language: en
          licence: CC0-1.0
          source: hand-written
          files: [{name: all.txt, sources: [{path: raw/all.txt}]}]
          read:
            format: conll_columns
            fields: {tokens: 0, tags: 1}
            scheme: iob2
            labels: [X]
            splits: {train: {file: all.txt}, dev: {file: all.txt}, test: {file: all.txt, labelled: false}}
          metric: span_f1
        """,
    "recipes/words.yml": """\
        words:
          title: Words
          estimator: linear
          seeds: [0, 1]
          options:
            c: 1.0
            min_frequency: 3
        """,
    "recipes/more.yml": """\
        more:
          title: More words
          extends: words
          options: {c: 5.0}
        """,
    "recipes/plain.yml": """\
        plain: {title: Plain, estimator: majority}
        """,
    "recipes/tagger.yml": """\
        tagger:
          title: Tagger
          estimator: crf
        """,
    "encoders/tiny.yml": """\
        tiny:
          title: Tiny
          layout: transformers
          languages: [en]
          licence: CC0-1.0
          source: hand-written
          files: [{name: config.json, sources: [{hub: a/b, member: config.json, revision: abc}]}]
        """,
    "suites/demo.yml": """\
        demo:
          title: Demo
          cells:
            - topic.words
            - topic.more
            - names.tagger
        """,
}


class SmallProject:
    """Its files, and what the real loader says of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "conf/local").mkdir(parents=True)
        for name, text in FILES.items():
            self.write(f"base/{name}", text)

    def write(self, name: str, text: str) -> None:
        """Write a file of conf."""
        path = self.root / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a part that stands once in a file of conf."""
        path = self.root / "conf" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def specs(self, env: str | None = None) -> Specs:
        """Read the specs as the registry does."""
        return read_specs(config_loader(self.root, env), self.root)

    def error(self, env: str | None = None) -> str:
        """Give the one line that the user reads."""
        with pytest.raises(UserError) as caught:
            self.specs(env)
        return _one_line(caught.value)

    def quick_error(self) -> str:
        """Give the same line without Kedro's loader, which takes longer than all the rest; for conf/base alone."""
        base = self.root / "conf" / "base"
        raw: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for path in base.glob("*/*.yml"):
            raw[path.parent.name] |= yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        with pytest.raises(UserError) as caught:
            load_specs(raw, [self.root / "conf" / "local", base])
        return _one_line(caught.value)

    def check_mistake(self, file: str, old: str, new: str, said: str) -> None:
        """Edit a file below conf; the line that is said begins with its path and with ``said``."""
        self.edit(file, old, new)
        assert self.quick_error().startswith(f"conf/{file}{said}")


def _one_line(error: UserError) -> str:
    message = str(error)
    assert len(message.splitlines()) == 1
    return message
