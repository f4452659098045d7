"""The refusal of a file that cannot be cleaned."""

from __future__ import annotations

from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused


class Unclean(Refused):
    """A file that cannot be read whole and safely; `sentence` begins after its name (« est protégé… »)."""

    def about(self, name: str, field: str | None) -> Refused:
        """The refusal as the sender reads it, with the name of the file and the field that held it."""
        return Refused(typographic(f"Le fichier « {name} » {self.sentence}"), field=field)
