"""Small hand-written examples of every task type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotated import annotated
from regen.config.task_types import TaskType


@dataclass(frozen=True)
class Frames:
    """Three splits of a made-up task."""

    train: pd.DataFrame
    dev: pd.DataFrame
    test: pd.DataFrame


def _rows(columns: tuple[str, ...], *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame([(f"row-{i}", *row) for i, row in enumerate(rows)], columns=["id", *columns])


def _tagged(*sentences: str) -> pd.DataFrame:
    """Read sentences written as ``word/tag word/tag``."""
    pairs = [[token.rpartition("/")[::2] for token in sentence.split(" ")] for sentence in sentences]
    return _rows(("tokens", "tags"), *(([word for word, _ in row], [tag for _, tag in row]) for row in pairs))


_TEXT, _PAIR = ("text", "label"), ("text_a", "text_b", "label")
_QUESTION, _BLANK = ("context", "question", "choices", "label"), ("group", "context", "choices", "label")


def _english_topics() -> Frames:
    return Frames(
        _rows(
            _TEXT,
            ("The striker scored a late goal", "sport"),
            ("The keeper saved the penalty", "sport"),
            ("A goal in the last minute", "sport"),
            ("Shares fell as the bank warned", "money"),
            ("The bank raised its rates", "money"),
            ("", "sport"),
            ("A new phone with a faster chip", "tech"),
            ("The chip maker ships a phone", "tech"),
        ),
        _rows(_TEXT, ("A penalty in the first half", "sport"), ("Rates will stay", "money")),
        _rows(_TEXT, ("The bank and its shares", "money"), ("", "tech"), ("zyx qwv!", "sport"), ("A goal", "sport")),
    )


def _chinese_topics() -> Frames:
    return Frames(
        _rows(
            _TEXT,
            ("国足在北京主场获胜", "103"),
            ("前锋最后一分钟进球", "103"),
            ("门将扑出点球", "103"),
            ("银行上调贷款利率", "104"),
            ("股市收盘下跌", "104"),
            ("新手机芯片更快", "109"),
            ("手机厂商发布芯片", "109"),
        ),
        _rows(_TEXT, ("北京的点球", "103"), ("利率不变", "104")),
        _rows(_TEXT, ("银行股市", "104"), ("", "109"), ("龘靐 abc 😀", "103"), ("进球获胜", "103")),
    )


def _chinese_pairs() -> Frames:
    return Frames(
        _rows(
            _PAIR,
            ("他在北京工作", "他在中国工作", "entailment"),
            ("她喜欢猫", "她喜欢动物", "entailment"),
            ("天在下雨", "天气晴朗", "contradiction"),
            ("门开着", "门关着", "contradiction"),
            ("他买了一本书", "书很贵", "neutral"),
            ("她去了上海", "", "neutral"),
        ),
        _rows(_PAIR, ("门开着", "门没有关", "entailment"), ("下雨", "晴朗", "contradiction")),
        _rows(_PAIR, ("她喜欢狗", "她喜欢动物", "entailment"), ("", "", "neutral"), ("龘", "abc", "neutral")),
    )


def _english_pairs() -> Frames:
    return Frames(
        _rows(
            _PAIR,
            ("how old are you", "what is your age", "same"),
            ("where is the station", "where can I find the station", "same"),
            ("how old are you", "where is the station", "other"),
            ("what is your age", "is it raining", "other"),
            ("is it raining", "does it rain", "same"),
        ),
        _rows(_PAIR, ("how are you", "is it you", "other")),
        _rows(_PAIR, ("is it old", "is it old", "same"), ("", "zyx", "other"), ("station", "age", "other")),
    )


def _chinese_spans() -> Frames:
    return Frames(
        _marked(
            ("_王明_买了书，[他]很好", "true"),
            ("_王明_喜欢猫，[他]来北京", "true"),
            ("[他]没有去，_王明_去了", "true"),
            ("银行开门，_王明_很好，[他]来了", "true"),
            ("王明买了_手机_，[他]很好", "false"),
            ("王明去_银行_，[他]很好", "false"),
            ("[他]喜欢_手机_", "false"),
        ),
        _marked(("_王明_没有猫，[她]有", "true"), ("[他]的_手机_很贵", "false")),
        _marked(("_王明_来，[他]去", "true"), ("_龘😀_和abc[ж]", "false"), ("[他]_银行_", "false")),
    )


def _marked(*rows: tuple[str, str]) -> pd.DataFrame:
    """Read texts with the noun in underscores and the pronoun in brackets."""
    columns = ("text", "span1", "span1_start", "span2", "span2_start", "label")
    parsed = []
    for marked, label in rows:
        spans = []
        for pattern in ("_(.*)_", r"\[(.*)\]"):
            found = re.search(pattern, marked)
            assert found
            spans += [found[1], len(re.sub(r"[_\[\]]", "", marked[: found.start()]))]
        parsed.append((re.sub(r"[_\[\]]", "", marked), *spans, label))
    return _rows(columns, *parsed)


def _chinese_keywords() -> Frames:
    columns = ("text", "keywords", "label")
    return Frames(
        _rows(
            columns,
            ("银行上调贷款利率", ["银行", "利率"], "1"),
            ("新手机芯片更快", ["手机", "芯片"], "1"),
            ("前锋最后一分钟进球", ["前锋", "进球"], "1"),
            ("银行上调贷款利率", ["动物", "天气", "动物"], "0"),
            ("新手机芯片更快", ["猫", "工作", "猫"], "0"),
            ("前锋最后一分钟进球", ["下雨", "书", "书"], "0"),
        ),
        _rows(columns, ("股市收盘下跌", ["股市"], "1"), ("门将扑出点球", ["天", "天"], "0")),
        _rows(columns, ("手机厂商", ["手机"], "1"), ("", ["龘", "😀"], "0"), ("天气", ["书", "书"], "0")),
    )


def _english_questions() -> Frames:
    return Frames(
        _rows(
            _QUESTION,
            ("Ann visited Paris", "where did Ann go", ["Paris", "a bank"], "0"),
            ("Lee visited Paris", "where did Lee go", ["the station", "Paris", "a bank", "York"], "1"),
            ("the rain is late", "what is late", ["the rain", "a goal", "the station"], "0"),
            ("the bank hired Ann", "who hired Ann", ["York", "a goal", "the bank hired Ann"], "2"),
            ("a new phone ships", "what ships", ["a goal", "York", "the station", "a new phone"], "3"),
            ("", "what fell", ["the rain", "York"], "0"),
        ),
        _rows(_QUESTION, ("Lee ships rain", "what does Lee ship", ["a goal", "the rain"], "1")),
        _rows(
            _QUESTION,
            ("rain in Paris", "where", ["York", "a goal", "Paris"], "2"),
            ("", "", ["zyx", ""], "1"),
            ("the bank", "what", ["the bank hired Ann", "a goal", "York", "the station"], "0"),
        ),
    )


def _chinese_blanks() -> Frames:
    """Blanks of one group share their choices."""
    sport, money = ["进球", "芯片", "贷款"], ["下跌", "门将", "贷款", "猫"]
    return Frames(
        _rows(
            _BLANK,
            (0, "前锋#idiom#获胜，进球", sport, "0"),
            (0, "银行上调#idiom#，贷款", sport, "2"),
            (1, "股市收盘#idiom#，#other#下跌", money, "0"),
            (1, "#idiom#扑出点球，门将", money, "1"),
            (2, "手机的#idiom#更快，芯片", ["下跌", "芯片"], "1"),
            (3, "她喜欢的#idiom#，猫", money, "3"),
        ),
        _rows(_BLANK, (0, "北京的#idiom#，进球", sport, "0"), (0, "厂商的#idiom#，芯片", sport, "1")),
        _rows(
            _BLANK,
            (7, "银行的#idiom#，贷款", money, "2"),
            (7, "收盘#idiom#，下跌", money, "0"),
            (8, "龘#idiom#", ["靐", "abc"], "1"),
        ),
    )


def _english_names() -> Frames:
    return Frames(
        _tagged(
            "Ann/B-PER Lee/I-PER visited/O Paris/B-LOC ./O",
            "Paris/B-LOC",
            "Acme/B-ORG Ltd/I-ORG hired/O Ann/B-PER ./O",
            "rain/O",
            "New/B-LOC York/I-LOC is/O far/O from/O Paris/B-LOC",
        ),
        _tagged("Lee/B-PER left/O", "York/B-LOC"),
        _tagged("Ann/B-PER Lee/I-PER left/O New/B-LOC York/I-LOC", "Paris/B-LOC", "zyx/O", "qwv/O Ltd/O !/O"),
    )


def _chinese_names() -> Frames:
    return Frames(
        _tagged("王/B-name 明/I-name 在/O 北/B-address 京/I-address", "京/O", "去/O 北/B-address 京/I-address 吧/O"),
        _tagged("王/B-name 来/O"),
        _tagged("王/B-name 明/I-name 去/O", "龘/O", "北/B-address 京/I-address 好/O"),
    )


def _asked(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Give passages with a question and its answer, which stands in the passage once."""
    told = [(context, question, [answer], [context.index(answer)]) for context, question, answer in rows]
    return _rows(("context", "question", "answers", "answer_start"), *told)


