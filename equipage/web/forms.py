"""How every form of the house is drawn: our templates, native date fields, the keyboard that fits the number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

_KEYBOARDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.FloatField, "decimal"),
    (forms.DecimalField, "decimal"),
    (forms.IntegerField, "numeric"),
)


class BoundField(forms.BoundField):
    """A field on a page: phones show the right keyboard, browsers their own calendar."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        widget = field.widget
        # Exact types: a package that chose another widget keeps it.
        if type(widget) is forms.DateInput:
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        elif type(widget) is forms.TimeInput:
            widget.input_type, widget.format = "time", "%H:%M"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        shown = widget or self.field.widget
        if isinstance(shown, forms.TextInput | forms.NumberInput) and "inputmode" not in shown.attrs:
            keyboard = next((name for kind, name in _KEYBOARDS if isinstance(self.field, kind)), "")
            if keyboard:
                built["inputmode"] = keyboard
        return built

    @property
    def kind(self) -> str:
        """How the field is laid out: "hidden", "check" (one box), "choices" (large chips), or "plain"."""
        widget = self.field.widget
        if widget.is_hidden:
            return "hidden"
        if isinstance(widget, forms.CheckboxInput):
            return "check"
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "choices"
        return "plain"


class Renderer(TemplatesSetting):
    """The renderer of `FORM_RENDERER`: `{{ form }}` and `{{ form.name.as_field_group }}` use our templates."""

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    formset_template_name = "web/forms/formset.html"
    bound_field_class = BoundField
