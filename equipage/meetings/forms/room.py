"""The forms of the room. What is wrong in one field never keeps the others from being saved."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from equipage.coordination.selectors import Kind
from equipage.foundation.french import PARIS, day
from equipage.foundation.periods import today
from equipage.meetings.models import Item, Minutes
from equipage.meetings.models.room import OUTCOMES
from equipage.meetings.rules import moment_of
from equipage.meetings.selectors.room import LastTime, Person, Proposal
from equipage.meetings.services.closing import Closing, Corrected
from equipage.meetings.services.room import LONGEST_TEXT, MOST_TASKS, Boxes, Header, Line, NewItem

NO_NAME = "Sans nom ni détail qui désigne."
_DATE = {"invalid": "Écrivez une date, par exemple 14/10/2026."}
_TIME = {"required": "Indiquez l'heure.", "invalid": "Écrivez une heure, par exemple 12:30."}


class IdsField(forms.TypedMultipleChoiceField):
    """Members to tick, as large chips."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(coerce=int, required=kwargs.pop("required", False), **kwargs)


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, str]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def named(people: Iterable[Person]) -> list[tuple[int, str]]:
    """Members as chips."""
    return [(person.professional.pk, person.professional.formal_name) for person in people]


# --- the agenda -------------------------------------------------------------------------------------------------------


class ItemForm(forms.Form):
    """A situation without a name, or a topic of practice."""

    kind = forms.ChoiceField(label="Ajouter", choices=Item.Kind.choices, widget=forms.RadioSelect, initial="situation")
    question = forms.CharField(
        label="La question, ou le sujet",
        required=False,
        max_length=300,
        help_text=f"{NO_NAME} Par exemple : « sortie d'hôpital, qui passe le premier soir ? »",
        error_messages={"max_length": "Une question tient en 300 signes : gardez l'essentiel."},
    )
    code = forms.CharField(
        label="Code",
        required=False,
        max_length=40,
        help_text="Une lettre suffit : sans code, la prochaine est donnée.",
        error_messages={"max_length": "Un code tient en 40 signes."},
    )
    planned_minutes = forms.IntegerField(
        label="Minutes prévues",
        required=False,
        min_value=1,
        max_value=240,
        error_messages={
            "invalid": "Écrivez un nombre de minutes.",
            "min_value": "Un point dure de 1 à 240 minutes.",
            "max_value": "Un point dure de 1 à 240 minutes.",
        },
    )

    def new_item(self) -> NewItem:
        """What the verb receives."""
        given = self.cleaned_data
        return NewItem(given["kind"], given["question"], given["code"], given["planned_minutes"])


# --- who is here ------------------------------------------------------------------------------------------------------


class HeaderForm(forms.Form):
    """Who is here, and what kind of meeting it is. `seen_*` is what this device was shown."""

    here = IdsField(label="Qui est là")
    excused = IdsField(label="Excusés")
    setting = forms.ChoiceField(label="Forme", choices=Minutes.Setting.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="Type de réunion")
    place = forms.CharField(label="Lieu", required=False, max_length=200)
    seen_here = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_excused = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[Person],
        kinds: Sequence[Kind],
        kind: str,
        label: str,
        setting: str,
        place: str,
    ) -> None:
        here = [person.professional.pk for person in people if person.here]
        excused = [person.professional.pk for person in people if person.excused]
        super().__init__(
            data,
            initial={
                "here": here,
                "excused": excused,
                "setting": setting,
                "kind": kind,
                "place": place,
                "seen_here": _written(here),
                "seen_excused": _written(excused),
            },
        )
        chips = named(people)
        _offer(self, "here", chips)
        _offer(self, "excused", chips)
        codes = [(found.code, found.label) for found in kinds]
        _offer(self, "kind", codes if kind in dict(codes) else [(kind, label), *codes])

    def header(self, *, first: bool) -> Header:
        """What the verb receives; before the room is opened nothing was seen, and everything said counts."""
        given = self.cleaned_data
        return Header(
            here=frozenset(given["here"]),
            excused=frozenset(given["excused"]) - frozenset(given["here"]),
            setting=given["setting"],
            place=given["place"],
            kind=given["kind"],
            seen_here=None if first else _read(given["seen_here"]),
            seen_excused=None if first else _read(given["seen_excused"]),
        )


def _written(keys: Iterable[int]) -> str:
    return ",".join(str(key) for key in keys)


