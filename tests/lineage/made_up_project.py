"""A project with one task, three recipes, two encoders and a suite, as files."""

from pathlib import Path
from typing import Any

import yaml

from regen.config.load import SECTIONS, Specs, load_specs

TASK = """\
topics:
  title: Topics
  benchmark: sample
  type: classification
  language: en
  licence: CC0-1.0
  source: this test
  files:
    - {name: train.json, sources: [{path: data/samples/topics/train.json}, {mirror: topics/train.json}]}
    - {name: dev.json, sources: [{mirror: topics/dev.json}]}
    - {name: test.json, sources: [{path: data/samples/topics/test.json}]}
  read:
    format: json_lines
    fields: {text: text, label: label}
    labels: [a, b]
    splits:
      train: {file: train.json}
      dev: {file: dev.json}
      test: {file: test.json}
  metric: accuracy
  overrides:
    child: {c: 3.0}
"""
PARENTS = """\
floor:
  title: The floor
  estimator: majority
words:
  title: Words
  estimator: linear
  options: {characters: null}
"""
CHILD = """\
child:
  title: Fewer words
  extends: words
  seeds: [1, 2]
  options: {min_frequency: 2}
"""
SUITE = """\
small:
  title: A small suite
  cells: [topics.floor, topics.child]
"""
ENCODERS = """\
local:
  title: A folder
  languages: [en]
  licence: CC0-1.0
  source: this test
  folder: data/models/local
  max_length: 20
published:
  title: Files
  languages: [en]
  licence: CC0-1.0
  source: this test
  files:
    - {name: config.json, sources: [{path: data/config.json}, {mirror: config.json}]}
"""
FILES = {
    "encoders/some.yml": ENCODERS,
    "tasks/topics.yml": TASK,
    "recipes/parents.yml": PARENTS,
    "recipes/child.yml": CHILD,
    "suites/small.yml": SUITE,
}


def write_project(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write conf/base of the project, with some files otherwise."""
    for name, text in {**FILES, **(files or {})}.items():
        path = root / "conf" / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def read_project(root: Path) -> Specs:
    """Read the specs of the project."""
    raw: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for path in sorted((root / "conf" / "base").glob("*/*.yml")):
        raw[path.parent.name] |= yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
    return load_specs(raw, [root / "conf" / "base"])
