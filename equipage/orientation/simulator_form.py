"""The numbers of the simulator: what an address holds, read with care. No identity, nothing kept.

`n-infirmier=2&fois-PPS=4&minutes-PPS=60&presents-PPS=2&patients-ETP=8&condition-association_1901=on`

An address that says nothing of the people, or of the actions, is completed by an example, said to be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from equipage.foundation.french import counted, number, typographic
from equipage.orientation.simulating import Deed, Plan, Profile, Subject, profiles_of
from equipage.rules import library
from equipage.rules.catalogue import Action, Need
from equipage.rules.headcount import MOST

PEOPLE, TIMES, MINUTES, PRESENT, PATIENTS, NEED = "n-", "fois-", "minutes-", "presents-", "patients-", "condition-"
MOST_TIMES, MOST_PATIENTS, LONGEST = 999, 500, 24 * 60
# Where one begins, by family of action: how many a year for the first of its family, and how long each takes. Nobody
# decided these numbers: they are an example, and the page says so.
STARTS: Mapping[str, tuple[int, int]] = {"meeting": (10, 45), "plan": (4, 60), "protocol": (0, 120)}
START = (0, 60)
EXAMPLE_TEAM = 3
# The lines shown at once; the other professions are one tap away.
SHOWN_AT_ONCE = 6
_NEEDS = {"association": "Notre équipe est une association loi 1901"}
_TWICE = "Cette question a reçu deux réponses différentes. Gardez-en une seule."
_STRANGER = (
    "Ce lien parle d'une profession ou d'une action que nous ne connaissons pas : il a été modifié, ou il est ancien. "
    "Vérifiez les nombres ci-dessous."
)


class WholeField(forms.IntegerField):
    """A whole number, which may stay empty. What was typed stays, even when it is not a number."""

    def __init__(self, label: str, *, least: int = 0, most: int, hint: str = "0", **looks: str) -> None:
        sentence = typographic(f"Écrivez un nombre entier de {least} à {number(most)}.")
        box = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": hint, "maxlength": 12, **looks})
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        super().__init__(
            label=label, required=False, min_value=least, max_value=most, widget=box, error_messages=messages
        )


@dataclass(frozen=True)
class DeedRow:
    """The questions about one kind of action, as bound fields; `patients` only where the rate is paid by patient.

    `closed` holds the facts that it asks for and that the team did not say to be true.
    """

    action: Action
    closed: tuple[Need, ...]
    times: forms.BoundField
    minutes: forms.BoundField
    present: forms.BoundField
    patients: forms.BoundField | None


@dataclass(frozen=True)
class PersonRow:
    """How many people of a profile."""

    profile: Profile
    count: forms.BoundField


class SimulatorForm(forms.Form):
    """The team and its year. `example` says that part of it was proposed, not answered."""

    def __init__(self, subject: Subject, on: date, query: QueryDict) -> None:
        self.form, self.on = subject.form, on
        rates = subject.scale.rates if subject.scale else ()
        self.by_patient = {rate.action_code for rate in rates if rate.unit == "patient"}
        self.profiles = profiles_of(self.form, library().pack.people, on)
        self.example = not (_says(query, PEOPLE) and _says(query, TIMES))
        super().__init__(self._completed(query), use_required_attribute=False)
        self.query = query
        for profile in self.profiles:
            self.fields[PEOPLE + profile.key] = WholeField(profile.label, most=MOST)
        for action in self.form.actions.values():
            self._ask(action)
        for need in self.form.gates.values():
            label = _NEEDS.get(need.fact, need.label)
            self.fields[NEED + need.key] = forms.BooleanField(label=label, required=False)

    def _ask(self, action: Action) -> None:
        code, name = action.code, action.short_label
        self.fields[TIMES + code] = WholeField(f"{name}, nombre par an", most=MOST_TIMES)
        label = f"{name}, durée en minutes"
        self.fields[MINUTES + code] = WholeField(label, least=1, most=LONGEST, hint="min", list="durees")
        label = f"{name}, personnes présentes"
        self.fields[PRESENT + code] = WholeField(label, least=1, most=MOST, hint="toutes")
        if code in self.by_patient:
            self.fields[PATIENTS + code] = WholeField(f"{name}, nombre de patients", most=MOST_PATIENTS)

    def _completed(self, query: QueryDict) -> QueryDict:
        """What the address says, and an example for what it does not say at all."""
        data = query.copy()
        if not _says(query, PEOPLE):
            data.update({PEOPLE + key: str(count) for key, count in _example_team(self.profiles).items()})
        families = set()
        for action in self.form.actions.values():
            times, minutes = STARTS.get(action.family, START)
            if not _says(query, TIMES):
                data[TIMES + action.code] = str(times if action.family not in families else 0)
            if MINUTES + action.code not in query:
                data[MINUTES + action.code] = str(minutes)
            families.add(action.family)
        return data

    # What the page shows ----------------------------------------------------------------------------------------------

    def people(self) -> tuple[list[PersonRow], list[PersonRow]]:
        """The lines shown at once, and those of the other professions that may be paid."""
        rows = [PersonRow(profile, self[PEOPLE + profile.key]) for profile in self.profiles]
        filled = [row for row in rows if row.count.value() not in (None, "", "0") or row.count.errors]
        others = [row for row in rows if row not in filled and row.profile.paid]
        room = max(0, SHOWN_AT_ONCE - len(filled))
        shown = [row for row in rows if row in filled or row in others[:room]]
        return shown, others[room:]

    def deeds(self) -> list[DeedRow]:
        """One line a kind of action, in the order of the catalogue."""
        return list(self._rows())

    def _rows(self) -> Iterator[DeedRow]:
        for code, action in self.form.actions.items():
            patients = self[PATIENTS + code] if code in self.by_patient else None
            closed = tuple(need for need in action.gates if not self[NEED + need.key].value())
            yield DeedRow(action, closed, self[TIMES + code], self[MINUTES + code], self[PRESENT + code], patients)

    def needs(self) -> list[forms.BoundField]:
        """The facts that open some actions."""
        return [self[NEED + key] for key in self.form.gates]

    # What was answered ------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Each answer may be right and the whole impossible: it is said at the line to change."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_what_the_link_says()
        total = self._check_people(cleaned)
        for code in self.form.actions:
            if not cleaned.get(TIMES + code):
                continue
            if cleaned.get(MINUTES + code) is None and MINUTES + code not in self.errors:
                self.add_error(MINUTES + code, "Dites combien de temps dure une de ces actions.")
            if total and (cleaned.get(PRESENT + code) or 0) > total:
                sentence = f"L'équipe compte {counted(total, 'personne')} : il ne peut pas en venir davantage."
                self.add_error(PRESENT + code, typographic(sentence))
        return cleaned

    def _check_people(self, cleaned: Mapping[str, Any]) -> int:
        """How many paid people there are, 0 when the question is refused."""
        counts = {profile: cleaned.get(PEOPLE + profile.key) or 0 for profile in self.profiles}
        if any(PEOPLE + profile.key in self.errors for profile in counts):
            return 0
        total = sum(count for profile, count in counts.items() if profile.paid)
        field = PEOPLE + next((profile.key for profile in counts if profile.paid), "")
        if total == 0:
            start = "Personne ici n'est indemnisé" if any(counts.values()) else "Il n'y a encore personne"
            self.add_error(field, typographic(f"{start} : comptez au moins une personne que le barème peut payer."))
        elif total > MOST:
            self.add_error(field, typographic(f"L'équipe compte {total} personnes : le simulateur va jusqu'à {MOST}."))
        return total if total <= MOST else 0

    def _refuse_what_the_link_says(self) -> None:
        for name in self.fields:
            if len(set(self.query.getlist(name))) > 1:
                self.add_error(name, _TWICE)
        known = {
            PEOPLE: {profile.key for profile in self.profiles},
            NEED: set(self.form.gates),
            **{prefix: set(self.form.actions) for prefix in (TIMES, MINUTES, PRESENT, PATIENTS)},
        }
        strangers = (
            prefix
            for name in self.query
            for prefix in known
            if name.startswith(prefix) and name[len(prefix) :] not in known[prefix]
        )
        if any(strangers):
            self.add_error(None, typographic(_STRANGER))

    def plan(self) -> Plan:
        """The year as it was answered; after validation."""
        given = self.cleaned_data
        people = tuple(
            (profile, count) for profile in self.profiles if profile.paid and (count := given[PEOPLE + profile.key])
        )
        deeds = tuple(
            Deed(
                code,
                given[TIMES + code] or 0,
                given[MINUTES + code] or 0,
                given[PRESENT + code] or 0,
                given.get(PATIENTS + code) or 0,
            )
            for code in self.form.actions
        )
        facts = frozenset(need.fact for need in self.form.gates.values() if given[NEED + need.key])
        return Plan(people, deeds, facts)

    def unpaid(self) -> list[Profile]:
        """The people who were counted and whom no rate pays."""
        return [p for p in self.profiles if not p.paid and self.cleaned_data[PEOPLE + p.key]]

    def address(self) -> str:
        """The query that says these numbers and nothing else, always written the same way; after validation."""
        given = self.cleaned_data
        pairs = [(PEOPLE + p.key, given[PEOPLE + p.key]) for p in self.profiles if given[PEOPLE + p.key]]
        done = [code for code in self.form.actions if given[TIMES + code]]
        for code in done:
            names = (TIMES, MINUTES, PRESENT, PATIENTS)
            pairs += [(name + code, value) for name in names if (value := given.get(name + code))]
        if not done and self.form.actions:
            pairs.append((TIMES + next(iter(self.form.actions)), 0))  # without it, the example would come back
        return urlencode([*pairs, *((NEED + key, "on") for key in self.form.gates if given[NEED + key])])


def _says(query: QueryDict, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in query)


def _example_team(profiles: tuple[Profile, ...]) -> dict[str, int]:
    """One person of each pay group, then of the next profiles: a small team, whatever the professions of the form."""
    paid = [profile for profile in profiles if profile.paid]
    of_group: dict[str, Profile] = {}
    for profile in paid:
        of_group.setdefault(profile.group, profile)
    chosen = list(of_group.values())[:EXAMPLE_TEAM]
    chosen += [profile for profile in paid if profile not in chosen][: EXAMPLE_TEAM - len(chosen)]
    return {profile.key: 1 for profile in chosen}
