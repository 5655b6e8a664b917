"""Models of one task that answer together: by the mean of their probabilities, or by a vote on spans.

The models are links to the files of fitted cells, and a manifest that names them with their hashes: nothing is learnt,
and no file is there twice where the file system can link.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from regen.config.cell import CellConfig
from regen.config.recipe import Assignment
from regen.config.task_types import TaskType
from regen.errors import UserError
from regen.estimators.base import LENT_NOTHING, GivesProbabilities, LabelProbabilities, Predictions, Resources
from regen.estimators.ensemble.mean import mean_probabilities, most_probable
from regen.estimators.ensemble.members import Member, price
from regen.estimators.ensemble.vote import vote
from regen.estimators.repeats import hand_over

_MANIFEST, _MEMBERS = "ensemble.json", "members"


class Model:
    """The members of one fold."""

    keeps_state = False

    def __init__(
        self,
        task_type: TaskType,
        assignment: Assignment,
        members: Sequence[Member],
        facts: dict[str, Any],
        resources: Resources = LENT_NOTHING,
    ) -> None:
        """Take the parts.

        Args:
            task_type: Task type.
            assignment: How choices are dealt to the examples of a group.
            members: Whose answers count.
            facts: What the record says of them.
            resources: The encoders that members start from, to predict with.
        """
        self._task_type, self._assignment = task_type, assignment
        self._members, self._facts, self._resources = list(members), facts, resources

    @classmethod
    def join(cls, config: CellConfig, members: Sequence[Member], *, document_context: bool = False) -> Self:
        """Make an ensemble of fitted members.

        Args:
            config: The ensemble's effective config.
            members: One or more.
            document_context: Whether some of them read neighbouring sentences, which the record tells.
        """
        facts = {
            "members": {member.name: member.sha256 for member in members},
            "estimators": sorted({member.estimator for member in members}),
            **price(members),
            "document_context": document_context,
        }
        return cls(config.task_type, config.options["assignment"], members, facts)

    @classmethod
    def fit(
        cls,
        train: pd.DataFrame,  # noqa: ARG003
        dev: pd.DataFrame,  # noqa: ARG003
        config: CellConfig,
        seed: int,  # noqa: ARG003
        resources: Resources = LENT_NOTHING,  # noqa: ARG003
    ) -> Self:
        """Refuse: an ensemble is joined, not fitted.

        Raises:
            UserError: Always.
        """
        raise UserError(
            f"cell {config.cell}: an ensemble joins fitted cells and learns from no examples; take one of its members: "
            f"{', '.join(config.options['members'])}"
        )

    def predict(self, examples: pd.DataFrame) -> Predictions:
        """Elect spans, or take the label with the highest mean probability; one member is in memory at a time."""
        if self._task_type != "tagging":
            mean = mean_probabilities([self._probabilities(member, examples) for member in self._members])
            return most_probable(examples, mean, self._assignment)
        said = [member.load(self._resources).predict(examples) for member in self._members]
        elected = [
            vote([one.labels[place] for one in said], [float(one.scores[place]) for one in said])
            for place in range(len(examples))
        ]
        return Predictions([tags for tags, _ in elected], np.array([score for _, score in elected], dtype=np.float64))

    def _probabilities(self, member: Member, examples: pd.DataFrame) -> LabelProbabilities:
        model = member.load(self._resources)
        if not isinstance(model, GivesProbabilities):
            raise TypeError(f"member {member.name}: estimator '{member.estimator}' gives no probabilities")
        return model.probabilities(examples)

    def facts(self) -> dict[str, Any]:
        """Give the members with their hashes, their estimators, and the sums of what they cost."""
        return self._facts

    def save(self, folder: Path) -> None:
        """Write ensemble.json, and link or copy the files of each member into a folder below ``members``."""
        listed = [{**asdict(member), "folder": f"{_MEMBERS}/{member.name}"} for member in self._members]
        for member, told in zip(self._members, listed, strict=True):
            hand_over(member.folder, folder / told["folder"])
        content = {
            "task_type": self._task_type,
            "assignment": self._assignment,
            "members": listed,
            "facts": self._facts,
        }
        (folder / _MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, resources: Resources = LENT_NOTHING) -> Self:
        """Read what ``save`` wrote."""
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        members = [Member(**{**told, "folder": folder / told["folder"]}) for told in content.pop("members")]
        return cls(members=members, resources=resources, **content)
