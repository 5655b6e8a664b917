"""Time prediction by regen against transformers' pipelines with the same weights.

``REGEN_MIRROR=… PYTHONPATH=src python benchmarks/prediction_throughput.py --out runs.jsonl``, on a machine that does
nothing else.

A model is first fine-tuned for one epoch, so that its labels are no draws of a lot, and saved in both forms. Then both
sides predict the same dev examples from text to labels, tokenisation included, after a warm-up on a few of them;
loading is not timed. ``same labels`` is the share of tokens or texts that get the label that regen gives them.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rounds
from workloads import WORKLOADS, Workload, at_hand

if TYPE_CHECKING:
    import pandas as pd

NAMES = [name for name, workload in WORKLOADS.items() if not workload.options]
"""Where tokens are characters, regen's head is none that transformers has."""
CONTENDERS = (rounds.OURS, "regen_f32", "pipeline_f32", "pipeline_bf16")
BATCH, WARM_UP, MAX_LENGTH, LEAST_SAME = 32, 64, 128, 0.995


def prepare(workload: Workload, args: argparse.Namespace, folder: Path) -> rounds.Result:
    """Fine-tune, and save for both sides."""
    from fitting import fit

    from regen.estimators.encoder.finetune import trained_tensors
    from regen.estimators.encoder.model import Model
    from regen.export.folder import save_tokenizer
    from regen.export.stock import form_of, save_stock

    _quiet()
    encoder = args.encoders / workload.encoder
    # transformers' heads for texts see the first piece.
    options = {"threads": args.threads, "max_length": MAX_LENGTH, "pooling": "first"}
    done = fit(workload, encoder, args.fit_examples, options)
    tensors, told = trained_tensors(done.network), done.hardware.told()
    for name in (rounds.OURS, "regen_f32", "pipeline"):
        (folder / name).mkdir(parents=True)
    for name, precision in ((rounds.OURS, told["precision"]), ("regen_f32", "f32")):
        model = Model(encoder, done.setup, tensors, {"hardware": {**told, "precision": precision}, "history": []})
        model.save(folder / name)
    form = form_of(done.setup, done.network.body.config.model_type)
    save_stock(model.network, done.setup, encoder, form, folder / "pipeline")
    save_tokenizer(encoder, workload.task_type == "tagging", MAX_LENGTH, folder / "pipeline")
    return {"loss": float(done.loop.losses) / done.loop.step}


def predict_ours(workload: Workload, args: argparse.Namespace, folder: Path) -> rounds.Result:
    """Predict by regen."""
    from regen.estimators.base import Resources
    from regen.estimators.encoder.model import Model
    from regen.estimators.encoder.outputs import BATCH_TOKENS
    from regen.training.batches import sorted_batches

    examples = workload.splits()[1].head(args.examples)
    model = Model.load(folder, Resources(encoder=args.encoders / workload.encoder))
    model.predict(examples.head(WARM_UP))
    found: list[Any] = []
    taken = rounds.seconds(lambda: found.extend(model.predict(examples).labels))
    batches = sorted_batches(model.setup.inputs(examples, model.pieces).lengths, BATCH_TOKENS)
    return {
        "seconds": taken,
        "examples": len(examples),
        "tokens": sum(batch.tokens for batch in batches),
        "padded_tokens": sum(len(batch.rows) * batch.width for batch in batches),
        "precision": model.facts()["hardware"]["precision"],
        "matrix_weights": rounds.matrix_weights(model.network.body),
        "labels": [label for row in found for label in row] if workload.task_type == "tagging" else found,
    }


