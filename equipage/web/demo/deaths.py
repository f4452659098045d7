"""Somebody of the demo died: the account is closed, and the last lines wait for the account of the estate."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from equipage.compensation.models import ClaimLine
from equipage.coordination.models import Presence
from equipage.disputes.models import Dispute
from equipage.foundation.periods import PARIS
from equipage.payments.models import BankDetails, Payment, PaymentReturn
from equipage.people.models import Death, Professional, RoleAssignment, User
from equipage.teams.models import Membership
from equipage.web.demo.world import World, moment

_DIED, _RECORDED = 6, 3


def make_deaths(world: World) -> None:
    """One death, of a member who leads no team, whose money is on no way and whom nobody expects since."""
    died = world.ago(_DIED)
    person = _somebody(world, died)
    if person is None or person.user_id is None:
        return
    at = moment(world.ago(_RECORDED), world.dice("death"))
    officer, learnt_from = world.staff["officer"], "l'équipe, puis le notaire"
    death = Death.objects.create(
        professional=person,
        organisation=world.association,
        died_on=died,
        learnt_from=learnt_from,
        recorded_by=officer,
        recorded_at=at,
        closed_account=True,
    )
    User.objects.filter(pk=person.user_id).update(is_active=False)
    after = {"died_on": died.isoformat(), "learnt_from": learnt_from, "closed_account": True}
    world.journal.note(at.astimezone(PARIS), "people.death.record", death, officer, after=after)


def _somebody(world: World, died: date) -> Professional | None:
    own = {"professional": OuterRef("professional")}
    lines = ClaimLine.objects.filter(
        Exists(BankDetails.objects.filter(**own, organisation=world.association, state="confirmed")),
        Exists(Membership.objects.filter(**own, team=OuterRef("team"), state="confirmed", role="member")),
        ~Exists(Membership.objects.filter(**own, role="lead")),
        ~Exists(Presence.objects.filter(**own, held_on__gte=died - timedelta(days=1))),
        ~Exists(Payment.objects.filter(**own, run__state__in=("prepared", "approved"))),
        ~Exists(PaymentReturn.objects.filter(payment__professional=OuterRef("professional"))),
        ~Exists(Dispute.objects.filter(**own)),
        ~Exists(RoleAssignment.objects.filter(user=OuterRef("professional__user"))),
        organisation=world.association,
        state="validated",
        adjusts__isnull=True,
        amount_cents__gt=0,
        professional__user__persona="",
    )
    found = lines.select_related("professional").order_by("-held_on", "pk").first()
    return found.professional if found else None
