"""Time fine-tuning by regen against transformers' Trainer, used as its examples run_ner and run_glue use it.

``REGEN_MIRROR=… PYTHONPATH=src python benchmarks/training_throughput.py --out runs.jsonl``, on a machine that does
nothing else.

``trainer_f32`` and ``trainer_bf16`` are the examples as their READMEs call them: run_ner with batches of 8, each padded
to its longest row; run_glue with batches of 32, padded to the longest input. The others have batches of 16 or 32, each
padded to its longest row; ``grouped`` ones hold rows of like length.

Both sides train all weights for one epoch on the same examples, with the same threads and longest input. Loading,
tokenisation and three steps of warm-up are not timed; all that happens inside the epoch is. Peak memory is that of the
whole process. Trainer gets its examples as a list in memory. Characters become other pieces on its side than on
regen's, so that for CLUENER examples per second can be compared, and tokens per second cannot.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rounds
from workloads import WORKLOADS, Workload, at_hand

if TYPE_CHECKING:
    import pandas as pd
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainingArguments

Example = dict[str, Any]
GROUPED = {"train_sampling_strategy": "group_by_length"}
TRAINER: dict[str, dict[str, Any]] = {
    "trainer_f32": {},
    "trainer_f32_batch16": {"per_device_train_batch_size": 16},
    "trainer_f32_grouped": {"per_device_train_batch_size": 16, **GROUPED},
    "trainer_bf16": {"bf16": True},
    "trainer_bf16_batch32": {"bf16": True, "per_device_train_batch_size": 32},
    "trainer_bf16_grouped": {"bf16": True, "per_device_train_batch_size": 16, **GROUPED},
}
EXAMPLE_BATCH = {"tagging": 8, "pair_classification": 32}
"""Batch sizes of run_ner, which takes that of TrainingArguments, and of run_glue as its README calls it."""
MAX_LENGTH, IGNORED, WARM_UP_STEPS = 128, -100, 3


def train_ours(workload: Workload, args: argparse.Namespace) -> rounds.Result:
    """Train by regen."""
    from fitting import fit

    options = {"threads": args.threads, "max_length": MAX_LENGTH}
    if args.batch_tokens is not None:
        options["batch_tokens"] = args.batch_tokens
    done = fit(workload, args.encoders / workload.encoder, args.examples, options)
    plan = done.loop.job.plan
    return {
        "seconds": done.seconds,
        "examples": len(set(done.data.train.owners.tolist())),
        "tokens": plan.tokens,
        "padded_tokens": sum(len(batch.rows) * batch.width for epoch in plan.epochs for batch in epoch),
        "steps": done.loop.step,
        "loss": float(done.loop.losses) / done.loop.step,
        "precision": done.hardware.precision,
        "matrix_weights": rounds.matrix_weights(done.network.body),
    }


def train_theirs(workload: Workload, args: argparse.Namespace, options: dict[str, Any]) -> rounds.Result:
    """Train by Trainer."""
    import torch
    import transformers
    from transformers import AutoTokenizer, TrainingArguments

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(args.threads)
    encoder = args.encoders / workload.encoder
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    train, _ = workload.splits()
    tagging = workload.task_type == "tagging"
    names = sorted({tag for row in train["tags"] for tag in row} if tagging else set(train["label"]))
    usual = {"per_device_train_batch_size": EXAMPLE_BATCH[workload.task_type], "num_train_epochs": 1}
    whole = not tagging and "per_device_train_batch_size" not in options  # run_glue's pad_to_max_length
    if tagging:
        made = tagging_examples(train.head(args.examples), tokenizer, names)
    else:
        made = pair_examples(train.head(args.examples), tokenizer, names, whole=whole)
    model = _model(encoder, tagging, len(names))
    with tempfile.TemporaryDirectory() as folder:
        chosen = TrainingArguments(
            output_dir=folder,
            learning_rate=2e-4,
            **{**usual, **options},
            use_cpu=True,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        warm_up = made[: WARM_UP_STEPS * chosen.per_device_train_batch_size]
        _train(model, tokenizer, chosen, warm_up, tagging)
        result = _train(model, tokenizer, chosen, made, tagging)
    return {
        **result,
        "examples": len(made),
        "precision": "bf16" if chosen.bf16 else "f32",
        "matrix_weights": rounds.matrix_weights(getattr(model, model.base_model_prefix)),
    }


def _model(encoder: Path, tagging: bool, labels: int) -> "PreTrainedModel":
    import torch
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    kind = AutoModelForTokenClassification if tagging else AutoModelForSequenceClassification
    model: PreTrainedModel = kind.from_pretrained(encoder, num_labels=labels, dtype=torch.float32)
    return model


def tagging_examples(
    train: "pd.DataFrame", tokenizer: "PreTrainedTokenizerBase", names: Sequence[str]
) -> list[Example]:
    """Tokenise as run_ner does: the first piece of each word carries its tag."""
    numbers = {name: number for number, name in enumerate(names)}
    encoded = tokenizer(train["tokens"].tolist(), truncation=True, max_length=MAX_LENGTH, is_split_into_words=True)
    examples = []
    for row, tags in enumerate(train["tags"]):
        words = encoded.word_ids(row)
        labels = [
            IGNORED if word is None or word == before else numbers[tags[word]]
            for word, before in zip(words, [None, *words], strict=False)
        ]
        examples.append({**{name: values[row] for name, values in encoded.items()}, "labels": labels})
    return examples


def pair_examples(
    train: "pd.DataFrame", tokenizer: "PreTrainedTokenizerBase", names: Sequence[str], *, whole: bool
) -> list[Example]:
    """Tokenise as run_glue does, where ``whole`` with ``pad_to_max_length``."""
    padding = "max_length" if whole else False
    texts = train["text_a"].tolist(), train["text_b"].tolist()
    encoded = tokenizer(*texts, truncation=True, max_length=MAX_LENGTH, padding=padding)
    return [
        {**{name: values[row] for name, values in encoded.items()}, "label": names.index(label)}
        for row, label in enumerate(train["label"])
    ]


def _train(
    model: "PreTrainedModel",
    tokenizer: "PreTrainedTokenizerBase",
    chosen: "TrainingArguments",
    examples: list[Example],
    tagging: bool,
) -> rounds.Result:
    """Train one epoch; count tokens where batches are made."""
    from transformers import DataCollatorForTokenClassification, DataCollatorWithPadding, Trainer, TrainerCallback

    pad = (DataCollatorForTokenClassification if tagging else DataCollatorWithPadding)(tokenizer)
    counts, times = {"tokens": 0, "padded_tokens": 0}, [0.0, 0.0]

    def collate(features: list[Example]) -> Any:
        counts["tokens"] += sum(sum(feature["attention_mask"]) for feature in features)
        batch = pad(features)
        counts["padded_tokens"] += batch["input_ids"].numel()
        return batch

    class Clock(TrainerCallback):
        """Times the epoch."""

        def on_epoch_begin(self, *_: Any, **__: Any) -> None:
            """No batch is made yet."""
            times[0] = time.perf_counter()

        def on_epoch_end(self, *_: Any, **__: Any) -> None:
            """The last step is taken."""
            times[1] = time.perf_counter()

    trainer = Trainer(
        model=model,
        args=chosen,
        train_dataset=examples,
        processing_class=tokenizer,
        data_collator=collate,
        callbacks=[Clock()],
    )
    done = trainer.train()
    return {"seconds": times[1] - times[0], **counts, "steps": done.global_step, "loss": done.training_loss}


def measure(run: Sequence[str], args: argparse.Namespace) -> rounds.Result:
    """Do what a measured process is for."""
    if run[0] == "peaks":
        return rounds.matrix_peaks(args.threads)
    workload, contender = WORKLOADS[run[0]], run[1]
    if contender == rounds.OURS:
        return train_ours(workload, args)
    return train_theirs(workload, args, TRAINER[contender])


def main() -> None:
    """Measure all, keep each run as a line, and print the table."""
    parser = rounds.arguments("Time fine-tuning by regen against transformers' Trainer.", list(WORKLOADS))
    parser.add_argument("--batch-tokens", type=int, help="of regen; its own default if not given")
    parser.add_argument("--against", nargs="+", choices=TRAINER, default=list(TRAINER), metavar="NAME", help=" ")
    args = parser.parse_args()
    if args.one:
        rounds.answer(measure(args.one, args))
        return
    workloads = at_hand(args.workloads, args.encoders)
    machine = rounds.begin(args)
    results = []
    contenders = rounds.affordable([rounds.OURS, *args.against], machine["peaks"])
    for run in rounds.interleaved(args.rounds, workloads, contenders, args.seed):
        # Forward, and twice that backward; a product with a matrix takes two operations for each weight.
        result = rounds.rates(run, 6 * run["matrix_weights"], machine["peaks"])
        rounds.keep(result, args.out)
        results.append(result)
    if results:
        sys.stdout.write(rounds.table(results) + "\n")


if __name__ == "__main__":
    main()
