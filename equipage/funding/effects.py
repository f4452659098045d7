"""What follows from a decided re-allotment: the envelopes move, the leads of both teams are told."""

from __future__ import annotations

from django.urls import reverse

from equipage.foundation.french import euros
from equipage.foundation.workflow import Happened
from equipage.funding.models import Reallotment
from equipage.funding.services.reallotments import move_allotment
from equipage.funding.states import REALLOTMENT
from equipage.messaging.services import notify
from equipage.teams.models import Team
from equipage.teams.selectors import leads


@REALLOTMENT.effect("decide")
def move_and_tell(happened: Happened) -> None:
    row: Reallotment = happened.obj
    move_allotment(row)
    _tell(row, row.giver, f"{euros(row.amount_cents)} de votre enveloppe {row.year} vont à une autre équipe")
    _tell(row, row.taker, f"Votre enveloppe {row.year} reçoit {euros(row.amount_cents)} de plus")


def _tell(row: Reallotment, team: Team, subject: str) -> None:
    body = f"{row.organisation.name} l'a décidé pour que ces crédits servent avant le 31 décembre.\n\n{row.reason}"
    url = reverse("teams:team", args=[team.pk])
    for membership in leads(team):
        user = membership.professional.user
        if user is not None:
            key = f"funding.reallotment:{row.pk}:{team.pk}:{user.pk}"
            notify(user, "funding.reallotment", subject, body, url, key=key)