def _english_passages() -> Frames:
    return Frames(
        _asked(
            ("ann lee visited paris, acme hired ann", "who visited paris", "ann lee visited paris"),
            ("shares fell, the bank raised rates, rain", "what raised the bank", "the bank raised rates"),
            ("the keeper saved the penalty, the striker scored", "who saved a penalty", "the keeper saved the penalty"),
            ("a new phone, a faster chip", "is the chip faster", "a faster chip"),
            ("the station is far, it is raining, how old", "where is the station", "the station is far"),
        ),
        _asked(("a late goal, the last minute", "what minute", "the last minute"), ("rain", "is it raining", "rain")),
        _asked(
            ("the bank warned, shares fell", "what fell", "shares fell"),
            ("zyx qwv! a goal", "zyx", "zyx qwv"),
            ("the last minute, " * 30, "what minute", "the last minute, the last"),
        ),
    )


def _chinese_passages() -> Frames:
    return Frames(
        _asked(
            ("国足在北京获胜，前锋进球。门将扑出点球", "国足在北京怎样？", "国足在北京获胜"),
            ("银行上调利率，股市下跌。", "银行上调什么？", "银行上调利率"),
            ("新手机芯片更快，厂商发布手机。", "厂商发布什么？", "厂商发布手机"),
            ("天在下雨，她喜欢猫。", "她喜欢什么？", "她喜欢猫"),
            ("王明在北京工作；他买了书。", "王明在北京吗？", "王明在北京工作"),
        ),
        _asked(("门开着，天下雨。", "门开着吗？", "门开着"), ("北京", "去北京？", "北京")),
        _asked(
            ("股市收盘下跌，银行没有变。", "股市怎样？", "股市收盘下跌"),
            ("龘靐 abc，😀来了", "谁来了？", "😀来了"),
            ("她去了上海，" * 30 + "他没有去。", "他去了吗？", "他没有去"),
        ),
    )


