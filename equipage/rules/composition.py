"""Who counts in a team, whether the team is complete, and what would make it so. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from equipage.rules.answer import Answer, Reason
from equipage.rules.catalogue import Profession, Requirement
from equipage.rules.dated import Dated
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.form import FormView
from equipage.rules.thresholds import PROFESSIONALS, anchor, judge
from equipage.rules.wording import NARROW, day, enumerate_words

PROFESSIONS_SYSTEM = "TRE_G15"
STUDENTS_SYSTEM = "TRE_G16"
LIBERAL = "L"
# Nobody can decide in the place of a person whether they take part, nor rewrite when they did.
NEVER_OVERRIDDEN = frozenset({"uncertain", "not_yet_member", "no_longer_member"})


@dataclass(frozen=True, slots=True)
class KnowHow:
    """A speciality, competence or capacity (savoir-faire) of the directory: type "S" and code "SM54"."""

    type: str
    code: str


@dataclass(frozen=True, slots=True)
class Activity:
    """A place and way of work (activité): mode (TRE_R23), kind (genre, TRE_R22), pharmacist section (TRE_R06)."""

    mode: str
    kind: str = "GENR01"
    section: str = ""
    starts: date | None = None
    ends: date | None = None

    def open_on(self, on: date) -> bool:
        """Whether it is open that day; `ends` is the first day after it."""
        return (self.starts is None or self.starts <= on) and (self.ends is None or on < self.ends)


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What must be known of a member to answer (faits). `key` identifies the person (RPPS).

    `member_to` is the first day the person is no longer a member. `certain` is False for a person approached but
    not confirmed (pressentie). `overrides` holds the codes of reasons that an authorised person has set aside, in
    writing, elsewhere.
    """

    key: str
    name: str
    profession_system: str
    profession_code: str
    know_hows: tuple[KnowHow, ...] = ()
    activities: tuple[Activity, ...] = ()
    certain: bool = True
    member_from: date | None = None
    member_to: date | None = None
    in_directory: bool = True
    overrides: frozenset[str] = frozenset()


def _profession(form: FormView, member: MemberFacts) -> tuple[Profession | None, Reason | None]:
    found = form.composition.professions.get((member.profession_system, member.profession_code))
    if found is not None:
        return found, None
    base = anchor(form)
    if member.profession_system == STUDENTS_SYSTEM:
        sentence = f"{member.name} est en formation{NARROW}: seuls les professionnels diplômés comptent dans l'équipe."
        out = "Cette personne peut assister aux réunions, et rejoindre l'équipe une fois diplômée."
        return None, Reason.of(base, "student", sentence, out, member.key)
    sentence = f"La profession de {member.name} ne fait pas partie de celles du premier recours pour {form.label}."
    out = (
        "Cette personne peut être associée au projet comme partenaire, sans compter dans la composition ni recevoir "
        "d'indemnisation. Si la profession enregistrée est inexacte, corrigez-la."
    )
    return None, Reason.of(base, "profession_not_listed", sentence, out, member.key)


def _categories(profession: Profession, member: MemberFacts) -> tuple[frozenset[str], Reason | None]:
    """What the person counts as inside the profession: the test is "at least one know-how", never "the first"."""
    if not profession.qualifications:
        return profession.categories, None
    for item in profession.qualifications:
        for known in member.know_hows:
            if known.code in item.codes and item.know_how_type in ("", known.type):
                return profession.categories | item.categories, None
    confirmed = next((q for q in profession.qualifications if q.key == profession.confirms_as), None)
    has_speciality = any(known.type == "S" for known in member.know_hows)
    labels = enumerate_words([item.label for item in profession.qualifications], "ou")
    if profession.without_know_how == "confirm" and not has_speciality and confirmed is not None:
        would_be = profession.categories | confirmed.categories
        sentence = (
            f"L'annuaire n'indique pas de spécialité pour {member.name}{NARROW}: à confirmer comme {confirmed.label}."
        )
        out = f"Confirmez que {member.name} exerce comme {confirmed.label}{NARROW}; cette personne comptera aussitôt."
        return would_be, Reason.of(profession.rule, "qualification_to_confirm", sentence, out, member.key)
    sentence = f"{member.name} n'a pas la qualification attendue{NARROW}: {labels}."
    out = (
        f"Si {member.name} a bien cette qualification, faites-la inscrire à l'annuaire de santé ou corrigez le "
        "savoir-faire enregistré. Sinon, cette personne peut être associée comme partenaire."
    )
    return frozenset(), Reason.of(profession.rule, "qualification_missing", sentence, out, member.key)


