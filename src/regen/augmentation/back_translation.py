"""Texts are translated into another language and back: Sennrich et al. 2016, https://aclanthology.org/P16-1009.

Used for classification by Xie et al. 2020, https://arxiv.org/abs/1904.12848. Both searches are beam searches, so that
no seed takes part, and all repeats and recipes share what was translated once.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from regen.augmentation.drafts import Context, Draft, text_columns
from regen.augmentation.folders import digest_of, folder_digest, local_folder
from regen.config.augmentation import BackTranslation, Translator
from regen.encoders.quiet import quiet_transformers
from regen.errors import UserError
from regen.io.atomic import replacing
from regen.training.device import Hardware, resolve_hardware, use

logger = logging.getLogger(__name__)


def drafts(train: pd.DataFrame, settings: BackTranslation, context: Context) -> Iterator[Draft]:
    """Draft copies whose texts went there and back; of a pair, both.

    Yields:
        ``copies`` drafts of each example, in their order.

    Raises:
        UserError: A model's folder is missing, or holds no such model.
    """
    columns = text_columns(context.config)
    texts = list(dict.fromkeys(text for row in train[columns].to_numpy().tolist() for text in row if text.strip()))
    made = dict(zip(texts, _there_and_back(texts, settings, context), strict=True))
    for row, example in enumerate(train[columns].to_dict("records")):
        for copy in range(1, settings.copies + 1):
            values = {str(name): made[text][copy - 1] if text in made else text for name, text in example.items()}
            yield Draft(copy, (row,), values)


def _there_and_back(texts: Sequence[str], settings: BackTranslation, context: Context) -> list[list[str]]:
    """Translate, or read what was translated before with the same models, settings and hardware."""
    if context.machine is None:
        raise ValueError("the project's folder is needed")
    config = context.config
    folders = [
        local_folder(model.folder, context.machine.project, f"cell {config.cell}: augmentation.back_translation.{key}")
        for key, model in (("there", settings.there), ("back", settings.back))
    ]
    hardware = resolve_hardware("f32", config.options.get("threads", config.threads))
    told = [settings.model_dump(), [folder_digest(folder) for folder in folders], hardware.told(), list(texts)]
    kept = context.machine.state / "translations" / f"{digest_of(told)}.json"
    if not kept.is_file():
        logger.info("%s: translating %d texts there and back", config.cell, len(texts))
        use(hardware)
        there = translate(texts, folders[0], settings.there, settings, 1, hardware)
        back = translate([best for (best,) in there], folders[1], settings.back, settings, settings.copies, hardware)
        with replacing(kept) as new:
            new.write_text(json.dumps(back, ensure_ascii=False), encoding="utf-8")
    read: list[list[str]] = json.loads(kept.read_text(encoding="utf-8"))
    return read


def translate(
    texts: Sequence[str],
    folder: Path,
    model: Translator,
    settings: BackTranslation,
    count: int,
    hardware: Hardware,
) -> list[list[str]]:
    """Translate n texts with beam search.

    Args:
        texts: n texts.
        folder: Folder of the model.
        model: Prefix of the texts.
        settings: Beams, lengths and texts at once.
        count: Translations of each text.
        hardware: Device; numbers have 32 bits.

    Returns:
        ``count`` translations of each text, the best first.

    Raises:
        UserError: The folder holds no such model, or a library is missing that its tokenizer needs.
    """
    with quiet_transformers():
        tokenizer, network = _load(folder, hardware)
        made: list[str] = []
        for first in tqdm(range(0, len(texts), settings.batch), desc=folder.name, unit="batch", disable=None):
            asked = [model.prefix + text for text in texts[first : first + settings.batch]]
            pieces = tokenizer(
                asked, return_tensors="pt", padding=True, truncation=True, max_length=settings.max_length
            ).to(hardware.device)
            with torch.no_grad():
                ids = network.generate(
                    input_ids=pieces["input_ids"],
                    attention_mask=pieces["attention_mask"],
                    num_beams=settings.beams,
                    num_return_sequences=count,
                    do_sample=False,
                    max_length=None,
                    max_new_tokens=settings.max_length,
                )
            made += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return [made[first : first + count] for first in range(0, len(made), count)]


def _load(folder: Path, hardware: Hardware) -> tuple[Any, Any]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError, ImportError, KeyError) as error:
        told = " ".join(str(error).split())
        raise UserError(f"{folder}: found no sequence-to-sequence model that transformers can load ({told})") from None
    return tokenizer, network.eval().to(hardware.device)
