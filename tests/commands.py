"""The project's own commands, run in this process."""

from pathlib import Path

from click.testing import CliRunner, Result
from kedro.framework.startup import ProjectMetadata

from regen.cli import cli


def run_command(project: Path, *arguments: str) -> Result:
    """Run a command as Kedro does, with the project's metadata."""
    metadata = ProjectMetadata(
        config_file=project / "pyproject.toml",
        package_name="regen",
        project_name="regen",
        project_path=project,
        source_dir=project / "src",
        kedro_init_version="1.7.0",
        tools=[],
        example_pipeline="",
    )
    return CliRunner().invoke(cli, arguments, obj=metadata)
