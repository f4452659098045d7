"""The form of a section, made from the questions of the method; and the small forms of the moves.

A draft may be saved with holes: what is missing is said beside the fields and asked when the text is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms

from equipage.foundation.french import number, typographic
from equipage.foundation.periods import add_months, today
from equipage.people import nomenclatures
from equipage.protocols import kinds
from equipage.protocols.method import PHASES, Field, Phase, Section
from equipage.protocols.models.writing import profession_label
from equipage.teams.rules import form_of

LONGEST_TEXT = 20_000
LONGEST_CELL = 600
MOST_ROWS = 12
_TOO_LONG = typographic(f"Ce texte dépasse {number(LONGEST_TEXT)} caractères : raccourcissez-le.")
_CELL_TOO_LONG = typographic(f"Cette case dépasse {LONGEST_CELL} caractères : raccourcissez-la.")
_LINE_TOO_LONG = typographic("Cette ligne dépasse 150 caractères : raccourcissez-la.")
_CELLS = (
    ("who", "Qui", "Infirmière, médecin…"),
    ("when", "Quand", "À la première visite…"),
    ("how", "Comment", "Relève, note, appelle…"),
)
# Signs that no screen and no file can show; line breaks and tabs stay.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class CleanText(forms.CharField):
    """A text without the signs that no document can hold; line breaks as one sign."""

    def to_python(self, value: Any) -> str:
        return _CONTROL.sub("", str(super().to_python(value)).replace("\r\n", "\n"))


@dataclass
class PhaseRows:
    """A phase on the page: its rows, each with its three cells."""

    phase: Phase
    rows: list[dict[str, Any]] = field(default_factory=list)


class PartForm(forms.Form):
    """The answers to one section. `answers()` gives them back as they are kept, empty ones left out."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, section: Section, team: Any, known: Mapping[str, Any], more: str = ""
    ) -> None:
        super().__init__(data)
        self.section, self.team, self.known, self.more = section, team, known, more
        self._members = _members(team)
        for asked in section.fields:
            getattr(self, f"_add_{asked.kind}")(asked, known.get(asked.key))
        self._asked = {name: made.required for name, made in self.fields.items()}

    def full_clean(self) -> None:
        """Check what is there; what is absent is the business of the gauge, not of a save."""
        for made in self.fields.values():
            made.required = False
        super().full_clean()
        for name, made in self.fields.items():
            made.required = self._asked[name]

    # --- one method a kind ------------------------------------------------------------------------------------------

    def _options(self, asked: Field) -> dict[str, Any]:
        return {"label": asked.label, "help_text": _help(asked), "required": asked.required}

    def _add_text(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = CleanText(
            initial=value or "",
            max_length=LONGEST_TEXT,
            error_messages={"max_length": _TOO_LONG},
            widget=forms.Textarea(attrs={"rows": 4, "maxlength": ""}),
            **self._options(asked),
        )
        self.fields[asked.key].widget.attrs.pop("maxlength", None)

    def _add_line(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = CleanText(
            initial=value or "", max_length=150, error_messages={"max_length": _LINE_TOO_LONG}, **self._options(asked)
        )
        self.fields[asked.key].widget.attrs.pop("maxlength", None)

    def _add_theme(self, asked: Field, value: Any) -> None:
        known = theme_choices(self.team)
        listed = value if value in dict(known) else ""
        self.fields[asked.key] = forms.ChoiceField(choices=known, initial=listed, **self._options(asked))
        self.fields[f"{asked.key}_other"] = CleanText(
            label="Autre thème, avec vos mots", required=False, max_length=150, initial="" if listed else value or ""
        )

    def _add_kind(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.ChoiceField(
            choices=kinds.choices(), widget=forms.RadioSelect, initial=value or "", **self._options(asked)
        )

    def _add_scope(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.ChoiceField(
            choices=[("", "Ne s'applique pas"), *kinds.SCOPES], initial=value or "", **self._options(asked)
        )

    def _add_day(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.DateField(initial=_as_day(value), **self._options(asked))

    def _add_professions(self, asked: Field, value: Any) -> None:
        here = {member.professional.profession_code for member in self._members}
        offered = {found.code for found in nomenclatures.first_recourse_professions()} | here | set(value or ())
        ranked = sorted(offered, key=lambda code: (code not in here, profession_label(code)))
        self.fields[asked.key] = forms.MultipleChoiceField(
            choices=[
                (code, f"{profession_label(code)}{' (dans l’équipe)' if code in here else ''}") for code in ranked
            ],
            initial=list(value or ()),
            widget=forms.CheckboxSelectMultiple,
            **self._options(asked),
        )

    def _add_authors(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.MultipleChoiceField(
            choices=self._people(value or ()),
            initial=[str(key) for key in value or ()],
            widget=forms.CheckboxSelectMultiple,
            **self._options(asked),
        )

    def _add_referent(self, asked: Field, value: Any) -> None:
        self.fields[asked.key] = forms.ChoiceField(
            choices=[("", "À choisir"), *self._people((value,) if value else ())],
            initial=str(value or ""),
            **self._options(asked),
        )

    def _add_phases(self, asked: Field, value: Any) -> None:
        for phase in PHASES:
            known = [row for row in value or () if row.get("phase") == phase.key]
            for place in range(self._row_count(phase.key, len(known))):
                row = known[place] if place < len(known) else {}
                for name, label, hint in _CELLS:
                    area = forms.Textarea(attrs={"rows": 2, "placeholder": hint})
                    line = forms.TextInput(attrs={"placeholder": hint})
                    self.fields[f"{phase.key}-{place}-{name}"] = CleanText(
                        label=label,
                        required=False,
                        initial=row.get(name, ""),
                        max_length=LONGEST_CELL,
                        error_messages={"max_length": _CELL_TOO_LONG},
                        widget=area if name == "how" else line,
                    )
                    self.fields[f"{phase.key}-{place}-{name}"].widget.attrs.pop("maxlength", None)

    def _row_count(self, phase: str, known: int) -> int:
        """As many rows as were shown when the form came back, so that nothing typed is dropped; one to begin with."""
        if not self.is_bound:
            return min(max(known + (self.more == phase), 1), MOST_ROWS)
        places = [int(found[1]) for name in self.data if (found := re.match(rf"{phase}-(\d{{1,2}})-", name))]
        return min(max([*places, -1]) + 1, MOST_ROWS) or 1

    def _people(self, named: Any) -> list[tuple[str, str]]:
        """The members, and whoever was named before and left since."""
        found = {str(m.professional_id): m.professional.full_name for m in self._members}
        for key in named:
            found.setdefault(str(key), "Une personne partie depuis")
        return sorted(found.items(), key=lambda pair: pair[1])

    # --- what was answered ------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """A review already past is refused beside its field; a theme of one's own counts as the theme."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        review_on = cleaned.get("review_on")
        if review_on and review_on <= today():
            self.add_error("review_on", typographic("Cette date est déjà passée : choisissez-en une à venir."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What was typed, as it is kept."""
        found: dict[str, Any] = {}
        for asked in self.section.fields:
            value = self._answer(asked)
            if value:
                found[asked.key] = value
        return found

    def _answer(self, asked: Field) -> Any:
        given = self.cleaned_data
        match asked.kind:
            case "phases":
                return self._rows()
            case "theme":
                return given.get(f"{asked.key}_other", "").strip() or given.get(asked.key, "")
            case "authors":
                return [int(key) for key in given.get(asked.key, [])]
            case "referent":
                chosen = given.get(asked.key, "")
                return int(chosen) if chosen else None
            case "day":
                return given[asked.key].isoformat() if given.get(asked.key) else None
            case "professions":
                return list(given.get(asked.key, []))
        return str(given.get(asked.key, "")).strip()

    def _rows(self) -> list[dict[str, str]]:
        rows = []
        for phase in PHASES:
            for place in range(self._row_count(phase.key, 0)):
                cells = {
                    name: str(self.cleaned_data.get(f"{phase.key}-{place}-{name}", "")).strip() for name, _, _ in _CELLS
                }
                if any(cells.values()):
                    rows.append({"phase": phase.key, **cells})
        return rows

    # --- the page -----------------------------------------------------------------------------------------------------

    def plain_fields(self) -> list[Any]:
        """The bound fields, without the cells of the table."""
        return [self[name] for name in self.fields if "-" not in name]

    def phases(self) -> list[PhaseRows]:
        """The table, phase by phase; empty for a section without one."""
        if all(asked.kind != "phases" for asked in self.section.fields):
            return []
        known = self.known.get("phases") or ()
        found = []
        for phase in PHASES:
            count = self._row_count(phase.key, sum(1 for row in known if row.get("phase") == phase.key))
            rows = [
                {
                    "title": f"{phase.label}, ligne {place + 1}",
                    "cells": [self[f"{phase.key}-{place}-{name}"] for name, _, _ in _CELLS],
                }
                for place in range(count)
            ]
            found.append(PhaseRows(phase, rows))
        return found


class NewProtocolForm(forms.Form):
    """A protocol begins with its title, its theme and its type."""

    title = CleanText(
        label="Titre",
        max_length=150,
        help_text="Une situation précise, sans nom de patient : « Sortie d'hôpital, les trois premiers jours ».",
        error_messages={"required": "Donnez un titre au protocole.", "max_length": _LINE_TOO_LONG},
    )
    theme = forms.ChoiceField(label="Thème", required=False)
    kind = forms.ChoiceField(
        label="Type de protocole",
        choices=kinds.choices,
        widget=forms.RadioSelect,
        initial=kinds.ORGANISATIONAL,
        error_messages={"required": "Choisissez le type du protocole : il peut changer ensuite."},
    )

    def __init__(self, *args: Any, team: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = theme_choices(team)  # type: ignore[attr-defined]
        self.fields["title"].widget.attrs.pop("maxlength", None)


class InForceForm(forms.Form):
    """The day of the decision and that of the next review."""

    validated_on = forms.DateField(label="Validé par l'équipe le", error_messages={"required": "Écrivez la date."})
    review_on = forms.DateField(
        label="À réviser avant le",
        help_text="Un rappel part 60 jours avant, puis 15 jours avant, puis quand la date est passée.",
        error_messages={"required": "Écrivez la date de la prochaine révision."},
    )


class ReviewForm(forms.Form):
    """The next review, when nothing has to change."""

    review_on = forms.DateField(
        label="Prochaine révision avant le", error_messages={"required": "Écrivez la date de la prochaine révision."}
    )


class WithdrawForm(forms.Form):
    """Why a text is withdrawn."""

    comment = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L'équipe le lira. Sans nom de patient.",
        error_messages={"required": "Écrivez le motif en une phrase : l'équipe le lira."},
    )


class ChangeForm(forms.Form):
    """What a member asks to change."""

    comment = forms.CharField(
        label="Ce qu'il faut changer",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une phrase, que les auteurs liront. Sans nom de patient.",
        error_messages={"required": "Dites en une phrase ce qu'il faut changer."},
    )


class PublishForm(forms.Form):
    """The consent of the team."""

    consent = forms.BooleanField(
        label="L'équipe est d'accord pour montrer ce protocole, et le nom de ses auteurs, aux équipes de la région.",
        error_messages={"required": "Cochez l'accord de l'équipe : rien n'est montré sans lui."},
    )


class OpinionForm(forms.Form):
    """The opinion of the association."""

    favourable = forms.TypedChoiceField(
        label="Votre avis",
        choices=(("oui", "Favorable"), ("non", "Réservé")),
        coerce=lambda typed: typed == "oui",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez votre avis."},
    )
    text = forms.CharField(
        label="En quelques mots",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L'équipe le lira. Nécessaire pour un avis réservé.",
    )


class TakeUpForm(forms.Form):
    """For which of my teams."""

    team = forms.TypedChoiceField(
        label="Pour quelle équipe", coerce=int, error_messages={"required": "Choisissez une de vos équipes."}
    )

    def __init__(self, *args: Any, teams: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(team.pk, team.name) for team in teams]  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = teams[0].pk


def theme_choices(team: Any) -> list[tuple[str, str]]:
    """The themes of the team first, then those of the catalogue of its form."""
    own = [theme.label for theme in team.themes.order_by("label", "id")]
    catalogue = [theme.label for theme in form_of(team, today()).themes]
    return [("", "À choisir"), *((label, label) for label in dict.fromkeys((*own, *catalogue)))]


def first_dates(edition: Any) -> dict[str, date | None]:
    """What « Mettre en vigueur » proposes: today, and the review that the section « Suivi » named, else in a year."""
    planned = _as_day(edition.sections().get("follow_up", {}).get("review_on"))
    later = planned if planned and planned > today() else add_months(today(), 12)
    return {"validated_on": today(), "review_on": later}


def _members(team: Any) -> list[Any]:
    rows = team.memberships.in_force().filter(state__in=("confirmed", "left")).select_related("professional")
    return list(rows.order_by("professional__last_name", "professional__first_name", "id"))


def _help(asked: Field) -> str:
    example = f"Par exemple : {asked.example}" if asked.example else ""
    return " ".join(part for part in (asked.help, example) if part)


def _as_day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
