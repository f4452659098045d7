"""Signing: consent, a one-time code, and a proof that anyone can verify (Code civil 1366-1367).

The proof names who signed, the hash of the exact PDF, when, how, and from where; its own hash goes into the audit
chain. The association may sign several conventions with one code: the code is bound to exactly those conventions.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from equipage.agreements.models import Convention, Signature, SignatureCode
from equipage.agreements.services.codes import is_code, mail_code
from equipage.agreements.states import CONVENTION
from equipage.foundation import audit
from equipage.foundation.documents.services import seal
from equipage.foundation.french import counted, time_of_day
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run

CODE_LIFE = timedelta(minutes=10)
MAX_ATTEMPTS = 5
BETWEEN_CODES = timedelta(seconds=30)
MAX_CODES, CODES_WITHIN = 5, timedelta(minutes=15)
CONSENT_MEMBER = (
    "J'ai lu la convention en entier. J'accepte de la signer électroniquement, et je reconnais que cette signature "
    "m'engage."
)
_USED = "Ce code a déjà servi. Si la page ne dit pas que c'est signé, demandez-en un autre."
_POLICY = {"member": "agreements.sign_convention", "association": "agreements.countersign_convention"}
_MOVE = {"member": "sign", "association": "countersign"}
_SOURCE = {"member": "to_sign", "association": "signed"}


@dataclass(frozen=True)
class Origin:
    """From where a person signs: address and browser as the server saw them, and how they signed in."""

    address: str
    agent: str
    session: str


def mask(address: str) -> str:
    """« c•••@exemple.fr » : enough to know which mailbox, not enough to write to it."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def consent_text(party: str, count: int = 1) -> str:
    """The words that the box carries, kept with the signature. For the association they say how many are signed."""
    if party == "member":
        return CONSENT_MEMBER
    what = "la convention affichée" if count == 1 else f"les {count} conventions affichées"
    return f"J'ai qualité pour engager l'association. J'accepte de signer électroniquement {what} en son nom."


def send_code(conventions: Sequence[Convention], *, party: str, actor: Any) -> SignatureCode:
    """Mail a six-digit code, valid ten minutes, for exactly these conventions. Asked twice in 30 seconds, sent once.

    Raises Refused when one of them is not to be signed by this person, or after five codes in a quarter of an hour.
    """
    rows = _in_order(conventions)
    for convention in rows:
        _may(convention, party, actor)
        _ready(convention, party)
    now = timezone.now()
    with transaction.atomic():
        Convention.objects.select_for_update(of=("self",)).get(pk=rows[0].pk)
        mine = SignatureCode.objects.filter(user=actor)
        recent = mine.filter(batch=_batch(rows), used_at__isnull=True, attempts=0, sent_at__gt=now - BETWEEN_CODES)
        found = recent.order_by("-sent_at", "-id").first()
        if found is not None:
            return found
        _not_too_many(mine.filter(sent_at__gt=now - CODES_WITHIN))
        return _new_code(rows, actor, now)


def _not_too_many(lately: QuerySet[SignatureCode]) -> None:
    """Five tries a code and five codes a quarter of an hour: a million numbers are not guessed so."""
    sent = list(lately.order_by("sent_at").values_list("sent_at", flat=True))
    if len(sent) >= MAX_CODES:
        again = time_of_day(sent[-MAX_CODES] + CODES_WITHIN)
        raise Refused(f"{MAX_CODES} codes vous ont déjà été envoyés : vous pourrez en demander un autre à {again}.")


def _new_code(rows: list[Convention], actor: Any, now: datetime) -> SignatureCode:
    sent = SignatureCode.objects.create(
        convention=rows[0],
        user=actor,
        batch=_batch(rows),
        nonce=secrets.token_hex(16),
        sent_to=mask(actor.email),
        sent_at=now,
        expires_at=now + CODE_LIFE,
    )
    one = len(rows) == 1
    what = (
        f"la convention {rows[0].number}"
        if one
        else f"{len(rows)} conventions, de {rows[0].number} à {rows[-1].number}"
    )
    mail_code.enqueue(sent.pk, what)
    return sent


def sign(conventions: Sequence[Convention], *, party: str, actor: Any, code: str, consent: bool, origin: Origin) -> int:
    """Sign one convention, or several at once for the association, with the code sent for exactly those.

    Returns how many are signed; asked twice by the same person, the second answer is the first. Raises Refused with
    the field at fault; a wrong code counts as an attempt.
    """
    if not conventions:
        raise Refused("Choisissez au moins une convention.")
    rows = _in_order(conventions)
    for convention in rows:
        _may(convention, party, actor)
    if not consent:
        raise Refused("Cochez la case : sans votre accord, rien n'est signé.", field="consent")
    if _signed_already(rows, party, actor):
        return len(rows)
    for convention in rows:
        _ready(convention, party)
    used = _use_code(rows, actor, code.strip())
    # The exact PDF is set and sealed before the transaction; its hash is what is signed.
    sealed = {convention.pk: seal(convention.document) for convention in rows if convention.document}
    words = consent_text(party, len(rows))
    with transaction.atomic():
        for convention in rows:
            _sign_one(convention, party, actor, used, origin, sealed[convention.pk].pdf_sha256 or "", words)
    return len(rows)


