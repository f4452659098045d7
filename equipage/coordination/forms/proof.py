"""The short forms of the proof: a code typed by hand, one's hours, a guest."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.documents.receiving import MOST_BYTES


class CodeForm(forms.Form):
    """The code shown on a colleague's phone, for who cannot scan it."""

    code = forms.CharField(
        label="Code affiché chez votre collègue",
        max_length=40,
        help_text="Le numéro puis cinq lettres, par exemple 128-KRVTB.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": "Recopiez le code : le numéro, puis les cinq lettres."},
    )


class HoursForm(forms.Form):
    """When one person came and left; both empty: the whole meeting."""

    arrived_at = forms.TimeField(
        label="Arrivée", required=False, error_messages={"invalid": "Écrivez une heure, par exemple 14:30."}
    )
    left_at = forms.TimeField(
        label="Départ", required=False, error_messages={"invalid": "Écrivez une heure, par exemple 15:10."}
    )


class GuestForm(forms.Form):
    """Somebody of another house who was there."""

    full_name = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        error_messages={"required": "Écrivez le nom et le prénom de la personne invitée."},
    )
    role = forms.CharField(
        label="Fonction", required=False, max_length=120, help_text="Par exemple : assistante sociale."
    )
    organisation = forms.CharField(
        label="Structure", required=False, max_length=160, help_text="Par exemple : CCAS de Chemillé-en-Anjou."
    )
    email = forms.EmailField(
        label="Adresse e-mail",
        help_text="Elle reçoit un lien pour confirmer sa présence, sans compte. Elle ne sert à rien d'autre.",
        error_messages={
            "required": "Écrivez l'adresse à laquelle envoyer le lien.",
            "invalid": "Cette adresse e-mail n'est pas complète : vérifiez-la, par exemple nom@exemple.fr.",
        },
    )


class EvidenceForm(forms.Form):
    """A file that proves the action: PDF or picture."""

    file = forms.FileField(
        label="Pièce (PDF de 5 Mo au plus, photo JPEG ou PNG de 15 Mo au plus)",
        help_text="Aucun document qui nomme un patient. Le lieu, la date et l'auteur que le fichier garde s'effacent.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide : choisissez-en un autre."},
        widget=forms.ClearableFileInput(
            attrs={
                "accept": "image/jpeg,image/png,application/pdf",
                "data-most-bytes": str(MOST_BYTES),
                "data-too-heavy": "Ce fichier pèse plus de 15 Mo : réduisez-le ou choisissez-en un autre.",
            }
        ),
    )


def answered(form: Any, refused: Any) -> None:
    """Put a refusal beside the field it is about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
