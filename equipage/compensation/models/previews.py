"""What a draft scale would change, as it was computed one day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.foundation.policies import VisibleQuerySet


class ScalePreview(models.Model):
    """A replay of last year's actions and of this year's under a draft (aperçu d'un barème): what the adopter saw.

    `rates_hash` is that of the rates and ceilings replayed, and of the scale they were compared with: another hash
    says that it is out of date. `figures` are cents by identifier, without any name. Once computed it never changes.
    """

    scale = models.ForeignKey("compensation.Scale", models.PROTECT, related_name="previews")
    rates_hash = models.CharField("empreinte des tarifs", max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandé le")
    total = models.PositiveIntegerField("actions à rejouer")
    done = models.PositiveIntegerField("actions rejouées", default=0)
    computed_at = models.DateTimeField("calculé le", null=True, blank=True)
    figures = models.JSONField("chiffres", default=dict, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "aperçu d'un barème"
        verbose_name_plural = "aperçus de barèmes"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="preview_done", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="preview_whole_once_computed", condition=Q(computed_at__isnull=True) | Q(done=F("total"))
            ),
        ]

    def __str__(self) -> str:
        return f"aperçu de {self.scale_id}"
