"""YAML files that hold plain values alone, read by libyaml: in a tenth of the time that OmegaConf takes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml
from omegaconf._utils import get_yaml_loader

_KEYS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "merge"))
_VALUES = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map"))
_STR = "tag:yaml.org,2002:str"


def read_plain(folders: Iterable[Path], pattern: str) -> dict[str, Any] | None:
    """Read a section of the config as Kedro's loader does with the merge strategy ``soft``.

    Args:
        folders: The environments, the one that overrides last.
        pattern: What the names of the section's files match, within each.

    Returns:
        The merged section, or ``None`` where a file needs the loader: to resolve what it refers to, or to say what is
        wrong with it.
    """
    merged: dict[str, Any] = {}
    try:
        for folder in folders:
            merged = _over(merged, _read(path for path in folder.glob(pattern) if not path.name.startswith(".")))
    except (yaml.YAMLError, UnicodeDecodeError, _OddError):
        return None
    return merged


class _OddError(Exception):
    """Something that the loader has to say more about."""


def _read(paths: Iterable[Path]) -> dict[str, Any]:
    """Read the files of one environment; keys that begin with ``_`` are notes."""
    held: dict[str, Any] = {}
    for path in paths:
        content = yaml.load(path.read_text(encoding="utf-8"), _PlainLoader)
        if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
            raise _OddError
        content = {key: value for key, value in content.items() if not key.startswith("_")}
        if content.keys() & held.keys():
            raise _OddError
        held |= content
    return held


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two mappings, also within; whatever else stands above replaces what is below."""
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        kinds = {type(value) for value in (below[key], above[key])}
        if kinds == {dict}:
            merged[key] = _over(below[key], above[key])
        elif kinds == {dict, list}:
            raise _OddError
    return merged


class _PlainLoader(yaml.CSafeLoader):
    """Takes scalars for what OmegaConf takes them, and refuses whatever that would not take as it is."""

    # OmegaConf knows no times, and takes 1e-5 for a number; it has no public name for that.
    yaml_implicit_resolvers = get_yaml_loader().yaml_implicit_resolvers
    yaml_constructors: ClassVar = {
        tag: make for tag, make in yaml.SafeLoader.yaml_constructors.items() if tag in _VALUES or tag is None
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse keys that stand twice, and keys of a type that OmegaConf refuses."""
        names = [key.value for key, _ in node.value if key.tag == _STR]
        if len(set(names)) < len(names) or any(key.tag not in _KEYS for key, _ in node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key twice, or of another type", node.start_mark)
        return super().construct_mapping(node, deep=deep)

    def construct_text(self, node: yaml.ScalarNode) -> str:
        """Refuse references, and the mark of a missing value."""
        text = str(self.construct_scalar(node))
        if "${" in text or text == "???":
            raise yaml.constructor.ConstructorError(None, None, "a reference", node.start_mark)
        return text


_PlainLoader.add_constructor(_STR, _PlainLoader.construct_text)