def _english_relations() -> Frames:
    columns = ("tokens", "annotation")
    return Frames(
        _rows(
            columns,
            annotated(
                "[Peop Ann Lee] of [Org Acme Ltd] visited [Loc Paris]", (0, 1, "Work_For"), (1, 2, "OrgBased_In")
            ),
            annotated("[Loc Paris]"),
            annotated("[Org Acme Ltd] in [Loc New York] hired [Peop Ann]", (0, 1, "OrgBased_In"), (2, 0, "Work_For")),
            annotated("rain"),
            annotated("[Loc New York] is far from [Loc Paris]"),
        ),
        _rows(columns, annotated("[Org Acme] hired [Peop Lee]", (1, 0, "Work_For")), annotated("[Loc York]")),
        _rows(
            columns,
            annotated("[Peop Ann] visited [Org Acme Ltd]", (0, 1, "Work_For")),
            annotated("[Loc Paris]"),
            annotated("zyx"),
            annotated("qwv Ltd !"),
        ),
    )


MAKERS: dict[tuple[TaskType, str], Callable[[], Frames]] = {
    ("classification", "en"): _english_topics,
    ("classification", "zh"): _chinese_topics,
    ("coreference", "zh"): _chinese_spans,
    ("keyword_match", "zh"): _chinese_keywords,
    ("multiple_choice", "en"): _english_questions,
    ("multiple_choice", "zh"): _chinese_blanks,
    ("pair_classification", "en"): _english_pairs,
    ("pair_classification", "zh"): _chinese_pairs,
    ("relation_extraction", "en"): _english_relations,
    ("span_qa", "en"): _english_passages,
    ("span_qa", "zh"): _chinese_passages,
    ("tagging", "en"): _english_names,
    ("tagging", "zh"): _chinese_names,
}
"""Task type and language -> what gives fresh frames."""
