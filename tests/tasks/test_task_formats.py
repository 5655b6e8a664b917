"""Tasks whose files are not all at hand: their specs read the exact form, here in texts that were written for this."""

from pathlib import Path
from typing import Any

import pytest

from regen.config.load import Specs
from regen.config.task import PrepareConfig
from regen.errors import UserError
from regen.pipelines.prepare.nodes import prepare

DUTCH = (
    "-DOCSTART- -DOCSTART- O\nDe Art O\nVries N B-PER\nwon V O\n\nGent N B-LOC\n\n-DOCSTART- -DOCSTART- O\nNee Int O\n"
)

GERMAN = """\
-DOCSTART- -X- -X- -X- O

Zürich Zürich NE I-NC I-LOC
Bern Bern NE I-NC B-LOC
jubelt jubeln VVFIN I-VC O

Anna Anna NE I-NC I-PER
Maier <unknown> NE I-NC I-PER
"""

ENGLISH = "-DOCSTART- -X- -X- O\n\nRovers NNP B-NP B-ORG\nwon VBD B-VP O\n\n"

DRCD = """\
{"version": "1.3", "data": [{"title": "青山", "id": "1147", "paragraphs": [{"context": "青山鎮在湖邊，人口三千。", \
"id": "1147-1", "qas": [{"id": "1147-1-1", "question": "青山鎮在哪裡？", "answers": [\
{"id": "1", "text": "湖邊", "answer_start": 4}, {"id": "2", "text": "在湖邊", "answer_start": 3}]}]}]}]}"""

FILES: dict[str, dict[str, bytes]] = {
    "iflytek": {
        "train.json": '{"label": "12", "label_des": "魔幻", "sentence": "打怪\u2028升级"}\n'
        '{"label": 118, "label_des": "其他", "sentence": "杂项"}'.encode(),
        "dev.json": '{"label": "0", "label_des": "打车", "sentence": "叫车"}\r\n'.encode(),
        "test.json": '{"id": 0, "sentence": "看小说"}\n{"id": 1, "sentence": "看漫画"}'.encode(),
    },
    "cmnli": {
        "train.json": '{"sentence1": "下雨了", "sentence2": "地湿了", "label": "entailment"}\n'
        '{"sentence1": "下雨了", "sentence2": "天晴", "label": "-"}\n'.encode(),
        "dev.json": '{"sentence1": "他走了", "sentence2": "他在", "label": "contradiction"}'.encode(),
        "test.json": '{"id": 0, "sentence1": "他笑", "sentence2": "他乐"}\n'.encode(),
    },
    "cluewsc2020": {
        "train.json": '{"target": {"span2_index": 6, "span1_index": 0, "span1_text": "老师", "span2_text": "他"}, '
        '"idx": 1, "label": "true", "text": "老师走了，😀他累了"}\n'.replace("😀", "\\ud83d\\ude00").encode()
        * 2,
        "dev.json": '{"target": {"span2_index": 3, "span1_index": 0, "span1_text": "老师", "span2_text": "他们"}, '
        '"idx": 1, "label": "false", "text": "老师说他们来"}\r\n'.encode(),
        "test.json": '{"id": 0, "target": {"span2_index": 0, "span1_index": 2, "span1_text": "老师", '
        '"span2_text": "他"}, "text": "他叫老师\u2028来"}'.encode(),
        "test1.0.json": '{"target": {"span2_index": 2, "span1_index": 0, "span1_text": "老师", "span2_text": "其"}, '
        '"id": 1, "text": "老师其人"}\n'.encode(),
    },
    "csl": {
        "train.json": '{"id": 1, "abst": "研究水稻。", "keyword": ["水稻", "研究"], "label": "1"}\n'
        '{"id": 2, "abst": "研究水稻。", "keyword": ["小麦", "小麦", "研究"], "label": "0"}'.encode(),
        "dev.json": '{"id": 1, "abst": "测量\u2028温度", "keyword": ["温度", "T(c)"], "label": "1"}\r\n'.encode(),
        "test.json": '{"id": 2415, "abst": "湖水", "keyword": ["湖"]}\n'
        '{"id": 3, "abst": "海", "keyword": ["水"]}'.encode(),
    },
    "chid": {
        "train.json": '{"content": ["他#idiom000000#了。", "又#idiom000001#"], "candidates": ["一", "二"]}'.encode(),
        "train_answer.json": b'{"#idiom000000#": 1, "#idiom000001#": 0}',
        "dev.json": '{"content": ["真#idiom577157#"], "candidates": ["一", "二"]}'.encode(),
        "dev_answer.json": b'{"#idiom577157#": 1}\n',
        "test1.1.json": '{"content": ["#idiom623377#"], "candidates": ["一", "二"]}\r\n'.encode(),
        "test1.0.json": '{"content": ["旧#idiom623377#"], "candidates": ["一", "二"]}\n'.encode(),
    },
    "drcd": {
        f"DRCD_{name}.json": DRCD.replace("1147-1-1", f"{name}-1").encode() for name in ("training", "dev", "test")
    },
    "conll2002_nl": {name: DUTCH.encode() for name in ("ned.train", "ned.testa", "ned.testb")},
    "conll2003_de": {name: GERMAN.encode("latin-1") for name in ("deu.train", "deu.testa", "deu.testb")},
    "conllpp": {f"conllpp_{name}.txt": ENGLISH.encode() for name in ("train", "dev", "test")},
}


