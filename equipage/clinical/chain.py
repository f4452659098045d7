"""Adding to the journal of the vault, and proving that none of its lines was touched.

Called by every page that reads and every verb that writes, in the vault's transaction. A line holds a reference, a code
and numbers; `record` drops the comments of workflows, because a person could have written a name in one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from equipage.clinical.models import JournalEntry, JournalHead
from equipage.clinical.router import VAULT
from equipage.foundation.audit import label_of, plain

PLATFORM = "vault"

# What a line says, in words.
WORDS = {
    "read.patient": "Dossier ouvert",
    "read.names": "Nom affiché dans la liste",
    "read.card": "Fiche ouverte",
    "read.people": "Information et accords ouverts",
    "read.plan": "Plan ouvert",
    "read.version": "Version d'un plan ouverte",
    "read.compare": "Versions d'un plan comparées",
    "read.print": "Plan imprimé",
    "read.note": "Compte rendu ouvert",
    "read.journal": "Journal des lectures ouvert",
    "patient.create": "Dossier créé",
    "patient.edit": "Fiche modifiée",
    "patient.hand_over": "Dossier passé à une autre personne",
    "patient.export": "Dossier exporté",
    "patient.erase": "Dossier effacé",
    "plan.create": "Plan commencé",
    "plan.edit": "Plan modifié",
    "plan.freeze": "Version figée",
    "plan.review": "Revue notée",
    "plan.declare": "Action déclarée",
    "note.create": "Compte rendu écrit",
    "note.edit": "Compte rendu modifié",
    "keys.rotate": "Clés changées",
}


@dataclass(frozen=True)
class Altered:
    """The first line that does not match its proof."""

    stream: str
    number: int
    reason: str


def stream_of(team_id: int) -> str:
    """The chain of a team."""
    return f"team:{team_id}"


def note(
    what: str, patient: Any, actor: Any, *, about: models.Model | None = None, facts: dict[str, Any] | None = None
) -> JournalEntry:
    """One line about one patient's file. Inside the caller's transaction, or its own for a reading."""
    return _add(
        stream_of(patient.team_id),
        [_line(what, patient.pk, actor, _name_of(about) if about else "", facts)],
    )[0]


def note_names(patients: Iterable[Any], actor: Any) -> None:
    """One line for each file whose full name a list shows."""
    by_team: dict[int, list[JournalEntry]] = {}
    for patient in patients:
        by_team.setdefault(patient.team_id, []).append(_line("read.names", patient.pk, actor, "", None))
    for team_id, lines in by_team.items():
        _add(stream_of(team_id), lines)


def note_keys(facts: dict[str, Any]) -> None:
    """One line that concerns the whole vault."""
    _add(PLATFORM, [_line("keys.rotate", "", None, "", facts)])


class VaultJournal:
    """The journal of the vault's workflows, as `foundation.workflow.run` calls it."""

    def record(
        self,
        *,
        action: str,
        obj: Any,
        actor: Any,
        comment: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> JournalEntry:
        """One line for a move. The comment is left out on purpose."""
        facts = {"before": plain(before or {}), "after": plain(after or {})}
        if hasattr(obj, "professional_id"):
            facts["professional"] = obj.professional_id
        return note(action, obj.file, actor, about=obj, facts=facts)

    def last_of(self, obj: Any, actions: Collection[str]) -> tuple[str, Any] | None:
        """The last of these moves on a row, and the account that made it."""
        links = JournalEntry.objects.filter(
            stream=stream_of(obj.file.team_id), about=_name_of(obj), what__in=sorted(actions)
        ).order_by("-id")
        last = links.values_list("what", "user_id").first()
        return (last[0], last[1]) if last else None


JOURNAL = VaultJournal()


def _name_of(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def _line(what: str, patient: str, actor: Any, about: str, facts: dict[str, Any] | None) -> JournalEntry:
    return JournalEntry(
        at=timezone.now(),
        user_id=getattr(actor, "pk", None),
        who=label_of(actor),
        what=what,
        patient=patient,
        about=about,
        facts=plain(facts or {}),
    )


def _add(stream: str, lines: list[JournalEntry]) -> list[JournalEntry]:
    with transaction.atomic(using=VAULT):
        JournalHead.objects.bulk_create([JournalHead(stream=stream)], ignore_conflicts=True)
        head = JournalHead.objects.select_for_update().get(pk=stream)
        for line in lines:
            line.stream, line.number, line.previous_hash = stream, head.number + 1, head.hash
            line.hash = link_hash(line)
            head.number, head.hash = line.number, line.hash
        JournalEntry.objects.bulk_create(lines)
        JournalHead.objects.filter(pk=stream).update(number=head.number, hash=head.hash)
    return lines


def link_hash(line: JournalEntry) -> str:
    """SHA-256 of the canonical text of a line and the hash of the one before."""
    content = {
        "stream": line.stream,
        "number": line.number,
        "at": plain(line.at),
        "user": line.user_id,
        "who": line.who,
        "what": line.what,
        "patient": line.patient,
        "about": line.about,
        "facts": line.facts,
        "previous": line.previous_hash,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Altered | None:
    """Walk every chain: None, or the first line that was altered, added or taken away."""
    heads = {head.stream: head for head in JournalHead.objects.order_by("stream")}
    seen: dict[str, tuple[int, str]] = {}
    for line in JournalEntry.objects.order_by("stream", "number").iterator(chunk_size=2000):
        number, previous = seen.get(line.stream, (0, ""))
        if line.number != number + 1:
            return Altered(line.stream, number + 1, "elle manque")
        if line.previous_hash != previous or link_hash(line) != line.hash:
            return Altered(line.stream, line.number, "son contenu ne correspond plus à son empreinte")
        seen[line.stream] = (line.number, line.hash)
    for stream in sorted({*heads, *seen}):
        head, end = heads.get(stream), seen.get(stream, (0, ""))
        if head is None or (head.number, head.hash) != end:
            return Altered(stream, end[0] + 1, "la chaîne ne finit plus où sa tête le dit")
    return None


def words(what: str, labels: dict[str, str]) -> str:
    """A line in words; `labels` are those of the moves of the workflows."""
    return WORDS.get(what) or labels.get(what, what)
