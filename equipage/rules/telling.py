"""Tells the rules of a form as a person would read them, for `manage.py rules explain`."""

from __future__ import annotations

from collections.abc import Iterator

from equipage.rules.comparison import of_mission, of_parameter, plain
from equipage.rules.dated import CONFIDENCE_LABELS, Dated
from equipage.rules.errors import NoRuleInForce
from equipage.rules.form import FormView
from equipage.rules.scale import UNITS
from equipage.rules.wording import NARROW, enumerate_words, euros_exact, period, quantity

WHO = {
    "professionals": "les professionnels",
    "association": "l'association régionale",
    "agency": "l'agence régionale de santé",
    "insurance": "l'Assurance Maladie (CPAM)",
    "committee": "le comité d'accompagnement territorial des soins de premier recours (CATS)",
    "manager": "le gestionnaire",
    "support": "l'organisme qui accompagne",
}


def _source(dated: Dated) -> str:
    place = "" if dated.territory == "fr" else f" [{dated.territory}]"
    mark = CONFIDENCE_LABELS[dated.confidence]
    return f"      {dated.rule_id}{place}, {dated.sentence()} ({mark})"


def _notes(dated: Dated) -> Iterator[str]:
    yield _source(dated)
    if dated.note:
        yield f"      Note{NARROW}: {dated.note}"
    for other in dated.other_readings:
        shown = plain(other.value, dated.unit) if not isinstance(other.value, dict) else other.note
        yield f"      Autre lecture, qui ne s'applique pas{NARROW}: {shown} ({other.reference.sentence()})"


def _composition(form: FormView) -> Iterator[str]:
    yield "Composition"
    for item in form.composition.requirements:
        stage = form.stages.get(item.gate)
        gate = f" (pour {stage.label[0].lower() + stage.label[1:] if stage else item.gate})" if item.gate else ""
        yield f"  - Au moins {quantity(item.minimum, item.one, item.many)}{gate}."
        yield from _notes(item.rule)
    for name, dated in form.parameters.items():
        if name.startswith("composition.min_") and dated.value is None:
            yield f"  - {of_parameter(dated).text}."
            yield from _notes(dated)
    initiators = form.find("composition.initiators")
    if initiators is not None and not form.composition.requirements:
        yield f"  - {of_parameter(initiators).text}."
        yield from _notes(initiators)
    yield "Professions qui comptent"
    for profession in form.composition.professions.values():
        names = [item.label for item in profession.qualifications]
        precision = f"{NARROW}: {enumerate_words(names, 'ou')}" if names else ""
        if profession.sections:
            precision = f"{NARROW}: sections {', '.join(sorted(profession.sections))}"
        yield f"  - {profession.label} ({profession.system} {profession.code}){precision}"
    if form.composition.professions:
        yield _source(next(iter(form.composition.professions.values())).rule)


def _path(form: FormView) -> Iterator[str]:
    yield "Étapes"
    said = None
    for number, step in enumerate(form.steps, start=1):
        company = enumerate_words([WHO[who] for who in step.accompanied_by])
        yield f"  {number}. {step.label} ({WHO[step.who]}{', avec ' + company if company else ''})"
        if step.description:
            yield f"     {step.description}"
        if step.rule.reference != said:
            yield _source(step.rule)
        said = step.rule.reference
    if form.missions:
        yield "Missions et indicateurs"
    for mission in form.missions:
        yield f"  - {of_mission(mission)}"
        yield from _notes(mission.rule)
    if form.actions:
        yield "Actions"
    for action in form.actions.values():
        gates = (
            f"{NARROW}; demande{NARROW}: {', '.join(gate.label.lower() for gate in action.gates)}"
            if action.gates
            else ""
        )
        yield f"  - {action.label} [{action.code}]{gates}"
        yield from _notes(action.rule)
    if form.themes:
        free = ", ou un thème libre" if form.themes_are_free else ""
        yield f"Thèmes{NARROW}: {', '.join(theme.label for theme in form.themes)}{free}"


def _money(form: FormView) -> Iterator[str]:
    if form.payment_conditions:
        yield "Conditions de paiement"
    for need in form.payment_conditions:
        yield f"  - {need.label}"
        yield _source(need.rule)
    try:
        scale = form.scale
    except NoRuleInForce:
        yield f"Aucun barème dans les paquets{NARROW}: aucun montant par action n'est publié."
        return
    yield f"{scale.label} ({period(scale.rule.valid_from, scale.rule.valid_to)})"
    for rate in scale.rates:
        group = f" ({rate.profession_group})" if rate.profession_group else ""
        yield f"  - {rate.action_code}{group}{NARROW}: {euros_exact(rate.amount)} par {UNITS[rate.unit][0]}"


def _needs(form: FormView) -> Iterator[str]:
    if form.answers:
        yield "Ce que la forme apporte"
    for dated in form.answers.values():
        yield f"  - {dated.value['how']}"
        yield from _notes(dated)


def _contacts(form: FormView) -> Iterator[str]:
    """As published; what people call today is corrected in the application."""
    if form.contacts:
        yield ""
        yield "Contacts publiés"
    for one in form.contacts:
        place = f", département {one.department}" if one.department else ""
        ways = " · ".join(way for way in (one.phone, one.email, one.url) if way)
        yield f"  - {one.name}{place}{NARROW}: {ways}"
        yield f"      {one.role} (source{NARROW}: {one.reference.sentence()})"
        if one.note:
            yield f"      Note{NARROW}: {one.note}"


def tell(form: FormView) -> Iterator[str]:
    """The lines that describe a form."""
    yield f"{form.card.full_name} ({form.label}), {form.territory}"
    yield form.card.summary
    if form.card.note:
        yield form.card.note
    yield ""
    yield from _composition(form)
    yield ""
    yield from _path(form)
    yield ""
    yield from _money(form)
    yield ""
    yield "Autres règles"
    for name, dated in form.parameters.items():
        if name.startswith(("composition.min_", "composition.initiators", "participants.", "evidence.")):
            continue
        guess = " (valeur de travail)" if dated.is_assumption and dated.effective is not None else ""
        shown = "non publié" if dated.effective is None else plain(dated.effective, dated.unit)
        yield f"  - {dated.label}{NARROW}: {shown}{guess}"
        yield from _notes(dated)
    yield ""
    yield from _needs(form)
    yield from _contacts(form)
    if form.project_template.sections:
        yield ""
        yield "Projet de santé"
    for section in form.project_template.sections:
        yield f"  {section.number}. {section.title}{' (facultatif)' if section.optional else ''}"
