"""Adding links to the audit chain, and proving that none was touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from equipage.foundation.audit.models import AuditEntry, AuditHead

PLATFORM = "platform"
_context: ContextVar[dict[str, Any] | None] = ContextVar("audit_context", default=None)


@dataclass(frozen=True)
class Altered:
    """The first row of a chain that does not match its proof."""

    stream: str
    number: int
    reason: str


@contextmanager
def context(**facts: Any) -> Iterator[None]:
    """Facts added to every link written inside (address, command, job)."""
    token = _context.set({**(_context.get() or {}), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def about(obj: models.Model) -> str:
    """The stable name of a row in the journal: "teams.team:12"."""
    return f"{obj._meta.label_lower}:{obj.pk}"


def stream_of(obj: models.Model) -> str:
    """The chain of a row: that of its team where it has one (`audit_stream` on the model), else the platform's."""
    named = getattr(obj, "audit_stream", None)
    return str(named) if named else PLATFORM


def plain(value: Any) -> Any:
    """A value as JSON keeps it for ever: text for dates and decimals, keys for rows."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case models.Model():
            return value.pk
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return str(value)


def link_hash(entry: AuditEntry) -> str:
    """SHA-256 over the canonical text of a link and the hash of the one before."""
    content = {
        "stream": entry.stream,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "action": entry.action,
        "about": entry.about,
        "comment": entry.comment,
        "before": entry.before,
        "after": entry.after,
        "context": entry.context,
        "previous": entry.previous_hash,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    *,
    action: str,
    obj: models.Model,
    actor: Any,
    comment: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
    stream: str | None = None,
) -> AuditEntry:
    """Add one link. Runs inside the caller's transaction: the fact and its proof are written together or not at all."""
    name = stream or stream_of(obj)
    with transaction.atomic():
        AuditHead.objects.bulk_create([AuditHead(stream=name)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(pk=name)
        entry = AuditEntry(
            stream=name,
            number=head.number + 1,
            at=timezone.now(),
            actor=actor if getattr(actor, "pk", None) else None,
            actor_label=label_of(actor),
            action=action,
            about=about(obj),
            comment=comment,
            before=plain(before or {}),
            after=plain(after or {}),
            context={**(_context.get() or {}), **plain(extra or {})},
            previous_hash=head.hash,
        )
        entry.hash = link_hash(entry)
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=name).update(number=entry.number, hash=entry.hash)
    return entry


def label_of(actor: Any) -> str:
    """The name written in the journal, which stays readable when the account is gone."""
    return str(getattr(actor, "full_name", "") or actor or "Équipage")[:200]


def chain_in_bulk(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Number and link many entries of any streams, in the order given; write them and the heads. For bulk loads."""
    heads = {head.stream: head for head in AuditHead.objects.select_for_update()}
    linked = []
    for entry in entries:
        head = heads.setdefault(entry.stream, AuditHead(stream=entry.stream))
        entry.number = head.number + 1
        entry.previous_hash = head.hash
        entry.hash = link_hash(entry)
        head.number, head.hash = entry.number, entry.hash
        linked.append(entry)
    AuditEntry.objects.bulk_create(linked, batch_size=2000)
    AuditHead.objects.bulk_create(
        heads.values(), update_conflicts=True, unique_fields=["stream"], update_fields=["number", "hash"], batch_size=2000
    )
    return linked


def last_is(obj: models.Model, action: str, actor: Any) -> bool:
    """Is the last link about `obj` that `action`, by that person? Then a repeated click asks for nothing new."""
    last = AuditEntry.objects.filter(about=about(obj)).order_by("-id").values("action", "actor_id").first()
    return bool(last) and last["action"] == action and last["actor_id"] == getattr(actor, "pk", None)


def verify() -> Altered | None:
    """Walk every chain. None, or the first row that was altered, added or taken away."""
    heads = {head.stream: head for head in AuditHead.objects.all()}
    stream, number, previous = "", 0, ""
    for entry in AuditEntry.objects.order_by("stream", "number").iterator(chunk_size=5000):
        if entry.stream != stream:
            missing = _truncated(heads, stream, number, previous)
            if missing:
                return missing
            stream, number, previous = entry.stream, 0, ""
        if entry.number != number + 1:
            return Altered(stream, number + 1, "la ligne manque")
        if entry.previous_hash != previous:
            return Altered(stream, entry.number, "elle ne suit pas la ligne d'avant")
        if link_hash(entry) != entry.hash:
            return Altered(stream, entry.number, "son contenu ne correspond plus à son empreinte")
        number, previous = entry.number, entry.hash
    last = _truncated(heads, stream, number, previous)
    if last:
        return last
    empty = sorted(set(name for name, head in heads.items() if head.number) - _streams())
    return Altered(empty[0], 1, "toute la chaîne manque") if empty else None


def _streams() -> set[str]:
    return set(AuditEntry.objects.order_by().values_list("stream", flat=True).distinct())


def _truncated(heads: dict[str, AuditHead], stream: str, number: int, last: str) -> Altered | None:
    if not stream:
        return None
    head = heads.get(stream)
    if head is None:
        return Altered(stream, number, "la tête de chaîne manque")
    if head.number != number:
        return Altered(stream, min(head.number, number) + 1, "la chaîne a été coupée")
    return Altered(stream, number, "la tête de chaîne a été changée") if head.hash != last else None
