"""One short form to declare or correct an action. Every answer is proposed; only the duration is really asked."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from equipage.coordination.selectors import Kind, kinds_of, last_declaration, members_on_offer
from equipage.coordination.services import Facts
from equipage.foundation.periods import today

MINUTES = (30, 45, 60, 90)


class ActionForm(forms.Form):
    """What was done, when, how long, with whom. `team` gives the choices, `user` what was done last."""

    kind = forms.ChoiceField(label="Ce que vous avez fait", widget=forms.RadioSelect)
    held_on = forms.DateField(label="Le", error_messages={"invalid": "Écrivez une date, par exemple 14/10/2026."})
    minutes = forms.IntegerField(
        label="Durée, en minutes",
        min_value=1,
        max_value=24 * 60,
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
        help_text="Un nombre, jamais un nom.",
        error_messages={
            "min_value": "Le nombre de patients va de 0 à 500.",
            "max_value": "Le nombre de patients va de 0 à 500.",
        },
    )
    starts_at = forms.TimeField(label="Heure de début", required=False)
    theme = forms.ChoiceField(label="Thème", required=False)
    title = forms.CharField(
        label="Objet", required=False, max_length=160, help_text="Sans nom ni détail qui désigne un patient."
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, team: Any, user: Any, facts: Facts | None = None) -> None:
        self.team = team
        self.kinds: list[Kind] = kinds_of(team, today())
        members = members_on_offer(team)
        last = last_declaration(user, team) if facts is None else None
        # « Comme la dernière fois ? » is only asked of somebody who has declared before.
        self.again = last is not None
        super().__init__(data, initial=_initial(facts or _proposal(last, user, self.kinds)))
        self._choices("kind", [(kind.code, kind.label) for kind in self.kinds if not kind.blocked])
        self._choices("present", [(m.professional_id, _name(m)) for m in members])
        self._choices("theme", [("", "Sans thème"), *((theme.label, theme.label) for theme in team.themes.all())])
        self.chips = MINUTES

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


class EvidenceForm(forms.Form):
    """A file that proves the action: PDF or picture."""

    file = forms.FileField(
        label="Pièce (PDF, JPEG ou PNG, 5 Mo au plus)",
        help_text="Aucun document qui nomme un patient.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide : choisissez-en un autre."},
    )


def _name(member: Any) -> str:
    gone = " (parti)" if member.state == "left" else ""
    return f"{member.professional.formal_name}{gone}"


def _proposal(last: Facts | None, user: Any, kinds: list[Kind]) -> Facts:
    """As last time; else the first kind, today, with the person alone."""
    open_kinds = [kind.code for kind in kinds if not kind.blocked]
    own = user.professional_or_none
    return Facts(
        kind=last.kind if last and last.kind in open_kinds else (open_kinds[0] if open_kinds else ""),
        held_on=today(),
        minutes=last.minutes if last else 45,
        present=last.present if last else ((own.pk,) if own else ()),
        patients=last.patients if last else 1,
        theme=last.theme if last else "",
    )


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
