"""The forms of a meeting to come: everything is proposed, only the moment is really asked."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date

from equipage.foundation.french import PARIS, day_long, duration, plural
from equipage.foundation.periods import add_months
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Meeting
from equipage.meetings.rules import (
    CHOSEN,
    FORTNIGHTLY,
    MONTHLY,
    WEEKLY,
    dates_of,
    is_rest_day,
    moment_of,
    suggested,
    when,
)
from equipage.meetings.selectors.planning import last_meeting, meeting_kinds, members_to_invite
from equipage.meetings.services.checking import Plan

MINUTES = (30, 45, 60, 90)
_OWN_SLOTS = 3
_WRITTEN = "%Y-%m-%dT%H:%M"
_SLOT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}", re.ASCII)
NO_NAME = "Sans nom ni détail qui désigne un patient."


class PlanForm(forms.Form):
    """What a meeting is, but for its moment: as last time, or as the meeting that is changed."""

    kind = forms.ChoiceField(
        label="Type de réunion",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un type de réunion.", "invalid_choice": "Choisissez dans la liste."},
    )
    minutes = forms.IntegerField(
        label="Durée, en minutes",
        min_value=5,
        max_value=12 * 60,
        error_messages={
            "required": "Indiquez la durée en minutes.",
            "invalid": "Écrivez la durée en minutes, en chiffres : 45.",
            "min_value": "Indiquez une durée d'au moins 5 minutes.",
            "max_value": "Une réunion dure 12 heures au plus : vérifiez la durée.",
        },
    )
    invited = forms.TypedMultipleChoiceField(
        label="Personnes invitées",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Invitez au moins une personne.",
            "invalid_choice": "Une des personnes n'est plus membre de l'équipe : revoyez la liste.",
        },
    )
    place = forms.CharField(label="Lieu", required=False, max_length=200, help_text="Sans le nom d'un patient.")
    video_link = forms.CharField(
        label="Lien de visioconférence",
        required=False,
        max_length=400,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text="Celui de l'outil que vous utilisez déjà.",
    )
    title = forms.CharField(label="Objet", required=False, max_length=160, help_text=NO_NAME)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, team: Any, meeting: Meeting | None = None) -> None:
        self.team, self.meeting = team, meeting
        self.kinds = meeting_kinds(team)
        self.last = None if meeting else last_meeting(team)
        self.chips = MINUTES
        members = members_to_invite(team)
        super().__init__(data, initial=self._initial(members))
        labels = {kind.code: kind.label for kind in self.kinds if not kind.blocked}
        if meeting is not None:
            labels.setdefault(meeting.kind, meeting.kind)
        self._choices("kind", list(labels.items()))
        self._choices("invited", [(row.professional_id, row.professional.formal_name) for row in members])

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _initial(self, members: list[Any]) -> dict[str, Any]:
        """As last time: kind, length, place, people who are still there; else the first kind and everybody."""
        source = self.meeting or self.last
        here = [row.professional_id for row in members]
        codes = [kind.code for kind in self.kinds if not kind.blocked]
        found: dict[str, Any] = {"client_key": uuid.uuid4(), "invited": here, "minutes": 60}
        found["kind"] = codes[0] if codes else ""
        if source is None:
            return found
        invited = {row.professional_id for row in source.participants.all() if row.removed_at is None}
        known = source.kind if self.meeting or source.kind in codes else found["kind"]
        found |= {"kind": known, "minutes": source.minutes, "place": source.place, "video_link": source.video_link}
        if invited & set(here):
            found["invited"] = [pk for pk in here if pk in invited]
        if self.meeting:
            found["title"] = source.title
        return found

    @property
    def summary(self) -> str:
        """What is proposed besides the moment: « RCP sans patient, 1 h, 5 personnes, au cabinet »."""
        labels = dict(self.fields["kind"].choices)  # type: ignore[attr-defined]
        people = len(self["invited"].value() or ())
        parts = [labels.get(self["kind"].value(), "")]
        minutes = str(self["minutes"].value() or "")
        parts.append(duration(int(minutes)) if minutes.isdecimal() and len(minutes) < 5 else "")
        parts.append(f"{people} {plural(people, 'personne invitée', 'personnes invitées')}")
        parts.append(str(self["place"].value() or ""))
        return ", ".join(part for part in parts if part)

    @property
    def unfolded(self) -> bool:
        """Must the rest be seen: a first meeting, or something to mend there?"""
        rest = ("kind", "minutes", "invited", "place", "video_link", "title")
        return (self.last is None and self.meeting is None) or any(name in self.errors for name in rest)

    def plan(self) -> Plan:
        """What the verbs receive."""
        given = self.cleaned_data
        return Plan(
            kind=given["kind"],
            minutes=given["minutes"],
            invited=tuple(given["invited"]),
            title=given["title"],
            place=given["place"],
            video_link=given["video_link"],
        )

    def _moment(self, day: date | None, at: time | None, field: str) -> datetime | None:
        """The moment, or the sentence beside its field."""
        if day is None or at is None:
            return None
        try:
            return moment_of(day, at, label=field)
        except Refused as refused:
            self.add_error(field, refused.sentence)
            return None


class AgendaMixin(forms.Form):
    """Whether the agenda of last time is taken up."""

    same_agenda = forms.BooleanField(label="Reprendre l'ordre du jour de la dernière fois", required=False)


class NewForm(PlanForm, AgendaMixin):
    """A meeting to call: proposed as last time."""

    def __init__(self, data: Any = None, *, team: Any) -> None:
        super().__init__(data, team=team)
        if not self.offers_agenda:
            del self.fields["same_agenda"]
        elif self.last and self.last.starts_at and self.last.starts_at < timezone.now():
            # The points of a meeting still to come would be spoken of twice.
            self.initial["same_agenda"] = True

    @property
    def offers_agenda(self) -> bool:
        """Is there an agenda to take up?"""
        return self.last is not None

    def like(self) -> Meeting | None:
        """The meeting whose agenda is taken up."""
        return self.last if self.cleaned_data.get("same_agenda") else None


class SeveralField(forms.MultipleChoiceField):
    """Choices of which the verb, not the field, says how many are needed."""

    def validate(self, value: list[str]) -> None:
        """Each one is of the list; none at all goes through."""
        if value:
            super().validate(value)


class SlotsField(SeveralField):
    """Moments written as « 2026-12-01T12:30 »: those proposed when the page was made, even if it is sent later."""

    def valid_value(self, value: str) -> bool:
        """Any moment well written; the verb judges it."""
        if not _SLOT.fullmatch(value):
            return False
        try:
            datetime.strptime(value, _WRITTEN)  # noqa: DTZ007 (an hour of the clock, made aware later)
        except ValueError:
            return False
        return True


class PollForm(NewForm):
    """Slots to choose from: six are proposed, three of them chosen already; and up to three of one's own."""

    slots = SlotsField(
        label="Créneaux",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Un des créneaux est mal écrit : choisissez-le dans la liste."},
    )

    def __init__(self, data: Any = None, *, team: Any) -> None:
        super().__init__(data, team=team)
        now = timezone.now()
        for rank in range(1, _OWN_SLOTS + 1):
            self.fields[f"day_{rank}"] = forms.DateField(label=f"Autre jour, {rank}", required=False)
            self.fields[f"hour_{rank}"] = forms.TimeField(label=f"Heure, {rank}", required=False)
        last = self.last.starts_at if self.last else None
        offered = [_written(moment) for moment in suggested(now, last)]
        self.initial["slots"] = offered[:CHOSEN]
        typed = [value for value in data.getlist("slots") if _readable(value)] if self.is_bound else []
        values = sorted({*offered, *typed})
        self._choices("slots", [(value, when(_read(value), now)) for value in values])

    @property
    def own_slots(self) -> list[tuple[Any, Any]]:
        """The pairs of fields of one's own slots."""
        return [(self[f"day_{rank}"], self[f"hour_{rank}"]) for rank in range(1, _OWN_SLOTS + 1)]

    @property
    def own_used(self) -> bool:
        """Was one of them filled?"""
        return any(field.value() for pair in self.own_slots for field in pair)

    def clean(self) -> dict[str, Any]:
        """Every slot as a moment, in `moments`."""
        given = super().clean() or self.cleaned_data
        found = []
        for value in given.get("slots", ()):
            naive = datetime.strptime(value, _WRITTEN)  # noqa: DTZ007
            found.append(self._moment(naive.date(), naive.time(), "slots"))
        for rank in range(1, _OWN_SLOTS + 1):
            day, hour = given.get(f"day_{rank}"), given.get(f"hour_{rank}")
            if day and hour:
                found.append(self._moment(day, hour, f"hour_{rank}"))
            elif day and f"hour_{rank}" not in self.errors:
                self.add_error(f"hour_{rank}", "Indiquez aussi l'heure de ce jour.")
            elif hour and f"day_{rank}" not in self.errors:
                self.add_error(f"day_{rank}", "Indiquez aussi le jour de cette heure.")
        given["moments"] = [moment for moment in found if moment is not None]
        return given


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):{_WRITTEN}}"


