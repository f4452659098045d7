"""Which form of coordinated practice fits us: what fits now, what would fit and with whom, and why. Pure functions.

Nothing here knows a form by name: order and words come from the packs, so that a seventh form is data only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from equipage.rules.answer import Answer, Reason
from equipage.rules.catalogue import Stage
from equipage.rules.composition import LIBERAL
from equipage.rules.dated import Dated
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.form import FormView
from equipage.rules.headcount import Headcount, check_headcount, set_aside
from equipage.rules.library import Library
from equipage.rules.shared import Concern, PersonKind
from equipage.rules.thresholds import asked
from equipage.rules.wording import NARROW, quantity

Fit = Literal["now", "soon", "later", "aside"]
Time = Literal["", "little", "some", "much"]
# Now; once those approached say yes; with more people; under another way of practising.
FITS: tuple[Fit, ...] = ("now", "soon", "later", "aside")
TIMES: tuple[Time, ...] = ("", "little", "some", "much")


@dataclass(frozen=True, slots=True)
class Situation:
    """What people say of themselves (situation): how many, where, what bothers them, the time they can give."""

    people: Headcount
    territory: str
    concerns: frozenset[str] = frozenset()
    time: Time = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One stage of a form (stade) and whether we reach it; `stage` is None for the form as such."""

    stage: Stage | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one form is to us. `thresholds` holds the stages in order; the first decides `fit`.

    `aside` are the kinds of people who are there without counting; `concerns` what the form answers of what was
    said, with the sentence and its source; `why` the reasons of its place in the order, in French.
    """

    form: FormView
    fit: Fit
    thresholds: tuple[Threshold, ...]
    concerns: tuple[tuple[Concern, Dated], ...]
    aside: tuple[tuple[PersonKind, Reason], ...]
    why: tuple[str, ...]

    @property
    def answer(self) -> Answer:
        """The answer at the first stage."""
        return self.thresholds[0].answer

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What is missing at the first stage, each with its way out."""
        return self.answer.reasons

    def find(self, name: str) -> Dated | None:
        """A value of the form that is known ("money.means"), else None."""
        found = self.form.find(name)
        return found if found is not None and found.effective is not None else None


def orient(library: Library, situation: Situation, on: date) -> tuple[Verdict, ...]:
    """Every form that exists in the territory on that day, the best first; never a refusal without its way out.

    Raises NoRuleInForce for an unknown territory, BadInput for an unknown need.
    """
    library.chain(situation.territory)
    unknown = situation.concerns - library.pack.concerns.keys()
    if unknown:
        raise BadInput(f"Le besoin «{NARROW}{sorted(unknown)[0]}{NARROW}» n'existe pas.")
    if situation.time not in TIMES:
        raise BadInput(f"Le temps «{NARROW}{situation.time}{NARROW}» n'est pas prévu.")
    forms = [
        library.form(card.code, situation.territory, on)
        for card in library.forms(situation.territory, on)
        if _written(library, card.code, situation.territory, on)
    ]
    verdicts = [_verdict(library, form, situation, on) for form in forms]
    return tuple(sorted(_without_doubles(library, verdicts), key=lambda verdict: _order(verdict, situation)))


def _written(library: Library, code: str, territory: str, on: date) -> bool:
    """Whether the packs say who may be in it: a form that is only announced cannot be answered for."""
    try:
        form = library.form(code, territory, on)
        return bool(form.composition.professions)
    except NoRuleInForce:
        return False


def thresholds(form: FormView, people: Headcount, on: date) -> tuple[Threshold, ...]:
    """The stages of a form that have numbers, in order, each judged; one without stage when it has none."""
    staged = [
        stage
        for stage in form.stages.values()
        if any(requirement.gate == stage.key for requirement in asked(form, stage.key))
    ]
    if not staged:
        return (Threshold(None, check_headcount(form, people, on)),)
    return tuple(Threshold(stage, check_headcount(form, people, on, stage.key)) for stage in staged)


