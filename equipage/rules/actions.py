"""Facts that must be true on a day: before an action is allowed (portes), before anybody is paid (conditions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from equipage.rules.answer import Answer, Reason
from equipage.rules.catalogue import Action, Need
from equipage.rules.errors import NoRuleInForce
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.form import FormView
from equipage.rules.wording import NARROW, day, quantity


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """What must be known of a team (faits de l'équipe).

    `association_since`: day of the declaration of the team as an association loi 1901, None when it is not one;
    `association_until`: the first day that it no longer was, None while it is.
    `since` holds any other dated fact by name: "project_written", "ars_registered", "convention_signed"...
    """

    association_since: date | None = None
    association_until: date | None = None
    since: Mapping[str, date | None] = field(default_factory=dict)

    def day_of(self, fact: str) -> date | None:
        """Since when a fact is true, None when it is not."""
        return self.association_since if fact == "association" else self.since.get(fact)

    def end_of(self, fact: str) -> date | None:
        """The first day on which a fact is no longer true, None while it holds."""
        return self.association_until if fact == "association" else None


def _unmet(needs: Iterable[Need], facts: TeamFacts, on: date) -> list[Reason]:
    reasons = []
    for need in needs:
        since, until = facts.day_of(need.fact), facts.end_of(need.fact)
        if since is None:
            reasons.append(Reason.of(need.rule, need.key, need.refusal, need.way_out))
        elif on < since:
            sentence = f"{need.label} ne date que du {day(since)}, après le {day(on)}."
            out = f"À partir du {day(since)}, cette condition est remplie. Vérifiez la date si elle est inexacte."
            reasons.append(Reason.of(need.rule, need.key, sentence, out))
        elif until is not None and on >= until:
            sentence = f"L'association de l'équipe a pris fin le {day(until)} : c'est fermé depuis ce jour."
            reasons.append(Reason.of(need.rule, need.key, sentence, need.way_out))
    return reasons


def _participants(action: Action, count: int | None) -> Reason | None:
    rule = action.min_participants
    if rule is None or count is None or rule.effective is None or count >= rule.effective:
        return None
    missing = quantity(rule.effective - count, "une personne présente", "personnes présentes")
    usage = " (valeur de travail, à confirmer par l'association)" if rule.is_assumption else ""
    sentence = f"Il manque {missing} à «{NARROW}{action.short_label}{NARROW}»{usage}."
    return Reason.of(rule, "participants", sentence, "Ajoutez les personnes présentes qui n'ont pas été déclarées.")


def check_action_allowed(
    form: FormView, action_code: str, team_facts: TeamFacts, on: date, participants: int | None = None
) -> Answer:
    """Whether a team may do (and declare) an action on a day. `participants` is checked when it is given.

    Raises NoRuleInForce when the action is not in the catalogue that day.
    """
    action = form.action(action_code)
    reasons = _unmet(action.gates, team_facts, on)
    presence = _participants(action, participants)
    if presence is not None:
        reasons.append(presence)
    inputs: dict[str, Plain] = {"on": on.isoformat(), "action": action_code, "participants": participants}
    for need in action.gates:
        since = team_facts.day_of(need.fact)
        inputs[need.fact] = since.isoformat() if since else None
    verb = "n'est pas encore ouverte" if reasons else "est ouverte"
    conclusion = f"L'action «{NARROW}{action.label}{NARROW}» {verb} à l'équipe le {day(on)}"
    steps = tuple(reason.sentence.rstrip(".") for reason in reasons)
    rule = action.gates[0].rule if action.gates else action.rule
    missing = {reason.code: 1 for reason in reasons}
    return Answer(not reasons, tuple(reasons), Explanation.of(rule, inputs, steps, conclusion), missing=missing)


def check_payment_conditions(form: FormView, facts: TeamFacts, on: date) -> Answer:
    """Whether everything that must be true before a payment is true on a day.

    Raises NoRuleInForce when the form has no such condition written: money never leaves on silence.
    """
    needs = form.payment_conditions
    if not needs:
        raise NoRuleInForce(f"Aucune condition de paiement n'est écrite pour {form.label} le {day(on)}.")
    reasons = _unmet(needs, facts, on)
    inputs: dict[str, Plain] = {"on": on.isoformat()}
    for need in needs:
        since = facts.day_of(need.fact)
        inputs[need.fact] = since.isoformat() if since else None
    verb = "ne sont pas encore réunies" if reasons else "sont réunies"
    conclusion = f"Les conditions de paiement {verb} le {day(on)}"
    steps = tuple(reason.sentence.rstrip(".") for reason in reasons)
    missing = {reason.code: 1 for reason in reasons}
    explanation = Explanation.of(needs[0].rule, inputs, steps, conclusion)
    return Answer(not reasons, tuple(reasons), explanation, missing=missing)
