"""Form fields for French identifiers: keep what was typed, give the spelling we store, say what to confirm."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from equipage.foundation import identifiers
from equipage.foundation.identifiers import Checked
from equipage.foundation.refusals import Refused


class IdentifierField(forms.CharField):
    """A text field checked by one function of `identifiers`.

    After validation `warning` holds the French sentence to confirm, or "". The form shows again what was typed.
    """

    # Digits only: phones then open their number pad.
    numeric: ClassVar[bool] = True
    default_help: ClassVar[str] = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", self.default_help)
        # Long enough for spaces between every group; the check counts the real length and says it.
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)
        self.warning = ""

    @staticmethod
    def check(raw: str) -> Checked:
        """Read what was typed. Raises Refused."""
        raise NotImplementedError

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.update({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"})
        if self.numeric:
            attrs["inputmode"] = "numeric"
        # A browser that cuts a pasted number at the limit hides the mistake from its author.
        attrs.pop("maxlength", None)
        return attrs

    def clean(self, value: Any) -> str:
        self.warning = ""
        text = super().clean(value)
        if text in self.empty_values:
            return str(self.empty_value or "")
        try:
            checked = self.check(text)
        except Refused as refusal:
            raise ValidationError(refusal.sentence, code="identifier") from refusal
        self.warning = checked.warning or ""
        return checked.value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A space more or less is no change."""
        try:
            return super().has_changed(initial, self.check(data).value if data else data)
        except Refused:
            return True


class RppsField(IdentifierField):
    """RPPS number of a professional."""

    check = staticmethod(identifiers.check_rpps)
    default_help = "11 chiffres, sur la carte professionnelle de santé."


class AdeliField(IdentifierField):
    """Former ADELI number."""

    check = staticmethod(identifiers.check_adeli)
    numeric = False
    default_help = "Ancien numéro, 9 chiffres."


class FinessField(IdentifierField):
    """FINESS number of an establishment."""

    check = staticmethod(identifiers.check_finess)
    numeric = False
    default_help = "9 caractères."


class SirenField(IdentifierField):
    """SIREN of a company or association."""

    check = staticmethod(identifiers.check_siren)
    default_help = "9 chiffres."


class SiretField(IdentifierField):
    """SIRET of an establishment."""

    check = staticmethod(identifiers.check_siret)
    default_help = "14 chiffres, sur l’avis de situation de l’INSEE."


class RnaField(IdentifierField):
    """RNA number of an association."""

    check = staticmethod(identifiers.check_rna)
    numeric = False
    default_help = "La lettre W suivie de 9 chiffres, sur le récépissé de la préfecture."


class IbanField(IdentifierField):
    """IBAN of a SEPA account, with the French RIB key."""

    check = staticmethod(identifiers.check_iban)
    numeric = False
    default_help = "Recopiez-le depuis le RIB ; les espaces ne comptent pas."


class BicField(IdentifierField):
    """BIC of a bank."""

    check = staticmethod(identifiers.check_bic)
    numeric = False
    default_help = "8 ou 11 caractères, près de l’IBAN sur le RIB."


def warnings_of(form: forms.BaseForm) -> dict[str, str]:
    """What the fields of a validated form ask to confirm, by field name."""
    found = {name: getattr(field, "warning", "") for name, field in form.fields.items()}
    return {name: sentence for name, sentence in found.items() if sentence}
