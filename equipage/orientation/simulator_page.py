"""The simulation as a page reads it: the conclusion first, then each line, then the ceiling, then what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.text import capfirst

from equipage.compensation.forms.scales import GROUPS
from equipage.compensation.selectors import PublicScale
from equipage.foundation.french import NBSP, counted, duration, enumerate_words, euros, number, typographic
from equipage.orientation.place import Place
from equipage.orientation.rulebook import address
from equipage.orientation.simulating import Line, Plan, Profile, Share, Simulation, Subject
from equipage.rules.dated import Dated
from equipage.rules.form import FormView
from equipage.rules.headcount import Headcount, check_headcount
from equipage.rules.pricing import ACTION, PERSON, PERSON_KIND, TEAM_KIND
from equipage.rules.scale import UNITS, Rate
from equipage.rules.wording import euros_exact

# Said beside every amount that comes from a scale that nobody adopted for real.
FICTITIOUS = "barème FICTIF"
# Which ceiling took what, in the order of the computation.
CUT_BY = {
    PERSON_KIND: "du plafond annuel par personne",
    PERSON: "du plafond annuel par personne, toutes actions",
    ACTION: "du plafond par action, commun à tous",
    TEAM_KIND: "du plafond annuel de l'équipe pour ce type d'action",
}
# What the rules say of the money of a form, from the shortest to the longest.
MONEY = ("money.means", "brief.brings")


@dataclass(frozen=True)
class Account:
    """One line of the year as it is read: what, how much, and why."""

    line: Line
    facts: str
    shares: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Tariff:
    """One rate of the scale in words: « 50,00 € par heure »."""

    label: str
    price: str
    notes: str


@dataclass(frozen=True)
class Other:
    """A form that is not counted on this page, and what the rules say of its money; `means` None when they say nothing.

    `count_url` is where it is counted, "" where no scale is known.
    """

    form: FormView
    means: Dated | None
    url: str
    rule_url: str
    count_url: str


@dataclass(frozen=True)
class Level:
    """The ceiling as the gauge shows it."""

    shown: str
    sentence: str
    tone: str


def headline(found: Simulation) -> str:
    """The conclusion of the page."""
    if found.paid_cents:
        most = ", le plafond," if found.cut_cents else ""
        return (
            f"Votre équipe serait indemnisée d'environ {about(found.paid_cents)}{most} "
            f"pour {hours(found.minutes)} par an"
        )
    if found.lines:
        return f"0{NBSP}€ : ce barème ne paie rien pour ces actions"
    if found.closed:
        return f"0{NBSP}€ pour l'instant : aucune des actions choisies n'est ouverte à votre équipe"
    return f"0{NBSP}€ pour l'instant : comptez une première action"


def about(cents: int) -> str:
    """An amount to the nearest euro, for a sentence that says « environ »; to the cent below one euro."""
    return euros(cents) if cents < 100 else f"{number((cents + 50) // 100)}{NBSP}€"


def hours(minutes: int) -> str:
    """A time in a sentence: « 34 heures », « 34 h 30 », « 45 min »."""
    return counted(minutes // 60, "heure") if minutes and minutes % 60 == 0 else duration(minutes)


def team_in_words(plan: Plan) -> str:
    """« un médecin généraliste et deux infirmiers »."""
    return people_in_words(plan.people)


def people_in_words(people: Iterable[tuple[Profile, int]]) -> str:
    """The same, of some of them."""
    return enumerate_words([profile.counted(count) for profile, count in people])


def accounts(found: Simulation, scale: PublicScale) -> list[Account]:
    """The lines of the year, in the order of the catalogue."""
    return [_account(line, found.plan, scale) for line in found.lines]


def _account(line: Line, plan: Plan, scale: PublicScale) -> Account:
    deed, alone = line.deed, len(line.shares) == 1
    facts = [
        f"{number(deed.times)} par an",
        duration(deed.minutes),
        "toute l'équipe" if line.present == plan.total else counted(line.present, "personne"),
    ]
    if any(share.each.rate.unit == "patient" for share in line.shares):
        facts.append(counted(deed.patients, "patient"))
    return Account(
        line,
        f"{' · '.join(facts)} · {duration(line.minutes)} en tout",
        tuple(_shared(share, alone) for share in line.shares),
        tuple(_reason(explanation.sentence(), scale) for share in line.shares for explanation in share.explanations),
    )


def _shared(share: Share, alone: bool) -> str:
    """« 45 min à 50,00 € l'heure = 37,50 € ; 30 présences = 1 125,00 € », after whom it is for."""
    who = "" if alone else f"{capfirst(people_in_words(share.profiles))} : "
    once = " ; ".join(share.each.explanation.steps) or f"{euros(0)} par action"
    cuts = "".join(f", moins {euros(share.cuts[code])} au-delà {CUT_BY[code]}" for code in CUT_BY if code in share.cuts)
    return f"{who}{once} ; {counted(share.turns, 'présence')}{cuts} = {euros(share.amount_cents)}"


