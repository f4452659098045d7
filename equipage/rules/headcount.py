"""Who we are, without naming anybody: numbers of people by kind, and what they make of a team.

The same rules as for named members (`composition.check_member`) say what each kind counts as; the answer is kept on the
view of the form, so that asking again costs additions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from equipage.rules.answer import Answer, Reason
from equipage.rules.catalogue import Requirement
from equipage.rules.composition import LIBERAL, Activity, KnowHow, MemberFacts, check_member
from equipage.rules.errors import BadInput
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.form import FormView
from equipage.rules.shared import PersonKind
from equipage.rules.thresholds import PROFESSIONALS, judge
from equipage.rules.wording import NARROW, enumerate_words

SALARIED = "S"
MOST = 99

People = Mapping[PersonKind, int]


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many people of each kind work together (effectif): those who are sure, those who are not yet.

    `mode` is how they practise (TRE_R23): "L" liberal, "S" salaried. Raises BadInput for impossible numbers.
    """

    certain: People
    uncertain: People = field(default_factory=dict)
    mode: str = LIBERAL

    def __post_init__(self) -> None:
        for people in (self.certain, self.uncertain):
            for kind, count in people.items():
                if not 0 <= count <= MOST:
                    raise BadInput(f"{kind.label}{NARROW}: un nombre va de 0 à {MOST}, et non {count}.")

    @property
    def total(self) -> int:
        """All the people who are sure."""
        return sum(self.certain.values())

    def confirmed(self) -> Headcount:
        """The same once everybody has said yes."""
        every = dict(self.certain)
        for kind, count in self.uncertain.items():
            every[kind] = min(MOST, every.get(kind, 0) + count)
        return Headcount(every, {}, self.mode)


def standing(form: FormView, kind: PersonKind, mode: str, on: date) -> Answer:
    """What one person of that kind counts as in a team of this form, and why not when it does not count."""
    known = form.standings.get((kind.key, mode))
    if known is None:
        member = MemberFacts(
            kind.key,
            kind.label,
            kind.system,
            kind.code,
            tuple(KnowHow(*pair) for pair in kind.know_hows),
            (Activity(mode, "GENR01", kind.section),),
        )
        known = form.standings[kind.key, mode] = check_member(form, member, on)
    return known


def fitting_mode(form: FormView, mode: str) -> str:
    """The mode in which people may be members: theirs when the form admits it, else the first it admits."""
    modes = form.composition.practice_modes
    return mode if modes is None or mode in modes.effective else str(modes.effective[0])


def check_headcount(form: FormView, people: Headcount, on: date, gate: str = "") -> Answer:
    """Whether so many people make a team of this form on a day, what is missing, and the way out of each.

    Like `check_team`, for people nobody named. `categories` of the answer is empty; `counted` says how many count.
    """
    mode = fitting_mode(form, people.mode)
    have: dict[str, int] = {}
    total = 0
    for kind, count in people.certain.items():
        if count:
            total += count
            known = standing(form, kind, mode, on)
            if known.ok:
                have[PROFESSIONALS] = have.get(PROFESSIONALS, 0) + count
                for category in known.categories:
                    have[category] = have.get(category, 0) + count
    judged = judge(form, have, gate, lambda requirement: _could_help(form, people, requirement, mode, on))
    counted = have.get(PROFESSIONALS, 0)
    reasons = judged.reasons
    if mode != people.mode:
        reasons = (_mode_reason(form, mode), *reasons)
    inputs: dict[str, Plain] = {"on": on.isoformat(), "people": total, "counted": counted, **judged.inputs}
    state = "n'est pas encore complète" if reasons else "est complète"
    explanation = Explanation.of(judged.rule, inputs, judged.steps, f"La composition {state} pour {form.label}")
    return Answer(not reasons, reasons, explanation, counted, judged.missing, key=form.code, lacking=judged.lacking)


def set_aside(form: FormView, people: Headcount, on: date) -> tuple[tuple[PersonKind, Reason], ...]:
    """The kinds of people who are there and do not count in this form, with the rule that says so."""
    mode = fitting_mode(form, people.mode)
    found = []
    for kind in [*people.certain, *(kind for kind in people.uncertain if kind not in people.certain)]:
        known = standing(form, kind, mode, on)
        if not known.ok and (people.certain.get(kind) or people.uncertain.get(kind)):
            rule = form.composition.requirements[0].rule if form.composition.requirements else None
            first = known.reasons[0]
            sentence = (
                f"{kind.label}{NARROW}: cette profession ne compte pas dans la composition ({form.label}). "
                "Elle peut être associée au projet comme partenaire."
            )
            made = Reason.of(rule, first.code, sentence, first.way_out, kind.key) if rule else first
            found.append((kind, made))
    return tuple(found)


def _could_help(form: FormView, people: Headcount, requirement: Requirement, mode: str, on: date) -> str:
    """The people already approached who would count once they say yes: the shortest way out."""
    words = []
    for kind, count in people.uncertain.items():
        known = standing(form, kind, mode, on) if count else None
        if known and known.ok and (requirement.of == PROFESSIONALS or requirement.of in known.categories):
            words.append(kind.counted(count))
    return f"Faites confirmer {enumerate_words(words[:4], 'ou')}. " if words else ""


def _mode_reason(form: FormView, mode: str) -> Reason:
    rule = form.composition.practice_modes
    if rule is None:
        raise BadInput("Cette forme n'a pas de règle sur le mode d'exercice.")
    if mode == SALARIED:
        sentence = f"{form.label}{NARROW}: les professionnels y sont salariés, et vous exercez en libéral."
        out = (
            "La structure qui porte le projet emploierait les professionnels : l'organisme qui accompagne dit comment."
        )
        return Reason.of(rule, "practice_not_salaried", sentence, out.replace(" :", f"{NARROW}:"))
    sentence = f"{form.label}{NARROW}: les professionnels y exercent en libéral, et vous êtes salariés."
    out = "Les personnes qui ont aussi une activité libérale peuvent en être membres à ce titre."
    return Reason.of(rule, "practice_not_liberal", sentence, out)
