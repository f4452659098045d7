"""Continuous numbers (numéros de dossier, d'enregistrement, d'écriture): no hole, no double, even under load."""

from __future__ import annotations

from django.db import models, transaction

from equipage.foundation.policies import VisibleQuerySet


class Counter(models.Model):
    """The last number given under a name; its row is locked until the transaction that took the number ends."""

    name = models.CharField("compteur", max_length=60, primary_key=True)
    last = models.PositiveBigIntegerField("dernier numéro", default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        app_label = "foundation"
        verbose_name = "compteur"

    def __str__(self) -> str:
        return f"{self.name} : {self.last}"


def next_number(name: str, *, count: int = 1) -> int:
    """Take the next number under `name` (or `count` numbers; the first is returned), inside the caller's transaction.

    If the transaction is undone, so is the number: the sequence has no hole.
    """
    if count < 1:
        raise ValueError("On prend au moins un numéro.")
    with transaction.atomic():
        Counter.objects.bulk_create([Counter(name=name)], ignore_conflicts=True)
        counter = Counter.objects.select_for_update().get(pk=name)
        counter.last += count
        counter.save(update_fields=["last"])
    return counter.last - count + 1


def hold_numbers(name: str) -> int:
    """Keep others from taking a number under `name` until the transaction ends. Returns the last number given."""
    Counter.objects.bulk_create([Counter(name=name)], ignore_conflicts=True)
    return Counter.objects.select_for_update().get(pk=name).last
