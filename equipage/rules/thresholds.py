"""Numbers of people against the requirements of a form: what is missing, in words, with the rule that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from equipage.rules.answer import Reason
from equipage.rules.catalogue import Requirement
from equipage.rules.dated import Dated
from equipage.rules.errors import NoRuleInForce
from equipage.rules.explanation import Plain
from equipage.rules.form import FormView
from equipage.rules.wording import NARROW, quantity

PROFESSIONALS = "professionals"
Helpers = Callable[[Requirement], str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The requirements met or not: every reason, how many of whom are missing, and the steps of the explanation."""

    reasons: tuple[Reason, ...]
    missing: dict[str, int]
    steps: tuple[str, ...]
    inputs: dict[str, Plain]
    rule: Dated
    lacking: int


def anchor(form: FormView) -> Dated:
    """The value on which an answer about the whole composition rests. Raises NoRuleInForce when nothing is written."""
    if form.composition.requirements:
        return form.composition.requirements[0].rule
    found = form.find("composition.initiators")
    if found is not None:
        return found
    if form.composition.professions:
        return next(iter(form.composition.professions.values())).rule
    raise NoRuleInForce(f"Les paquets ne disent pas encore qui peut être membre de la forme {form.label}.")


def asked(form: FormView, gate: str) -> tuple[Requirement, ...]:
    """The requirements of a stage: those without gate always hold; whole numbers of people come last."""
    found = form.asked.get(gate)
    if found is None:
        kept = (item for item in form.composition.requirements if item.gate in ("", gate))
        found = form.asked[gate] = tuple(sorted(kept, key=lambda item: item.of == PROFESSIONALS))
    return found


def judge(form: FormView, have: Mapping[str, int], gate: str, helpers: Helpers) -> Judged:
    """Compare the people counted (`have`: category → number, and "professionals" → all) with the requirements.

    `helpers` says who, already there, would count once confirmed ("" for nobody).
    """
    reasons: list[Reason] = []
    missing: dict[str, int] = {}
    steps: list[str] = []
    inputs: dict[str, Plain] = {}
    # A general practitioner who is missing is also a professional who is missing: ask for the person once.
    specific, lacking, rule = 0, 0, anchor(form)
    for requirement in asked(form, gate):
        count = have.get(requirement.of, 0)
        inputs[requirement.key] = count
        steps.append(requirement.told(count))
        lack = requirement.minimum - count
        if lack <= 0:
            continue
        rule = rule if missing else requirement.rule
        missing[requirement.key] = lack
        wanted = lack - specific if requirement.of == PROFESSIONALS else lack
        specific += lack
        if wanted > 0:
            lacking += wanted
            reasons.append(_lacking(requirement, count, wanted, helpers(requirement), also=bool(reasons)))
    if not reasons and not have.get(PROFESSIONALS):
        # Where no number is fixed, a team still begins with somebody.
        missing[PROFESSIONALS] = lacking = 1
        sentence = f"Personne ne compte encore dans l'équipe pour {form.label}."
        reasons.append(Reason.of(rule, "nobody", sentence, "Commencez par vous-même, ou par une personne intéressée."))
    return Judged(tuple(reasons), missing, tuple(steps), inputs, rule, lacking)


def _lacking(requirement: Requirement, have: int, wanted: int, helpers: str, also: bool) -> Reason:
    """What is missing to one requirement; `wanted` leaves out those that another reason already asks for."""
    people = quantity(wanted, requirement.one, requirement.many)
    sentence = (
        f"Il manque {'aussi ' if also else ''}{people}{NARROW}: l'équipe en compte {have} sur {requirement.minimum}."
    )
    invite = requirement.way_out or f"Invitez {people}."
    out = f"{helpers}{'Sinon, ' + invite[0].lower() + invite[1:] if helpers else invite}"
    return Reason.of(requirement.rule, requirement.key, sentence, out, wanted=people)
