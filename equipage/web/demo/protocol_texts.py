"""The words of the demo's protocols: fictitious, about organisation only, never a medical recommendation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_FICTITIOUS = "Exemple fictif. "
SOURCES = "Aucune source : texte fictif de démonstration, sans valeur de recommandation."


@dataclass(frozen=True)
class Tale:
    """A protocol of the demo. `team` is the scene of its team, or "" for any recognised one.

    `state` is where its last edition stands, `ago` how many days ago it was decided or begun, `review` in how many
    days it is to be read again (negative: late). `again` is a second version, so many days ago.
    """

    key: str
    title: str
    theme: str
    state: str
    ago: int
    team: str = ""
    kind: str = "organisational"
    review: int = 200
    again: int = 0
    published: bool = False
    identity: dict[str, str] = field(default_factory=dict)
    holes: tuple[str, ...] = ()


TALES = (
    Tale(
        "discharge",
        "Sortie d'hospitalisation : les trois premiers jours",
        "Retour à domicile après une hospitalisation",
        "in_force",
        330,
        team="home",
        again=24,
        published=True,
    ),
    Tale(
        "anticoagulants",
        "Patients sous AVK : qui prévient qui quand un résultat arrive",
        "Patients sous anticoagulants (AVK)",
        "in_force",
        150,
        published=True,
    ),
    Tale(
        "palliative",
        "Soins palliatifs à domicile : organiser les passages du week-end",
        "Soins palliatifs à domicile",
        "in_force",
        390,
        team="doctor-2",
        review=-20,
        published=True,
    ),
    Tale(
        "insulin",
        "Insuline à domicile : qui passe, qui appelle, qui note",
        "Diabète : insuline à domicile",
        "proposed",
        6,
        kind="outside_fees",
    ),
    Tale("asthma", "Asthme : un carnet de suivi partagé", "Asthme", "in_force", 210, review=40),
    Tale(
        "wounds",
        "Plaies à domicile : une photo, une page, une réponse",
        "Situations complexes",
        "draft",
        5,
        team="new",
        holes=("alerts", "patients", "sources", "follow_up"),
    ),
    Tale(
        "unplanned",
        "Soins non programmés : répartir les demandes de la journée",
        "Soins non programmés",
        "in_force",
        95,
        kind="cooperation",
        published=True,
        identity={
            "scope": "local",
            "reference": "Déclaration locale fictive n° 0000",
            "reference_on": "2025-01-15",
        },
    ),
    Tale("frail", "Personnes vulnérables : la fiche de liaison", "Personnes vulnérables", "withdrawn", 120),
    Tale(
        "falls",
        "Après une chute à domicile : qui fait le point, et quand",
        "Personnes vulnérables",
        "proposed",
        3,
        team="home",
    ),
)


def sections_of(tale: Tale, codes: list[str], authors: list[int], review_on: str, *, second: bool) -> dict[str, Any]:
    """The whole text of a tale; the second version has a sharper aim and one more line."""
    rows = [
        _row("spot", "Le membre qui l'apprend", "Le jour même", "Prévient l'équipe par la messagerie sécurisée"),
        _row("assess", "La personne référente", "Le lendemain", "Fait le point avec la fiche de l'équipe"),
        _row("plan", "Le médecin et l'infirmière", "À la réunion qui suit", "Se répartissent les passages"),
        _row("act", "Chacun dans son métier", "Aux passages prévus", "Note une ligne dans l'outil partagé"),
        _row("watch", "La pharmacie", "Chaque semaine", "Signale ce qui n'a pas été retiré"),
    ]
    if second:
        rows.append(_row("alert", "Le premier qui s'inquiète", "Sans attendre", "Appelle la ligne réservée du cabinet"))
    return {
        "identity": {"title": tale.title, "theme": tale.theme, "kind": tale.kind, **tale.identity},
        "need": {
            "origin": "Trois réunions de suite en ont parlé.",
            "population": f"{_FICTITIOUS}Les patients suivis par deux membres de l'équipe au moins.",
            "aim": (
                "Que chacun sache sous vingt-quatre heures qui passe, quand, et qui remplace."
                if second
                else "Que chacun sache sous quarante-huit heures qui passe, et quand."
            ),
            "current": "Chacun appelle de son côté ; l'information se perd le week-end.",
        },
        "group": {"professions": codes, "authors": authors, "referent": authors[0]},
        "conduct": {"phases": rows},
        "alerts": {
            "alerts": "La personne ne répond ni à la porte ni au téléphone, ou l'un de nous est inquiet.",
            "referral": "La ligne réservée du cabinet, puis le remplaçant du jour.",
        },
        "patients": {
            "information": "La fiche de l'équipe est lue avec la personne à la première visite.",
            "agreement": "Accord oral, noté ; la personne peut changer d'avis à tout moment.",
        },
        "sources": {"documents": "Fiche de liaison de l'équipe (fictive).", "sources": SOURCES},
        "follow_up": {
            "indicators": "Nombre de situations préparées à plusieurs, par trimestre.",
            "feedback": "Cinq minutes à chaque réunion mensuelle.",
            "review_on": review_on,
        },
    }


def _row(phase: str, who: str, when: str, how: str) -> dict[str, str]:
    return {"phase": phase, "who": who, "when": when, "how": how}
