"""The files joined to an action (pièces): never asked for, unless the rules of the kind of action say so."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from equipage.foundation import audit
from equipage.foundation.documents.models import Attachment
from equipage.rules.catalogue import AskedEvidence
from equipage.teams.rules import form_of

EVIDENCE = "coordination.evidence"


def asked_evidence(action: Any) -> AskedEvidence | None:
    """The file that the rules of its kind ask for, on its day. None: nothing is asked."""
    kind = form_of(action.team, action.held_on).actions.get(action.kind)
    return kind.asked_evidence if kind is not None else None


def files_of(action: Any) -> QuerySet[Attachment]:
    """The files joined to an action, with what the antivirus said of them. The caller says who looks."""
    return (
        Attachment.objects.filter(kind=EVIDENCE, about=audit.about(action))
        .select_related("examination")
        .order_by("uploaded_at", "id")
    )


def missing_evidence(action: Any) -> tuple[str, ...]:
    """Why the action cannot be validated yet, when a file is asked for and is not there; else nothing."""
    asked = asked_evidence(action)
    if asked is None:
        return ()
    states = [file.state for file in files_of(action)]
    if any(state in ("clean", "unscanned") for state in states):
        return ()
    written = f" ({asked.reference})" if asked.reference else ""
    if "waiting" in states:
        return (f"La pièce demandée, {asked.label}, passe l'antivirus : l'action se valide dès qu'il a répondu.",)
    return (f"Il manque une pièce que la règle demande : {asked.label}{written}. Joignez-la à l'action.",)
