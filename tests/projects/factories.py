"""Projects for tests: complete answers, a written project, a deposited one."""

from __future__ import annotations

from typing import Any

from equipage.projects import services
from equipage.projects.models import Project
from tests import factories

ANSWERS: dict[str, dict[str, Any]] = {
    "purpose": {"purpose": "Mieux préparer le retour à domicile des personnes âgées que nous suivons en commun."},
    "problem": {
        "description": "Les sorties d'hospitalisation nous sont annoncées trop tard pour être préparées à plusieurs.",
        "baseline_numbers": "31 réhospitalisations en un an.",
    },
    "current_ways": {"ways": ["phone", "other:cahier de liaison"]},
    "means": {"means": ["meetings"], "details": "Une réunion mensuelle donne à chacun la même information."},
    "actions": {"actions": ["RCP_SANS_PATIENT", "PPS"]},
    "aims": {
        "for_patients": "Passer de 31 à 20 réhospitalisations par an.",
        "patient_indicators": [
            {"label": "Réhospitalisations", "kind": "quantitative", "baseline": "31", "target": "20"}
        ],
        "for_professionals": "Se répondre entre nous sous vingt-quatre heures.",
        "professional_indicators": [{"label": "Délai de réponse", "kind": "quantitative", "target": "24 h"}],
    },
    "common_patients": {"count": 312},
    "scope": {"covers_all": True},
    "communes": {"communes": ["49092"]},
    "timetable": {"phases": [{"label": "Construction", "starts": "2026-01-05", "ends": "2026-03-31"}]},
    "commitments": {"commitments": "Se réunir une fois par mois et répondre sous deux jours."},
    "evaluation": {"method": "Relevé trimestriel des réhospitalisations."},
}


def writing_team(name: str = "", **options: Any) -> Any:
    """A team that met the association and chose a theme: it may write and deposit."""
    options = {"state": "accompanied", "themes": ("Retour à domicile",), **options}
    return factories.complete_team(name, **options)


def written_project(team: Any | None = None, *, without: tuple[str, ...] = (), **options: Any) -> Project:
    """A project whose sections are all complete, except `without`."""
    team = team or writing_team(**options)
    lead = factories.lead_of(team)
    for key, data in ANSWERS.items():
        if key not in without:
            services.write(team, key, dict(data), based_on=0, actor=lead)
    return Project.objects.get(team=team)
