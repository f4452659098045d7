"""Keeping a file that was handed in: checked, cleaned, examined; and giving it back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation.documents import scanning
from equipage.foundation.documents.cleaning import Unclean, clean
from equipage.foundation.documents.kinds import kept_as_it_is, require_kind
from equipage.foundation.documents.models import Attachment
from equipage.foundation.documents.storing import DocumentAltered, keep, place_of, read
from equipage.foundation.documents.uploads import MAX_BYTES, HandedIn, Upload, check_upload
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused


def take_upload(
    file: HandedIn,
    *,
    kind: str,
    about: str,
    actor: Any,
    region: str = "",
    allowed: Collection[str] = ("pdf", "jpeg", "png"),
    max_bytes: int = MAX_BYTES,
    picture_bytes: int | None = None,
    field: str | None = None,
    also: Callable[[Attachment], None] | None = None,
) -> Attachment:
    """Check a file of a form and keep it. Raises Refused with the sentence for its sender, and `field`.

    `also` runs in the transaction that writes the row: what is proved with it, what must still hold. Cleaning a large
    photo takes about a second: never inside a transaction.
    """
    upload = check_upload(file, allowed, max_bytes, picture_bytes=picture_bytes, field=field)
    return keep_upload(upload, file, kind=kind, about=about, actor=actor, region=region, field=field, also=also)


def keep_upload(
    upload: Upload,
    file: HandedIn,
    *,
    kind: str,
    about: str,
    actor: Any,
    region: str = "",
    field: str | None = None,
    also: Callable[[Attachment], None] | None = None,
) -> Attachment:
    """Keep a file that `check_upload` accepted, cleaned, under the hash of what is kept; then have it examined.

    A kind registered with `as_it_is` is kept byte for byte. Raises KindMissing, and Refused when the file cannot be
    read whole: then nothing is kept.
    """
    require_kind(kind, attachment=True)
    file.seek(0)
    content = file.read()
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise DocumentAltered(f"Le fichier « {upload.name} » a changé entre son contrôle et sa garde.")
    if not kept_as_it_is(kind):
        try:
            content = clean(content, upload.extension)
        except Unclean as unclean:
            raise unclean.about(upload.name, field) from unclean
    sha256 = hashlib.sha256(content).hexdigest()
    keep(place_of(sha256, upload.extension), content)
    with transaction.atomic():
        attachment = Attachment.objects.create(
            kind=kind,
            about=about,
            region=region,
            name=upload.name,
            media_type=upload.media_type,
            size=len(content),
            sha256=sha256,
            uploaded_at=timezone.now(),
            uploaded_by=actor if getattr(actor, "pk", None) else None,
        )
        attachment.examination = scanning.begin(attachment)
        if also is not None:
            also(attachment)
    return attachment


def content_of(attachment: Attachment) -> bytes:
    """The bytes of an attachment, checked.

    Raises Refused while the antivirus has not answered, or when it refused the file; DocumentAltered when the bytes are
    lost or changed.
    """
    if attachment.state == "refused":
        raise Refused(
            typographic(
                f"La pièce « {attachment.name} » n'a pas été gardée : l'antivirus y a trouvé quelque chose de "
                "dangereux."
            )
        )
    if not attachment.openable:
        raise Refused(
            typographic(
                f"La pièce « {attachment.name} » passe l'antivirus : elle s'ouvrira dans quelques minutes. "
                "Rechargez la page un peu plus tard."
            )
        )
    content = read(place_of(attachment.sha256, attachment.extension))
    if content is None or hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise DocumentAltered(f"Pièce jointe {attachment.pk} : le fichier gardé manque ou a changé.")
    return content
