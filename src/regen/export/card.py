"""The model card: what a record, a checkpoint and their specs say, and nothing else."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData
from jinja2 import Environment, PackageLoader, StrictUndefined

from regen.export.found import Found
from regen.export.stock import Form
from regen.reporting import format as write
from regen.reporting.cells import MEASURES

_PIPELINES = {
    "tagging": "token-classification",
    "classification": "text-classification",
    "keyword_match": "text-classification",
    "pair_classification": "text-classification",
}
_TYPES = {
    "tagging": "Tagging",
    "classification": "Classification",
    "keyword_match": "Classification of keywords and a text",
    "pair_classification": "Classification of pairs",
}
_GIVEN = {
    "tagging": "",
    "classification": "A list of texts",
    "keyword_match": "A list of keywords, those of each text joined by a blank, and a list of texts",
    "pair_classification": "Two lists of texts",
}
_METRICS = {"span_f1": "f1", "surface_macro_f1": "f1", "accuracy": "accuracy"}
"""Official metric -> its name on the hub."""
_LICENCES = frozenset({"apache-2.0", "mit", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "bsd-3-clause", "gpl-3.0"})
"""Some of the hub's names of licences."""


def write_card(found: Found, form: Form, path: Path) -> None:
    """Write README.md with front matter in the hub's format.

    Args:
        found: The repeat.
        form: What the folder holds.
        path: The file.
    """
    record, config = found.record, found.record["config"]
    environment = Environment(
        loader=PackageLoader("regen.export"),
        autoescape=False,  # Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pooling = config["options"]["pooling"]
    text = environment.get_template("README.md.jinja").render(
        found=found,
        n=len(found.repeats("dev")),
        record=record,
        config=config,
        form=form,
        write=write,
        front=_front(found),
        encoder_title=found.encoder_spec.title if found.encoder_spec else f"The encoder `{found.manifest['name']}`",
        task_type=_TYPES[config["task_type"]],
        labels=", ".join(f"`{label}`" for label in config["labels"]),
        settings=_settings(config),
        scores=[_row(found, split) for split in record["scores"]],
        notes=_notes(found),
        hardware=_facts(found)["hardware"],
        snippet=environment.get_template(f"{form}.jinja").render(given=_GIVEN[config["task_type"]], pooling=pooling),
        limits=_limits(found, form),
        dvc=write.commands(record)[0],
        export=f"kedro export {record['cell']} --seed {found.seed}{f' --fold {found.fold}' if found.in_folds else ''}",
        hashes=_hashes(found),
    )
    path.write_text(f"{text}\n", encoding="utf-8")


def _front(found: Found) -> str:
    record, config, spec = found.record, found.record["config"], found.encoder_spec
    metric = _METRICS[record["metric"]]
    pipeline = _PIPELINES[config["task_type"]]
    results = [
        EvalResult(
            task_type=pipeline,
            dataset_type=record["task"],
            dataset_name=found.task_spec.title,
            dataset_split=split,
            metric_type=metric,
            metric_name=f"{record['metric']} (mean of {scores['n']} × 100: {write.score(scores)})",
            metric_value=_repeat(found, split)["value"],
        )
        for split, scores in record["scores"].items()
    ]
    data = ModelCardData(
        language=config["language"],
        **_licence(found.manifest["licence"]),
        library_name="transformers",
        pipeline_tag=pipeline,
        tags=["regen", config["task_type"]],
        base_model=spec.hub if spec and spec.hub else found.manifest["name"],
        datasets=[record["task"]],
        metrics=[metric],
        model_name=found.name,
        eval_results=results,
    )
    return str(data.to_yaml()).strip()


def _licence(text: str) -> dict[str, Any]:
    """Name a licence as the hub does; one that it does not know is ``other``, with its own name."""
    first = text.split(maxsplit=1)[0].lower()
    return {"license": first} if first in _LICENCES else {"license": "other", "license_name": text}


def _facts(found: Found) -> dict[str, Any]:
    facts: dict[str, Any] = found.record["training"]["models"][found.place]
    return facts


def _repeat(found: Found, split: str) -> dict[str, Any]:
    return dict(found.repeats(split)[found.place])


def _row(found: Found, split: str) -> list[str]:
    scores = found.record["scores"][split]
    floor = found.majority["scores"].get(split) if found.majority else None
    return [
        split,
        write.hundredfold(_repeat(found, split)["value"]),
        write.hundredfold(scores["mean"]),
        write.deviation(scores["sd"]),
        write.interval(scores),
        write.hundredfold(floor["mean"]) if floor else write.NOTHING,
    ]


def _notes(found: Found) -> list[str]:
    """Say the further measures of this model, and how intervals were made."""
    notes = []
    for split, scores in found.record["scores"].items():
        values = _repeat(found, split)
        told = ", ".join(f"{name} {write.hundredfold(values[key])}" for key, name in MEASURES.items() if key in values)
        bounds = scores["interval"]
        notes.append(
            f"This model on {split}: {told}. Interval: {100 * bounds['level']:g} %, "
            f"{write.count(bounds['resamples'])} resamples over {bounds['over']}."
        )
    return notes


def _settings(config: dict[str, Any]) -> list[tuple[str, str]]:
    keys = ("estimator", "seeds", "train_examples", "device", "threads", "precision")
    settings = {key: config.get(key) for key in keys} | config["options"]
    # What the options leave open, the machine settled.
    settings |= {key: config[key] for key in ("threads", "precision") if config.get(key) is not None}
    return [(key, write.setting(value)) for key, value in settings.items()]


def _limits(found: Found, form: Form) -> list[str]:
    options = found.record["config"]["options"]
    most = options["max_length"]
    limits = [f"Inputs of more than {most} pieces, special pieces included, are cut."]
    if form in ("tagging", "characters"):
        limits = [
            f"The code above reads the first {most} pieces of a sentence and tags no more; the scores were made with "
            f"overlapping windows over longer sentences, in steps that share {options['stride']} pieces."
        ]
    if options["context"]:
        limits.append(
            "Scores were made with neighbouring sentences of the document around each sentence; without them "
            "predictions differ."
        )
    if form == "first":
        limits.append(
            "The dense layer before the labels passes the first vector through unchanged (a power of two "
            "keeps tanh linear). Load it in 32 bits or bfloat16, not float16, and do not train on from it."
        )
    if form != "characters":
        limits.append("Weights and tokenizer are those of transformers' own classes; no code comes with them.")
    return [*limits, "It was scored on the splits above and on nothing else."]


def _hashes(found: Found) -> list[tuple[str, str]]:
    checkpoint = sha256((found.checkpoint / "model.safetensors").read_bytes()).hexdigest()
    return [
        *found.record["hashes"].items(),
        ("checkpoint", checkpoint),
        ("encoder.json", _facts(found)["encoder"]),
        *found.record["card"]["files"].items(),
    ]
