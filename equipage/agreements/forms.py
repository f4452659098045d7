"""The forms of signing and ending."""

from __future__ import annotations

from django import forms

from equipage.foundation.periods import today


class SignForm(forms.Form):
    """Consent, word for word, and the code received."""

    consent = forms.BooleanField(
        error_messages={"required": "Cochez la case : sans votre accord, rien n'est signé."},
    )
    code = forms.CharField(
        label="Code reçu par e-mail",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Six chiffres, valables dix minutes.",
        error_messages={"required": "Écrivez le code à six chiffres reçu par e-mail."},
    )

    def __init__(self, data: object = None, *, wording: str) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["consent"].label = wording

    def clean_code(self) -> str:
        """Spaces that people type between digits do not matter."""
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isdigit() and len(code) == 6):
            raise forms.ValidationError("Le code compte six chiffres, sans lettre.")
        return code


class EndForm(forms.Form):
    """From which day, and why."""

    on = forms.DateField(label="Fin de la convention (premier jour qui n'est plus couvert)", initial=today)
    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez une phrase : elle sera lue par l'autre partie."},
    )


class CancelForm(forms.Form):
    """Why a convention that is not yet signed by both is cancelled."""

    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez une phrase : elle sera lue par l'autre partie."},
    )
