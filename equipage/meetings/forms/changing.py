"""The forms of a meeting that was announced: answered, fixed, changed, cancelled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from equipage.foundation.french import PARIS
from equipage.foundation.refusals import Refused
from equipage.meetings.forms.planning import NO_NAME, MomentMixin, PlanForm
from equipage.meetings.models import Meeting, SlotAnswer
from equipage.meetings.rules import moment_of, when

SCOPES = [("one", "Cette réunion seulement"), ("following", "Celle-ci et les suivantes")]


class ChangeForm(PlanForm):
    """A meeting to change: where it is fixed, its moment; where it is of a series, how far the change goes."""

    day = forms.DateField(label="Le", required=False)
    hour = forms.TimeField(label="À", required=False)
    scope = forms.ChoiceField(
        label="Ce changement vaut pour",
        choices=SCOPES,
        widget=forms.RadioSelect,
        initial="one",
    )

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        super().__init__(data, team=meeting.team, meeting=meeting)
        if meeting.starts_at is None:
            del self.fields["day"], self.fields["hour"]
        else:
            local = meeting.starts_at.astimezone(PARIS)
            self.initial.update(day=local.date(), hour=local.time())
            for name in ("day", "hour"):
                self.fields[name].required = True
        if meeting.series_id is None:
            del self.fields["scope"]
        # Nothing is made twice by a change sent twice.
        del self.fields["client_key"]

    def clean(self) -> dict[str, Any]:
        """The moment, in `starts_at`; None while the date is to be chosen."""
        given = super().clean() or self.cleaned_data
        given["starts_at"] = self._moment(given.get("day"), given.get("hour"), "hour")
        return given


class FixForm(MomentMixin):
    """Another date than the slots of the poll."""

    def clean(self) -> dict[str, Any]:
        """The moment, in `starts_at`."""
        given = super().clean() or self.cleaned_data
        given["starts_at"] = None
        if given.get("day") and given.get("hour"):
            try:
                given["starts_at"] = moment_of(given["day"], given["hour"], label="hour")
            except Refused as refused:
                self.add_error("hour", refused.sentence)
        return given


class CancelForm(forms.Form):
    """Why a meeting is cancelled; those of its series that follow it too, when asked."""

    reason = forms.CharField(
        label="Motif",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Les personnes invitées le liront. {NO_NAME}",
        error_messages={"required": "Écrivez une phrase : les personnes invitées la liront."},
    )
    scope = forms.ChoiceField(label="Annuler", choices=SCOPES, widget=forms.RadioSelect, initial="one")

    def __init__(self, data: Any = None, *, series: bool) -> None:
        super().__init__(data)
        if not series:
            del self.fields["scope"]


class AnswerForm(forms.Form):
    """One question a slot, « oui » proposed to who has not answered yet."""

    def __init__(self, data: Any = None, *, slots: list[Any], said: dict[int, str]) -> None:
        super().__init__(data)
        self.slots = slots
        now = timezone.now()
        for slot in slots:
            self.fields[f"slot_{slot.pk}"] = forms.ChoiceField(
                label=when(slot.starts_at, now),
                choices=SlotAnswer.CHOICES,
                widget=forms.RadioSelect,
                initial=said.get(slot.pk, "" if said else "yes"),
                error_messages={"required": "Dites oui, si besoin ou non pour ce créneau."},
            )

    def choices(self) -> dict[int, str]:
        """What the verb receives."""
        return {slot.pk: self.cleaned_data[f"slot_{slot.pk}"] for slot in self.slots}
