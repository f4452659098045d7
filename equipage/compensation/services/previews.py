"""What a draft would change (aperçu): asked for, computed at once or by a job when it is long, kept as it was seen."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import Scale, ScalePreview
from equipage.compensation.replaying import (
    Rates,
    compare,
    count_of,
    figures_of,
    material_of,
    rates_of,
    reference_of,
)
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

# Up to so many actions the page computes the replay itself: under two seconds.
AT_ONCE = 4_000
NOTHING = Rates("aucun barème", ())


def before_of(scale: Scale) -> Rates:
    """What a draft is compared with."""
    found = reference_of(scale.organisation, but=scale)
    return rates_of(found) if found is not None else NOTHING


def hash_of(scale: Scale) -> str:
    """The SHA-256 of what a preview depends on: the rates and ceilings of the draft, and the scale beside it."""
    rates = [
        [str(getattr(row, column)) for column in _COLUMNS]
        for row in scale.rates.order_by("action_code", "profession_group")
    ]
    against = reference_of(scale.organisation, but=scale)
    content = [rates, scale.cap_person_year_cents, against.pk if against else None]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


_COLUMNS = (
    "action_code",
    "profession_group",
    "unit",
    "amount",
    "min_quantity",
    "max_quantity",
    "cap_person_year_cents",
    "cap_action_cents",
    "cap_team_year_cents",
    "min_participants",
    "rounding",
    "shared_by",
    "points",
    "percent",
)


def last_preview(scale: Scale) -> ScalePreview | None:
    """The last preview that was asked for, computed or not."""
    return scale.previews.order_by("-id").first()


def last_computed(scale: Scale) -> ScalePreview | None:
    """The last preview that has figures."""
    return scale.previews.filter(computed_at__isnull=False).select_related("asked_by").order_by("-id").first()


def is_fresh(scale: Scale, preview: ScalePreview | None) -> bool:
    """Whether a preview was computed from the rates as they are now."""
    return preview is not None and preview.computed_at is not None and preview.rates_hash == hash_of(scale)


def ask_preview(scale: Scale, *, actor: Any) -> ScalePreview:
    """Open a preview of a draft; it is computed by `compute_preview`. Raises Refused for a scale that is no draft."""
    decision = can(actor, "compensation.preview_scale", scale.organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if scale.state != "draft":
        raise Refused("Ce barème n'est plus un brouillon : son aperçu reste celui qu'on a vu.")
    return ScalePreview.objects.create(
        scale=scale,
        rates_hash=hash_of(scale),
        asked_by=actor,
        asked_at=timezone.now(),
        total=count_of(scale.organisation),
    )


def compute_preview(preview: ScalePreview) -> ScalePreview:
    """Replay and keep the figures, once: a second passage changes nothing. Progress is written as it goes."""
    if preview.computed_at is not None:
        return preview
    scale = Scale.objects.select_related("organisation").get(pk=preview.scale_id)
    asked = hash_of(scale)
    material = material_of(scale.organisation)

    def progress(done: int) -> None:
        ScalePreview.objects.filter(pk=preview.pk, computed_at=None, total__gte=done).update(done=done)

    long = len(material.actions) > AT_ONCE
    compared = compare(material, before_of(scale), rates_of(scale), progress if long else None)
    with transaction.atomic():
        row = ScalePreview.objects.select_for_update(of=("self",)).get(pk=preview.pk)
        if row.computed_at is None:
            row.figures, row.rates_hash = figures_of(compared), asked
            row.total = row.done = compared.actions
            row.computed_at = timezone.now()
            row.save(update_fields=["figures", "rates_hash", "total", "done", "computed_at"])
    return row