@pytest.fixture
def prepared(specs: Specs, tmp_path: Path) -> Any:
    """Run the stage on the files of a task, without the counts that are published for the real ones."""

    def prepare_task(task: str, **files: bytes) -> dict[str, Any]:
        spec = specs.tasks[task]
        assert FILES[task].keys() == {file.name for file in spec.files}
        for name, content in FILES[task].items():
            (tmp_path / name).write_bytes(files.get(name.replace(".", "_"), content))
        read = spec.read.model_copy(update={"expected": {}})
        return prepare(tmp_path, PrepareConfig(task=task, type=spec.type, read=read))

    return prepare_task


def test_iflytek(prepared: Any) -> None:
    outputs = prepared("iflytek")
    assert outputs["train"].to_dict("list") == {
        "id": ["train-0", "train-1"],
        "text": ["打怪\u2028升级", "杂项"],
        "label": ["12", "118"],
    }
    assert outputs["dev"]["text"].tolist() == ["叫车"]
    assert outputs["test"]["label"].isna().all()
    with pytest.raises(UserError, match=r"train\.json:1: found label '119', expected one of 0, 1, 2, 3"):
        prepared("iflytek", train_json=b'{"label": "119", "sentence": "x"}')


def test_cmnli(prepared: Any) -> None:
    outputs = prepared("cmnli")
    assert outputs["card"]["splits"]["train"]["dropped"] == {"-": 1}
    assert outputs["train"][["text_a", "text_b", "label"]].to_numpy().tolist() == [["下雨了", "地湿了", "entailment"]]
    assert outputs["dev"]["label"].tolist() == ["contradiction"]
    with pytest.raises(UserError, match=r"dev\.json:1: key 'sentence2' is missing"):
        prepared("cmnli", dev_json=b'{"sentence1": "x", "label": "neutral"}')


def test_cluewsc2020(prepared: Any) -> None:
    outputs = prepared("cluewsc2020")
    assert outputs["train"].drop(columns="id").drop_duplicates().to_dict("list") == {
        "text": ["老师走了，😀他累了"],
        "span1": ["老师"],
        "span1_start": [0],
        "span2": ["他"],
        "span2_start": [6],
        "label": ["true"],
    }
    assert outputs["card"]["splits"]["train"]["repeated_texts"] == 1
    assert outputs["test"][["span1_start", "span2_start", "label"]].to_numpy().tolist() == [[2, 0, None]]
    assert outputs["test_1_0"]["id"].tolist() == ["test_1_0-0"]
    moved = FILES["cluewsc2020"]["dev.json"].replace(b'"span2_index": 3', b'"span2_index": 0')
    with pytest.raises(
        UserError, match=r"dev\.json:1: span2 is '他们' from character 0 on, expected what the text has"
    ):
        prepared("cluewsc2020", dev_json=moved)


