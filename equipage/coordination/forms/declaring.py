"""One short form to declare or correct an action. Every answer is proposed; only the duration is really asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from equipage.coordination.selectors import Kind, kinds_of, last_declaration, members_on_offer, proposal
from equipage.coordination.services import Facts
from equipage.coordination.services.checking import members_among
from equipage.foundation.periods import today

MINUTES = (30, 45, 60, 90)


class MinutesInput(forms.NumberInput):
    """A length: the usual ones are one tap, any other is typed."""

    template_name = "coordination/widgets/minutes.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the usual lengths."""
        return {**super().get_context(name, value, attrs), "lengths": MINUTES}


class CountInput(forms.NumberInput):
    """A small number with − and + for thumbs; without scripts, a plain number."""

    template_name = "coordination/widgets/count.html"


class FactsForm(forms.Form):
    """What is said of an action. Without a team it is the empty card that a phone keeps and fills by itself."""

    kind = forms.ChoiceField(
        label="Ce que vous avez fait",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un type d'action de la liste."},
    )
    minutes = forms.IntegerField(
        label="Durée, en minutes",
        min_value=1,
        max_value=24 * 60,
        widget=MinutesInput,
        error_messages={
            "required": "Indiquez la durée en minutes.",
            "invalid": "Écrivez la durée en minutes, en chiffres : 45.",
            "min_value": "Indiquez une durée d'au moins une minute.",
            "max_value": "Une action tient dans une journée : la durée dépasse 24 heures.",
        },
    )
    present = forms.TypedMultipleChoiceField(
        label="Qui était là",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Indiquez qui était là : au moins une personne."},
    )
    patients = forms.IntegerField(
        label="Patients évoqués",
        required=False,
        min_value=0,
        max_value=500,
        widget=CountInput,
        help_text="Un nombre, jamais un nom.",
        error_messages={
            "invalid": "Le nombre de patients va de 0 à 500.",
            "min_value": "Le nombre de patients va de 0 à 500.",
            "max_value": "Le nombre de patients va de 0 à 500.",
        },
    )
    held_on = forms.DateField(
        label="Le",
        error_messages={
            "required": "Indiquez le jour de l'action.",
            "invalid": "Écrivez une date, par exemple 14/10/2026.",
        },
    )
    starts_at = forms.TimeField(label="Heure de début", required=False)
    theme = forms.ChoiceField(label="Thème", required=False)
    title = forms.CharField(
        label="Objet", required=False, max_length=160, help_text="Sans nom ni détail qui désigne un patient."
    )


class ActionForm(FactsForm):
    """The card of a team. `team` gives the choices, `user` what is proposed, `facts` what was already
    said, `asked` what the link that led here asks (`as_asked`)."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        team: Any,
        user: Any,
        facts: Facts | None = None,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self.team = team
        self.kinds: list[Kind] = kinds_of(team, today())
        members = members_on_offer(team)
        self.origin = ""
        if facts is None and data is None:  # what was sent needs no proposal
            guessed, self.origin = proposed(user, team, self.kinds)
            facts = as_asked(guessed, asked or {}, self.kinds)
        super().__init__(data, initial=_initial(facts) if facts else None)
        self._choices("kind", [(kind.code, kind.label) for kind in self.kinds if not kind.blocked])
        self._choices("present", [(m.professional_id, _name(m)) for m in members])
        self._choices("theme", [("", "Sans thème"), *((theme.label, theme.label) for theme in team.themes.all())])

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def blocked_kinds(self) -> list[Kind]:
        """The kinds of the project that a rule closes today, with the way out."""
        return [kind for kind in self.kinds if kind.blocked]

    def facts(self) -> Facts:
        """What the verb receives."""
        given = self.cleaned_data
        return Facts(
            kind=given["kind"],
            held_on=given["held_on"],
            minutes=given["minutes"],
            present=tuple(given["present"]),
            patients=given["patients"] or 0,
            theme=given["theme"],
            title=given["title"].strip(),
            starts_at=given["starts_at"],
        )


class ReasonForm(forms.Form):
    """A sentence that the other side will read."""

    reason = forms.CharField(
        label="Ce qu'il faut dire",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez une phrase : elle sera lue par l'autre partie."},
    )


class ExplanationForm(forms.Form):
    """A word about two actions at the same hour; silence is an answer too."""

    answer = forms.CharField(
        label="Si vous voulez préciser",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Par exemple : la deuxième réunion a commencé à 13 h 30.",
    )


class CounterForm(ActionForm):
    """What a validated action should have been, and why."""

    reason = forms.CharField(
        label="Ce qui n'allait pas",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites en une phrase ce qui n'allait pas : l'association la lira."},
    )
    never_held = forms.BooleanField(label="Cette action n'a pas eu lieu", required=False)


def _name(member: Any) -> str:
    gone = " (parti)" if member.state == "left" else ""
    return f"{member.professional.formal_name}{gone}"


def proposed(user: Any, team: Any, kinds: list[Kind]) -> tuple[Facts, str]:
    """What the card opens on, and whence: "planned" (a meeting that was), "again" (as last time), or "" (a guess)."""
    open_kinds = [kind.code for kind in kinds if not kind.blocked]
    planned = proposal(user, team)
    if planned is not None and planned.kind in open_kinds and planned.held_on <= today():
        return planned, "planned"
    first = open_kinds[0] if open_kinds else ""
    last = last_declaration(user, team)
    if last is not None:
        kind = last.kind if last.kind in open_kinds else first
        still = members_among(team, last.present, today())
        present = tuple(pk for pk in last.present if pk in still)
        return replace(last, kind=kind, held_on=today(), present=present, title="", starts_at=None), "again"
    own = user.professional_or_none
    return Facts(kind=first, held_on=today(), minutes=45, present=(own.pk,) if own else (), patients=1), ""


def as_asked(facts: Facts, asked: Mapping[str, str], kinds: list[Kind]) -> Facts:
    """What a link asks of the card (`type`, `objet`); a type that is not open, or that does not exist, is ignored."""
    kind = asked.get("type", "")
    if kind not in {one.code for one in kinds if not one.blocked}:
        return facts
    longest = FactsForm.base_fields["title"].max_length  # type: ignore[attr-defined]
    return replace(facts, kind=kind, title=asked.get("objet", "").strip()[:longest])


def _initial(facts: Facts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "held_on": facts.held_on,
        "minutes": facts.minutes,
        "present": list(facts.present),
        "patients": facts.patients,
        "theme": facts.theme,
        "title": facts.title,
        "starts_at": facts.starts_at,
        "client_key": uuid.uuid4(),
    }
