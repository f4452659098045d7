"""The proof of a convention: verified against the kept file and the audit chain, and printed as a dossier."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from equipage.agreements.models import Convention, Signature
from equipage.agreements.services.signing import evidence_hash
from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.documents.rendering import render
from equipage.foundation.documents.services import DocumentAltered, pdf_of
from equipage.foundation.french import moment
from equipage.foundation.periods import today


@dataclass(frozen=True)
class Check:
    """One thing verified: what, whether it holds, and the sentence that says so."""

    point: str
    holds: bool
    sentence: str


def verify(convention: Convention) -> list[Check]:
    """Recompute every hash of a convention: the PDF, each proof, each link of the journal that carries it."""
    pdf_hash, checks = _document(convention)
    for signature in convention.signatures.order_by("signed_at", "id"):
        checks.extend(_signature(convention, signature, pdf_hash))
    return checks


def _document(convention: Convention) -> tuple[str, list[Check]]:
    """A convention on paper has no document here, and nothing is wrong with that: its signatures say so."""
    if convention.document is None:
        return "", []
    try:
        found = hashlib.sha256(pdf_of(convention.document)).hexdigest()
    except DocumentAltered as altered:
        return "", [Check("Document", False, str(altered))]
    return found, [Check("Document", True, f"Le PDF gardé a bien l'empreinte {found[:16]}….")]


def _signature(convention: Convention, signature: Signature, pdf_hash: str) -> list[Check]:
    name = signature.get_party_display()
    whole = evidence_hash(signature.evidence) == signature.evidence_sha256
    checks = [
        Check(
            f"Preuve, {name.lower()}",
            whole,
            "Les éléments de preuve sont intacts."
            if whole
            else "Les éléments de preuve ne correspondent plus à leur empreinte.",
        )
    ]
    if signature.method == Signature.Method.PAPER:
        return [
            *checks,
            Check(f"Document, {name.lower()}", True, "Signé sur papier avant Équipage : original à l'association."),
        ]
    same = signature.document_sha256 == pdf_hash
    checks.append(
        Check(
            f"Document, {name.lower()}",
            same,
            "Le document signé est celui qui est gardé."
            if same
            else "Le document gardé n'est pas celui qui a été signé.",
        )
    )
    linked = AuditEntry.objects.filter(
        about=audit.about(convention),
        action=f"agreements.convention.signature_{signature.party}",
        after__evidence_sha256=signature.evidence_sha256,
    ).first()
    held = linked is not None and audit.link_hash(linked) == linked.hash
    words = "La signature est dans le journal de preuve." if held else "Le journal ne porte pas cette signature."
    return [*checks, Check(f"Journal, {name.lower()}", held, words)]


def proof_pdf(convention: Convention) -> bytes:
    """The dossier as a PDF, made from the signatures; nothing new is stored."""
    data = {
        "introduction": "Ce dossier rassemble les éléments de preuve des signatures de la convention "
        f"{convention.number}.",
        "document": [
            {"label": "Convention", "value": convention.number},
            {
                "label": "Empreinte SHA-256 du PDF",
                "value": (convention.document and convention.document.pdf_sha256) or "—",
            },
            {"label": "Modèle", "value": convention.template_version},
        ],
        "signatures": [_printed(signature) for signature in convention.signatures.order_by("signed_at", "id")],
        "verification": "Chaque empreinte est celle du texte canonique (JSON trié, UTF-8) de la preuve. Elle figure "
        "aussi dans le journal chaîné d'Équipage, que la commande « audit verify » contrôle en entier.",
    }
    return render(
        "agreements/proof",
        data,
        title="Dossier de preuve",
        date=today(),
        reference=convention.number,
        fictitious=bool(convention.document and convention.document.fictitious),
    )


def _printed(signature: Signature) -> dict[str, Any]:
    origin = signature.evidence.get("origin", {})
    code = signature.evidence.get("code", {})
    facts = [
        ("Personne", signature.signer_name),
        ("Date", moment(signature.signed_at)),
        ("Procédé", signature.get_method_display()),
        ("Code envoyé à", code.get("sent_to", "—")),
        ("Adresse d'origine", origin.get("address", "—")),
        ("Empreinte de la preuve", signature.evidence_sha256),
    ]
    return {
        "party": signature.get_party_display(),
        "facts": [{"label": label, "value": value or "—"} for label, value in facts],
        "consent": signature.consent,
    }
