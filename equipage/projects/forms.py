"""The form of a section, made from the typed fields of the rules.

A draft may be saved with holes: what the project needs is said beside the fields and checked at the deposit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from equipage.foundation.french import number, typographic
from equipage.foundation.periods import today
from equipage.projects.reading import Names, read_section
from equipage.projects.rules import team_facts
from equipage.rules import check_action_allowed
from equipage.rules.catalogue import Field, Section
from equipage.teams.rules import form_of
from equipage.territory.forms import CommuneField

EXTRA_ROWS = 3
MOST_ROWS = 60
LONGEST_TEXT = 20_000
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_OTHER = "other:"
_TOO_LONG = typographic(f"Ce texte dépasse {number(LONGEST_TEXT)} caractères : raccourcissez-le.")


class WholeNumberField(forms.IntegerField):
    """A whole number as people write it: « 1 200 » is one."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        cleaned = _SPACES.sub("", value) if isinstance(value, str) else value
        return super().to_python(cleaned)


@dataclass
class Part:
    """One question on the page: how it is drawn, its bound fields, and what is read from the team."""

    asked: Field
    kind: str
    bound: list[Any] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[dict[str, Any]] = field(default_factory=list)
    shown: Any = None


class SectionForm(forms.Form):
    """The answers to one section. `answers()` gives them back as the rules read them, empty ones left out."""

    use_required_attribute = False

    def __init__(self, *args: Any, section: Section, team: Any, answers: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section, self.team, self.known = section, team, answers
        for asked in section.fields:
            getattr(self, f"_add_{asked.type}", self._add_text)(asked, answers.get(asked.key))
        self._asked = {name: made.required for name, made in self.fields.items()}

    def full_clean(self) -> None:
        """Check what is there; what is absent is the business of the completeness, not of a save."""
        for made in self.fields.values():
            made.required = False
        super().full_clean()
        for name, made in self.fields.items():
            made.required = self._asked[name]

    # --- one method a type --------------------------------------------------------------------------------------

    def _add_text(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.CharField(
            label=asked.label,
            help_text=_help(asked),
            required=asked.required,
            initial=value or "",
            max_length=LONGEST_TEXT,
            error_messages={"max_length": _TOO_LONG},
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def _add_integer(self, asked: Field, value: Any) -> None:
        least, most = asked.min if asked.min is not None else 0, asked.max if asked.max is not None else 10_000_000
        self.fields[asked.key] = WholeNumberField(
            label=asked.label,
            help_text=_help(asked),
            required=asked.required,
            initial=value,
            min_value=least,
            max_value=most,
            error_messages={
                "invalid": typographic("Écrivez un nombre entier, en chiffres : 312 par exemple."),
                "min_value": typographic(f"Ce nombre est d'au moins {number(least)} : vérifiez-le."),
                "max_value": typographic(f"Ce nombre ne dépasse pas {number(most)} : vérifiez-le."),
            },
            widget=forms.TextInput(attrs={"class": "short"}),
        )

    def _add_boolean(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.TypedChoiceField(
            label=asked.label,
            help_text=_help(asked),
            required=asked.required,
            choices=(("oui", "Oui"), ("non", "Non")),
            coerce=lambda typed: typed == "oui",
            empty_value=None,
            initial=None if value is None else ("oui" if value else "non"),
            widget=forms.RadioSelect,
        )

    def _add_choices(self, asked: Field, value: Any) -> None:
        chosen = [str(item) for item in value or ()]
        self.fields[asked.key] = forms.MultipleChoiceField(
            label=asked.label,
            help_text=_help(asked),
            required=asked.required,
            choices=[(choice.key, choice.label) for choice in asked.choices],
            initial=[item for item in chosen if not item.startswith(_OTHER)],
            widget=forms.CheckboxSelectMultiple,
        )
        other = "\n".join(item.removeprefix(_OTHER) for item in chosen if item.startswith(_OTHER))
        self.fields[f"{asked.key}__other"] = forms.CharField(
            label="Autre, avec vos mots", required=False, max_length=200, initial=other
        )

    def _add_actions(self, asked: Field, value: Any) -> None:
        catalogue = form_of(self.team, today()).actions
        self.fields[asked.key] = forms.MultipleChoiceField(
            label=asked.label,
            required=asked.required,
            choices=[(code, action.label) for code, action in catalogue.items()],
            initial=[code for code in value or () if code in catalogue],
            widget=forms.CheckboxSelectMultiple,
        )

    def _add_communes(self, asked: Field, value: Any) -> None:
        known = list(value or ())
        for place in range(self._row_count(asked.key, len(known))):
            self.fields[f"{asked.key}-{place}"] = CommuneField(
                label=f"Commune {place + 1}",
                required=False,
                help_text="",
                initial=known[place] if place < len(known) else None,
            )

    def _add_indicators(self, asked: Field, value: Any) -> None:
        known = list(value or ())
        for place in range(self._row_count(asked.key, len(known))):
            row = known[place] if place < len(known) else {}
            self._text_cell(f"{asked.key}-{place}-label", "Indicateur", row.get("label", ""))
            self.fields[f"{asked.key}-{place}-kind"] = forms.ChoiceField(
                label="Nature",
                required=False,
                choices=(("", "À préciser"), ("quantitative", "Chiffré"), ("qualitative", "En mots")),
                initial=row.get("kind", ""),
            )
            self._text_cell(f"{asked.key}-{place}-baseline", "Aujourd'hui", row.get("baseline", ""))
            self._text_cell(f"{asked.key}-{place}-target", "Cible", row.get("target", ""))

    def _add_phases(self, asked: Field, value: Any) -> None:
        known = list(value or ())
        for place in range(self._row_count(asked.key, len(known))):
            row = known[place] if place < len(known) else {}
            self._text_cell(f"{asked.key}-{place}-label", "Étape", row.get("label", ""))
            for name, label in (("starts", "Début"), ("ends", "Fin, facultative")):
                self.fields[f"{asked.key}-{place}-{name}"] = forms.DateField(
                    label=label, required=False, initial=_as_day(row.get(name))
                )

    def _add_members(self, asked: Field, value: Any) -> None:
        """Read from the team: nothing to type."""

    _add_themes = _add_members

    def _text_cell(self, name: str, label: str, value: Any) -> None:
        self.fields[name] = forms.CharField(label=label, required=False, max_length=300, initial=value)

    def _row_count(self, key: str, known: int) -> int:
        """As many rows as were shown when the form came back, so that nothing typed is dropped."""
        if not self.is_bound:
            return known + EXTRA_ROWS
        pattern = re.compile(rf"{re.escape(key)}-(\d{{1,3}})(-|$)")
        found = [int(match[1]) for name in self.data if (match := pattern.match(name))]
        return min(max([*found, -1]) + 1, MOST_ROWS) or EXTRA_ROWS

    # --- what was answered ----------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """An interval that ends before it begins is refused beside its end."""
        cleaned = super().clean() or self.cleaned_data
        for asked in self.section.fields:
            if asked.type != "phases":
                continue
            for place in range(self._row_count(asked.key, 0)):
                begins, ends = (cleaned.get(f"{asked.key}-{place}-{name}") for name in ("starts", "ends"))
                if begins and ends and ends < begins:
                    sentence = "Cette étape finit avant d'avoir commencé : vérifiez les deux dates."
                    self.add_error(f"{asked.key}-{place}-ends", typographic(sentence))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What was typed, as the rules read it."""
        found: dict[str, Any] = {}
        for asked in self.section.fields:
            value = self._answer(asked)
            if value is not None and value not in ("", []):
                found[asked.key] = value
        return found

    def _answer(self, asked: Field) -> Any:
        cleaned = self.cleaned_data
        match asked.type:
            case "members" | "themes":
                return None
            case "choices":
                other = cleaned.get(f"{asked.key}__other", "").strip()
                return [*cleaned.get(asked.key, []), *([f"{_OTHER}{other}"] if other else [])]
            case "communes":
                rows = (cleaned.get(f"{asked.key}-{place}") for place in range(self._row_count(asked.key, 0)))
                return list(dict.fromkeys(commune.pk for commune in rows if commune))
            case "indicators":
                return self._filled_rows(asked.key, ("label", "kind", "baseline", "target"))
            case "phases":
                return self._filled_rows(asked.key, ("label", "starts", "ends"))
            case "text":
                return cleaned.get(asked.key, "").strip().replace("\r\n", "\n")
        return cleaned.get(asked.key)

    def _filled_rows(self, key: str, names: tuple[str, ...]) -> list[dict[str, str]]:
        rows = []
        for place in range(self._row_count(key, 0)):
            cells = {name: _plain(self.cleaned_data.get(f"{key}-{place}-{name}")) for name in names}
            if any(text for name, text in cells.items() if name != "kind"):
                rows.append({name: text for name, text in cells.items() if text})
        return rows

    # --- the page -----------------------------------------------------------------------------------------------

    def parts(self) -> list[Part]:
        """The questions in order, as the template draws them."""
        return [self._part(asked) for asked in self.section.fields]

    def _part(self, asked: Field) -> Part:
        match asked.type:
            case "members" | "themes":
                shown = read_section(self.section, self.known, Names({}, {}))
                answer = next((item for item in shown.answers if item.key == asked.key), None)
                return Part(asked, asked.type, shown=answer)
            case "actions":
                return Part(asked, "actions", [self[asked.key]], boxes=self._action_boxes(asked))
            case "choices":
                return Part(asked, "plain", [self[asked.key], self[f"{asked.key}__other"]])
            case "communes":
                count = self._row_count(asked.key, len(self.known.get(asked.key) or ()))
                return Part(asked, "communes", [self[f"{asked.key}-{place}"] for place in range(count)])
            case "indicators" | "phases":
                return Part(asked, asked.type, rows=self._rows(asked))
        return Part(asked, "plain", [self[asked.key]])

    def _rows(self, asked: Field) -> list[dict[str, Any]]:
        count = self._row_count(asked.key, len(self.known.get(asked.key) or ()))
        names = ("label", "kind", "baseline", "target") if asked.type == "indicators" else ("label", "starts", "ends")
        word = "Indicateur" if asked.type == "indicators" else "Étape"
        return [
            {"title": f"{word} {place + 1}", "cells": [self[f"{asked.key}-{place}-{name}"] for name in names]}
            for place in range(count)
        ]

    def _action_boxes(self, asked: Field) -> list[dict[str, Any]]:
        form, facts, on = form_of(self.team, today()), team_facts(self.team), today()
        boxes = []
        for box in self[asked.key].subwidgets:
            code = str(box.data["value"])
            answer = check_action_allowed(form, code, facts, on)
            action = form.actions[code]
            mends = any(need.fact == "association" for need in action.gates)
            boxes.append({"box": box, "action": action, "reasons": answer.reasons, "mends": mends})
        return boxes


def _help(asked: Field) -> str:
    example = f"Par exemple : {asked.example}" if asked.example else ""
    return " ".join(part for part in (asked.help, example) if part)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value or "").strip()


def _as_day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
