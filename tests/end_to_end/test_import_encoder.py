"""An encoder of one's own, through the real commands."""

from pathlib import Path

import pytest
from project_clone import Clone

from tiny_models import BERT_TOKENS, bert_folder, read_json

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

RUN = ("kedro", "run", "--pipelines", "import_encoder", "--namespaces", "mine")


def test_own_encoder_from_one_yaml_file(clone: Clone, tmp_path: Path) -> None:
    published = bert_folder(tmp_path / "bert")
    config = clone.root / "conf/base/encoders/mine.yml"
    config.write_text(
        f"""mine:
  title: Mine
  languages: [en]
  licence: internal
  source: trained here
  folder: {published}
  special_tokens: {BERT_TOKENS}
  max_length: 20
""",
        encoding="utf-8",
    )
    clone.run(*RUN)
    folder = clone.root / "data/02_intermediate/encoders/mine"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert read_json(folder / "encoder.json")["name"] == "mine"
    clone.run(*RUN)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    (published / "model.safetensors").rename(published / "pytorch_model.bin")
    printed = clone.run(*RUN, ok=False)
    assert "Error: encoder mine: only pickled weights (pytorch_model.bin)" in printed
    assert "Traceback" not in printed
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}  # the old one is still there
    assert sorted(path.name for path in folder.parent.iterdir()) == ["mine"]