def _in_order(conventions: Sequence[Convention]) -> list[Convention]:
    return sorted(conventions, key=lambda convention: convention.pk)


def _batch(rows: Sequence[Convention]) -> str:
    """What a code is bound to: the exact conventions for which it was asked."""
    return hashlib.sha256(",".join(str(convention.pk) for convention in rows).encode()).hexdigest()


def _signed_already(rows: Sequence[Convention], party: str, actor: Any) -> bool:
    """A double click: this person has just signed all of them."""
    own = Signature.objects.filter(convention__in=[row.pk for row in rows], party=party, signer=actor)
    return own.count() == len(rows)


def _ready(convention: Convention, party: str) -> None:
    """Said before a code is spent: what is no longer to be signed."""
    if convention.document_id is None:
        raise Refused(
            f"La convention {convention.number} n'a pas de document dans Équipage : elle se signe sur papier."
        )
    state = Convention.objects.values_list("state", flat=True).get(pk=convention.pk)
    if state != _SOURCE[party]:
        label = CONVENTION.states[state].label
        raise Refused(f"La convention {convention.number} n'attend plus cette signature : « {label} ».")
    if convention.team.state != "recognised":
        raise Refused(f"L'équipe {convention.team.name} n'est pas reconnue : la convention ne peut pas être signée.")


def _may(convention: Convention, party: str, actor: Any) -> None:
    decision = can(actor, _POLICY[party], convention)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _use_code(rows: Sequence[Convention], actor: Any, code: str) -> SignatureCode:
    """Check the code, counting the attempt even when it is wrong; a good one is used up.

    Outside of any transaction: an attempt that is refused must stay counted.
    """
    now = timezone.now()
    codes = SignatureCode.objects.filter(user=actor, batch=_batch(rows))
    sent = codes.order_by("-sent_at", "-id").first()
    if sent is None:
        raise Refused("Demandez d'abord un code : il vous est envoyé par e-mail.", field="code")
    if sent.used_at is not None:
        raise Refused(_USED, field="code")
    if sent.expires_at <= now:
        raise Refused("Ce code a expiré : demandez-en un autre.", field="code")
    counted_in = codes.filter(pk=sent.pk, used_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    if not counted_in.update(attempts=F("attempts") + 1):
        raise Refused("Trop d'essais avec ce code : demandez-en un autre.", field="code")
    sent.refresh_from_db()
    if not is_code(sent, code):
        left = MAX_ATTEMPTS - sent.attempts
        then = (
            f"Il vous reste {counted(left, 'essai')}." if left else "C'était le dernier essai : demandez un autre code."
        )
        raise Refused(f"Ce n'est pas le code envoyé à {sent.sent_to}. {then}", field="code")
    if not codes.filter(pk=sent.pk, used_at__isnull=True).update(used_at=now):
        raise Refused(_USED, field="code")
    return sent


def _sign_one(
    convention: Convention,
    party: str,
    actor: Any,
    code: SignatureCode,
    origin: Origin,
    document_sha256: str,
    consent: str,
) -> None:
    row = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    if row.state != _SOURCE[party]:
        label = CONVENTION.states[row.state].label
        raise Refused(f"La convention {row.number} vient de changer d'état (« {label} ») : rien n'est signé.")
    now = timezone.now()
    person = actor.professional_or_none
    evidence = {
        "convention": row.number,
        "party": party,
        "signer": {"account": actor.pk, "name": actor.full_name, "rpps": person.rpps if person else ""},
        "document_sha256": document_sha256,
        "signed_at": now.isoformat(),
        "consent": consent,
        "code": {"sent_to": code.sent_to, "sent_at": code.sent_at.isoformat(), "attempts": code.attempts},
        "origin": {"address": origin.address, "agent": origin.agent[:300], "session": origin.session},
        "template": row.template_version,
    }
    proof = evidence_hash(evidence)
    Signature.objects.create(
        convention=row,
        party=party,
        method=Signature.Method.EMAIL_CODE,
        signer=actor,
        signer_name=actor.full_name,
        signed_at=now,
        document_sha256=document_sha256,
        consent=consent,
        evidence=evidence,
        evidence_sha256=proof,
    )
    audit.record(
        action=f"agreements.convention.signature_{party}",
        obj=row,
        actor=actor,
        after={"document_sha256": document_sha256, "evidence_sha256": proof},
    )
    run(CONVENTION, row, _MOVE[party], actor=actor)


def evidence_hash(evidence: dict[str, Any]) -> str:
    """SHA-256 of the canonical text of a proof."""
    text = json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
