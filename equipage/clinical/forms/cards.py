"""A card as a form. What is wrong is said by the verb; here a day is a day and a choice is in its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from equipage.clinical.contents import ACTION_FIELDS, CHOICE, DAY, MOST_ACTIONS, NOTE, TEXT, Card, Field
from equipage.clinical.nomenclatures import YesNo

_DAY_WRONG = {"invalid": "Écrivez une date, par exemple 14/10/2026."}
_BLANK_ACTIONS = 2


def drawn(field: Field) -> forms.Field:
    """One answer as Django draws it."""
    common: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": field.required}
    if field.required:
        common["error_messages"] = {"required": f"Remplissez « {field.label} »."}
    if field.kind == TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}), **common)
    if field.kind == DAY:
        common["error_messages"] = {**common.get("error_messages", {}), **_DAY_WRONG}
        return forms.DateField(**common)
    if field.kind == CHOICE:
        listed = list(field.choices.choices)
        if field.choices is YesNo:
            return forms.ChoiceField(choices=listed, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=listed if listed[0][0] == "" else [("", "Choisir…"), *listed], **common)
    return forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}), **common)


class CardForm(forms.Form):
    """The answers of one card, and how many times it had been written when the page was opened."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, card: Card, shown: Mapping[str, str], count: int) -> None:
        super().__init__(data, initial={**shown, "based_on": count})
        self.card = card
        for field in card.fields:
            self.fields[field.key] = drawn(field)

    def given(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {field.key: self.cleaned_data.get(field.key) for field in self.card.fields}

    def based_again(self, count: int) -> None:
        """After a clash: the next writing knows what stands now."""
        data: Any = self.data
        self.data = data.copy()
        self.data["based_on"] = str(count)  # type: ignore[index]


class NoteForm(CardForm):
    """The minutes of a meeting, with its day and its opaque reference."""

    held_on = forms.DateField(
        label="Réunion du", error_messages={**_DAY_WRONG, "required": "Indiquez le jour de la réunion."}
    )
    meeting_reference = forms.CharField(
        label="Référence de la réunion",
        required=False,
        max_length=40,
        help_text="Celle de la réunion ou de l'action, sans nom.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, shown: Mapping[str, Any], count: int) -> None:
        super().__init__(data, card=NOTE, shown=shown, count=count)


class ActionForm(forms.Form):
    """One line of action of a problem; an empty one is left out."""

    prevention = forms.BooleanField(label="Prévention", required=False)
    etp = forms.BooleanField(label="Éducation thérapeutique (ETP)", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ACTION_FIELDS:
            self.fields[field.key] = drawn(field)
        self.order_fields([*(field.key for field in ACTION_FIELDS), "prevention", "etp"])


_Lines = forms.formset_factory(ActionForm, extra=_BLANK_ACTIONS, max_num=MOST_ACTIONS, absolute_max=50)


class ActionFormSet(_Lines):  # type: ignore[misc, valid-type]
    """The lines of action of a problem, with two blank ones."""

    def given(self) -> list[dict[str, Any]]:
        """What was typed."""
        return [form.cleaned_data for form in self.forms if form.is_valid()]
