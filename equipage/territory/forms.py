"""The field that takes a commune, however a person writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused
from equipage.territory.models import Commune
from equipage.territory.selectors import find_commune


class _Typed(str):
    """What a person typed, as opposed to an INSEE code that comes from a row."""

    __slots__ = ()


class CommuneInput(forms.TextInput):
    """A text input that proposes communes: a native list fed by htmx; plain text where scripts do not run."""

    template_name = "territory/commune_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        options_id = f"{given.get('id', name)}_communes"
        given.update(
            {
                "list": options_id,
                "autocomplete": "off",
                "spellcheck": "false",
                "hx-get": f"{reverse('territory:communes')}?champ={name}",
                "hx-trigger": "input changed delay:200ms",
                "hx-target": f"#{options_id}",
                "hx-swap": "innerHTML",
                "hx-sync": "this:replace",
            }
        )
        context["widget"]["options_id"] = options_id
        return context


class CommuneField(forms.Field):
    """Takes « Chemillé-en-Anjou (49) », a name that one commune bears, an INSEE code or a postal code; gives a Commune.

    A former code or name gives the commune of today and leaves a sentence in `warning` after validation. What is
    ambiguous is refused with the list of the communes it may mean.
    """

    widget = CommuneInput
    default_error_messages = {"required": "Indiquez la commune, par exemple « Chemillé-en-Anjou (49) »."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Nom de la commune ou code postal.")
        super().__init__(**kwargs)
        self.warning = ""
        for key, sentence in self.error_messages.items():
            self.error_messages[key] = typographic(str(sentence))

    def to_python(self, value: Any) -> Commune | None:
        self.warning = ""
        if isinstance(value, Commune):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        if len(text) > 120:
            raise ValidationError("Ce nom est trop long : une commune s’écrit en moins de 120 caractères.", "long")
        try:
            found = find_commune(text)
        except Refused as refusal:
            raise ValidationError(refusal.sentence, code="commune") from refusal
        if found.via and not found.via.startswith("code "):
            self.warning = typographic(f"Nous avons retenu {found.commune.label} ({found.via}).")
        return found.commune

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Mark what was typed, so that it is shown again unchanged."""
        return _Typed(data) if isinstance(data, str) else data

    def prepare_value(self, value: Any) -> Any:
        """A Commune or the code of one is shown as « Nom (département) »; typed text as it was typed."""
        if isinstance(value, Commune):
            return value.label
        if isinstance(value, str) and value and not isinstance(value, _Typed):
            commune = Commune.objects.filter(pk=value).first()
            return commune.label if commune else value
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare communes, not spellings: an unreadable text counts as a change."""
        before = initial.pk if isinstance(initial, Commune) else initial
        try:
            after = self.to_python(data)
        except ValidationError:
            return True
        return (after.pk if after else None) != (before or None)