def _practice(form: FormView, profession: Profession, member: MemberFacts, on: date) -> Reason | None:
    """The activity that makes the person a member, or why none does."""
    modes, kinds = form.composition.practice_modes, form.composition.practice_kinds
    if modes is None and kinds is None and not profession.sections:
        return None
    rule = modes or kinds or profession.rule
    if not member.activities:
        sentence = f"Le mode d'exercice de {member.name} n'est pas renseigné."
        out = "Renseignez une activité libérale en cours, telle qu'elle figure à l'annuaire de santé."
        return Reason.of(rule, "practice_unknown", sentence, out, member.key)
    opened = [activity for activity in member.activities if activity.open_on(on)]
    if not opened:
        sentence = f"Aucune activité de {member.name} n'est ouverte le {day(on)}."
        out = "Vérifiez les dates d'activité, ou choisissez un jour où la personne exerce."
        return Reason.of(rule, "practice_closed", sentence, out, member.key)
    liberal = [item for item in opened if modes is None or item.mode in modes.effective]
    if not liberal:
        return _wrong_mode(form, rule, member, on)
    caring = [item for item in liberal if kinds is None or item.kind in kinds.effective]
    if not caring:
        sentence = f"L'activité libérale de {member.name} n'est pas une activité de soin exercée en son nom."
        out = f"Un remplacement ne compte pas par défaut{NARROW}: c'est la personne remplacée qui est membre."
        return Reason.of(kinds or rule, "practice_not_care", sentence, out, member.key)
    if profession.sections and not any(item.section in profession.sections for item in caring):
        sections = enumerate_words(sorted(profession.sections), "ou")
        sentence = f"{member.name} ne relève pas d'une section de l'Ordre du premier recours ({sections})."
        out = "Vérifiez la section à l'annuaire de santé et corrigez-la si elle a changé."
        return Reason.of(profession.rule, "section_not_eligible", sentence, out, member.key)
    return None


def _wrong_mode(form: FormView, rule: Dated, member: MemberFacts, on: date) -> Reason:
    """Somebody who works, but not in one of the modes of the form."""
    if LIBERAL in rule.effective:
        sentence = f"{member.name} n'exerce pas en libéral le {day(on)}{NARROW}: {form.label} réunit des libéraux."
        out = "Ajoutez son activité libérale si elle existe. Les centres de santé forment une équipe d'une autre forme."
        return Reason.of(rule, "practice_not_liberal", sentence, out, member.key)
    sentence = f"{member.name} n'exerce pas comme salarié le {day(on)}{NARROW}: {form.label} réunit des salariés."
    out = "La structure qui porte le projet peut employer cette personne."
    return Reason.of(rule, "practice_not_salaried", sentence, out, member.key)


def _presence(form: FormView, member: MemberFacts, on: date) -> Reason | None:
    base = anchor(form)
    if member.member_from is not None and on < member.member_from:
        sentence = f"{member.name} ne rejoint l'équipe que le {day(member.member_from)}."
        out = f"Choisissez un jour à partir du {day(member.member_from)}, ou avancez cette date."
        return Reason.of(base, "not_yet_member", sentence, out, member.key)
    if member.member_to is not None and on >= member.member_to:
        sentence = f"{member.name} n'est plus membre depuis le {day(member.member_to)}."
        out = "Rouvrez son adhésion si la personne est revenue."
        return Reason.of(base, "no_longer_member", sentence, out, member.key)
    if not member.certain:
        sentence = (
            f"La participation de {member.name} n'est pas encore confirmée{NARROW}: elle ne compte pas pour l'instant."
        )
        out = f"Demandez à {member.name} de confirmer{NARROW}; sa participation comptera aussitôt."
        return Reason.of(base, "uncertain", sentence, out, member.key)
    return None


