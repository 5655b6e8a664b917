"""Project settings that Kedro reads on every command; keep it light."""

import warnings
from typing import Any

from regen.config.load import SECTIONS
from regen.hooks import Project, Telemetry

HOOKS = (Project(), Telemetry())

# Viz would write the state of the last partial run over that of the last whole one, and dvc runs are all partial.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-viz", "kedro-telemetry")

CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    "merge_strategy": dict.fromkeys(("parameters", "machine", *SECTIONS), "soft"),
    "config_patterns": {
        "parameters": ["parameters*.yml"],
        "machine": ["machine*.yml"],
        **{section: [f"{section}/*.yml"] for section in SECTIONS},
    },
}

# Said once of the report, which reads datasets of other namespaces on purpose.
warnings.filterwarnings("ignore", message="One or more dataset names contain '.'", category=UserWarning)
