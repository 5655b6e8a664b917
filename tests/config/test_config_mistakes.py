"""Every mistake in a spec is one line that names file, line and key."""

import pytest

from small_project import DEMO, MORE, NAMES, PLAIN, TINY, TOPIC, WORDS, SmallProject

MISTAKES = {
    # unknown keys, at every depth
    "key of a task": (
        TOPIC,
        "  metric:",
        "  metrik: x\n  metric:",
        ":23: topic.metrik: unknown key; known keys here: title",
    ),
    "key of a file": (
        TOPIC,
        "sha256: null",
        "sha: null",
        ":10: topic.files.0.sha: unknown key; known keys here: name, sha256",
    ),
    "key of a source": (
        TOPIC,
        "{path: raw",
        "{paht: x, path: raw",
        ":12: topic.files.0.sources.0.paht: unknown key; known",
    ),
    "key of read": (
        TOPIC,
        "    format:",
        "    form: x\n    format:",
        ":15: topic.read.form: unknown key; known keys here: format",
    ),
    "key of a split": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, labeled: true}",
        ":20: topic.read.splits.dev.labeled: unknown key; known keys here: file, labelled",
    ),
    "key of a recipe": (
        WORDS,
        "  seeds:",
        "  seed: 1\n  seeds:",
        ":4: words.seed: unknown key; known keys here: title",
    ),
    "key of an encoder": (
        TINY,
        "  layout",
        "  size: 1\n  layout",
        ":3: tiny.size: unknown key; known keys here: title",
    ),
    "key of a suite": (
        DEMO,
        "  title",
        "  tasks: []\n  title",
        ":2: demo.tasks: unknown key; known keys here: title, cells",
    ),
    "name of a count": (
        TOPIC,
        "{examples: 2}",
        "{rows: 2}",
        ":22: topic.read.expected.train.rows: Input should be 'examples'",
    ),
    "name of a split": (
        TOPIC,
        "      dev: {",
        "      valid: {",
        ":20: topic.read.splits.valid: String should match pattern",
    ),
    # missing keys
    "no metric": (TOPIC, "  metric: accuracy\n", "", ":1: topic.metric: this key is missing"),
    "no name of a file": (
        TOPIC,
        "name: all.json\n      sha256: null",
        "sha256: null",
        ":9: topic.files.0.name: this key is m",
    ),
    "no dev": (TOPIC, "      dev: {file: all.json}\n", "", ":18: topic.read.splits: needs a labelled split 'dev'"),
    "hidden dev": (
        NAMES,
        "dev: {file: all.txt}",
        "dev: {file: all.txt, labelled: false}",
        ":14: names.read.splits: needs a labelled split 'dev'",
    ),
    # wrong values
    "bytes": (TOPIC, "sha256: null", "bytes: many", ":10: topic.files.0.bytes: Input should be a valid integer"),
    "labels": (TOPIC, "[a, b]", "[a, 2]", ":17: topic.read.labels.1: Input should be a valid string (found 2)"),
    "no labels": (TOPIC, "    labels: [a, b]\n", "", ":14: topic.read.labels: type classification needs at least one"),
    "empty labels": (TOPIC, "[a, b]", "[]", ":17: topic.read.labels: type classification needs at least one, found 0"),
    "type": (TOPIC, "type: classification", "type: ranking", ":4: topic.type: Input should be 'classification'"),
    "language": (TOPIC, "language: zh", "language: chinese", ":5: topic.language: String should match pattern"),
    "sha256": (
        TOPIC,
        "sha256: null",
        "sha256: ABC",
        ":10: topic.files.0.sha256: String should match pattern '^[0-9a-f]{64}$'",
    ),
    "negative seed": (
        WORDS,
        "[0, 1]",
        "[0, -1]",
        ":4: words.seeds.1: Input should be greater than or equal to 0 (found -1)",
    ),
    "no training example": (
        WORDS,
        "  seeds:",
        "  train_examples: 0\n  seeds:",
        ":4: words.train_examples: Input should be",
    ),
    "two kinds": (
        TOPIC,
        "{path: raw/all.json}",
        "{path: raw/all.json, mirror: x}",
        ":12: topic.files.0.sources.0: give exactly one of path, mirror, url, wheel, hub; found path, mirror",
    ),
    "no kind": (
        TOPIC,
        "mirror: all.zip, ",
        "",
        ":13: topic.files.0.sources.1: give exactly one of path, mirror, url, wheel",
    ),
    "member outside": (
        TOPIC,
        "member: all.json",
        "member: ../all.json",
        ":13: topic.files.0.sources.1.member: must be a relative path without '..' (found '../all.json')",
    ),
    "two tasks in a name": (DEMO, "topic.words", "a.b.c", ":4: demo.cells.0: String should match pattern"),
    "kind of a column": (
        TOPIC,
        "text: sentence",
        "text: 1.5",
        ":16: topic.read.fields.text: Input should be a valid string",
    ),
    "name of a column": (
        TOPIC,
        "text: sentence",
        "text: {a: b}",
        ":16: topic.read.fields.text: Input should be a valid st",
    ),
    # values that do not fit each other
    "metric of another type": (
        TOPIC,
        "metric: acc",
        "metric: span_f1 #",
        ":23: topic.metric: type classification is scored w",
    ),
    "file of a split": (
        TOPIC,
        "dev: {file: all",
        "dev: {file: dev",
        ":20: topic.read.splits.dev.file: 'dev.json' is not among",
    ),
    "file twice": (
        NAMES,
        "files: [",
        "files: [{name: all.txt, sources: [{path: b}]}, ",
        ":8: names.files: found all.txt twice",
    ),
    "column of the type": (TOPIC, "{text: ", "{texts: ", ":16: topic.read.fields: type classification needs text"),
    "columns of coreference": (
        TOPIC,
        "type: classification",
        "type: coreference",
        ":16: topic.read.fields: type coreference needs span1, span1_start, span2, span2_start",
    ),
    "columns of keyword match": (
        TOPIC,
        "type: classification",
        "type: keyword_match",
        ":16: topic.read.fields: type keyword_match needs keywords",
    ),
    "format of another type": (
        TOPIC,
        "format: json_lines",
        "format: conll_columns",
        ":15: topic.read.format: conll_columns holds tagging; found type classification",
    ),
    "column without number": (
        NAMES,
        "tokens: 0",
        "tokens: word",
        ":11: names.read.fields.tokens: expected the number of a c",
    ),
    "negative column": (
        NAMES,
        "tags: 1",
        "tags: -1",
        ":11: names.read.fields.tags: expected the number of a column, from 0",
    ),
    "scheme without tags": (
        TOPIC,
        "    labels",
        "    scheme: iob2\n    labels",
        ":17: topic.read.scheme: format conll_columns needs it, others must not have it",
    ),
    "tags without scheme": (
        NAMES,
        "    scheme: iob2\n",
        "",
        ":9: names.read.scheme: format conll_columns needs it",
    ),
    "scheme of spans": (
        NAMES,
        "format: conll_columns\n    fields: {tokens: 0, tags: 1}",
        "format: json_spans\n    fields: {tokens: text, tags: label}",
        ":12: names.read.scheme: format conll_columns needs it, others must not have it",
    ),
    "column that spans do not have": (
        NAMES,
        "format: conll_columns\n    fields: {tokens: 0, tags: 1}\n    scheme: iob2",
        "format: json_spans\n    fields: {tokens: text, tags: label, pos: pos}",
        ":11: names.read.fields.pos: json_spans has id, tokens, tags; found pos",
    ),
    "rows that end before they begin": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, rows: [5, 5]}",
        ":20: topic.read.splits.dev.rows: expected a begin and a later end, found [5, 5]",
    ),
    "rows before the first one": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, rows: [-5, null]}",
        ":20: topic.read.splits.dev.rows.0: Input should be greater than or equal to 0 (found -5)",
    ),
    "format of a split": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, format: json_spans}",
        ":20: topic.read.splits.dev.format: json_spans holds tagging; found type classification",
    ),
    "columns of a split": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, fields: {text: sentence}}",
        ":20: topic.read.splits.dev.fields: expected the columns of 'read.fields': text, label; found text",
    ),
    "column of a split without number": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, format: tab_separated}",
        ":20: topic.read.splits.dev.fields.text: expected the number of a column, from 0 on; found 'sentence'",
    ),
    "several files": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: [all.json, all.json]}",
        ":20: topic.read.splits.dev.file: json_lines is read from one file, found 2",
    ),
    "no file": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: []}",
        ":20: topic.read.splits.dev.file",
    ),
    "one of several files": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: [all.json, dev.json]}",
        ":20: topic.read.splits.dev.file: 'dev.json' is not among files: all.json",
    ),
    "file of answers": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, answers: dev.json}",
        ":20: topic.read.splits.dev.answers: 'dev.json' is not among files: all.json",
    ),
    "answers beside texts": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json, answers: all.json}",
        ":20: topic.read.splits.dev.answers: only a labelled split of format json_blanks has answers in a file of",
    ),
    "passages of another type": (
        TOPIC,
        "format: json_lines",
        "format: json_questions",
        ":15: topic.read.format: json_questions holds multiple_choice; found type classification",
    ),
    "no label beside the questions": (
        TOPIC,
        "type: classification",
        "type: multiple_choice",
        ":16: topic.read.fields: type multiple_choice needs context, choices",
    ),
    "folds without a place for their number": (
        TOPIC,
        "    labels",
        "    folds: 5\n    labels",
        ":20: topic.read.splits.train.file: 'folds' is 5: expected {fold} in the name, as in train_{fold}.json; found",
    ),
    "a place for the number of a fold, and no folds": (
        TOPIC,
        "dev: {file: all.json}",
        'dev: {file: "all_{fold}.json"}',
        ":20: topic.read.splits.dev.file: found 'all_{fold}.json'; only train and dev have folds, and 'folds' says",
    ),
    "one fold": (
        TOPIC,
        "    labels",
        "    folds: 1\n    labels",
        ":17: topic.read.folds: Input should be greater than or equal to 2 (found 1)",
    ),
    "file of a fold": (
        TOPIC,
        "train: {file: all.json}\n      dev: {file: all.json}",
        'train: {file: "all{fold}.json"}\n      dev: {file: "all{fold}.json"}\n    folds: 2',
        ":19: topic.read.splits.train.file: 'all0.json' is not among files: all.json",
    ),
    "column with the name of folds": (
        TOPIC,
        "label: label}",
        "label: label, fold: fold}",
        ":16: topic.read.fields.fold: this name is that of the number of the fold; take another",
    ),
    "unlabeled texts with labels": (
        TOPIC,
        "dev: {file: all.json}",
        "dev: {file: all.json}\n      unlabeled: {file: all.json}",
        ":18: topic.read.splits: the split 'unlabeled' has no labels; give it 'labelled: false'",
    ),
    "overlap with no task": (
        TOPIC,
        "  overrides:",
        "  overlaps_with: {topics: all of it}\n  overrides:",
        ":24: topic.overlaps_with: there is no other task 'topics'",
    ),
    "encoding": (
        TOPIC,
        "    labels",
        "    encoding: gbk\n    labels",
        ":17: topic.read.encoding: Input should be 'utf-8' or 'latin-1' (found 'gbk')",
    ),
    "new name of a label": (
        TOPIC,
        "    labels",
        "    rename_labels: {x: c}\n    labels",
        ":17: topic.read.rename_labels.x: expected one of a, b; found 'c'",
    ),
    "new name of a type": (
        NAMES,
        "    labels",
        "    rename_labels: {x: X}\n    labels",
        ":13: names.read.rename_labels: a tagging task must not have it",
    ),
    "counts of no split": (
        TOPIC,
        "      train: {ex",
        "      test: {ex",
        ":22: topic.read.expected.test: there is no split 'test'",
    ),
    "spans of texts": (
        TOPIC,
        "{examples: 2}",
        "{spans: 2}",
        ":22: topic.read.expected.train.spans: type classification has",
    ),
    "spans of a hidden split": (
        NAMES,
        "  metric",
        "    expected: {test: {spans: 1}}\n  metric",
        ":15: names.read.expected.test.spans: type tagging has only documents, dropped, examples, tokens to count",
    ),
    # recipes
    "unknown parent": (
        MORE,
        "extends: words",
        "extends: word",
        ":3: more.extends: found 'word', expected one of more, plain",
    ),
    "parent of a wrong type": (
        MORE,
        "extends: words",
        "extends: [words]",
        ":3: more.extends: found '['words']', expected one",
    ),
    "itself as parent": (MORE, "extends: words", "extends: more", ":3: more.extends: a circle"),
    "options of a wrong type": (
        MORE,
        "{c: 5.0}",
        "[c]",
        ":4: more.options: Input should be a valid dictionary (found ['c'])",
    ),
    "unknown estimator": (WORDS, "linear", "lineal", ":3: words.estimator: there is no estimator 'lineal'"),
    "module that is no estimator": (WORDS, "linear", "base", ":3: words.estimator: there is no estimator 'base'"),
    "unknown option": (
        MORE,
        "{c: 5.0}",
        "{d: 5.0}",
        ":4: more.options.d: unknown key; known keys here: words, characters",
    ),
    "option of an estimator without": (
        PLAIN,
        "majority}",
        "majority, options: {a: 1}}",
        ":1: plain.options.a: unknown key; kno",
    ),
    "value of an option": (WORDS, "c: 1.0", "c: 0", ":6: words.options.c: Input should be greater than 0 (found 0)"),
    "seeds of no recipe": (
        TOPIC,
        "  overrides:",
        "  seeds: {word: [1]}\n  overrides:",
        ":24: topic.seeds: there is no recipe 'word'",
    ),
    "overrides of no recipe": (TOPIC, "    words:", "    word:", ":25: topic.overrides: there is no recipe 'word'"),
    "overriding option": (
        TOPIC,
        "{c: 2.0}",
        "{d: 2.0}",
        ":25: topic.overrides.words.d: unknown key; known keys here: words",
    ),
    "overriding value": (
        TOPIC,
        "{c: 2.0}",
        "{words: [2, 1]}",
        ":25: topic.overrides.words: 'words' must be [shortest, longe",
    ),
    # suites
    "unknown task": (
        DEMO,
        "topic.words",
        "topics.words",
        ":4: demo.cells: there is no task 'topics'; known: names, topic",
    ),
    "unknown recipe": (
        DEMO,
        "topic.more",
        "topic.mor",
        ":5: demo.cells: there is no recipe 'mor'; known: more, plain, tagger",
    ),
    "estimator for another type": (
        DEMO,
        "names.tagger",
        "topic.tagger",
        ":6: cell topic.tagger: estimator 'crf' suits relation_extraction, tagging",
    ),
    "cell twice": (DEMO, "topic.more", "topic.words", ":3: demo.cells: found topic.words twice; name each cell once"),
    "task of this name": (DEMO, "demo:", "topic:", ":1: topic: a task has this name; a suite needs another"),
    # names
    "capital letter": (
        TOPIC,
        "topic:",
        "Topic:",
        ":1: found the name 'Topic', expected lower-case letters, digits and '_'",
    ),
    "dot": (WORDS, "words:", "word.s:", ":1: found the name 'word.s', expected lower-case letters"),
    "digit in front": (DEMO, "demo:", "1demo:", ":1: found the name '1demo', expected lower-case letters"),
    "end of line": (TINY, "tiny:", '"tiny\\n":', ":1: found the name 'tiny\\n', expected lower-case letters"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(project: SmallProject, mistake: str) -> None:
    project.check_mistake(*MISTAKES[mistake])


@pytest.mark.parametrize("mistake", list(MISTAKES)[::7])
def test_kedros_loader_changes_nothing_in_the_line(project: SmallProject, mistake: str) -> None:
    file, old, new, _ = MISTAKES[mistake]
    project.edit(file, old, new)
    assert project.error() == project.quick_error()


def test_further_mistakes_are_counted(project: SmallProject) -> None:
    project.edit(TOPIC, "  metric: accuracy\n", "")
    project.edit(TOPIC, "  licence: CC0-1.0\n", "")
    project.edit(TOPIC, "  source: hand-written\n", "")
    assert project.quick_error().endswith("this key is missing; and 2 more")


@pytest.mark.parametrize("content", ["", "5", "[title]", "text"])
def test_a_spec_without_keys_is_named(project: SmallProject, content: str) -> None:
    for file, name in (("base/tasks/z.yml", "z"), ("base/encoders/z.yml", "z"), ("base/suites/z.yml", "z")):
        project.write(file, f"{name}: {content}\n")
        assert project.quick_error().startswith(f"conf/{file}:1: z: Input should be a valid dictionary")
        (project.root / "conf" / file).unlink()
    project.write("base/recipes/z.yml", f"z: {content}\n")
    assert project.quick_error().startswith("conf/base/recipes/z.yml:1: z: Input should be a valid dictionary")
    project.edit(MORE, "extends: words", "extends: z")
    assert "conf/base/recipes/z.yml:1: z: " in project.quick_error()