def test_csl(prepared: Any) -> None:
    outputs = prepared("csl")
    assert outputs["train"]["keywords"].tolist() == [["水稻", "研究"], ["小麦", "小麦", "研究"]]
    assert outputs["test"]["id"].tolist() == ["2415", "3"]
    splits = outputs["card"]["splits"]
    assert splits["train"]["keywords_per_example"] == {"min": 2, "median": 2.5, "p95": 2.95, "max": 3}
    assert (splits["train"]["characters"], splits["train"]["repeated_texts"]) == (10, 0)
    with pytest.raises(UserError, match=r"dev\.json:1: 'keyword' is \"水稻\", expected a list of texts"):
        prepared("csl", dev_json='{"id": 1, "abst": "水稻", "keyword": "水稻", "label": "1"}'.encode())


def test_chid_has_its_answers_in_files_of_their_own(prepared: Any) -> None:
    outputs = prepared("chid")
    assert outputs["train"].to_dict("list") == {
        "id": ["#idiom000000#", "#idiom000001#"],
        "document": [0, 0],
        "context": ["他#idiom#了。", "又#idiom#"],
        "choices": [["一", "二"]] * 2,
        "group": [0, 0],
        "label": ["1", "0"],
    }
    assert outputs["dev"]["label"].tolist() == ["1"]
    assert outputs["test"]["label"].isna().all()
    assert outputs["test_1_0"]["context"].tolist() == ["旧#idiom#"]
    assert sorted(outputs["card"]["files"]) == sorted(FILES["chid"])
    train = outputs["card"]["splits"]["train"]
    assert (train["examples"], train["documents"], train["choices"]) == (2, 1, {"2": 2})
    with pytest.raises(UserError, match=r"dev\.json:1: blank #idiom577157# has no answer, expected one in"):
        prepared("chid", dev_answer_json=b"{}")


def test_drcd_is_in_traditional_characters(prepared: Any) -> None:
    outputs = prepared("drcd")
    assert outputs["train"].to_dict("records") == [
        {
            **{"id": "training-1", "document": 0, "context": "青山鎮在湖邊，人口三千。", "question": "青山鎮在哪裡？"},
            **{"answers": ["湖邊", "在湖邊"], "answer_start": [4, 3]},
        }
    ]
    assert outputs["card"]["splits"]["dev"]["answers"] == 2
    with pytest.raises(UserError, match=r"DRCD_dev\.json: data\.0\.paragraphs\.0\.qas\.0: key 'context' is missing"):
        prepared("drcd", DRCD_dev_json=DRCD.replace('"context"', '"passage"').encode())


def test_conll2002_nl_has_marks_without_a_blank_line(prepared: Any) -> None:
    outputs = prepared("conll2002_nl")
    assert outputs["train"]["tokens"].tolist() == [["De", "Vries", "won"], ["Gent"], ["Nee"]]
    assert outputs["train"]["document"].tolist() == [0, 0, 1]
    assert outputs["card"]["splits"]["train"]["label_counts"] == {"LOC": 1, "PER": 1}
    with pytest.raises(UserError, match=r"ned\.testa:1: found tag 'B-TIME', expected O, B-x or I-x with x among LOC"):
        prepared("conll2002_nl", ned_testa=b"Nu Adv B-TIME\n")


def test_conll2003_de_is_latin_1_with_lemmas_and_iob1(prepared: Any) -> None:
    outputs = prepared("conll2003_de")
    assert outputs["dev"]["tokens"].tolist() == [["Zürich", "Bern", "jubelt"], ["Anna", "Maier"]]
    assert outputs["dev"]["lemma"].tolist()[1] == ["Anna", "<unknown>"]
    assert outputs["dev"]["tags"].tolist() == [["B-LOC", "B-LOC", "O"], ["B-PER", "I-PER"]]
    assert outputs["card"]["splits"]["dev"]["irregular_tags"] == 0
    with pytest.raises(UserError, match=r"deu\.train:1: found 4 columns, expected 5, since 'read\.fields' names col"):
        prepared("conll2003_de", deu_train=b"Bern NE I-NC I-LOC\n")


def test_conllpp(prepared: Any) -> None:
    outputs = prepared("conllpp")
    assert outputs["test"]["tags"].tolist() == [["B-ORG", "O"]]
    with pytest.raises(UserError, match=r"conllpp_test\.txt:2: found 2 columns, expected 4 as in the lines before"):
        prepared("conllpp", conllpp_test_txt=b"a NN B-NP O\nb NN\n")
