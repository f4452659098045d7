"""The one exception that a verb raises when a person can mend what is wrong, and where its sentence is read."""

from __future__ import annotations

from typing import Any


class Refused(ValueError):
    """A request is refused (refus) with one French sentence: what, where, and how to mend it.

    `field` names the form field concerned, so that a view can put the sentence beside it.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


def refuse_on(form: Any, refused: Refused, field: str | None = None) -> None:
    """Put the sentence beside its field, or on top of the form; each reason of a blocked move on its own line."""
    name = field or refused.field
    for reason in getattr(refused, "reasons", (refused.sentence,)):
        form.add_error(name if name in form.fields else None, reason)
