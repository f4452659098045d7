"""Signing: consent, a one-time code, and a proof that anyone can verify (Code civil 1366-1367).

The proof names who signed, the hash of the exact PDF, when, how, and from where; its own hash goes into the audit chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from equipage.agreements.models import Convention, Signature, SignatureCode
from equipage.agreements.states import CONVENTION
from equipage.foundation import audit
from equipage.foundation.documents.services import seal
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.messaging.services import write_to

CODE_LIFE = timedelta(minutes=10)
MAX_ATTEMPTS = 5
BETWEEN_CODES = timedelta(seconds=30)
CONSENT_MEMBER = "J'ai lu la convention en entier. J'accepte de la signer électroniquement, et je reconnais que cette signature m'engage."
CONSENT_ASSOCIATION = (
    "J'ai qualité pour engager l'association. J'accepte de signer électroniquement les conventions cochées en son nom."
)
_POLICY = {"member": "agreements.sign_convention", "association": "agreements.countersign_convention"}
_MOVE = {"member": "sign", "association": "countersign"}
_CONSENT = {"member": CONSENT_MEMBER, "association": CONSENT_ASSOCIATION}


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


def send_code(convention: Convention, *, party: str, actor: Any) -> SignatureCode:
    """Mail a six-digit code, valid ten minutes. A code asked twice within 30 seconds is sent once."""
    _may(convention, party, actor)
    now = timezone.now()
    with transaction.atomic():
        Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
        recent = SignatureCode.objects.filter(
            convention=convention, user=actor, used_at__isnull=True, sent_at__gt=now - BETWEEN_CODES
        ).first()
        if recent is not None:
            return recent
        code = f"{secrets.randbelow(1_000_000):06d}"
        sent = SignatureCode.objects.create(
            convention=convention,
            user=actor,
            code_hash=make_password(code),
            sent_to=mask(actor.email),
            sent_at=now,
            expires_at=now + CODE_LIFE,
        )
        write_to(
            actor.email,
            "Votre code de signature",
            f"Votre code est {code}. Il sert une fois, pendant dix minutes, à signer la convention {convention.number}.\n\n"
            "Si vous n'avez rien demandé, ignorez ce message : sans ce code, rien n'est signé.",
        )
    return sent


def sign(conventions: Sequence[Convention], *, party: str, actor: Any, code: str, consent: bool, origin: Origin) -> int:
    """Sign one convention, or several at once for the association, with the code sent for the first of them.

    Returns how many were signed. Raises Refused with the field at fault; a wrong code counts as an attempt.
    """
    if not conventions:
        raise Refused("Choisissez au moins une convention.")
    if not consent:
        raise Refused("Cochez la case : sans votre accord, rien n'est signé.", field="consent")
    for convention in conventions:
        _may(convention, party, actor)
    used = _use_code(conventions[0], actor, code.strip())
    # The exact PDF is set and sealed before the transaction; its hash is what is signed.
    sealed = {convention.pk: seal(convention.document) for convention in conventions if convention.document}
    with transaction.atomic():
        for convention in conventions:
            _sign_one(convention, party, actor, used, origin, sealed[convention.pk].pdf_sha256 or "")
    return len(conventions)


def _may(convention: Convention, party: str, actor: Any) -> None:
    decision = can(actor, _POLICY[party], convention)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _use_code(convention: Convention, actor: Any, code: str) -> SignatureCode:
    """Check the code, counting the attempt even when it is wrong; a good one is used up."""
    now = timezone.now()
    sent = (
        SignatureCode.objects.filter(convention=convention, user=actor, used_at__isnull=True)
        .order_by("-sent_at")
        .first()
    )
    if sent is None:
        raise Refused("Demandez d'abord un code : il vous est envoyé par e-mail.", field="code")
    if sent.expires_at <= now:
        raise Refused("Ce code a expiré : demandez-en un autre.", field="code")
    counted = SignatureCode.objects.filter(pk=sent.pk, used_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    if not counted.update(attempts=F("attempts") + 1):
        raise Refused("Trop d'essais avec ce code : demandez-en un autre.", field="code")
    if not check_password(code, sent.code_hash):
        left = MAX_ATTEMPTS - sent.attempts - 1
        raise Refused(f"Ce n'est pas le code envoyé à {sent.sent_to}. Il vous reste {left} essai(s).", field="code")
    if not SignatureCode.objects.filter(pk=sent.pk, used_at__isnull=True).update(used_at=now):
        raise Refused("Ce code a déjà servi : demandez-en un autre.", field="code")
    return sent


def _sign_one(
    convention: Convention, party: str, actor: Any, code: SignatureCode, origin: Origin, document_sha256: str
) -> None:
    row = Convention.objects.select_for_update(of=("self",)).get(pk=convention.pk)
    if row.signatures.filter(party=party).exists():
        return
    now = timezone.now()
    person = actor.professional_or_none
    evidence = {
        "convention": row.number,
        "party": party,
        "signer": {"account": actor.pk, "name": actor.full_name, "rpps": person.rpps if person else ""},
        "document_sha256": document_sha256,
        "signed_at": now.isoformat(),
        "consent": _CONSENT[party],
        "code": {"sent_to": code.sent_to, "sent_at": code.sent_at.isoformat(), "attempts": code.attempts + 1},
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
        consent=_CONSENT[party],
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
