"""What stops robots on a public form, without a third party: a box that people do not see, and the time it takes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils import timezone

from equipage.foundation.french import typographic

FEWEST_SECONDS, MOST_SECONDS = 3, 24 * 3600
TRAP, OPENED = "site_web", "ouvert"


class GuardedForm(forms.Form):
    """A public form. Its template includes `support/guard.html`; what a robot does is refused in words for people."""

    salt: ClassVar[str]

    def clean(self) -> dict[str, Any]:
        """Refuse what people do not do; what was typed stays, so that the odd person sends it again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get(TRAP, ""):
            raise forms.ValidationError(
                typographic("Une case réservée aux robots est remplie, peut-être par votre navigateur. Recommencez.")
            )
        seconds = self._seconds()
        if seconds is None or seconds > MOST_SECONDS:
            raise forms.ValidationError(
                typographic(
                    "Cette page est restée ouverte trop longtemps. Ce que vous avez écrit est toujours là : "
                    "envoyez-le à nouveau."
                )
            )
        if seconds < FEWEST_SECONDS:
            raise forms.ValidationError(
                f"Ces réponses sont parties en moins de {FEWEST_SECONDS} secondes, comme celles d'un robot. "
                "Relisez-les, puis envoyez-les à nouveau."
            )
        return cleaned

    @property
    def opened(self) -> str:
        """When the page was shown first, signed; afresh when what came back is no longer good."""
        seconds = self._seconds()
        if seconds is not None and seconds <= MOST_SECONDS:
            return str(self.data[OPENED])
        return signing.dumps(int(timezone.now().timestamp()), salt=self.salt)

    def _seconds(self) -> int | None:
        """How long ago the page was shown; None where nothing says it, or where it was forged."""
        try:
            shown = signing.loads(str(self.data.get(OPENED, "")), salt=self.salt)
        except signing.BadSignature:
            return None
        return int(timezone.now().timestamp()) - int(shown)
