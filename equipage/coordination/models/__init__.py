"""What they do together: actions, presences, hours told twice, counter-entries. Patients are counted, never named."""

from equipage.coordination.models.action import Action
from equipage.coordination.models.corrections import CounterEntry
from equipage.coordination.models.overlaps import Overlap
from equipage.coordination.models.presence import Guest, Presence

__all__ = ["Action", "CounterEntry", "Guest", "Overlap", "Presence"]