def _read(value: str) -> datetime:
    return datetime.strptime(value, _WRITTEN).replace(tzinfo=PARIS)


def _readable(value: str) -> bool:
    return SlotsField().valid_value(value)


class MomentMixin(forms.Form):
    """A day and an hour."""

    day = forms.DateField(
        label="Le",
        error_messages={"required": "Indiquez le jour.", "invalid": "Écrivez une date, par exemple 14/10/2026."},
    )
    hour = forms.TimeField(
        label="À", error_messages={"required": "Indiquez l'heure.", "invalid": "Écrivez une heure, par exemple 12:30."}
    )


class DateForm(NewForm, MomentMixin):
    """One date, fixed at once."""

    def __init__(self, data: Any = None, *, team: Any) -> None:
        super().__init__(data, team=team)
        first = suggested(timezone.now(), self.last.starts_at if self.last else None, 1)[0]
        self.initial.update(day=first.date(), hour=first.time())

    def clean(self) -> dict[str, Any]:
        """The moment, in `starts_at`."""
        given = super().clean() or self.cleaned_data
        given["starts_at"] = self._moment(given.get("day"), given.get("hour"), "hour")
        return given


RHYTHMS = [
    (WEEKLY, "Chaque semaine"),
    (FORTNIGHTLY, "Toutes les deux semaines"),
    (MONTHLY, "Chaque mois, le même rang (le premier mardi…)"),
]


