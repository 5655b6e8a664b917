"""Kedro makes and checks a typed parameter only where the whole signature of its node resolves."""

from inspect import signature
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from kedro.pipeline.node import Node

from regen.config.base import Spec
from regen.config.statistics import StatisticsConfig
from regen.hooks import spec_inputs
from regen.pipeline_registry import build_pipelines
from regen.project import config_loader, read_machine, read_specs


@pytest.fixture(scope="module")
def values(project_root: Path) -> dict[str, Any]:
    """What the hook hands to the nodes, and the parameter that Kedro reads itself."""
    loader = config_loader(project_root, "base")
    parameters = yaml.safe_load((project_root / "conf/base/parameters.yml").read_text(encoding="utf-8"))
    given = spec_inputs(read_specs(loader, project_root), read_machine(loader, project_root))
    return {**given, "params:statistics": StatisticsConfig(**parameters["statistics"])}


@pytest.fixture(scope="module")
def nodes(project_root: Path) -> list[Node]:
    """Every node of every registered pipeline."""
    drawn = build_pipelines(read_specs(config_loader(project_root, "base"), project_root))
    return list({node.name: node for pipeline in drawn.values() for node in pipeline.nodes}.values())


def arguments(node: Node) -> dict[str, str]:
    """Give argument -> dataset."""
    assert isinstance(node._inputs, dict)
    return node._inputs


def test_every_signature_resolves(nodes: list[Node]) -> None:
    for function in {node.func for node in nodes}:
        hints = get_type_hints(function)
        assert set(hints) == {*signature(function).parameters, "return"}, function


def test_every_parameter_has_its_type(nodes: list[Node], values: dict[str, Any]) -> None:
    checked = set()
    for node in nodes:
        hints = get_type_hints(node.func)
        for argument, name in arguments(node).items():
            if name.startswith("params:"):
                assert issubclass(hints[argument], Spec), (node.name, argument)
                assert isinstance(values[name], hints[argument]), (node.name, argument)
                checked.add(hints[argument].__name__)
    assert {"CellConfig", "ImportConfig", "Machine", "PrepareConfig", "StatisticsConfig", "SuiteSpec"} <= checked


def test_every_parameter_that_is_handed_over_is_read(nodes: list[Node], values: dict[str, Any]) -> None:
    read = {name for node in nodes for name in node.inputs if name.startswith("params:")}
    assert read == set(values)


def test_arguments_are_those_of_the_function(nodes: list[Node]) -> None:
    for node in nodes:
        signature(node.func).bind(**arguments(node))
