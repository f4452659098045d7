"""What the toolbox offers, for a form and a place; and the template that an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equipage.foundation.french import enumerate_words, typographic
from equipage.rules import NoRuleInForce, library
from equipage.rules.form import FormView
from equipage.rules.pack import FormCard, Territory
from equipage.support.toolbox.blocks import Blank
from equipage.support.toolbox.project import project_blank
from equipage.support.toolbox.reading import Template, templates
from equipage.teams.rules import forms_open_in, known_forms

NATIONAL = "fr"


class NotOffered(LookupError):
    """There is no such template. `sentence` says it in French, and what there is instead."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = typographic(sentence)


@dataclass(frozen=True, slots=True)
class Choice:
    """A form and a place, as asked; `form` is "" for any form."""

    form: str
    territory: str


def places() -> list[Territory]:
    """France, then the regions by name."""
    found = library().territories.values()
    return sorted(found, key=lambda place: (place.code != NATIONAL, place.label))


def usual(on: date) -> Choice:
    """The form that teams take most, and the first region where it is open; the national form when there is none."""
    for code, _ in known_forms(on):
        for place in places():
            if place.region and code in {card.code for card in forms_open_in(place.region, on)}:
                return Choice(code, place.code)
    return Choice("", NATIONAL)


def check_choice(form: str, territory: str, on: date) -> Choice:
    """The choice of an address; the usual one where it says nothing. Raises NotOffered on an unknown form or place."""
    place = territory or _place_of(form, on)
    if place not in library().territories:
        raise NotOffered(f"Le territoire « {territory[:40]} » n'est pas connu. Choisissez une région dans la liste.")
    known = {card.code: card.label for card in library().forms(place, on)}
    if form and form not in known:
        where = library().territories[place].inside
        raise NotOffered(
            f"La forme « {form[:40]} » n'est pas connue {where}. Formes connues : {enumerate_words(known.values())}."
        )
    return Choice(form, place)


def _place_of(form: str, on: date) -> str:
    """Where nobody said a place: the first that has this form, the usual one before the others."""
    first = usual(on).territory
    ordered = [first, *(place.code for place in places() if place.code != first)]
    return next((code for code in ordered if form in {card.code for card in library().forms(code, on)}), first)


def forms_in(territory: str, on: date) -> list[FormCard]:
    """The forms of a place, those open to its teams first."""
    open_there = {card.code for card in forms_open_in(library().territories[territory].region, on)}
    return sorted(library().forms(territory, on), key=lambda card: (card.code not in open_there, card.label))


def offered(choice: Choice, on: date) -> list[Template]:
    """The templates of use to a form, in order; the project only where the rules describe one."""
    return [
        template
        for template in templates().values()
        if template.fits(choice.form) and (not template.from_rules or project_form(choice, on))
    ]


def templates_for(form: str, step: str, territory: str, on: date) -> list[Template]:
    """The templates that help at a step of the path of a form (`form.steps`), for whoever draws that path."""
    found = offered(Choice(form, territory), on)
    return [template for template in found if template.helps(form, step)]


def project_form(choice: Choice, on: date) -> FormView | None:
    """The form whose project is described, the usual one when none is chosen; None when the rules describe none."""
    chosen = choice if choice.form else usual(on)
    try:
        form = library().form(chosen.form, chosen.territory, on)
    except NoRuleInForce:
        return None
    return form if form.project_template.sections else None


def file_slug(slug: str, form: str, territory: str, on: date) -> str:
    """The name of the file, without its extension: that of the template, and of the form where it depends on one."""
    template = templates()[slug]
    if not template.from_rules:
        return slug
    found = project_form(check_choice(form, territory, on), on)
    return f"{slug}-{found.code}" if found else slug


def blank_of(slug: str, form: str, territory: str, on: date) -> Blank:
    """The template to draw. Form and place only matter to the project. Raises NotOffered, with a sentence."""
    template = templates().get(slug)
    if template is None:
        raise NotOffered(f"La boîte à outils n'a pas de modèle « {slug[:40]} ».")
    if not template.from_rules:
        return template.blank
    found = project_form(check_choice(form, territory, on), on)
    if found is None:
        raise NotOffered("Les règles de cette forme ne décrivent pas encore de projet de santé.")
    return project_blank(template.blank, library(), found)
