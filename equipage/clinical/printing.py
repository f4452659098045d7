"""The plan on paper, as PPS or as PPCS. Made on the fly, handed over, never kept: not in the vault, not outside it.

PPS: the blocks of PPS-PAERPA (ANS, CI-SIS 2021.01). PPCS: the four parts of HAS, July 2019.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from equipage.clinical import nomenclatures as n
from equipage.clinical.contents import PATIENT_CARDS, PLAN_CARDS, card_of
from equipage.clinical.models import Plan, PlanVersion
from equipage.clinical.reading import names_of, pairs_of, problems
from equipage.clinical.states import PLAN
from equipage.foundation.documents import render
from equipage.foundation.french import day, moment, paris_day

TEMPLATE = "clinical/plan"
MODELS = {
    "pps": "Plan personnalisé de santé",
    "ppcs": "Plan personnalisé de coordination en santé",
}


def plan_pdf(plan: Plan, model: str) -> bytes:
    """The plan as it stands now, whatever its state."""
    status = PLAN.states[plan.state].label
    since = {"validated": plan.validated_at, "closed": plan.closed_at}.get(plan.state) or plan.updated_at
    content = {
        "plan": plan.content,
        "patient": plan.file.content,
        "referent": plan.referent_id,
        "review_on": plan.review_on.isoformat() if plan.review_on else "",
    }
    facts = [("État", f"{status}, {moment(since)}"), ("Plan", plan.pk)]
    return _set(content, model, facts, plan.pk, timezone.now())


def version_pdf(version: PlanVersion, model: str) -> bytes:
    """A frozen version."""
    facts = [
        ("État", f"Validé, {moment(version.frozen_at)}"),
        ("Plan", version.plan_id),
        ("Version", f"{version.number} ({version.pk})"),
        ("Empreinte", version.digest[:16]),
    ]
    return _set(version.content, model, facts, f"{version.plan_id} v{version.number}", version.frozen_at)


def _set(content: dict[str, Any], model: str, facts: list[tuple[str, str]], reference: str, at: datetime) -> bytes:
    referent = names_of({content["referent"]}).get(content["referent"], "")
    about = [*facts, ("Langue", "Français"), ("Référent du plan", referent)]
    if content["review_on"]:
        about.append(("À revoir le", day(datetime.fromisoformat(content["review_on"]).date())))
    sections = _ppcs(content, about) if model == "ppcs" else _pps(content, about)
    data = {"sections": sections, "empty": "Rien n’est noté."}
    return render(
        TEMPLATE, data, title=MODELS[model], date=paris_day(at), reference=reference, fictitious=settings.DEMO
    )


def _pps(content: dict[str, Any], about: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Document, patient, people, professionals, context, agreement, situation, rights, plan of actions, alerts."""
    return [
        _section("Document", about),
        *(_patient_card(content, key) for key in PATIENT_CARDS),
        *(_plan_card(content, key) for key in ("professionnels", "contexte", "accord", "situation", "droits")),
        {**_section("Plan de soins et d’aides", []), "problems": _problems(content)},
        _plan_card(content, "alertes"),
    ]


def _ppcs(content: dict[str, Any], about: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The four parts: the person and the people, problems and projects, actions, aims not reached."""
    plan = content["plan"]
    people = [
        *about,
        *(
            pair
            for key in PATIENT_CARDS
            for pair in pairs_of(PATIENT_CARDS[key], content["patient"]["cards"].get(key, {}))
        ),
        *(pair for key in ("professionnels", "contexte", "accord", "droits") for pair in _of_plan(plan, key)),
    ]
    summary = [*_of_plan(plan, "situation"), *((item.title, _detail(item)) for item in problems(plan))]
    missed = [
        (item.title, _detail(item, "Objectifs partagés", "Pourquoi"))
        for item in problems(plan)
        if item.outcome == n.Outcome.NOT_REACHED
    ]
    return [
        _section("1. La personne et les intervenants", people),
        _section("2. Synthèse des problèmes et des projets de la personne", summary),
        {**_section("3. Plan d’action", _of_plan(plan, "alertes")), "problems": _problems(content)},
        _section("4. Objectifs partagés non atteints", missed),
    ]


def _section(title: str, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {"title": title, "facts": [list(pair) for pair in pairs], "problems": []}


def _patient_card(content: dict[str, Any], key: str) -> dict[str, Any]:
    card = PATIENT_CARDS[key]
    return _section(card.title, pairs_of(card, content["patient"]["cards"].get(key, {})))


def _of_plan(plan: dict[str, Any], key: str) -> list[tuple[str, str]]:
    return pairs_of(PLAN_CARDS[key], card_of(plan, key))


def _plan_card(content: dict[str, Any], key: str) -> dict[str, Any]:
    return _section(PLAN_CARDS[key].title, _of_plan(content["plan"], key))


def _problems(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": f"{item.title} ({item.care.lower()})",
            "facts": [list(pair) for pair in item.pairs],
            "actions": [list(pair) for pair in item.actions],
        }
        for item in problems(content["plan"])
    ]


def _detail(item: Any, *labels: str) -> str:
    wanted = labels or ("Précision", "Objectifs partagés")
    return "\n".join(text for label, text in item.pairs if label in wanted)
