"""Which package answers for a kind of document: it alone knows who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from equipage.foundation.policies import NOTHING, visibility

Visible = Callable[[Any], Q]

_documents: dict[str, Visible] = {}
_attachments: dict[str, Visible] = {}
# Kinds of attachments kept byte for byte, and why.
_as_they_are: dict[str, str] = {}


class KindMissing(LookupError):
    """Nobody answers for this kind of document: a programming error."""


def register_kind(kind: str, *, visible: Visible) -> None:
    """Answer for the documents of `kind` ("agreements.convention"): `visible(user)` is a Q over Document.

    A Q must not multiply rows; `about_any(Team.objects.visible_to(user))` is the usual one.
    """
    _register(_documents, kind, visible)


def register_attachment_kind(kind: str, *, visible: Visible, as_it_is: str = "") -> None:
    """Answer for the attachments of `kind`: `visible(user)` is a Q over Attachment.

    Every file is cleaned before it is kept, but those of a kind with a reason in `as_it_is`: a document that carries an
    electronic signature, or whose hash was written elsewhere, would be broken by the first byte that changes.
    """
    _register(_attachments, kind, visible)
    if as_it_is:
        _as_they_are[kind] = as_it_is


def kept_as_it_is(kind: str) -> bool:
    """Are the files of `kind` kept byte for byte?"""
    return kind in _as_they_are


def about_any(rows: models.QuerySet[Any]) -> Q:
    """What is about one of `rows`, in the words of `equipage.foundation.audit.about` ("teams.team:12")."""
    name = Concat(Value(f"{rows.model._meta.label_lower}:"), Cast("pk", CharField()), output_field=CharField())
    return Q(about__in=rows.order_by().values_list(name, flat=True))


def require_kind(kind: str, *, attachment: bool = False) -> None:
    """Raises KindMissing when nobody answers for `kind`."""
    if kind not in (_attachments if attachment else _documents):
        raise KindMissing(f"Personne ne répond des documents de nature {kind} : register_kind({kind!r}, visible=…).")


@visibility("foundation.Document")
def documents_visible(user: Any) -> Q:
    """What the owner of each kind lets `user` see."""
    return _visible(_documents, user)


@visibility("foundation.Attachment")
def attachments_visible(user: Any) -> Q:
    """What the owner of each kind lets `user` see."""
    return _visible(_attachments, user)


@visibility("foundation.Examination")
def examinations_visible(user: Any) -> Q:
    """Of the files that `user` sees."""
    attachments = apps.get_model("foundation", "Attachment")._default_manager
    return Q(attachment__in=attachments.filter(_visible(_attachments, user)).order_by().values("pk"))


def _register(kinds: dict[str, Visible], kind: str, visible: Visible) -> None:
    if kind in kinds:
        raise ValueError(f"La nature de document {kind} est déclarée deux fois.")
    kinds[kind] = visible


def _visible(kinds: dict[str, Visible], user: Any) -> Q:
    seen = NOTHING
    for kind, visible in sorted(kinds.items()):
        seen |= Q(kind=kind) & visible(user)
    return seen
