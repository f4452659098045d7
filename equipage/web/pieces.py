"""What components are fed with: a dict or any object, read with defaults, so that no template meets a hole."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.utils.functional import Promise

TONES = ("ok", "wait", "stop", "info", "quiet")


def piece(raw: Any, given: Mapping[str, Any] | None = None, /, **defaults: Any) -> SimpleNamespace:
    """The fields named by `defaults`, read from `raw` (dict, object or None), `given` having the last word.

    Raises TypeError when a dict or `given` holds a name that the component does not know: a typing error must not
    make a page that silently misses its sentence.
    """
    values = dict(defaults)
    if isinstance(raw, Mapping):
        _refuse_strangers(raw, defaults)
        values.update(raw)
    elif raw is not None:
        values.update({name: getattr(raw, name) for name in defaults if hasattr(raw, name)})
    if given:
        _refuse_strangers(given, defaults)
        values.update(given)
    return SimpleNamespace(**values)


def _refuse_strangers(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    strangers = sorted(set(raw) - set(defaults))
    if strangers:
        raise TypeError(f"Ce composant ne connaît pas {strangers} ; il connaît {sorted(defaults)}.")


def tone_of(tone: str) -> str:
    """A known tone. Raises ValueError otherwise: a colour is never chosen by a spelling mistake."""
    if tone not in TONES:
        raise ValueError(f"La teinte « {tone} » n'existe pas : {', '.join(TONES)}.")
    return tone


def share(value: Any, maximum: Any) -> float:
    """`value` in hundredths of `maximum`, between 0 and 100; an empty maximum gives 0."""
    if not maximum:
        return 0.0
    return min(100.0, max(0.0, 100.0 * float(value or 0) / float(maximum)))


def hundredths(value: float) -> str:
    """A number for an SVG attribute: a point, no thousands, whatever the language of the page."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def initials(name: str) -> str:
    """ "CM" of "Claire Moreau"; a title ("Dr") is not a name."""
    words = [word for word in name.split() if word.lower().rstrip(".") not in {"dr", "m", "mme", "pr"}]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def cell(raw: Any) -> SimpleNamespace:
    """A cell of a table: plain text, or a dict with text, url, tone (a badge), note, numeric."""
    if isinstance(raw, Mapping):
        return piece(raw, text="", url="", tone="", note="")
    text = raw if isinstance(raw, str | Promise) else ("" if raw is None else raw)
    return SimpleNamespace(text=text, url="", tone="", note="")
