"""Mistakes in recipes, suites and names: file, text, what stands there instead, and what is said of it."""

from small_project import DEMO, MORE, PLAIN, TINY, TOPIC, WORDS

MISTAKES = {
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
    "unknown key of a nested option": (
        PLAIN,
        "majority}",
        "encoder, options: {tuning: {type: ia3, rank: 4}}}",
        ":1: plain.options.tuning.rank: unknown key; known keys here: type (found 4)",
    ),
    "value of a nested option": (
        PLAIN,
        "majority}",
        "encoder, options: {tuning: {type: lora, rank: 0}}}",
        ":1: plain.options.tuning.rank: Input should be greater than or equal to 1 (found 0)",
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
    "examined cell of no suite": (
        DEMO,
        "    - names.tagger\n",
        "    - names.tagger\n  examined: [names.tagger, topic.plain]\n",
        ":7: demo.examined.1: 'topic.plain' is none of the suite's cells; add it there",
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
