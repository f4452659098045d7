"""What people of the demo doubted, and what the association answered: a dispute in every state."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F

from equipage.books.chart import accounts_by_role
from equipage.books.models import LedgerEntry, Posting
from equipage.books.roles import BANK, EXPENSE
from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import Correction, sentence_of_correction, taken_back
from equipage.compensation.states import LINE
from equipage.disputes.models import Dispute
from equipage.disputes.rules import due_on
from equipage.disputes.states import DISPUTE
from equipage.foundation.french import euros
from equipage.foundation.periods import PARIS
from equipage.funding.models import Envelope
from equipage.web.demo.credits import commit_more
from equipage.web.demo.world import World

# (reason, words, state, change of the amount in euro cents where it was corrected, days ago)
_STORIES = (
    ("calcul", "", "open", 0, 2),
    ("duree", "Nous étions une heure, pas quarante-cinq minutes.", "open", 0, 30),
    ("presence", "La pharmacienne était là aussi.", "kept", 0, 24),
    ("duree", "La réunion a duré une heure et quart.", "corrected", 1250, 21),
    ("duree", "Je suis partie plus tôt.", "corrected", -1250, 45),
    ("type", "", "reopened", 0, 16),
    ("autre", "Le compte rendu dit autre chose.", "upheld", 0, 40),
    ("duree", "Trente minutes de plus.", "amended", 2500, 36),
    ("virement", "", "withdrawn", 0, 12),
)
_KEPT = "Le compte rendu et les autres voix disent la même durée : le montant est le bon."
_CORRECTED = "Vous avez raison : le compte rendu le confirme."
_NOT_AGREED = "Les trois autres personnes présentes le confirmeront."

_ROOM = 10_000  # cents


def make_disputes(world: World) -> None:
    """One story a line, on lines paid long enough ago; nobody answers for an action that they validated."""
    treasurer, administrator = world.staff["treasurer"], world.staff["administrator"]
    paid = ClaimLine.objects.filter(state="paid", adjusts=None, amount_cents__gt=3000, professional__user__isnull=False)
    rows = paid.exclude(professional__user__in=(treasurer, administrator)).exclude(
        action__declared_by__in=(treasurer, administrator)
    )
    # What is owed in addition is taken from the same credit and the same envelope: both have room.
    rows = rows.filter(fund__committed_cents__lte=F("fund__amount_cents") - _ROOM)
    found = rows.select_related("professional__user", "organisation", "action", "team", "rate", "fund")
    room = set(Envelope.objects.filter(committed_cents__lt=F("amount_cents") - _ROOM).values_list("team_id", "year"))
    lines = [line for line in found.order_by("-paid_at", "id") if (line.team_id, line.year) in room]
    for line, story in zip(lines[: len(_STORIES)], _STORIES, strict=False):
        _dispute(world, line, *story)


def _dispute(world: World, line: ClaimLine, reason: str, words: str, state: str, cents: int, days: int) -> None:
    payee: Any = line.professional.user
    opened = datetime.combine(world.ago(days), time(18, 20), PARIS)
    answered, again, reviewed = (opened + timedelta(days=wait) for wait in (3, 5, 8))
    answers = {"kept", "corrected", "reopened", "upheld", "amended"}
    second = state in ("upheld", "amended")
    first_answerer, second_answerer = world.staff["treasurer"], world.staff["administrator"]
    row = Dispute(
        line=line,
        professional=line.professional,
        organisation=line.organisation,
        reason=reason,
        words=words,
        state=state,
        opened_by=payee,
        opened_at=opened,
        answer_due_on=due_on(opened.date()),
    )
    if state in answers:
        row.answer = _CORRECTED if state == "corrected" else _KEPT
        row.answered_at, row.answered_by = answered, first_answerer
    if state == "reopened" or second:
        row.reopened_at, row.reopen_words = again, _NOT_AGREED
        row.answer_due_on = due_on(again.date())
    if second:
        row.review = _CORRECTED if state == "amended" else _KEPT
        row.reviewed_at, row.reviewed_by = reviewed, second_answerer
    if state == "corrected":
        row.adjustment = adjusted(world, line, cents, answered, first_answerer)
    elif state == "amended":
        row.second_adjustment = adjusted(world, line, cents, reviewed, second_answerer)
    row.save()
    after = {"reason": reason, "line": line.pk, "answer_due_on": row.answer_due_on.isoformat()}
    world.journal.note(opened, "disputes.dispute.open", row, payee, comment=words, after=after)
    if state == "withdrawn":
        world.journal.move(opened + timedelta(days=1), DISPUTE, row, "withdraw", payee)
    if state in answers:
        name = "correct" if state == "corrected" else "keep"
        world.journal.move(answered, DISPUTE, row, name, first_answerer, answer=row.answer)
    if state == "reopened" or second:
        world.journal.move(again, DISPUTE, row, "reopen", payee, reopen_words=_NOT_AGREED)
    if second:
        name = "amend" if state == "amended" else "uphold"
        world.journal.move(reviewed, DISPUTE, row, name, second_answerer, review=row.review)


def adjusted(
    world: World, line: ClaimLine, cents: int, at: datetime, actor: Any, reason: str = _CORRECTED
) -> ClaimLine:
    """The counter-entry: what is owed in addition waits for the next month, what is taken back was given back."""
    found = Correction(line.amount_cents, cents, 0, taken_back(line.amount_cents, "").explanation)
    made = ClaimLine.objects.create(
        presence_id=line.presence_id,
        adjusts=line,
        action_id=line.action_id,
        professional_id=line.professional_id,
        team_id=line.team_id,
        organisation_id=line.organisation_id,
        region_id=line.region_id,
        fund=line.fund,
        held_on=line.held_on,
        year=line.year,
        state="validated" if cents > 0 else "repaid",
        rate=line.rate,
        unit=line.unit,
        rate_amount=line.rate_amount,
        quantity=line.quantity,
        amount_cents=cents,
        explanation=line.explanation,
        sentence=sentence_of_correction(found, reason),
        frozen_at=at,
        paid_at=None if cents > 0 else at + timedelta(days=4),
    )
    stream = f"claims:{line.professional_id}"
    world.journal.move(at, LINE, made, "freeze", actor, stream=stream, amount_cents=cents)
    commit_more(line, cents, f"line:{made.pk}:adjusts", at)
    if cents < 0:
        _received(world, made, at + timedelta(days=4), actor)
    return made


def _received(world: World, made: ClaimLine, at: datetime, actor: Any) -> None:
    accounts = accounts_by_role(world.association)
    entry = LedgerEntry.objects.create(
        organisation=world.association,
        year=at.year,
        number=world.numbers.take(f"ecriture:{world.association.pk}:{at.year}"),
        journal="BQ",
        dated=at.date(),
        label=f"Remboursement reçu, VIR {made.pk}, {euros(-made.amount_cents)}",
        cause=f"repayment:{made.pk}",
        piece=f"VIR {made.pk}",
        recorded_at=at,
        recorded_by=actor,
    )
    Posting.objects.create(
        entry=entry,
        debit=accounts[BANK],
        credit=accounts[EXPENSE],
        amount_cents=-made.amount_cents,
        professional_id=made.professional_id,
        team_id=made.team_id,
        funder=made.fund.label if made.fund else "",
    )
    world.journal.move(at, LINE, made, "repay", actor, stream=f"claims:{made.professional_id}")
