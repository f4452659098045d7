"""What the pages of payments say of the reasons: the lines of a run and its books, what a transfer pays."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse

from equipage.books.models import Posting
from equipage.books.panels import total_row
from equipage.compensation.awaited import told
from equipage.compensation.difference import difference_of, standing_at
from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import line_label
from equipage.compensation.services.month import content_hash
from equipage.foundation.listing.declaration import Link
from equipage.foundation.periods import Month
from equipage.payments.models import PaymentReturn
from equipage.payments.panels import (
    Explained,
    Reason,
    offer_check,
    offer_explanation,
    offer_home,
    offer_owed,
    offer_reason,
    offer_start,
)
from equipage.payments.selectors.returns import paid_again_by
from equipage.people.roles import Role


def checks_of_lines(run: Any) -> list[dict[str, str]]:
    """Lines = run, books = run, and the content that was prepared is still there."""
    lines = list(ClaimLine.objects.filter(payment__run=run).only("pk", "professional_id", "amount_cents"))
    again = list(PaymentReturn.objects.filter(reissued_by__run=run).select_related("payment").order_by("pk"))
    returned = sum(comeback.payment.amount_cents for comeback in again)
    named = " et des virements refaits" if again else ""
    total = sum(line.amount_cents for line in lines) + returned
    rows = [total_row(f"Somme des lignes{named}", total, run.total_cents)]
    if run.bank_file_sha256:
        # What is paid again was booked as owed by its first run.
        rows.append(total_row(f"Livre des écritures{named}", booked_cents(run) + returned, run.total_cents))
    same = content_hash(lines, [comeback.payment for comeback in again]) == run.content_hash
    rows.append(
        {
            "point": "Contenu préparé",
            "finding": f"empreinte {run.content_hash[:16]}",
            "verdict": "Inchangé" if same else "Différent",
            "tone": "ok" if same else "stop",
            "way_out": "" if same else "N'approuvez pas : signalez-le à l'exploitant de la plateforme.",
        }
    )
    return rows


def booked_cents(run: Any) -> int:
    """What the books say is owed under a run; what was taken back on another team is posted the other way round.

    Read on the class of the accounts (4, third parties): which one is payable may have been mapped again since.
    """
    owed = Posting.objects.filter(entry__organisation=run.organisation_id, entry__cause=f"run:{run.pk}:owed")
    sums = owed.aggregate(
        out=Sum("amount_cents", filter=Q(credit__code__startswith="4"), default=0),
        back=Sum("amount_cents", filter=Q(debit__code__startswith="4"), default=0),
    )
    return int(sums["out"] - sums["back"])


def lines_of(payment: Any, user: Any) -> Reason:
    """Every line of a transfer, with its sentence."""
    rows = ClaimLine.objects.filter(payment__in=[payment.pk, *paid_again_by([payment.pk])])
    lines = list(rows.select_related("team", "action__team").order_by("held_on", "id"))
    payment.first_day = lines[0].held_on
    sentence = told(payment) if payment.run.state in ("approved", "executed") else ""
    shown = [{"line": line, "label": line_label(line)} for line in lines]
    person = user.professional_or_none
    own = person is not None and person.pk == payment.professional_id
    return Reason(sentence, "compensation/panels/payment.html", {"lines": shown, "payment": payment, "own": own})


def start_a_month(user: Any) -> list[Link]:
    """The officer prepares the present month."""
    if not user.holds(Role.ASSOCIATION_OFFICER):
        return []
    month = Month.current()
    return [Link(f"Préparer {month.label}", f"{reverse('compensation:prepare')}?mois={month}", main=True)]


def difference_told(run: Any) -> Explained | None:
    """Why the total differs from the run before, and the biggest changes."""
    found = difference_of(run)
    return Explained("compensation/panels/difference.html", found) if found is not None else None


def decisions_told(run: Any) -> Explained | None:
    """What had been decided when the run was prepared: who was put aside and why, who was paid after a look."""
    rows = standing_at(run).filter(month=run.month)
    paid = rows.filter(kind="pay", professional__payments__run=run)
    waiting = list(rows.filter(kind="wait").select_related("professional", "decided_by").order_by("pk")[:SHOWN])
    looked_at = list(paid.select_related("professional", "decided_by").order_by("pk")[:SHOWN])
    if not waiting and not looked_at:
        return None
    count = paid.count() if len(looked_at) == SHOWN else len(looked_at)
    return Explained("compensation/panels/decisions.html", {"waiting": waiting, "paid": looked_at, "count": count})


_OWED = {
    "estimated": "Déclaré, à valider",
    "validated": "Validé, pas encore versé",
    "locked": "Dans une campagne en cours",
    "returned": "Revenu, à refaire",
}


def owed_rows(organisation: Any, professional: Any) -> list[tuple[str, int]]:
    """What a person is owed by an association, by state; one query."""
    lines = ClaimLine.objects.filter(organisation=organisation, professional=professional, state__in=list(_OWED))
    sums = dict(lines.order_by().values_list("state").annotate(total=Sum("amount_cents")))
    return [(label, int(sums[state])) for state, label in _OWED.items() if sums.get(state)]


SHOWN = 50

offer_owed(owed_rows)
offer_home("compensation:mine")
offer_explanation(difference_told)
offer_explanation(decisions_told)
offer_check(checks_of_lines)
offer_reason(lines_of)
offer_start(start_a_month)
