"""The forms of teams and members."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.fields import RnaField, SiretField
from equipage.foundation.periods import today
from equipage.people.forms import ProfessionalForm
from equipage.teams.rules import form_of, known_forms
from equipage.teams.services.teams import FREE_THEME
from equipage.territory.forms import CommuneField

CERTAIN = (
    ("certain", "M'a donné son accord"),
    ("pressenti", "Je lui envoie une invitation"),
)


class TeamForm(forms.Form):
    """A team in three answers. With one form only, nobody is asked to choose it."""

    name = forms.CharField(
        label="Nom de l'équipe",
        max_length=120,
        help_text="Par exemple « Équipe de soins des Mauges ». Il pourra changer.",
    )
    commune = CommuneField(label="Commune", help_text="Celle où vous travaillez le plus. Nom ou code postal.")
    form = forms.ChoiceField(label="Forme", widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = known_forms(today())
        field: Any = self.fields["form"]
        field.choices = choices
        field.initial = choices[0][0]
        if len(choices) == 1:
            field.widget = forms.HiddenInput()


class EditTeamForm(forms.Form):
    """The name and the commune of a team."""

    name = forms.CharField(label="Nom de l'équipe", max_length=120)
    commune = CommuneField(label="Commune")


class InviteForm(forms.Form):
    """How somebody joins: vouched for, or invited with a word."""

    certain = forms.ChoiceField(label="Cette personne", choices=CERTAIN, widget=forms.RadioSelect, initial="pressenti")
    message = forms.CharField(
        label="Un mot pour elle",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Elle le lira avec votre nom. N'écrivez rien sur un patient.",
    )


class NewMemberForm(InviteForm, ProfessionalForm):
    """Somebody whom the directory does not know yet."""

    field_order = (
        "rpps",
        "first_name",
        "last_name",
        "profession_code",
        "speciality",
        "pharmacist_section",
        "liberal",
        "commune",
        "email",
        "certain",
        "message",
    )


class LeaveForm(forms.Form):
    """When and why a member leaves."""

    last_day = forms.DateField(label="Dernier jour dans l'équipe", initial=today)
    reason = forms.CharField(
        label="Pourquoi", max_length=500, help_text="Une phrase suffit : déménagement, retraite, manque de temps…"
    )


class MeetingForm(forms.Form):
    """What the officer keeps of a meeting."""

    met_on = forms.DateField(label="Date de la rencontre", initial=today)
    place = forms.CharField(label="Lieu", max_length=200, required=False)
    notes = forms.CharField(
        label="Ce qui a été convenu", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )


class CloseForm(forms.Form):
    """Why a team is closed."""

    reason = forms.CharField(
        label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="L'équipe le lira."
    )


class ThemesForm(forms.Form):
    """Themes of the catalogue, and one of one's own."""

    codes = forms.MultipleChoiceField(label="Thèmes proposés", required=False, widget=forms.CheckboxSelectMultiple)
    free = forms.CharField(label="Un autre thème, avec vos mots", required=False, max_length=160)

    def __init__(self, *args: Any, team: Any, **kwargs: Any) -> None:
        chosen = list(team.themes.order_by("label", "id"))
        kwargs.setdefault(
            "initial",
            {
                "codes": [theme.code for theme in chosen],
                "free": next((theme.label for theme in chosen if theme.code == FREE_THEME), ""),
            },
        )
        super().__init__(*args, **kwargs)
        codes: Any = self.fields["codes"]
        codes.choices = [
            (theme.key, f"{theme.label} ({theme.help.rstrip('.')})" if theme.help else theme.label)
            for theme in form_of(team, today()).themes
        ]


class AssociationForm(forms.Form):
    """The association loi 1901 of a team."""

    name = forms.CharField(label="Nom de l'association", max_length=200)
    rna = RnaField(label="Numéro RNA", required=False)
    siret = SiretField(label="ou SIRET", required=False)
    since = forms.DateField(label="Déclarée le", help_text="La date du récépissé de la préfecture.")

    def clean(self) -> dict[str, Any]:
        """One of the two numbers is enough, and one is needed."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not given["rna"] and not given["siret"]:
            self.add_error("rna", "Indiquez le numéro RNA de l'association ou, à défaut, son SIRET.")
        return given


class EndAssociationForm(forms.Form):
    """Why the association is no more."""

    comment = forms.CharField(label="Motif", max_length=500)


class JoinForm(forms.Form):
    """Open one's account by a personal link: an address where none is known, a password, nothing else."""

    email = forms.EmailField(
        label="Votre adresse e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Choisissez un mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 caractères ou plus ; une phrase courte convient très bien.",
    )

    def __init__(self, *args: Any, known_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_email:
            # The link reached this address: it is the one of the account.
            self.fields["email"].initial = known_email
            self.fields["email"].disabled = True
