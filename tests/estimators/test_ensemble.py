"""Ensembles of small fitted models."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from ensemble_members import fit_member, frame
from estimator_cases import SMALL, Case, fitted, saved
from tiny_encoders import tiny_encoder

from regen.config.task_types import TaskType
from regen.errors import UserError
from regen.estimators.base import GivesProbabilities, Resources, estimator_class
from regen.estimators.ensemble.members import Member, folder_digest, price
from regen.estimators.ensemble.model import Model
from regen.scoring.spans import extract_spans

TOPICS, NAMES = Case("ensemble", "classification", "en"), Case("ensemble", "tagging", "en")


def copies(member: Member, count: int) -> list[Member]:
    return [
        Member(f"copy_{i}", member.estimator, member.encoder, i, member.sha256, member.folder) for i in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("task_type", ["classification", "multiple_choice"])
def test_equal_members_give_the_members_own_labels(task_type: TaskType, count: int) -> None:
    case = Case("ensemble", task_type, "zh")
    config, frames = case.config(assignment="none"), case.frames()
    member = fit_member("plain", "linear", {"assignment": "none"} if "choices" in frames.test else {}, config, frames)
    alone = member.load(Resources()).predict(frames.test)
    together = Model.join(config, copies(member, count)).predict(frames.test)
    assert together.labels == alone.labels
    assert together.scores == pytest.approx(alone.scores)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_equal_taggers_give_the_members_own_spans(count: int) -> None:
    config, frames = NAMES.config(), NAMES.frames()
    member = fit_member("fields", "crf", {}, config, frames)
    alone = member.load(Resources()).predict(frames.test)
    together = Model.join(config, copies(member, count)).predict(frames.test)
    assert [extract_spans(tags) for tags in together.labels] == [extract_spans(tags) for tags in alone.labels]
    assert together.scores == pytest.approx(alone.scores)


def test_the_label_with_the_highest_mean_probability() -> None:
    """Against a computation of its own from the models' probabilities."""
    config, frames = TOPICS.config(), TOPICS.frames()
    members = [fit_member(f"c{i}", "linear", {"c": c}, config, frames) for i, c in enumerate((0.01, 1.0, 100.0))]
    values = []
    for member in members:
        model = member.load(Resources())
        assert isinstance(model, GivesProbabilities)
        said = model.probabilities(frames.test)
        values.append(np.concatenate(said.values))
    mean = (values[0] + values[1] + values[2]) / 3
    predictions = Model.join(config, members).predict(frames.test)
    assert predictions.labels == [said.labels[place] for place in mean.argmax(axis=1)]
    assert predictions.scores == pytest.approx(mean.max(axis=1))


@pytest.mark.parametrize("task_type", ["classification", "tagging", "multiple_choice"])
def test_encoders_join_with_what_needs_none(task_type: TaskType, tmp_path: Path) -> None:
    case = Case("ensemble", task_type, "en")
    config, frames = case.config(), case.frames()
    encoder = tiny_encoder(layers=1)
    options = {**SMALL["encoder"], "epochs": 1, "encoder": "tiny"}
    members = [fit_member("tuned", "encoder", options, config, frames, encoder=encoder, seed=seed) for seed in (0, 1)]
    members.append(fit_member("plain", "crf" if task_type == "tagging" else "linear", {}, config, frames))
    saved(Model.join(config, members), tmp_path / "model")
    lent = Resources(encoders={"tiny": encoder})
    loaded = Model.load(tmp_path / "model", lent)
    predictions = loaded.predict(frames.test)
    assert len(predictions.labels) == len(frames.test)
    assert predictions.labels == loaded.predict(frames.test).labels  # their networks are made anew each time
    assert loaded.facts()["estimators"] == sorted({"encoder", members[2].estimator})
    assert loaded.facts()["trained_parameters"] == sum(_facts(m)["trained_parameters"] for m in members[:2])
    assert loaded.facts()["operations"] == sum(_facts(m)["operations"] for m in members[:2])


def _facts(member: Member) -> dict[str, int]:
    told: dict[str, int] = json.loads((member.folder / "facts.json").read_text(encoding="utf-8"))
    return told


def test_an_encoder_without_labels_has_no_probabilities_of_them() -> None:
    case = Case("encoder", "span_qa", "en")
    model = fitted(case)
    assert isinstance(model, GivesProbabilities)
    with pytest.raises(ValueError, match="span_qa are no labels"):
        model.probabilities(case.frames().test)


def test_a_member_without_probabilities_is_no_voter_on_labels() -> None:
    config, frames = TOPICS.config(), TOPICS.frames()
    member = fit_member("floor", "majority", {}, config, frames)
    with pytest.raises(TypeError, match="member floor-s0: estimator 'majority' gives no probabilities"):
        Model.join(config, [member]).predict(frames.test)


def test_sentences_without_tokens_have_no_tags() -> None:
    assert fitted(NAMES).predict(frame([[], ["Ann"]])).labels[0] == []


def test_files_of_members_are_linked_and_named_by_their_hash(tmp_path: Path) -> None:
    config, frames = TOPICS.config(), TOPICS.frames()
    members = [fit_member("one", "linear", {}, config, frames, seed=seed) for seed in (0, 7)]
    saved(Model.join(config, members, document_context=True), tmp_path / "model")
    manifest = json.loads((tmp_path / "model" / "ensemble.json").read_text(encoding="utf-8"))
    assert manifest["facts"]["members"] == {"one-s0": members[0].sha256, "one-s7": members[1].sha256}
    assert manifest["facts"]["document_context"] is True
    assert str(tmp_path) not in json.dumps(manifest)
    for member in members:
        there = tmp_path / "model" / "members" / member.name
        assert folder_digest(there) == member.sha256
        assert all(path.samefile(there / path.name) for path in member.folder.iterdir())


def test_a_hash_tells_contents_and_names(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.json").write_text("1", encoding="utf-8")
    shutil.copytree(tmp_path / "a", tmp_path / "same")
    shutil.copytree(tmp_path / "a", tmp_path / "other")
    (tmp_path / "other" / "x.json").write_text("2", encoding="utf-8")
    (tmp_path / "named").mkdir()
    shutil.copy(tmp_path / "a" / "x.json", tmp_path / "named" / "y.json")
    digests = [folder_digest(tmp_path / name) for name in ("a", "same", "other", "named")]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_the_price_is_a_sum_of_what_members_state(tmp_path: Path) -> None:
    members = []
    for name, facts in (
        ("a", {"trained_parameters": 5, "operations": 70}),
        ("b", {"trained_parameters": 6}),
        ("c", {}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        (folder / "weights").write_bytes(b"x" * 1000)
        members.append(Member(name, "encoder", None, 0, "", folder))
    sizes = sum((member.folder / "facts.json").stat().st_size for member in members)
    assert price(members) == {"trained_parameters": 11, "operations": 70, "checkpoint_bytes": 3000 + sizes}


def test_nothing_is_fitted() -> None:
    frames = TOPICS.frames()
    said = "an ensemble joins fitted cells and learns from no examples; take one of its members: plain, strict"
    with pytest.raises(UserError, match=f"^cell made_up.ensemble: {said}$"):
        estimator_class("ensemble").fit(frames.train, frames.dev, TOPICS.config(), 0)
