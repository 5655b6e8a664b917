"""Which file an encoder's stage stands in."""

import shutil
from pathlib import Path

import pytest
import yaml

from pretend_estimator import install_pretend
from regen.lineage.project import lineage_texts


def test_encoders_of_the_samples_stand_in_the_root(
    tmp_path: Path, project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_pretend(monkeypatch)
    for name in ("conf", "src"):
        shutil.copytree(project_root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "conf/base/recipes/start.yml").write_text(
        "start: {title: Start, estimator: pretend, options: {encoder: mine}}\n", encoding="utf-8"
    )
    for name in ("mine", "other"):
        (tmp_path / f"conf/base/encoders/{name}.yml").write_text(
            f"{name}: {{title: M, languages: [en], licence: x, source: y, folder: there}}\n", encoding="utf-8"
        )
    suite = tmp_path / "conf/base/suites/sample.yml"
    suite.write_text(suite.read_text("utf-8").rstrip() + "\n    - sample_ner.start\n", encoding="utf-8")
    stages = {path: yaml.load(text, yaml.CSafeLoader)["stages"] for path, text in lineage_texts(tmp_path).items()}
    assert "mine.import_encoder" in stages["dvc.yaml"]
    assert "lineage/mine/dvc.yaml" not in stages
    assert list(stages["lineage/other/dvc.yaml"]) == ["other.import_encoder"]
    assert stages["lineage/other/dvc.yaml"]["other.import_encoder"]["wdir"] == "../.."
    for stage in ("fit", "evaluate"):
        assert "data/02_intermediate/encoders/mine" in stages["dvc.yaml"][f"sample_ner.start.{stage}"]["deps"]