def check_member(form: FormView, member: MemberFacts, on: date) -> Answer:
    """Whether a person counts in a team of this form on a day, and if not what would change it.

    `categories` says what the person counts as, or would count as once the reasons are mended.
    """
    reasons: list[Reason] = []
    presence = _presence(form, member, on)
    if presence is not None:
        reasons.append(presence)
    profession, refusal = _profession(form, member)
    categories: frozenset[str] = frozenset()
    if refusal is not None:
        reasons.append(refusal)
    if profession is not None:
        categories, refusal = _categories(profession, member)
        for reason in (refusal, _practice(form, profession, member, on)):
            if reason is not None:
                reasons.append(reason)
    if not member.in_directory:
        sentence = f"{member.name} ne figure pas comme personne en exercice à l'annuaire de santé."
        out = "Vérifiez le numéro RPPS, ou faites mettre l'annuaire à jour auprès de l'Ordre ou de l'ARS."
        reasons.append(Reason.of(anchor(form), "not_in_directory", sentence, out, member.key))
    if member.overrides:
        reasons = [reason for reason in reasons if reason.code not in member.overrides - NEVER_OVERRIDDEN]
    ok = not reasons
    rule = profession.rule if profession is not None else anchor(form)
    conclusion = f"{member.name} compte dans l'équipe" if ok else f"{member.name} ne compte pas dans l'équipe"
    inputs: dict[str, Plain] = {
        "on": on.isoformat(),
        "profession": f"{member.profession_system}/{member.profession_code}",
        "certain": member.certain,
    }
    steps = tuple(reason.sentence.rstrip(".") for reason in reasons)
    explanation = Explanation.of(rule, inputs, steps, conclusion)
    return Answer(ok, tuple(reasons), explanation, int(ok), {}, (), categories, member.key)


def _could_help(requirement: Requirement, members: Iterable[Answer], names: dict[str, str]) -> str:
    """The people already there who would count once confirmed: the shortest way out."""
    found = [
        names[answer.key]
        for answer in members
        if answer.codes in (("uncertain",), ("qualification_to_confirm",))
        and (requirement.of == PROFESSIONALS or requirement.of in answer.categories)
    ]
    return f"Faites confirmer {enumerate_words(found[:4], 'ou')}. " if found else ""


def _same_profession(form: FormView, counted: list[Answer], people: dict[str, MemberFacts]) -> Reason | None:
    """One profession only, where a region asks for two."""
    rule = form.composition.distinct_professions
    if rule is None or not rule.effective or len(counted) < 2:
        return None
    professions = {(people[item.key].profession_system, people[item.key].profession_code) for item in counted}
    if len(professions) > 1:
        return None
    sentence = "Toutes les personnes de l'équipe exercent la même profession."
    return Reason.of(rule, "distinct_professions", sentence, "Invitez une personne d'une autre profession.")


def _best(answers: Iterable[Answer]) -> dict[str, Answer]:
    """One answer per person: somebody entered twice, even under two professions, counts once."""
    kept: dict[str, Answer] = {}
    for answer in answers:
        known = kept.get(answer.key)
        if known is None or (answer.ok and not known.ok):
            kept[answer.key] = answer
        elif known.ok and answer.ok:
            kept[answer.key] = replace(known, categories=known.categories | answer.categories)
    return kept


def check_team(form: FormView, members: Iterable[MemberFacts], on: date, gate: str = "") -> Answer:
    """Whether a team is complete on a day, every thing that is missing, and the way out of each.

    `gate` chooses the threshold where a form has several (label, contract...); requirements without gate always hold.
    """
    facts = list(members)
    people = {member.key: member for member in facts}
    names = {key: member.name for key, member in people.items()}
    answers = _best(check_member(form, member, on) for member in facts)
    counted = [answer for answer in answers.values() if answer.ok]
    have = Counter(category for answer in counted for category in answer.categories)
    have[PROFESSIONALS] = len(counted)
    judged = judge(form, have, gate, lambda requirement: _could_help(requirement, answers.values(), names))
    reasons, missing = list(judged.reasons), judged.missing
    same = _same_profession(form, counted, people)
    if same is not None:
        missing[same.code] = 1
        reasons.append(same)
    state = "n'est pas encore complète" if reasons else "est complète"
    conclusion = f"La composition {state} pour {form.label}"
    inputs: dict[str, Plain] = {"on": on.isoformat(), "people": len(answers), "counted": len(counted)}
    explanation = Explanation.of(judged.rule, inputs | judged.inputs, judged.steps, conclusion)
    return Answer(
        not reasons,
        tuple(reasons),
        explanation,
        len(counted),
        missing,
        tuple(answers.values()),
        key=form.code,
        lacking=judged.lacking,
    )