def _reason(sentence: str, scale: PublicScale) -> str:
    """The sentence of the rules; a fictitious scale whose name does not say so is said to be."""
    silent = scale.fictitious and "fictif" not in scale.label.lower()
    return f"{sentence} Ce barème est FICTIF." if silent else sentence


def tariffs(form: FormView, scale: PublicScale) -> list[Tariff]:
    """The rates of a scale for this form, in the order of its catalogue."""
    order = list(form.actions)
    rates = [rate for rate in scale.rates if rate.action_code in form.actions]
    split = {rate.action_code for rate in rates if rate.profession_group}
    return [
        _tariff(form, rate, rate.action_code in split)
        for rate in sorted(rates, key=lambda rate: (order.index(rate.action_code), rate.profession_group is None))
    ]


def _tariff(form: FormView, rate: Rate, split: bool) -> Tariff:
    one = UNITS[rate.unit][0]
    label = form.actions[rate.action_code].short_label
    if split:
        group = rate.profession_group
        label += f", {GROUPS.get(group, group).lower() if group else 'autres professions'}"
    notes = []
    if rate.min_quantity is not None:
        notes.append(f"à partir de {_quantity(rate, rate.min_quantity)}")
    if rate.max_quantity is not None:
        notes.append(f"{_quantity(rate, rate.max_quantity)} au plus par action")
    if rate.min_participants is not None:
        notes.append(f"au moins {counted(rate.min_participants, 'personne présente', 'personnes présentes')}")
    if rate.cap_person_year_cents is not None:
        notes.append(f"au plus {euros(rate.cap_person_year_cents)} par personne et par an")
    if rate.cap_action_cents is not None:
        notes.append(f"au plus {euros(rate.cap_action_cents)} par action pour toutes les personnes")
    if rate.cap_team_year_cents is not None:
        notes.append(f"au plus {euros(rate.cap_team_year_cents)} par équipe et par an")
    return Tariff(label, f"{euros_exact(rate.amount)} par {one}", ", ".join(notes))


def _quantity(rate: Rate, quantity: Decimal) -> str:
    if rate.unit == "hour":
        return duration(int(60 * quantity))
    return counted(quantity, *UNITS[rate.unit])


def composition(form: FormView, plan: Plan, on: date) -> list[tuple[str, str]]:
    """What such a team would still lack to exist, each with its way out; nothing where people are not of a kind."""
    people = {profile.kind: count for profile, count in plan.people if profile.kind}
    if not people:
        return []
    answer = check_headcount(form, Headcount(people), on)
    return [(reason.sentence, reason.way_out) for reason in answer.reasons]


def unpaid_in_words(profiles: list[Profile], form: FormView) -> str:
    """The people whom nothing here pays; "" when there is nobody."""
    if not profiles:
        return ""
    names = enumerate_words([profile.label for profile in profiles])
    return typographic(
        f"{names} : ce barème ne paie pas {'cette profession' if len(profiles) == 1 else 'ces professions'} "
        f"({form.label}). Elles ne sont donc pas comptées ici, et peuvent prendre part au projet."
    )


def level(found: Simulation) -> Level | None:
    """How much of the ceiling is used, and what it means; None where no rule sets a ceiling."""
    if found.ceiling is None:
        return None
    most = int(found.ceiling.effective)
    shown = f"{euros(found.paid_cents)} sur {euros(most)}"
    if found.cut_cents:
        sentence = (
            f"Vos actions vaudraient {euros(found.asked_cents)} : {euros(found.cut_cents)} ne seraient pas versés."
        )
        return Level(shown, sentence, "wait")
    left = f"Il resterait {euros(most - found.paid_cents)} pour d'autres actions, et aucune somme n'est due d'avance."
    return Level(shown, left, "")


def conditions(form: FormView) -> str:
    """What must be true before anybody is paid, as one enumeration; "" where the rules do not say."""
    labels = [need.label for need in form.payment_conditions]
    return enumerate_words([label[0].lower() + label[1:] for label in labels]) if labels else ""


def others(subjects: tuple[Subject, ...], chosen: Subject | None, place: Place) -> list[Other]:
    """The other forms of the place, each with what is known of its money."""
    return [_other(subject, place) for subject in subjects if subject is not chosen]


def _other(subject: Subject, place: Place) -> Other:
    form = subject.form
    found = (form.find(name) for name in MONEY)
    means = next((dated for dated in found if dated is not None and isinstance(dated.effective, str)), None)
    return Other(
        form,
        means,
        address(place, "form", form.code),
        address(place, "rule", means.rule_id) if means else "",
        address(place, "simulator", forme=form.code) if subject.scale else "",
    )
