"""Protocols for tests, by the real verbs: written, proposed, in force, published, taken up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from equipage.foundation.periods import today
from equipage.protocols import services
from equipage.protocols.models import Edition, Protocol, Publication
from tests import factories

TITLE = "Sortie d'hospitalisation : les trois premiers jours"
ANSWERS: dict[str, dict[str, Any]] = {
    "need": {
        "population": "Les patients suivis par deux membres au moins, qui rentrent chez eux.",
        "aim": "Que chacun sache sous vingt-quatre heures qui passe, et quand.",
        "current": "Chacun appelle de son côté.",
    },
    "conduct": {
        "phases": [
            {"phase": "spot", "who": "Pharmacienne", "when": "À la remise des médicaments", "how": "Prévient l'équipe"},
            {"phase": "act", "who": "Infirmière", "when": "Le lendemain", "how": "Passe et note"},
            {"phase": "act", "who": "Médecin", "when": "", "how": "Relit l'ordonnance"},
        ]
    },
    "alerts": {"alerts": "La personne n'ouvre pas.", "referral": "La ligne réservée du cabinet."},
    "patients": {"information": "Une fiche lue ensemble.", "agreement": "Accord oral, noté."},
    "sources": {"sources": "Texte d'essai, sans valeur."},
}


def team_of_two(name: str = "", **options: Any) -> Any:
    """A recognised team: a nurse who leads, a general practitioner, with a theme."""
    return factories.recognised_team(name, **{"themes": ("Retour à domicile",), **options})


def person_of(user: Any) -> Any:
    """The professional behind an account."""
    return user.professional_or_none


def review_day() -> date:
    """A date of review that is still to come."""
    return today() + timedelta(days=200)


def answers_of(
    team: Any, *, kind: str = "organisational", title: str = TITLE, **more: Any
) -> dict[str, dict[str, Any]]:
    """Complete answers for a team: its own people, a review to come; `more` replaces whole sections."""
    lead = person_of(factories.lead_of(team))
    codes = sorted(team.memberships.in_force().values_list("professional__profession_code", flat=True).distinct())
    return {
        **{key: dict(data) for key, data in ANSWERS.items()},
        "identity": {"title": title, "theme": "Retour à domicile", "kind": kind},
        "group": {"professions": codes, "authors": [lead.pk]},
        "follow_up": {"indicators": "Sorties préparées sur sorties.", "review_on": review_day().isoformat()},
        **more,
    }


def begun(team: Any | None = None, **options: Any) -> Edition:
    """A draft with nothing but its title."""
    team = team or team_of_two()
    made = services.create(actor=factories.lead_of(team), team=team, title=options.get("title", TITLE))
    return made.editions.get()


def written(team: Any | None = None, *, without: tuple[str, ...] = (), **options: Any) -> Edition:
    """A draft whose sections are all complete, except `without`."""
    team = team or team_of_two()
    edition = begun(team, title=options.get("title", TITLE))
    write(edition, answers_of(team, **options), without=without)
    return factories.fresh(edition)


def write(edition: Edition, answers: dict[str, dict[str, Any]], *, without: tuple[str, ...] = ()) -> None:
    """Save these answers as the person who leads."""
    lead = factories.lead_of(edition.protocol.team)
    parts = {part.key: part for part in edition.parts.all()}
    for key, data in answers.items():
        if key not in without:
            base = parts[key].version if key in parts else 0
            services.save_part(edition, key, data, based_on=base, actor=lead)


def proposed(team: Any | None = None, **options: Any) -> Edition:
    """A complete text, proposed by the lead."""
    edition = written(team, **options)
    return services.propose(edition, actor=factories.lead_of(edition.protocol.team))


def agreed(team: Any | None = None, **options: Any) -> Edition:
    """A proposed text to which a member of each profession of the team said yes."""
    edition = proposed(team, **options)
    agree(edition)
    return factories.fresh(edition)


def agree(edition: Edition) -> None:
    """Every member of the team says yes."""
    for membership in edition.protocol.team.memberships.in_force().filter(state="confirmed").order_by("id"):
        services.answer(edition, actor=factories.fresh(membership.professional.user), agrees=True)


def in_force(team: Any | None = None, *, validated_on: date | None = None, **options: Any) -> Edition:
    """A protocol in force."""
    edition = agreed(team, **options)
    lead = factories.lead_of(edition.protocol.team)
    day = validated_on or today()
    return services.put_in_force(edition, actor=lead, validated_on=day, review_on=review_day())


def published(team: Any | None = None, **options: Any) -> Publication:
    """A protocol shown to the region."""
    edition = in_force(team, **options)
    return services.publish(edition, actor=factories.lead_of(edition.protocol.team), consent=True)


def next_version(protocol: Protocol, **sections: dict[str, Any]) -> Edition:
    """The next version of a protocol in force, with these sections changed, in force too."""
    lead = factories.lead_of(protocol.team)
    edition = services.revise(protocol, actor=lead)
    follow_up = {"indicators": "Sorties préparées sur sorties.", "review_on": review_day().isoformat()}
    write(edition, {"follow_up": follow_up, **sections})
    edition = services.propose(factories.fresh(edition), actor=lead)
    agree(edition)
    return services.put_in_force(edition, actor=lead, validated_on=today(), review_on=review_day())


def taken_up(publication: Publication, team: Any | None = None) -> Protocol:
    """The copy of another team, in draft."""
    team = team or team_of_two()
    return services.take_up(publication, actor=factories.lead_of(team), team=team)


def completed(copy: Protocol) -> Edition:
    """A copy that its team completed with its own people and dates, and brought into force."""
    edition = copy.editions.get(state="draft")
    lead = factories.lead_of(copy.team)
    answers = answers_of(copy.team)
    sections = edition.sections()
    group = {**sections.get("group", {}), "authors": answers["group"]["authors"]}
    write(edition, {"group": group, "follow_up": answers["follow_up"]})
    edition = services.propose(factories.fresh(edition), actor=lead)
    agree(edition)
    return services.put_in_force(edition, actor=lead, validated_on=today(), review_on=review_day())
