"""Decide about a person before the month is locked: pay, or wait; and come back on it.

What was on the page is sent back with the decision: on anything else, nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import ClaimLine, MonthDecision
from equipage.compensation.owed import owed
from equipage.compensation.piles import ONE_BY_ONE, REASONS, Person, people_in
from equipage.compensation.selectors import payable_lines
from equipage.foundation import audit
from equipage.foundation.periods import Month, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.payments.selectors.returns import to_pay_again

LONGEST_REASON = 500
_BATCH = 500


@dataclass(frozen=True)
class Seen:
    """What was on the page: the hash of the lines and reasons, and the decision that stood (0 without one)."""

    hash: str
    decision_id: int = 0


@transaction.atomic
def decide(
    *,
    organisation: Any,
    month: Month,
    professional: Any,
    kind: str,
    seen: Seen,
    actor: Any,
    reason: str = "",
    told: bool = False,
) -> MonthDecision:
    """Pay a person this month, or keep their lines for a later one. The same decision twice is one. Raises Refused."""
    reason = reason.strip()
    wait = kind == MonthDecision.Kind.WAIT
    if kind not in MonthDecision.Kind.values:
        raise Refused("Choisissez « Payer » ou « Attendre ».", field="choice")
    if wait and not reason:
        raise Refused("Dites en une phrase pourquoi cette personne attend : qui approuve le lira.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Le motif tient en {LONGEST_REASON} caractères : raccourcissez-le.", field="reason")
    _begin(organisation, month, actor)
    _not_oneself(professional, actor)
    person = _person(organisation, month, professional)
    standing, told = person.decision, told and wait
    same = standing is not None and not person.changed and standing.kind == kind
    if standing is not None and same and (standing.reason, standing.told) == (reason, told):
        return standing
    _as_seen(person, professional, seen)
    _close(organisation, month, [person])
    made = MonthDecision(kind=kind, reason=reason, told=told, **_of(organisation, month, person, actor))
    made.save(force_insert=True)
    before = {"kind": standing.kind, "reason": standing.reason} if standing else None
    after = {"month": str(month), "kind": kind, "told": told, "seen": person.seen_hash}
    audit.record(action="compensation.month.decide", obj=made, actor=actor, comment=reason, before=before, after=after)
    return made


@transaction.atomic
def undo(*, organisation: Any, month: Month, professional: Any, seen: Seen, actor: Any) -> None:
    """Take the decision that was shown back: the person is looked at again. Twice is once. Raises Refused."""
    _begin(organisation, month, actor)
    _not_oneself(professional, actor)
    person = _person(organisation, month, professional)
    standing = person.decision
    if standing is None:
        return
    if standing.pk != seen.decision_id:
        raise Refused(_just_decided(standing, professional))
    _close(organisation, month, [person])
    before = {"kind": standing.kind, "reason": standing.reason}
    after = {"month": str(month), "kind": ""}
    audit.record(action="compensation.month.undo", obj=standing, actor=actor, before=before, after=after)


@transaction.atomic
def pay_alike(*, organisation: Any, month: Month, code: str, seen_hash: str, actor: Any) -> int:
    """Pay everybody for whom this reason is the only one, as they were on the page. Returns how many. Raises Refused.

    One link tells it for all: who, how many, for how much, and the hash of what was looked at.
    """
    if code not in REASONS or code in ONE_BY_ONE:
        raise Refused("Ce point se regarde personne par personne.", field="code")
    _begin(organisation, month, actor)
    payable = owed(payable_lines(organisation, month))
    chosen = alike(people_in(organisation, month, payable, to_pay_again(organisation, month)), code, actor)
    if not chosen or joint_hash(chosen) != seen_hash:
        raise Refused("La liste a changé depuis que cette page est affichée : relisez-la, puis recommencez.")
    _close(organisation, month, chosen)
    MonthDecision.objects.bulk_create(
        (MonthDecision(kind="pay", **_of(organisation, month, person, actor)) for person in chosen), batch_size=500
    )
    after = {
        "month": str(month),
        "kind": "pay",
        "code": code,
        "people": len(chosen),
        "total_cents": sum(person.total_cents for person in chosen),
        "seen": seen_hash,
    }
    audit.record(action="compensation.month.pay_alike", obj=organisation, actor=actor, after=after)
    return len(chosen)


def alike(people: Iterable[Person], code: str, actor: Any) -> list[Person]:
    """The people not yet decided upon for whom `code` is the only reason; never whoever decides."""
    own = actor.professional_or_none
    found = [p for p in people if p.state in ("open", "default") and p.codes == (code,)]
    return sorted((p for p in found if own is None or p.professional_id != own.pk), key=lambda p: p.professional_id)


def joint_hash(people: Sequence[Person]) -> str:
    """One hash for what was looked at of several people."""
    return hashlib.sha256("".join(person.seen_hash for person in people).encode()).hexdigest()


def close_outdated(organisation: Any, month: Month, people: Iterable[Person]) -> None:
    """At the lock, « pay » decided upon something else no longer stands; whoever was put aside stays so."""
    _close(organisation, month, [p for p in people if p.decision and p.changed and p.decision.kind == "pay"])


def _close(organisation: Any, month: Month, people: Sequence[Person]) -> None:
    """Close what was decided about these people for the month, spent or not: at most one row each."""
    keys = [person.professional_id for person in people]
    rows = MonthDecision.objects.filter(organisation=organisation, month=month.start, replaced_at__isnull=True)
    for start in range(0, len(keys), _BATCH):
        rows.filter(professional__in=keys[start : start + _BATCH]).update(replaced_at=timezone.now())


def _begin(organisation: Any, month: Month, actor: Any) -> None:
    decision = can(actor, "compensation.prepare_run", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if month.start > today():
        raise Refused(
            f"{month.label.capitalize()} n'a pas commencé : décidez pour un mois commencé ou passé.", field="month"
        )
    # The same row as the preparation: two decisions, or a decision and the lock, are served one after the other.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _not_oneself(professional: Any, actor: Any) -> None:
    own = actor.professional_or_none
    if own is not None and own.pk == professional.pk:
        raise Refused("C'est votre propre versement : une autre personne de l'association décide.")


def _person(organisation: Any, month: Month, professional: Any) -> Person:
    rows = owed(payable_lines(organisation, month).filter(professional=professional))
    again = [one for one in to_pay_again(organisation, month) if one.professional_id == professional.pk]
    found = people_in(organisation, month, rows, again)
    if found:
        return found[0]
    locked = ClaimLine.objects.filter(
        organisation=organisation, professional=professional, state="locked", payment__run__month__gte=month.start
    )
    line = locked.select_related("payment__run").defer("payment__run__bank_file").order_by("-pk").first()
    if line is not None and line.payment is not None:
        raise Refused(
            f"{professional.full_name} est déjà dans la campagne {line.payment.run.number} : "
            "annulez sa préparation pour revenir sur cette décision."
        )
    raise Refused(f"{professional.full_name} n'a aucune ligne à payer pour {month.label} : il n'y a rien à décider.")


def _as_seen(person: Person, professional: Any, seen: Seen) -> None:
    """Refuse what was decided on a page that no longer says what is."""
    name, standing = professional.full_name, person.decision
    if standing is not None and standing.pk != seen.decision_id:
        raise Refused(_just_decided(standing, professional))
    if standing is None and seen.decision_id:
        raise Refused(f"La décision pour {name} vient d'être annulée : relisez, puis décidez.")
    if person.seen_hash != seen.hash:
        raise Refused(f"Ce qui est dû à {name} a changé depuis que cette page est affichée : relisez, puis décidez.")


def _just_decided(standing: MonthDecision, professional: Any) -> str:
    verdict = standing.get_kind_display().lower()
    name = professional.full_name
    return f"{standing.decided_by.full_name} vient de décider « {verdict} » pour {name} : relisez, puis décidez."


def _of(organisation: Any, month: Month, person: Person, actor: Any) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "month": month.start,
        "professional_id": person.professional_id,
        "seen_hash": person.seen_hash,
        "decided_by": actor,
        "decided_at": timezone.now(),
    }
