"""The project of the toolbox follows the rules of a form; each form and each step has its templates."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from equipage.rules.library import RULEPACKS, library
from equipage.support.toolbox import project
from equipage.support.toolbox.blocks import Blank, Checks, Heading
from equipage.support.toolbox.catalogue import Choice, NotOffered, blank_of, offered, templates_for, usual
from equipage.support.toolbox.printing import pdf_of
from equipage.support.toolbox.project import project_blank
from equipage.support.toolbox.reading import templates
from equipage.support.toolbox.word import docx_of
from tests.support.toolbox_texts import ON, SLUGS, all_texts, labels_of, packed, pdf_text, word_paragraphs

# The project follows the rules --------------------------------------------------------------------------------------


def project_of(form: str, territory: str) -> Blank:
    return blank_of("projet-de-sante", form, territory, ON)


@pytest.mark.parametrize(("form", "territory"), [("esp", "fr"), ("esp-clap", "fr-pdl")])
def test_the_project_asks_all_that_the_rules_ask_in_their_order(form: str, territory: str) -> None:
    asked = library().form(form, territory, ON).project_template
    found = project_of(form, territory)
    titles = [block.text for block in found.blocks if isinstance(block, Heading)]
    assert [title.replace("’", "'") for title in titles] == [
        f"{section.number}. {section.title}" if section.number else section.title for section in asked.sections
    ]
    said = "\n".join(labels_of(found)).replace("’", "'").replace("\u202f", " ")
    place = -1
    for field in (field for section in asked.sections for field in section.fields):
        place = said.index(field.label, place + 1)
    texts = "\n".join(all_texts(found.blocks)).replace("’", "'").replace("\u202f", "")
    for section in asked.sections:
        assert section.help.replace("\u202f", "").replace(" ", "")[:40] in texts.replace(" ", "")


def test_a_question_that_may_stay_empty_says_so() -> None:
    asked = library().form("esp", "fr", ON).project_template
    labels = labels_of(project_of("esp", "fr"))
    optional = sum(
        not field.required and not field.required_if for section in asked.sections for field in section.fields
    )
    assert optional and sum(label.endswith("(facultatif)") for label in labels) == optional


def test_a_region_adds_its_own_sections() -> None:
    national, regional = labels_of(project_of("esp", "fr")), labels_of(project_of("esp-clap", "fr-pdl"))
    assert "Actions prévues" in regional and "Actions prévues" not in national
    assert project_of("esp-clap", "fr-pdl").subtitle == "ESP CLAP · Pays de la Loire"
    actions = next(
        b for b in project_of("esp-clap", "fr-pdl").blocks if isinstance(b, Checks) and b.label == "Actions prévues"
    )
    assert "Plan personnalisé de santé" in actions.options


def test_two_regions_under_the_same_rules_are_one_document() -> None:
    assert project_of("esp", "fr-hdf") == project_of("esp", "fr-ges") == project_of("esp", "fr")
    assert project_of("esp", "fr").subtitle == "ESP · France"


def test_where_nothing_is_chosen_the_usual_form_is_taken() -> None:
    assert usual(ON) == Choice("esp-clap", "fr-pdl")
    assert project_of("", "") == project_of("esp-clap", "fr-pdl") == project_of("esp-clap", "")


def test_every_kind_of_question_has_its_room() -> None:
    schema = json.loads((RULEPACKS / "schema" / "project.json").read_text("utf-8"))
    kinds = schema["properties"]["fields"]["items"]["properties"]["type"]["enum"]
    assert set(kinds) == set(project._FIELDS)


NEW_FORM = """
kind: form
code: ess
territory: fr
label: ESS
full_name: Équipe de soins spécialisés
summary: Des médecins spécialistes.
valid_from: 2027-01-01
reference: {source: fiche-esp-pdl}
confidence: secondary
"""
NEW_PROJECT = """
kind: project
form: ess
territory: fr
defaults: {valid_from: 2027-02-01, reference: {source: fiche-esp-pdl}, confidence: secondary}
entries:
  access:
    order: 10
    values:
      - value:
          title: L'accès aux avis <&>
          help: Qui répond.
          fields:
            - {key: delay, label: Délai de réponse, type: integer, unit: jours, required: true}
"""


def test_a_form_added_as_data_has_its_project_at_once(tmp_path: Path) -> None:
    """« Équipe de soins spécialisés » : two files, a new section, a mark of confidence; no code."""
    folder = tmp_path / "fr" / "ess"
    folder.mkdir(parents=True)
    (folder / "form.yaml").write_text(NEW_FORM, "utf-8")
    (folder / "project.yaml").write_text(NEW_PROJECT, "utf-8")
    rules = library(RULEPACKS, tmp_path)
    found = project_blank(templates()["projet-de-sante"].blank, rules, rules.form("ess", "fr", date(2027, 6, 1)))
    assert labels_of(found) == ["Délai de réponse"]
    assert found.dated == date(2027, 2, 1)
    assert found.sources == (
        "Fiche «\u202fÉquipes de soins primaires\u202f» Pays de la Loire (source secondaire, à confirmer)",
    )
    assert "L’accès aux avis <&>" in word_paragraphs(docx_of(found))
    assert packed("L’accès aux avis <&>") in pdf_text(pdf_of(found))


def test_sources_carry_the_least_sure_of_their_marks() -> None:
    form = library().form("esp", "fr", ON)
    values = [section.rule for section in form.project_template.sections]
    doubted = replace(values[1], confidence="secondary")
    assert next(project._sources([values[0], doubted])).endswith("(source secondaire, à confirmer)")
    sources = project_of("esp", "fr").sources
    assert any("Occitanie (vérifié dans la source)" in source for source in sources)
    assert any("Normandie" in source and "à confirmer" in source for source in sources)


# What is offered ----------------------------------------------------------------------------------------------------


def test_a_form_sees_its_own_templates() -> None:
    every = [template.slug for template in offered(Choice("", "fr"), ON)]
    assert set(every) == set(SLUGS)
    national = [template.slug for template in offered(Choice("esp", "fr"), ON)]
    assert "declaration-actions" not in national and "compte-rendu-rcp" in national
    assert national == [slug for slug in every if slug in national]


def test_forms_and_steps_of_templates_exist_in_the_rules() -> None:
    """A template tied to a step that no form has would never be shown on a path."""
    steps = [rule for rule in library().rules() if rule.group == "steps"]
    known = {rule.key for rule in steps} | {f"{rule.form}.{rule.key}" for rule in steps}
    assert [slug for slug, template in templates().items() if not template.steps or set(template.steps) - known] == []
    assert [found.slug for found in templates_for("esp-clap", "project", "fr-pdl", ON)] == ["projet-de-sante"]
    assert "bilan-annuel" in [found.slug for found in templates_for("esp-clap", "review", "fr-pdl", ON)]


@pytest.mark.parametrize(
    ("slug", "form", "territory", "sentence"),
    [
        ("rien", "", "", "n’a pas de modèle «\u202frien\u202f»"),
        ("projet-de-sante", "scm", "", "« scm » n’est pas connue en Pays de la Loire. Formes connues : "),
        ("projet-de-sante", "esp-clap", "fr-bre", "« esp-clap » n’est pas connue en Bretagne"),
        ("projet-de-sante", "", "fr-zz", "Le territoire « fr-zz » n’est pas connu"),
        ("projet-de-sante", "x" * 500, "", "« " + "x" * 40 + " »"),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(slug: str, form: str, territory: str, sentence: str) -> None:
    with pytest.raises(NotOffered) as refused:
        blank_of(slug, form, territory, ON)
    assert packed(sentence) in packed(refused.value.sentence)