def _read(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(",") if part.isdecimal() and len(part) < 12)


class NowForm(forms.Form):
    """« Réunion maintenant », as last time."""

    kind = forms.ChoiceField(label="Type de réunion", widget=forms.RadioSelect)
    here = IdsField(
        label="Qui est là", required=True, error_messages={"required": "Indiquez qui est là : au moins une personne."}
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[tuple[int, str]],
        proposed: LastTime,
    ) -> None:
        super().__init__(data, initial={"kind": proposed.kind, "here": sorted(proposed.here), "key": uuid.uuid4()})
        _offer(self, "kind", [(found.code, found.label) for found in proposed.kinds])
        _offer(self, "here", people)


# --- the three boxes --------------------------------------------------------------------------------------------------


def _box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class BoxesForm(forms.Form):
    """The three boxes of one point. `lines` are the rows « qui, quoi, pour quand », with empty ones to go on."""

    account = forms.CharField(required=False, max_length=LONGEST_TEXT, widget=_box(3))
    decision = forms.CharField(label="La décision", required=False, max_length=LONGEST_TEXT, widget=_box(2))
    outcomes = forms.MultipleChoiceField(label="Suites", required=False, widget=forms.CheckboxSelectMultiple)
    other_outcome = forms.CharField(label="Autre suite", required=False, max_length=80)
    informed = forms.ChoiceField(
        label="Le patient", required=False, choices=Item.Informed.choices, widget=forms.RadioSelect
    )
    patient_present = forms.BooleanField(label="Le patient était là", required=False)
    review_on = forms.DateField(label="À revoir le", required=False, error_messages=_DATE)

    def __init__(
        self,
        data: Any = None,
        *,
        item: Item,
        members: Sequence[tuple[int, str]],
        with_patient: bool = False,
        tasks: bool = True,
    ) -> None:
        self.item = item
        self.with_patient = with_patient and item.is_situation
        self._before = dict(enumerate(item.todo))
        self.count = min(MOST_TASKS, len(item.todo) + 3) if tasks else 0
        super().__init__(data, prefix=f"p{item.pk}", initial=self._initial())
        situation = item.is_situation
        self.fields["account"].label = "La situation" if situation else "Ce qui est dit, les sources"
        self.fields["account"].help_text = NO_NAME if situation else ""
        wanted = ("prescription", "referral") if situation else ("protocol",)
        _offer(self, "outcomes", [(code, OUTCOMES[code]) for code in wanted])
        for index in range(self.count):
            self._add_line(index, members)

    def _initial(self) -> dict[str, Any]:
        item = self.item
        found = {
            name: getattr(item, name)
            for name in ("account", "decision", "outcomes", "other_outcome", "informed", "patient_present", "review_on")
        }
        for index, line in enumerate(item.todo):
            found |= {f"what_{index}": line["what"], f"who_{index}": line["who"], f"due_{index}": line["due"]}
        return found

    def _add_line(self, index: int, members: Sequence[tuple[int, str]]) -> None:
        self.fields[f"what_{index}"] = forms.CharField(label="Quoi", required=False, max_length=200)
        self.fields[f"who_{index}"] = forms.TypedChoiceField(
            label="Qui", required=False, coerce=int, empty_value=None, choices=[("", "Qui ?"), *members]
        )
        self.fields[f"due_{index}"] = forms.DateField(label="Pour le", required=False, error_messages=_DATE)

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each line."""
        return [(self[f"what_{i}"], self[f"who_{i}"], self[f"due_{i}"]) for i in range(self.count)]

    @property
    def shown_lines(self) -> list[tuple[Any, Any, Any]]:
        """The lines that are written, and one to go on."""
        return self.lines[: len(self.item.todo) + 1]

    @property
    def more_lines(self) -> list[tuple[Any, Any, Any]]:
        """Two more, folded."""
        return self.lines[len(self.item.todo) + 1 :]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for index in range(self.count):
            self._clean_due(f"due_{index}", index)
        review = given.get("review_on")
        if review and review < today() and review != self.item.review_on:
            self.add_error("review_on", f"Le {day(review)} est passé : choisissez une date à venir, ou aucune.")
        return self.cleaned_data

    def _clean_due(self, name: str, index: int) -> None:
        due = self.cleaned_data.get(name)
        known = str(self._before.get(index, {}).get("due", ""))
        if due and due < today() and due.isoformat() != known:
            self.add_error(name, f"Le {day(due)} est passé : choisissez une date à venir, ou aucune.")

    def boxes(self) -> Boxes:
        """What the verb receives. A field that is wrong keeps what the row holds: the others are saved all the same."""
        given, item = self.cleaned_data, self.item
        return Boxes(
            account=_clean_text(given.get("account", item.account)),
            decision=_clean_text(given.get("decision", item.decision)),
            outcomes=tuple(given.get("outcomes", item.outcomes)),
            other_outcome=str(given.get("other_outcome", item.other_outcome)).strip(),
            informed=given.get("informed", item.informed),
            patient_present=bool(given.get("patient_present", item.patient_present)),
            review_on=given.get("review_on", item.review_on),
            todo=self._todo() if self.count else _stored_lines(item),
        )

    def _todo(self) -> tuple[Line, ...]:
        found = []
        for index in range(self.count):
            before = self._before.get(index, {})
            what = " ".join(str(self.cleaned_data.get(f"what_{index}", before.get("what", ""))).split())
            if what:
                due = self.cleaned_data.get(f"due_{index}", _as_day(before.get("due", "")))
                found.append(Line(what, self.cleaned_data.get(f"who_{index}", before.get("who")), due))
        return tuple(found)


def _clean_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _as_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _stored_lines(item: Item) -> tuple[Line, ...]:
    return tuple(Line(line["what"], line["who"], _as_day(line["due"])) for line in item.todo)


class ReasonForm(forms.Form):
    """What is corrected, for whoever reads both versions."""

    reason = forms.CharField(
        label="Ce que vous corrigez",
        max_length=300,
        error_messages={"required": "Dites en quelques mots ce que vous corrigez : l'équipe le lira."},
    )


# --- the end ----------------------------------------------------------------------------------------------------------


class HoursForm(forms.Form):
    """The real day and hours, and who was there."""

    day = forms.DateField(label="Le", error_messages={"required": "Indiquez le jour.", **_DATE})
    starts = forms.TimeField(label="Début", error_messages=_TIME)
    ends = forms.TimeField(label="Fin", error_messages=_TIME)
    here = IdsField(
        label="Qui était là",
        required=True,
        error_messages={"required": "Indiquez qui était là : au moins une personne."},
    )
    excused = IdsField(label="Excusés")

    def __init__(self, data: Any = None, *, people: Sequence[Person], proposed: Proposal, **initial: Any) -> None:
        starts, ends = proposed.starts.astimezone(PARIS), proposed.ends.astimezone(PARIS)
        super().__init__(
            data,
            initial={
                "day": starts.date(),
                "starts": starts.time().replace(second=0, microsecond=0),
                "ends": ends.time().replace(second=0, microsecond=0),
                "here": [person.professional.pk for person in people if person.here],
                "excused": [person.professional.pk for person in people if person.excused],
                **initial,
            },
        )
        _offer(self, "here", named(people))
        _offer(self, "excused", named(people))

    def _hours(self) -> dict[str, Any]:
        given = self.cleaned_data
        here = tuple(given["here"])
        return {
            "starts": moment_of(given["day"], given["starts"], label="starts"),
            "ends": moment_of(given["day"], given["ends"], label="ends"),
            "here": here,
            "excused": tuple(pk for pk in given["excused"] if pk not in here),
        }


class CloseForm(HoursForm):
    """What is said when a meeting ends."""

    patients = forms.IntegerField(
        label="Patients comptés",
        min_value=0,
        max_value=500,
        help_text="Un nombre, jamais un nom. Corrigez-le si une situation concernait plusieurs patients, ou aucun.",
        error_messages={
            "required": "Indiquez un nombre de patients, 0 s'il n'y en a pas.",
            "invalid": "Écrivez un nombre.",
            "min_value": "Le nombre de patients va de 0 à 500.",
            "max_value": "Le nombre de patients va de 0 à 500.",
        },
    )

    def closing(self) -> Closing:
        """What the verb receives. Raises Refused for an hour that does not exist."""
        return Closing(**self._hours(), patients=self.cleaned_data["patients"])


class CorrectHeaderForm(HoursForm):
    """Hours, place and people of closed minutes, corrected."""

    place = forms.CharField(label="Lieu", required=False, max_length=200)
    reason = ReasonForm.base_fields["reason"]

    def corrected(self) -> Corrected:
        """What the verb receives. Raises Refused for an hour that does not exist."""
        return Corrected(**self._hours(), place=self.cleaned_data["place"])
