"""A professional added to the directory, and what each says of themself."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.fields import RppsField, SiretField
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people import nomenclatures
from equipage.people.models import Professional
from equipage.people.rules import check_phone, check_secure_mail
from equipage.territory.forms import CommuneField

_GENERAL_PRACTICE = "SM54"


def professions() -> list[tuple[str, str]]:
    """First the professions of first recourse, which teams are made of, then the others."""
    first = {concept.code for concept in nomenclatures.first_recourse_professions()}
    choices = nomenclatures.table("professions").choices(today())
    return [("", "Choisir…"), *sorted(choices, key=lambda choice: choice[0] not in first)]


def specialities() -> list[tuple[str, str]]:
    choices = nomenclatures.table("specialities").choices(today())
    return [("", "Aucune ou inconnue"), *sorted(choices, key=lambda choice: choice[0] != _GENERAL_PRACTICE)]


def sections() -> list[tuple[str, str]]:
    choices = nomenclatures.table("pharmacist_sections").choices(today())
    return [("", "Sans objet"), *sorted(choices)]


class ProfessionalForm(forms.Form):
    """What the public directory says of a professional, typed by a colleague."""

    rpps = RppsField(label="Numéro RPPS")
    first_name = forms.CharField(label="Prénom", max_length=100)
    last_name = forms.CharField(label="Nom", max_length=100)
    profession_code = forms.ChoiceField(label="Profession", choices=professions)
    speciality = forms.ChoiceField(
        label="Spécialité",
        choices=specialities,
        required=False,
        help_text="Pour un médecin, ou une infirmière en pratique avancée.",
    )
    pharmacist_section = forms.ChoiceField(
        label="Section de l'Ordre",
        choices=sections,
        required=False,
        help_text="Pour un pharmacien ou une pharmacienne.",
    )
    liberal = forms.BooleanField(label="Exerce en libéral", required=False, initial=True)
    commune = CommuneField(label="Commune d'exercice", required=False)
    email = forms.EmailField(
        label="Adresse e-mail",
        required=False,
        help_text="Pour lui envoyer l'invitation. Sinon, vous lui donnerez un lien.",
    )

    @property
    def sections(self) -> list[list[Any]]:
        """The fields in three groups: who, what, where."""
        return [
            [self[name] for name in ("rpps", "first_name", "last_name")],
            [self[name] for name in ("profession_code", "speciality", "pharmacist_section", "liberal", "commune")],
            [self["email"]],
        ]


class ProfileForm(forms.ModelForm):
    """What a professional says of themself: how to reach them, and where they are registered."""

    siret = SiretField(label="SIRET", required=False)

    class Meta:
        model = Professional
        fields = ("email", "phone", "secure_mail", "siret")
        labels = {"secure_mail": "Messagerie sécurisée de santé"}
        help_texts = {
            "email": "Pour vos équipes et l'association. Votre adresse de connexion ne change pas.",
            "phone": "10 chiffres.",
            "secure_mail": "Le plus souvent, elle finit par .mssante.fr.",
        }
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}

    def clean_phone(self) -> str:
        """A telephone in one spelling."""
        return self._checked("phone", check_phone)

    def clean_secure_mail(self) -> str:
        """A secure address, not an ordinary one."""
        return self._checked("secure_mail", check_secure_mail)

    def _checked(self, name: str, check: Any) -> str:
        typed = self.cleaned_data[name]
        if not typed:
            return ""
        try:
            return str(check(typed))
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
