"""The one exception that a verb raises when a person can mend what is wrong."""

from __future__ import annotations


class Refused(ValueError):
    """A request is refused (refus) with one French sentence: what, where, and how to mend it.

    `field` names the form field concerned, so that a view can put the sentence beside it.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
