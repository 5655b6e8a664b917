"""``docs/add-a-task.md``, followed to the letter."""

import json
import re
from pathlib import Path

import pytest
from project_clone import Clone

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

STEP = re.compile(r"(?:^`(?P<file>[\w./-]+)`\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def _told(clone: Clone) -> dict[str, object]:
    """Give what has come of it, before the last step takes it away."""
    site = clone.root / "data/08_reporting/site/tickets_first/index.html"
    record = clone.root / "data/08_reporting/cells/tickets/linear/record.json"
    return {
        "page": "tickets" in site.read_text("utf-8"),
        "examples": json.loads(record.read_text("utf-8"))["training"]["examples"],
        "pinned": "null" not in (clone.root / "conf/base/tasks/tickets.yml").read_text("utf-8"),
        "second run": "Running stage" in clone.run("dvc", "repro", "lineage/tickets/dvc.yaml"),
    }


@pytest.mark.timeout(900)
def test_guide_leads_to_a_result_and_back(clone: Clone, project_root: Path) -> None:
    guide = (project_root / "docs/add-a-task.md").read_text("utf-8")
    before, told = clone.run("git", "status", "--porcelain"), {}
    for step in STEP.finditer(guide):
        if step["kind"] == "bash":
            if step["text"].startswith("rm "):
                told = _told(clone)
            clone.run("bash", "-euc", step["text"])
        else:
            path = clone.root / step["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"], encoding="utf-8")
    assert told == {"page": True, "examples": 8, "pinned": True, "second run": False}
    assert clone.run("git", "status", "--porcelain") == before