def _verdict(library: Library, form: FormView, situation: Situation, on: date) -> Verdict:
    found = thresholds(form, situation.people, on)
    concerns = library.pack.concerns
    answered = tuple((concerns[key], dated) for key, dated in form.answers.items() if key in situation.concerns)
    fit = _fit(form, found[0], situation.people, on)
    aside = set_aside(form, situation.people, on)
    return Verdict(form, fit, found, answered, aside, tuple(_why(form, fit, answered, situation)))


def _fit(form: FormView, first: Threshold, people: Headcount, on: date) -> Fit:
    if first.answer.ok:
        return "now"
    if any(reason.code.startswith("practice_") for reason in first.answer.reasons):
        return "aside"
    gate = first.stage.key if first.stage else ""
    return "soon" if people.uncertain and check_headcount(form, people.confirmed(), on, gate).ok else "later"


_FIT_WORDS = {
    "now": "votre composition suffit",
    "soon": "votre composition suffira quand les personnes pressenties auront dit oui",
    "later": "il manque encore des personnes",
    "aside": "cette forme suppose un autre mode d'exercice",
}


def _why(form: FormView, fit: Fit, answered: tuple[tuple[Concern, Dated], ...], situation: Situation) -> Iterable[str]:
    yield _FIT_WORDS[fit]
    if situation.concerns:
        asked_for = len(situation.concerns)
        if asked_for == 1:
            yield "elle répond à ce que vous cherchez" if answered else "elle ne vise pas ce que vous cherchez"
        else:
            yield f"elle répond à {len(answered)} de vos {asked_for} besoins"
    if in_doubt(form):
        yield "son avenir est incertain"
    if _legal(form) is False:
        yield "elle ne demande aucune structure juridique"
    if form.steps:
        yield f"son chemin compte {quantity(len(form.steps), 'une étape', 'étapes')}"


def in_doubt(form: FormView) -> bool:
    """Whether a text says that the form is suspended or unsure today (dispositif incertain)."""
    found = form.find("organisation.in_doubt")
    return bool(found and found.effective)


def _legal(form: FormView) -> bool | None:
    found = form.find("organisation.legal_structure_required")
    return None if found is None or found.effective is None else bool(found.effective)


def _meant_for(form: FormView, mode: str) -> bool:
    """Whether the form is made for people who practise so. Liberal practice is the ordinary case of all forms; for
    any other, a form whose text names it comes before those that only do not exclude it.
    """
    modes = form.composition.practice_modes
    return mode == LIBERAL or (modes is not None and mode in modes.effective)


def weight(form: FormView) -> int:
    """How much there is to set up: steps, stages, and a legal structure where one is required. Smaller is lighter."""
    return len(form.steps) + len(form.stages) + (5 if _legal(form) else 0)


def _order(verdict: Verdict, situation: Situation) -> tuple[int, ...]:
    """The order of forms: what fits first, then what is sure, then what answers, then what suits the time given.

    A form open to anybody (no number is fixed: a whole territory) fits everybody: it comes first only for whom it
    answers a need, else after the forms that people could make among themselves.
    """
    form = verdict.form
    heavy = weight(form)
    too_wide = not form.composition.requirements and not verdict.concerns
    return (
        FITS.index("later") if too_wide else FITS.index(verdict.fit),
        int(too_wide),
        int(in_doubt(form)),
        -len(verdict.concerns),
        int(not form.composition.requirements),
        int(not _meant_for(form, situation.people.mode)),
        verdict.answer.lacking,
        int(not form.steps),  # a path nobody has written is not a short one
        -heavy if situation.time == "much" else heavy,
        -len(form.composition.professions),
    )


def _without_doubles(library: Library, verdicts: list[Verdict]) -> list[Verdict]:
    """Leave out a national form where its regional variety does at least as well: they are one and the same."""
    by_code = {verdict.form.code: verdict for verdict in verdicts}
    covered = set()
    for verdict in verdicts:
        card = verdict.form.card
        parent = by_code.get(card.parent)
        if (
            parent
            and card.territory != parent.form.card.territory
            and FITS.index(verdict.fit) <= FITS.index(parent.fit)
        ):
            covered.add(card.parent)
    return [verdict for verdict in verdicts if verdict.form.code not in covered]
