"""Contacts, as those who keep them right write them."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.people.models import Organisation
from equipage.people.roles import Role
from equipage.support.actors import REGIONAL_ROLES
from equipage.support.forms.asking import PhoneField
from equipage.support.models import Desk
from equipage.support.rules import long_form_choices
from equipage.territory.models import Department, Region

_WAYS = ("phone", "email", "url")


class DeskForm(forms.ModelForm):
    """A contact: whom it serves, how it is reached, where that was read."""

    phone = PhoneField(label="Téléphone", required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    url = forms.URLField(label="Site", required=False, assume_scheme="https", max_length=200)
    checked = forms.BooleanField(label="Je viens de vérifier ce contact", required=False)
    # Last: from here on the name hides the module.
    forms = forms.MultipleChoiceField(
        label="Formes accompagnées",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucune case : ce guichet accompagne toutes les formes.",
    )

    class Meta:
        model = Desk
        fields = (
            "name",
            "role",
            "kind",
            "forms",
            "region",
            "department",
            "person_name",
            "phone",
            "email",
            "url",
            "hours",
            "note",
            "source",
            "source_day",
            "organisation",
        )
        help_texts = {
            "role": "Une phrase : « Accompagne les équipes du premier appel à la reconnaissance. »",
            "department": "Seulement si ce guichet ne sert que ce département.",
            "person_name": "Une personne qui accepte que son nom soit public.",
            "source": "Où ces coordonnées ont été lues ou données : « Appel au guichet », « Plaquette de 2026 ».",
            "organisation": "Si ses agents travaillent dans Équipage : ils y reçoivent alors les demandes.",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        served: Any = self.fields["forms"]
        served.choices = long_form_choices()
        regions = Region.objects.order_by("search_name", "code")
        everywhere = user.holds(Role.PLATFORM_ADMIN)
        if not everywhere:
            regions = regions.filter(pk__in=sorted(user.regions_for(*REGIONAL_ROLES)))
        self._choose("region", regions, "Toute la France" if everywhere else "Choisir…", required=not everywhere)
        self._choose("department", Department.objects.filter(region__in=regions).order_by("code"), "Toute la région")
        bodies = Organisation.objects.exclude(kind=Organisation.Kind.PLATFORM).filter(region__in=regions)
        self._choose("organisation", bodies.order_by("name", "id"), "Aucune : il reçoit les demandes par e-mail")

    def _choose(self, name: str, rows: Any, nothing: str, *, required: bool = False) -> None:
        field: Any = self.fields[name]
        field.queryset, field.empty_label, field.required = rows, nothing, required

    def clean(self) -> dict[str, Any]:
        """One way to be reached at least; a department is in its region."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(way) for way in _WAYS) and not any(way in self.errors for way in _WAYS):
            self.add_error("phone", "Donnez au moins un téléphone, une adresse e-mail ou un site.")
        department, region = cleaned.get("department"), cleaned.get("region")
        if department is not None and region is None and "region" not in self.errors:
            cleaned["region"] = department.region
        elif department is not None and region is not None and department.region_id != region.pk:
            self.add_error("department", f"Ce département n'est pas dans la région {region}. Changez l'un des deux.")
        return cleaned

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields by subject."""
        names = {
            "Qui, et pour qui": ("name", "role", "kind", "forms", "region", "department"),
            "Comment le joindre": ("person_name", *_WAYS, "hours", "note"),
            "D'où cela vient": ("source", "source_day", "organisation", "checked"),
        }
        return [(typographic(title), [self[name] for name in fields]) for title, fields in names.items()]


class CloseDeskForm(forms.Form):
    """From which day a contact no longer serves, and why."""

    closed_on = forms.DateField(label="Fermé à partir du", initial=today)
    reason = forms.CharField(
        label="Pourquoi", max_length=500, help_text="Une phrase, pour la personne qui regardera dans un an."
    )
