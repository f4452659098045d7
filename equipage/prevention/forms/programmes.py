"""A programme as it is written, and what each step of its declaration asks."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.periods import today
from equipage.people.models import Professional
from equipage.prevention.forms.actions import DAY_WRONG, NO_PATIENT, members_of
from equipage.prevention.models import Programme
from equipage.prevention.services import ProgrammeGiven
from equipage.teams.models import Team


def _text(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ProgrammeForm(forms.Form):
    """The file of a programme, as it will be declared to the agency."""

    title = forms.CharField(label="Titre", max_length=160, help_text=NO_PATIENT)
    theme = forms.CharField(label="Maladie ou thème", max_length=160, help_text="Par exemple : diabète de type 2.")
    population = _text("Patients concernés", "À qui le programme s'adresse, et comment on y entre. Aucun nom.")
    aims = _text("Objectifs")
    course = _text("Déroulé", "Les séances, dans l'ordre : bilan partagé, ateliers, évaluation avec le patient.")
    organisation = _text("Organisation", "Qui fait quoi, où, comment l'équipe se coordonne.")
    coordinator = forms.ModelChoiceField(
        label="Personne qui coordonne", queryset=Professional.objects.none(), empty_label="Choisir…"
    )
    training_declared = forms.BooleanField(
        label="Cette personne déclare une formation de 40 heures à l'éducation thérapeutique", required=False
    )
    team_members = forms.ModelMultipleChoiceField(
        label="Intervenants",
        required=False,
        queryset=Professional.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Avec la personne qui coordonne.",
    )
    funding = _text(
        "Sources de financement prévues", "Écrivez « Aucune » s'il n'y en a pas. Les montants n'y sont pas demandés."
    )

    def __init__(self, data: Any = None, *, team: Team, user: Any, programme: Programme | None = None) -> None:
        self.programme = programme
        super().__init__(data, initial=_initial(programme, user))
        people = members_of(team, programme.coordinator_id if programme else None)
        for name in ("coordinator", "team_members"):
            chosen: Any = self.fields[name]
            chosen.queryset = people

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields by subject."""
        names = {
            "Le programme": ("title", "theme", "population", "aims"),
            "Comment il se passe": ("course", "organisation"),
            "Qui": ("coordinator", "training_declared", "team_members"),
            "L'argent": ("funding",),
        }
        return [(title, [self[name] for name in fields]) for title, fields in names.items()]

    def given(self) -> ProgrammeGiven:
        """What the verb receives."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "team_members"}
        return ProgrammeGiven(**values, team_members=tuple(self.cleaned_data["team_members"]))


def _initial(programme: Programme | None, user: Any) -> dict[str, Any]:
    if programme is None:
        own = user.professional_or_none
        return {"coordinator": own.pk if own else None}
    plain = ("title", "theme", "population", "aims", "course", "organisation", "funding", "training_declared")
    return {
        **{name: getattr(programme, name) for name in plain},
        "coordinator": programme.coordinator_id,
        "team_members": list(programme.members.values_list("professional_id", flat=True)),
    }


class _OnItsDay(forms.Form):
    """A step of the declaration: a day, today by default."""

    def _day(self, name: str, label: str, help_text: str = "") -> None:
        self.fields[name] = forms.DateField(label=label, initial=today, help_text=help_text, error_messages=DAY_WRONG)

    def _words(self, name: str, label: str, help_text: str = "") -> None:
        self.fields[name] = forms.CharField(
            label=label, max_length=2000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3})
        )


class SendForm(_OnItsDay):
    """The day the file, or its complement, went to the agency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("sent_on", "Envoyé le", "Le jour de l'envoi à l'ARS : ses deux mois sont comptés à partir de là.")


class AcknowledgeForm(_OnItsDay):
    """The agency's acknowledgement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("acknowledged_on", "Date de l'accusé de réception")
        self.fields["number"] = forms.CharField(label="Numéro donné par l'ARS", max_length=60)


class AskForm(_OnItsDay):
    """What the agency asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("asked_on", "Date de la demande")
        self._words("text", "Ce que demande l'ARS", NO_PATIENT)


class RefuseForm(_OnItsDay):
    """The agency's refusal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("refused_on", "Date du refus")
        self._words("reason", "Motif donné par l'ARS", NO_PATIENT)


class StopForm(_OnItsDay):
    """The end of a programme."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("stopped_on", "Arrêté le")
        self._words("reason", "Pourquoi il s'arrête", NO_PATIENT)


_MOVE_FORMS: dict[str, type[_OnItsDay]] = {
    "send": SendForm,
    "send_complement": SendForm,
    "acknowledge": AcknowledgeForm,
    "ask_complement": AskForm,
    "refuse": RefuseForm,
    "stop": StopForm,
}


def move_form(move: str, data: Any = None) -> forms.Form | None:
    """What a step of the declaration asks; None when a click is enough."""
    form = _MOVE_FORMS.get(move)
    return form(data) if form else None


class NotifyForm(_OnItsDay):
    """The day the agency was told of a change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("notified_on", "Notifié à l'ARS le")


class EvaluationForm(_OnItsDay):
    """An evaluation that is done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._day("done_on", "Faite le")
        self._words("result", "Ce qu'elle montre", f"Quelques phrases. {NO_PATIENT}")