def predict_theirs(workload: Workload, args: argparse.Namespace, folder: Path, precision: str) -> rounds.Result:
    """Predict by a pipeline."""
    import torch
    from transformers import pipeline

    _quiet()
    torch.set_num_threads(args.threads)
    examples = workload.splits()[1].head(args.examples)
    tagging = workload.task_type == "tagging"
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    pipe = pipeline(
        "token-classification" if tagging else "text-classification", str(folder), dtype=dtype, device="cpu"
    )
    inputs: list[Any] = (
        examples["tokens"].tolist()
        if tagging
        else [{"text": a, "text_pair": b} for a, b in zip(examples["text_a"], examples["text_b"], strict=True)]
    )
    options: dict[str, Any] = (
        {"is_split_into_words": True, "ignore_labels": []}
        if tagging
        else {"truncation": True, "max_length": MAX_LENGTH}
    )
    pipe(inputs[:WARM_UP], batch_size=BATCH, **options)
    found: list[Any] = []
    taken = rounds.seconds(lambda: found.extend(pipe(inputs, batch_size=BATCH, **options)))
    return {
        "seconds": taken,
        "examples": len(examples),
        **_counts(pipe.tokenizer, examples),
        "precision": precision,
        "matrix_weights": rounds.matrix_weights(getattr(pipe.model, pipe.model.base_model_prefix)),
        "labels": word_labels(inputs, found) if tagging else [one["label"] for one in found],
    }


def _quiet() -> None:
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def _counts(tokenizer: Any, examples: "pd.DataFrame") -> dict[str, int]:
    """Count tokens, and the places of batches that are padded to their longest row, in the order of the examples."""
    texts = [examples[name].tolist() for name in ("tokens", "text_a", "text_b") if name in examples]
    rows = tokenizer(*texts, truncation=True, max_length=MAX_LENGTH, is_split_into_words="tokens" in examples)
    lengths = [len(row) for row in rows["input_ids"]]
    batches = [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]
    return {"tokens": sum(lengths), "padded_tokens": sum(len(batch) * max(batch) for batch in batches)}


def word_labels(sentences: Sequence[Sequence[str]], found: Sequence[Sequence[dict[str, Any]]]) -> list[str]:
    """Give the label of each word's first piece; words without a piece get ``O``."""
    labels = []
    for words, pieces in zip(sentences, found, strict=True):
        start, firsts = 0, {}
        for piece in reversed(pieces):
            firsts[piece["start"]] = piece["entity"]
        for word in words:
            labels.append(firsts.get(start, "O"))
            start += len(word) + 1
    return labels


def same_labels(results: Sequence[rounds.Result]) -> list[rounds.Result]:
    """Put the share of labels that agree with regen's of the same round in the place of the labels."""
    ours = {(one["round"], one["workload"]): one["labels"] for one in results if one["contender"] == rounds.OURS}
    compared = []
    for one in results:
        expected = ours[one["round"], one["workload"]]
        same = sum(a == b for a, b in zip(one["labels"], expected, strict=True)) / len(expected)
        compared.append({**{name: value for name, value in one.items() if name != "labels"}, "same_labels": same})
    return compared


def measure(run: Sequence[str], args: argparse.Namespace) -> rounds.Result:
    """Do what a measured process is for."""
    if run[0] == "peaks":
        return rounds.matrix_peaks(args.threads)
    workload, contender, folder = WORKLOADS[run[0]], run[1], Path(run[2]) / run[0]
    if contender == "prepare":
        return prepare(workload, args, folder)
    if contender.startswith(rounds.OURS):
        return predict_ours(workload, args, folder / contender)
    return predict_theirs(workload, args, folder / "pipeline", contender.removeprefix("pipeline_"))


def main() -> None:
    """Measure all, keep each run as a line, and print the table."""
    parser = rounds.arguments("Time prediction by regen against transformers' pipelines.", NAMES)
    parser.add_argument("--fit-examples", type=int, default=1000, help="training examples of the models")
    args = parser.parse_args()
    if args.one:
        rounds.answer(measure(args.one, args))
        return
    workloads = at_hand(args.workloads, args.encoders)
    machine = rounds.begin(args)
    with tempfile.TemporaryDirectory() as folder:
        for workload in workloads:
            rounds.child(workload, "prepare", folder)
        contenders = rounds.affordable(CONTENDERS, machine["peaks"])
        runs = rounds.interleaved(args.rounds, workloads, contenders, args.seed, folder)
        results = same_labels([rounds.rates(run, 2 * run["matrix_weights"], machine["peaks"]) for run in runs])
    for result in results:
        rounds.keep(result, args.out)
    if results:
        sys.stdout.write(rounds.table(results) + "\n")
    apart = [one for one in results if one["same_labels"] < LEAST_SAME]
    if apart:
        sys.exit(f"labels differ: {json.dumps(apart[0])}, expected at least {LEAST_SAME:.1%} to be the same")


if __name__ == "__main__":
    main()
