"""A professional put behind an account, and the public page that asks for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from equipage.foundation.fields import RppsField
from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.people.forms.accounts import AccountForm
from equipage.people.forms.professionals import professions, sections, specialities
from equipage.people.models import AccountRequest
from equipage.people.services import Practitioner
from equipage.territory.forms import CommuneField

_OCCUPATION = ("profession_code", "speciality", "pharmacist_section", "liberal", "commune", "since")
_SALT = "people.account_request"
FEWEST_SECONDS, MOST_SECONDS = 3, 24 * 3600


class OccupationForm(forms.Form):
    """What somebody does, and where since when."""

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
    commune = CommuneField(label="Commune d'exercice")
    since = forms.DateField(label="Y exerce depuis le", initial=today)

    def practitioner(self, rpps: str) -> Practitioner:
        """What was typed, with the number it is about."""
        return Practitioner(rpps=rpps, **{name: self.cleaned_data[name] for name in _OCCUPATION})


class PractitionerForm(OccupationForm):
    """The same with the RPPS number, for an account that exists."""

    rpps = RppsField(label="Numéro RPPS")
    field_order: Iterable[str] | None = ("rpps", *_OCCUPATION)


class NewAccountForm(PractitionerForm, AccountForm):
    """A new account, and the professional behind it where there is one: without RPPS number there is none."""

    field_order: Iterable[str] | None = ("first_name", "last_name", "email", "rpps", *_OCCUPATION)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rpps", "profession_code", "commune", "since"):
            self.fields[name].required = False

    @property
    def person_fields(self) -> list[Any]:
        """Whose account it is."""
        return [self[name] for name in ("first_name", "last_name", "email")]

    @property
    def practitioner_fields(self) -> list[Any]:
        """What is filled for a professional only."""
        return [self[name] for name in ("rpps", *_OCCUPATION)]

    def clean(self) -> dict[str, Any]:
        """With a number, the rest is needed; without one, nothing of a professional may be left half filled."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        about_trade = any(cleaned.get(name) for name in ("profession_code", "speciality", "pharmacist_section"))
        if not cleaned.get("rpps"):
            if about_trade and "rpps" not in self.errors:
                self.add_error("rpps", "Saisissez le numéro RPPS, ou effacez la profession.")
            return cleaned
        for name, sentence in (
            ("profession_code", "Choisissez la profession de cette personne."),
            ("commune", "Indiquez la commune où cette personne exerce."),
            ("since", "Indiquez depuis quel jour cette personne exerce là."),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    def values(self) -> dict[str, Any]:
        """The arguments of `open_account`."""
        rpps = self.cleaned_data["rpps"]
        person = {name: self.cleaned_data[name] for name in ("email", "first_name", "last_name")}
        return {**person, "practitioner": self.practitioner(rpps) if rpps else None}


class AccountRequestForm(forms.Form):
    """A professional asks for an account. Two silent guards: a box that people do not see, and the time it takes."""

    email = forms.EmailField(
        label="Votre adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="La réponse y arrivera.",
    )
    first_name = forms.CharField(
        label="Votre prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Votre nom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    rpps = RppsField(label="Votre numéro RPPS")
    profession_code = forms.ChoiceField(label="Votre profession", choices=professions)
    commune = CommuneField(label="Votre commune d'exercice")

    def clean(self) -> dict[str, Any]:
        """Refuse what people do not do, in words that let the odd one through."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("site_web", ""):
            raise forms.ValidationError(
                typographic("Une case réservée aux robots est remplie, peut-être par votre navigateur. Recommencez.")
            )
        seconds = _seconds_since(self.data)
        if seconds is None or seconds > MOST_SECONDS:
            raise forms.ValidationError(
                "Cette page est restée ouverte trop longtemps. Vos réponses sont toujours là : envoyez-les à nouveau."
            )
        if seconds < FEWEST_SECONDS:
            raise forms.ValidationError(
                "Ces réponses sont parties en moins de 3 secondes, comme celles d'un robot. "
                "Relisez-les, puis envoyez-les à nouveau."
            )
        return cleaned

    @property
    def opened(self) -> str:
        """When the page was shown first, signed; afresh when what came back is no longer good."""
        seconds = _seconds_since(self.data)
        if seconds is not None and seconds <= MOST_SECONDS:
            return str(self.data["ouvert"])
        return signing.dumps(int(timezone.now().timestamp()), salt=_SALT)


def _seconds_since(data: Mapping[str, Any]) -> int | None:
    """How long ago the page was shown; None where nothing says it, or where it was forged."""
    try:
        shown = signing.loads(str(data.get("ouvert", "")), salt=_SALT)
    except signing.BadSignature:
        return None
    return int(timezone.now().timestamp()) - int(shown)


class DeclineForm(forms.Form):
    """Why a request is declined."""

    reason = forms.CharField(
        label="Motif, envoyé à la personne",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une phrase qui dit ce qui manque et comment le corriger.",
    )


def occupation_of(row: AccountRequest) -> dict[str, Any]:
    """What a request already says, to begin the form of its answer."""
    return {"profession_code": row.profession_code, "commune": row.commune}
