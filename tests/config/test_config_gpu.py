"""The recipes of conf/gpu on CLUE's tasks: what the repositories of CLUE, OCNLI and CLUENER print for each."""

from pathlib import Path

import pytest

from regen.config.load import Specs
from regen.estimators.encoder.options import Options
from regen.project import config_loader, read_specs

RECIPES = ("bert_base_zh", "roberta_wwm_ext_zh", "roberta_wwm_ext_large_zh")
CHOICES = {"c3": 4, "chid": 10}
PRINTED = {
    "afqmc": (2e-5, 16, 128, 3, 0.1),
    "tnews": (2e-5, 16, 128, 3, 0.1),
    "iflytek": (2e-5, 32, 128, 3, 0.1),
    "cmnli": (3e-5, 64, 128, 2, 0.1),
    "ocnli": (2e-5, 32, 128, 3, 0.1),
    "cluewsc2020": (2e-5, 8, 128, 50, 0.1),
    "csl": (1e-5, 4, 256, 5, 0.1),
    "cmrc2018": (3e-5, 32, 512, 2, 0.1),
    "drcd": (3e-5, 32, 512, 2, 0.1),
    "chid": (2e-5, 24, 64, 3, 0.06),
    "c3": (2e-5, 24, 512, 8, 0.1),
    "cluener": (3e-5, 24, 128, 4, 0.1),
}
"""Task -> learning rate, examples of a batch, pieces, epochs, warm-up."""
LARGE = {
    "iflytek": (2e-5, 24, 128, 3, 0.1),
    "cmrc2018": (2.5e-5, 32, 512, 2, 0.1),
    "drcd": (2.5e-5, 32, 512, 2, 0.1),
    "c3": (2e-5, 16, 512, 8, 0.1),
}
"""The same of the large encoder, where it differs."""


@pytest.fixture(scope="module")
def gpu(project_root: Path) -> Specs:
    return read_specs(config_loader(project_root, "gpu"), project_root)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("task", PRINTED)
def test_published_settings_of_a_task(gpu: Specs, task: str, recipe: str) -> None:
    assert f"{task}.{recipe}" in gpu.suites["gpu"].cells
    options = gpu.config(f"{task}.{recipe}").options
    keys = ("learning_rate", "batch_examples", "max_length", "epochs", "warmup")
    printed = LARGE.get(task, PRINTED[task]) if recipe == RECIPES[-1] else PRINTED[task]
    assert tuple(options[key] for key in keys) == printed
    assert options["batch_tokens"] == printed[1] * printed[2] * CHOICES.get(task, 1)
    assert Options(**options).encoder == recipe


def test_what_a_task_overrides_in_conf_base_stays(gpu: Specs, project_root: Path) -> None:
    base = read_specs(config_loader(project_root, "base"), project_root)
    for name, task in base.tasks.items():
        assert task.overrides.items() <= gpu.tasks[name].overrides.items()
        assert not set(task.overrides) & set(RECIPES)
