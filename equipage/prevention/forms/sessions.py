"""Declaring a session: what it belongs to, when, where, for how many, with whom."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from equipage.coordination.selectors import members_on_offer
from equipage.foundation.french import number, typographic
from equipage.foundation.periods import today
from equipage.prevention.forms.actions import DAY_WRONG, NO_PATIENT
from equipage.prevention.rules import EDUCATION, GATED, MOST_PEOPLE, PREVENTION
from equipage.prevention.selectors import open_targets
from equipage.prevention.services import SessionGiven
from equipage.teams.models import Team

SUPPORT = "support"
MINUTES = (60, 90, 120)
_PEOPLE = f"Le nombre de personnes touchées va de 1 à {number(MOST_PEOPLE)} : vérifiez ce que vous avez écrit."


class _WhatOf(forms.Form):
    """What a session belongs to, where, for how many. `target` says which of the three answers it is."""

    target = forms.ChoiceField(
        label="Cette séance fait partie de",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites de quoi la séance fait partie."},
    )
    place = forms.CharField(label="Lieu", max_length=200, error_messages={"required": "Indiquez le lieu de la séance."})
    audience = forms.IntegerField(
        label="Personnes touchées",
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text="Un nombre, jamais un nom.",
        error_messages={
            "required": "Indiquez combien de personnes sont venues.",
            "invalid": "Écrivez un nombre entier, en chiffres : 12.",
            "min_value": typographic(_PEOPLE),
            "max_value": typographic(_PEOPLE),
        },
    )

    def offer(self, team: Team, kinds: tuple[str, ...]) -> None:
        """The answers that are open to a team for those kinds of action."""
        actions, programmes = open_targets(team)
        self.actions = {f"action-{row.pk}": row for row in actions if PREVENTION in kinds}
        self.programmes = {f"programme-{row.pk}": row for row in programmes if EDUCATION in kinds}
        support = "Aucun programme : une action d'accompagnement, qui ne se déclare pas à l'ARS"
        self._choices(
            "target",
            [
                *((key, f"L'action de prévention « {row.title} », {row.when}") for key, row in self.actions.items()),
                *((key, f"Le programme d'ETP « {row.title} »") for key, row in self.programmes.items()),
                *([(SUPPORT, support)] if EDUCATION in kinds else []),
            ],
        )

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = [(key, typographic(label)) for key, label in choices]  # type: ignore[attr-defined]

    @property
    def owner(self) -> dict[str, Any]:
        """What was chosen, as a prevention action or as a programme."""
        target = self.cleaned_data["target"]
        return {"action": self.actions.get(target), "programme": self.programmes.get(target)}


class AttachForm(_WhatOf):
    """What an action declared elsewhere is a session of."""

    def __init__(self, data: Any = None, *, action: Any) -> None:
        super().__init__(data, initial={"audience": action.patients or None})
        self.offer(action.team, (action.kind,))


class SessionForm(_WhatOf):
    """One session, of a prevention action, of a programme, or an action d'accompagnement."""

    held_on = forms.DateField(label="Le", initial=today, error_messages=DAY_WRONG)
    starts_at = forms.TimeField(label="Heure de début", required=False)
    minutes = forms.IntegerField(
        label="Durée, en minutes",
        min_value=1,
        max_value=24 * 60,
        error_messages={
            "required": "Indiquez la durée en minutes.",
            "invalid": "Écrivez la durée en minutes, en chiffres : 90.",
            "min_value": "Indiquez une durée d'au moins une minute.",
            "max_value": "Une séance tient dans une journée : la durée dépasse 24 heures.",
        },
    )
    present = forms.TypedMultipleChoiceField(
        label="Qui était là, de l'équipe",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Indiquez qui était là : au moins une personne de l'équipe."},
    )
    title = forms.CharField(label="Objet", required=False, max_length=160, help_text=NO_PATIENT)
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)
    outside = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ("target", "held_on", "minutes", "place", "audience", "present")

    def __init__(self, data: Any = None, *, team: Team, user: Any, target: str = "") -> None:
        own = user.professional_or_none
        initial: dict[str, Any] = {"client_key": uuid.uuid4(), "present": [own.pk] if own else [], "minutes": 90}
        super().__init__(data, initial=initial)
        self.offer(team, GATED)
        chosen: Any = self.actions.get(target) or self.programmes.get(target)
        if chosen or target == SUPPORT:
            self.initial.update(target=target, place=getattr(chosen, "place", ""))
        self.chips = MINUTES
        self._choices("present", [(m.professional_id, _name(m)) for m in members_on_offer(team)])

    def given(self) -> SessionGiven:
        """What the verb receives."""
        values = self.cleaned_data
        return SessionGiven(
            held_on=values["held_on"],
            minutes=values["minutes"],
            place=values["place"],
            audience=values["audience"],
            present=tuple(values["present"]),
            **self.owner,
            starts_at=values["starts_at"],
            title=values["title"],
        )


def _name(member: Any) -> str:
    gone = " (parti)" if member.state == "left" else ""
    return f"{member.professional.formal_name}{gone}"
