"""What happened in the demo, written at the end as audit links in the order of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from equipage.foundation import audit
from equipage.foundation.audit.chain import chain_in_bulk, label_of, stream_of
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.workflow import Workflow

_CONTEXT = {"command": "seed_demo"}


class Journal:
    """Links waiting to be chained."""

    def __init__(self) -> None:
        self._links: list[AuditEntry] = []

    def note(
        self,
        at: datetime,
        action: str,
        obj: Any,
        actor: Any,
        *,
        comment: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        stream: str = "",
    ) -> None:
        """One decision about a row that is already written."""
        self._links.append(
            AuditEntry(
                stream=stream or stream_of(obj),
                at=at,
                actor=actor,
                actor_label=label_of(actor),
                action=action,
                about=audit.about(obj),
                comment=comment,
                before=before or {},
                after=after or {},
                context=_CONTEXT,
            )
        )

    def move(
        self,
        at: datetime,
        workflow: Workflow,
        obj: Any,
        name: str,
        actor: Any,
        *,
        comment: str = "",
        source: str = "",
        stream: str = "",
        **data: Any,
    ) -> None:
        """One transition, as `workflow.run` writes it; the values are those the row holds now, or `data`."""
        transition = workflow.transitions[name]
        named = {column: getattr(obj, column) for column in transition.sets if column not in data}
        self.note(
            at,
            f"{workflow.name}.{name}",
            obj,
            actor,
            comment=comment,
            before={workflow.field: source or transition.sources[0]},
            after={workflow.field: transition.target, **audit.plain({**named, **data})},
            stream=stream,
        )

    def write(self) -> int:
        """Chain everything; how many links."""
        self._links.sort(key=lambda link: link.at)
        written = len(chain_in_bulk(self._links))
        self._links = []
        return written
