"""Tasks of entities and relations: what their specs must say."""

import pytest

from regen.config.cell import cell_config
from regen.config.recipe import RecipeSpec
from regen.errors import UserError
from small_project import SmallProject

FILE = "base/tasks/links.yml"
LINKS = """\
    links:
      title: Links
      benchmark: sample
      type: relation_extraction
      language: en
      licence: CC0-1.0
      source: hand-written
      files: [{name: all.json, sources: [{path: raw/all.json}]}]
      read:
        format: json_relations
        fields: {tokens: tokens, entities: entities, relations: relations}
        entity_types: [Loc, Peop]
        labels: [Live_In]
        splits: {train: {file: all.json}, dev: {file: all.json}, test: {file: all.json, labelled: false}}
        expected: {train: {entities: 3, relations: 2}}
      metric: strict_relation_f1
    """
MISTAKES = {
    "metric": (
        "strict_relation_f1",
        "accuracy",
        ":16: links.metric: type relation_extraction is scored with strict_re",
    ),
    "no entities": ("entities: entities, ", "", ":11: links.read.fields: type relation_extraction needs entities"),
    "further field": ("{tokens", "{pos: pos, tokens", ":11: links.read.fields.pos: json_relations has id, tokens, ent"),
    "name of a column": (
        "format: json_relations",
        "format: multihead_columns",
        ":11: links.read.fields.tokens: expected the number of a column, from 0 on; found 'tokens'",
    ),
    "id of columns": (
        "format: json_relations\n    fields: {tokens: tokens, entities: entities, relations: relations}",
        "format: multihead_columns\n    fields: {id: 0, tokens: 1, entities: 2, relations: 3}",
        ":11: links.read.fields.id: multihead_columns has tokens, entities, relations; found id",
    ),
    "format of others": ("json_relations", "json_lines", ":10: links.read.format: json_lines holds classification, "),
    "no types": (
        "    entity_types: [Loc, Peop]\n",
        "",
        ":9: links.read.entity_types: type relation_extraction needs it, others must not have it; found type relation",
    ),
    "a name twice": ("Live_In", "Loc", ":12: links.read.entity_types: 'Loc' is a type of relations, too; give it ano"),
    "new names": (
        "    labels",
        "    rename_labels: {live: Live_In}\n    labels",
        ":13: links.read.rename_labels: a relation_extraction task must not have it",
    ),
    "count of others": (
        "entities: 3",
        "spans: 3",
        ":15: links.read.expected.train.spans: type relation_extraction has only entities, examples, relations, tokens",
    ),
    "count of hidden ones": (
        "{train: {ent",
        "{test: {ent",
        ":15: links.read.expected.test.entities: type relation_extraction has only examples, tokens to count here",
    ),
}


@pytest.fixture
def links(project: SmallProject) -> SmallProject:
    project.write(FILE, LINKS)
    return project


def test_a_task_of_relations(links: SmallProject) -> None:
    task = links.specs().tasks["links"]
    config = cell_config("links", task, "crf", RecipeSpec(title="CRF", estimator="crf"))
    assert (config.gold, config.labels) == ("annotation", ("Live_In",))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_file_line_and_key(links: SmallProject, mistake: str) -> None:
    links.check_mistake(FILE, *MISTAKES[mistake])


def test_other_types_have_no_types_of_entities(project: SmallProject) -> None:
    said = (
        ":13: names.read.entity_types: type relation_extraction needs it, others must not have it; found type tagging"
    )
    project.check_mistake("base/tasks/names.yml", "    labels", "    entity_types: [Y]\n    labels", said)


def test_answers_are_no_features(links: SmallProject) -> None:
    recipe = RecipeSpec(title="CRF", estimator="crf", options={"columns": ["entities"]})
    with pytest.raises(
        UserError, match="option 'columns': found entities, expected further fields of the task: it has"
    ):
        cell_config("links", links.specs().tasks["links"], "crf", recipe)