class SeriesForm(NewForm):
    """Meetings that come back. Sent a first time, it shows its dates; sent again with them, it is done."""

    first = forms.DateField(label="La première, le", error_messages={"required": "Indiquez le premier jour."})
    at = forms.TimeField(label="À", error_messages={"required": "Indiquez l'heure."})
    rhythm = forms.ChoiceField(label="Rythme", choices=RHYTHMS, widget=forms.RadioSelect, initial=MONTHLY)
    until = forms.DateField(
        label="Jusqu'au", help_text="Un an au plus.", error_messages={"required": "Indiquez jusqu'à quand."}
    )
    dates = SeveralField(
        label="Dates",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une des dates est mal écrite : revoyez la liste."},
    )
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    @property
    def offers_agenda(self) -> bool:
        """Never: each meeting of a series has an agenda of its own."""
        return False

    def __init__(self, data: Any = None, *, team: Any) -> None:
        super().__init__(data, team=team)
        self.preview: list[date] = []
        first = suggested(timezone.now(), self.last.starts_at if self.last else None, 1)[0]
        self.initial.update(first=first.date(), at=first.time(), until=add_months(first.date(), 6))
        asked = data.getlist("dates") if self.is_bound else []
        # Known once the rest is cleaned; until then whatever was sent is kept.
        self._choices("dates", [(value, value) for value in asked if _day(value)])

    @property
    def rule_seen(self) -> str:
        """What the shown dates were made from."""
        given = self.cleaned_data
        return f"{given.get('first')}|{given.get('rhythm')}|{given.get('until')}|{given.get('at')}"

    @property
    def confirmed(self) -> bool:
        """Were these very dates shown before?"""
        return bool(self.preview) and self.cleaned_data.get("seen") == self.rule_seen

    def clean(self) -> dict[str, Any]:
        """The dates of the rhythm, shown with rest days unchecked."""
        given = super().clean() or self.cleaned_data
        if not {"first", "rhythm", "until", "at"} <= set(given):
            return given
        self._moment(given["first"], given["at"], "at")
        try:
            self.preview = dates_of(given["rhythm"], given["first"], given["until"])
        except Refused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)
            return given
        self._choices("dates", [(f"{day}", _dated(day)) for day in self.preview])
        return given

    def show_dates(self) -> None:
        """Put the dates on the page, public holidays and Sundays left out until somebody checks them."""
        copy: Any = self.data
        copy = copy.copy()
        if not self.confirmed:
            copy.setlist("dates", [f"{day}" for day in self.preview if not is_rest_day(day)])
        copy["seen"] = self.rule_seen
        self.data = copy

    def chosen(self) -> list[date]:
        """The dates that were kept."""
        return [day for value in self.cleaned_data["dates"] if (day := _day(value)) is not None]


def _day(value: str) -> date | None:
    """The day of « 2026-12-01 », None for anything else."""
    try:
        return parse_date(value)
    except ValueError:
        return None


def _dated(day: date) -> str:
    holiday = is_rest_day(day) and day.weekday() != 6
    return f"{day_long(day)}, jour férié" if holiday else day_long(day)
