"""Adding links to the audit chain, and proving that none was touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
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
        case bytes() | memoryview():
            # A file is kept where it belongs, with its secrets; the journal proves which one it was.
            return f"{len(value)} octets, SHA-256 {hashlib.sha256(value).hexdigest()}"
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
            context=plain({**(_context.get() or {}), **(extra or {})}),
            previous_hash=head.hash,
        )
        entry.hash = link_hash(entry)
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=name).update(number=entry.number, hash=entry.hash)
    return entry


def label_of(actor: Any) -> str:
    """The name written in the journal, which stays readable when the account is gone."""
    return str(getattr(actor, "full_name", "") or actor or "Équipage")[:200]


@transaction.atomic
def chain_in_bulk(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """Number and link many entries of any streams, in the order given; write them and the heads. For bulk loads.

    Gives the same chain as `record` called on each: the caller fills `at`, `actor`, `actor_label` and the facts.
    """
    linked = list(entries)
    names = {entry.stream for entry in linked}
    AuditHead.objects.bulk_create([AuditHead(stream=name) for name in sorted(names)], ignore_conflicts=True)
    locked = AuditHead.objects.select_for_update().order_by("stream")
    heads = {head.stream: head for head in locked if head.stream in names}
    for entry in linked:
        head = heads[entry.stream]
        entry.before, entry.after, entry.context = plain(entry.before), plain(entry.after), plain(entry.context)
        entry.number = head.number + 1
        entry.previous_hash = head.hash
        entry.hash = link_hash(entry)
        head.number, head.hash = entry.number, entry.hash
    AuditEntry.objects.bulk_create(linked, batch_size=2000)
    AuditHead.objects.bulk_create(
        heads.values(),
        update_conflicts=True,
        unique_fields=["stream"],
        update_fields=["number", "hash"],
        batch_size=2000,
    )
    return linked


def last_of(obj: models.Model, actions: Collection[str]) -> tuple[str, Any] | None:
    """The last link about `obj` among `actions`: which one, and the key of who did it."""
    links = AuditEntry.objects.filter(about=about(obj), action__in=actions).order_by("-id")
    last = links.values_list("action", "actor_id").first()
    return (last[0], last[1]) if last else None


def verify() -> Altered | None:
    """Walk every chain. None, or the first row that was altered, added or taken away.

    The heads are read before the rows: links added while it walks are followed too, and do not raise an alarm.
    """
    heads = {head.stream: head for head in AuditHead.objects.all()}
    try:
        rows: Any = AuditEntry.objects.order_by("stream", "number").iterator(chunk_size=5000)
        with closing(rows):
            return _walk(heads, rows)
    except (ValueError, TypeError):
        pass  # a value that Django cannot even read was written over: the rows one by one say which
    return _walk(heads, _one_by_one())


def heads_digest() -> str:
    """One fingerprint of all chains as they end now, to keep elsewhere: who rewrites a whole chain changes it."""
    ends = AuditHead.objects.order_by("stream").values_list("stream", "number", "hash")
    return hashlib.sha256("\n".join(f"{stream} {number} {end}" for stream, number, end in ends).encode()).hexdigest()


def _one_by_one() -> Iterator[AuditEntry | Altered]:
    for key, stream, number in AuditEntry.objects.order_by("stream", "number").values_list("pk", "stream", "number"):
        try:
            yield AuditEntry.objects.get(pk=key)
        except (ValueError, TypeError):
            yield Altered(stream, number, "elle ne se lit plus")
            return


def _walk(heads: dict[str, AuditHead], entries: Iterable[AuditEntry | Altered]) -> Altered | None:
    stream, number, previous = "", 0, ""
    seen = set()
    for entry in entries:
        if isinstance(entry, Altered):
            return entry
        if entry.stream != stream:
            cut = _cut(heads, stream, number, previous)
            if cut:
                return cut
            stream, number, previous = entry.stream, 0, ""
            seen.add(stream)
        wrong = _wrong(entry, number, previous)
        if wrong:
            return wrong
        number, previous = entry.number, entry.hash
    cut = _cut(heads, stream, number, previous)
    if cut:
        return cut
    erased = sorted(name for name, head in heads.items() if head.number and name not in seen)
    return Altered(erased[0], 1, "toute la chaîne manque") if erased else None


def _wrong(entry: AuditEntry, number: int, previous: str) -> Altered | None:
    """What is wrong with a link, knowing the number and the hash of the one before."""
    if entry.number != number + 1:
        return Altered(entry.stream, number + 1, "elle manque")
    if not entry.at:
        return Altered(entry.stream, entry.number, "sa date ne se lit plus")
    if entry.previous_hash != previous:
        return Altered(entry.stream, entry.number, "elle ne suit pas la ligne d'avant")
    if link_hash(entry) != entry.hash:
        return Altered(entry.stream, entry.number, "son contenu ne correspond plus à son empreinte")
    return None


def _cut(heads: dict[str, AuditHead], stream: str, number: int, last: str) -> Altered | None:
    """Does a chain that was walked to `number` end as its head says?"""
    if not stream:
        return None
    head = heads.get(stream)
    if head is None or head.number < number:
        # Links were added since the heads were read, or rows were slipped in behind the head.
        head = AuditHead.objects.filter(pk=stream).first()
        if head is None:
            return Altered(stream, number, "la tête de sa chaîne manque")
        if head.number > number:
            return None
    if head.number > number:
        return Altered(stream, number + 1, "la chaîne a été coupée : elle manque")
    if head.number < number:
        return Altered(stream, head.number + 1, "elle a été ajoutée sans passer par la chaîne")
    return Altered(stream, number, "la tête de sa chaîne a été changée") if head.hash != last else None
