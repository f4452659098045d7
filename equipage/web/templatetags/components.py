"""The components of every screen. How to use each: `equipage/web/README.md`; how each looks: the page `/galerie/`.

Each tag reads dicts or any objects, so that a package below `web` needs no import to feed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from equipage.foundation import french
from equipage.foundation.workflow import REGISTRY
from equipage.web.icons import OF_TONE, PATHS
from equipage.web.pieces import cell, hundredths, initials, piece, share, tone_of

register = template.Library()
_HERE = "web/components/"


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "check" %}`: a drawing hidden from screen readers, always next to words."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', PATHS[name])


@register.simple_tag
def badge(state: Any, tone: str = "") -> SafeString:
    """`{% badge state %}` with a State of a workflow, or `{% badge "Validée" "ok" %}`."""
    label = getattr(state, "label", state)
    colour = tone_of(tone or getattr(state, "tone", "info"))
    return format_html('<span class="badge {}">{}</span>', colour, label)


@register.simple_tag
def state_badge(workflow: str, obj: Any) -> SafeString:
    """`{% state_badge "project" project %}`: the badge of the present state, straight from the workflow table."""
    table = REGISTRY[workflow]
    return badge(table.states[str(getattr(obj, table.field))])


_MESSAGE_TONES = {"success": "ok", "warning": "wait", "error": "stop"}


@register.filter
def message_tone(tags: str) -> str:
    """The tone of a message of Django (success, warning, error, info)."""
    return next((tone for tag, tone in _MESSAGE_TONES.items() if tag in tags.split()), "info")


@register.filter
def message_icon(tags: str) -> str:
    """The drawing that goes with that message."""
    return OF_TONE[message_tone(tags)]


@register.inclusion_tag(_HERE + "next_steps.html")
def next_steps(steps: Iterable[Any], label: str = "Le chemin") -> dict[str, Any]:
    """The path (bande de chemin). A step: label, state ("done", "now", "next"), note, url."""
    found = [piece(step, label="", state="next", note="", url="") for step in steps]
    said = {"done": "fait", "now": "en cours", "next": "à venir"}
    for step in found:
        step.said = said[step.state]
    return {"steps": found, "label": label}


@register.inclusion_tag(_HERE + "waiting.html")
def waiting(item: Any = None, **given: Any) -> dict[str, Any]:
    """Who waits for whom (carte d'attente). title, sentence, who, since, url, action, tag, tone, theirs, post, fields.

    `theirs=True`: the ball is elsewhere, no yellow edge. `post=True`: the button posts to `url` (with `fields`).
    """
    defaults = {"title": "", "sentence": "", "who": "", "since": None, "url": "", "action": "Ouvrir", "tag": ""}
    made = piece(item, given, **defaults, tone="wait", theirs=False, post=False, fields={}, main=False)
    made.hidden = list(made.fields.items())
    return {"it": made}


@register.inclusion_tag(_HERE + "gauge.html")
def gauge(value: Any, maximum: Any, **given: Any) -> dict[str, Any]:
    """A gauge with its reason (jauge). label, shown ("6 200 € sur 10 000 €"), sentence, second, keys, tone."""
    made = piece(None, given, label="", shown="", sentence="", second=0, keys=(), tone="", level=3)
    first = share(value, maximum)
    second = min(100.0 - first, share(made.second, maximum))
    made.first, made.start, made.rest = hundredths(first), hundredths(first), hundredths(second)
    made.keys = list(zip(("fill", "fill-2"), made.keys, strict=False))
    return {"it": made}


@register.inclusion_tag(_HERE + "progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    """`{% progress 7 9 "rubriques complètes" %}`: 7 of 9, with a bar."""
    return {"done": done, "total": total, "label": label, "width": hundredths(share(done, total))}


@register.simple_block_tag
def explanation(content: str, rule: str = "", url: str = "", source: str = "") -> SafeString:
    """`{% explanation rule="esp-clap · composition" url=… source="…" %}Une phrase.{% endexplanation %}`"""
    made = piece(None, rule=rule, url=url, source=source)
    return format_html('<div class="explain"><p>{}</p>{}</div>', content, _source_line(made))


@register.simple_tag
def why(reason: Any, url: str = "") -> SafeString:
    """`{% why explanation %}`: the Explanation that a rule answered, in one sentence with its source."""
    link = url or getattr(getattr(reason, "reference", None), "url", "") or ""
    made = piece(None, rule=getattr(reason, "rule_id", ""), url=link, source="")
    sentence = reason.sentence() if hasattr(reason, "sentence") else str(reason)
    return format_html('<div class="explain"><p>{}</p>{}</div>', french.typographic(sentence), _source_line(made))


def _source_line(made: Any) -> SafeString:
    if not (made.rule or made.source):
        return SafeString("")
    rule = format_html('<a href="{}">{}</a>', made.url, made.rule) if made.url and made.rule else made.rule
    lead = format_html("Règle {}", rule) if rule else SafeString("")
    joint = " · " if made.rule and made.source else ""
    source = format_html("source\u202f: {}", made.source) if made.source else ""
    return format_html('<p class="src">{}{}{}</p>', lead, joint, source)


@register.inclusion_tag(_HERE + "brief.html")
def brief(rows: Iterable[Any]) -> dict[str, Any]:
    """Finding, verdict, way out. A row: point, finding, verdict, tone, way_out, url, action."""
    names = {"point": "", "finding": "", "verdict": "", "tone": "info", "way_out": "", "url": "", "action": ""}
    return {"rows": [piece(row, **names) for row in rows]}


@register.inclusion_tag(_HERE + "timeline.html")
def timeline(events: Iterable[Any], label: str = "Fil des événements") -> dict[str, Any]:
    """The thread (fil). An event: at (moment), what, who, comment, tone, url."""
    names = {"at": None, "what": "", "who": "", "comment": "", "tone": "", "url": ""}
    return {"events": [piece(event, **names) for event in events], "label": label}


@register.inclusion_tag(_HERE + "piles.html")
def piles(items: Iterable[Any]) -> dict[str, Any]:
    """Clear, to look at, not ready. A pile: label, count, sentence, tone, url, cents."""
    names = {"label": "", "count": 0, "sentence": "", "tone": "info", "url": "", "cents": None}
    return {"piles": [piece(item, **names) for item in items]}


@register.inclusion_tag(_HERE + "empty.html")
def empty(title: str, sentence: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """An empty place says what will be here, and offers the first step."""
    return {"title": title, "sentence": sentence, "url": url, "action": action}


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    """`{% alert "stop" "Titre" %}…{% endalert %}`: a message of the page (info, ok, wait, stop)."""
    head = format_html("<h2>{}</h2>", title) if title else ""
    drawing = icon(OF_TONE[tone_of(tone)])
    return format_html('<div class="alert {}">{}<div>{}{}</div></div>', tone, drawing, head, content)


@register.inclusion_tag(_HERE + "facts.html")
def facts(pairs: Iterable[Any]) -> dict[str, Any]:
    """A definition list: pairs (term, value), or dicts with term and the keys of a cell (text, url, tone, note)."""
    found = []
    for pair in pairs:
        if isinstance(pair, dict):
            rest = {name: value for name, value in pair.items() if name != "term"}
            found.append((pair["term"], cell(rest)))
        else:
            found.append((pair[0], cell(pair[1])))
    return {"pairs": found}


@register.inclusion_tag(_HERE + "stat.html")
def stat(value: Any, label: str, note: str = "", url: str = "") -> dict[str, Any]:
    """One figure, its unit and what it opens on."""
    return {"value": value, "label": label, "note": note, "url": url}


@register.simple_tag
def money(cents: int | None, owed: bool = False) -> SafeString:
    """`{% money line.amount_cents %}`; with `True`, a predicted amount: said in words and dotted, never alike."""
    if not owed:
        return format_html('<span class="money">{}</span>', french.euros(cents))
    return format_html(
        '<span class="money owed">{}</span> <span class="muted small">estimation</span>', french.euros(cents)
    )


@register.inclusion_tag(_HERE + "person.html")
def person(item: Any = None, **given: Any) -> dict[str, Any]:
    """A person: name (or full_name), detail, url, uncertain."""
    made = piece(item, given, name="", full_name="", detail="", url="", uncertain=False)
    made.name = made.name or made.full_name
    made.initials = initials(made.name)
    return {"it": made}


@register.inclusion_tag(_HERE + "files.html")
def files(items: Iterable[Any]) -> dict[str, Any]:
    """Files to take away: title, url, kind ("PDF"), size (bytes), note."""
    return {"files": [piece(item, title="", url="", kind="", size=None, note="") for item in items]}


@register.inclusion_tag(_HERE + "pages.html", takes_context=True)
def pagination(context: Context, page: Any, noun: str = "ligne", parameter: str = "page") -> dict[str, Any]:
    """`{% pagination page "équipe" %}` of a Paginator page; filters in the address stay."""
    query = context["request"].GET
    other = {"page": page, "parameter": parameter, "counted": french.counted(page.paginator.count, noun)}
    for name, number in (("before", page.number - 1), ("after", page.number + 1)):
        copy = query.copy()
        copy[parameter] = str(number)
        other[name] = "?" + copy.urlencode()
    return other


@register.inclusion_tag(_HERE + "tabs.html")
def tabs(items: Iterable[Any], label: str = "Rubriques") -> dict[str, Any]:
    """Links that look like tabs: label, url, current, count."""
    return {"tabs": [piece(item, label="", url="", current=False, count=None) for item in items], "label": label}


@register.inclusion_tag(_HERE + "table.html")
def data_table(
    columns: Sequence[Any], rows: Iterable[Sequence[Any]], caption: str = "", total: Sequence[Any] = ()
) -> dict[str, Any]:
    """Head and rows once: a table on a desk, cards on a phone. A column: text, or dict(label, numeric).

    A cell: text, or dict(text, url, tone, note). `total` is the last row.
    """
    heads = [piece(c if not isinstance(c, str) else {"label": c}, label="", numeric=False) for c in columns]
    lines = [list(zip(heads, map(cell, row), strict=True)) for row in rows]
    last = list(zip(heads, map(cell, total), strict=True)) if total else []
    return {"heads": heads, "lines": lines, "last": last, "caption": caption}


@register.inclusion_tag(_HERE + "bar_chart.html")
def bar_chart(title: str, bars: Iterable[Any], head: str = "", unit: str = "", source: str = "") -> dict[str, Any]:
    """Bars inside their own table: label, value, shown (text of the value), note. `value=None` is masked."""
    found = [piece(bar, label="", value=0, shown="", note="") for bar in bars]
    highest = max((bar.value or 0 for bar in found), default=0)
    for bar in found:
        bar.width = hundredths(share(bar.value, highest))
        bar.shown = bar.shown or ("masqué, moins de 6" if bar.value is None else french.number(bar.value))
    return {"title": title, "bars": found, "head": head, "unit": unit, "source": source}


@register.inclusion_tag(_HERE + "action_bar.html")
def action_bar(actions: Iterable[Any], base: str, seen: str = "") -> dict[str, Any]:
    """The moves of `workflow.available(obj, user)` as buttons; each blocked one with its reasons.

    `base` is the address of the object's moves, ending with "/": a button posts to `{base}{name}/`; a move that needs
    a comment (or inputs) is a link there, where the page `web/confirm.html` asks. The first main move is the main one.
    `seen` goes with each button: what was on the page, for a verb that refuses to decide on anything else.
    """
    allowed: list[Any] = []
    blocked: list[Any] = []
    main_given = False
    for raw in actions:
        made = piece(raw, name="", label="", allowed=True, reasons=(), needs_comment=False, tone="main", asks=False)
        made.url = f"{base}{made.name}/"
        inputs = getattr(getattr(raw, "transition", None), "inputs", ())
        made.asks = bool(made.asks or made.needs_comment or inputs)
        made.look = {"main": "", "stop": "danger", "danger": "danger"}.get(made.tone, "ghost")
        if made.look == "" and made.allowed:
            made.look, main_given = ("ghost" if main_given else ""), True
        (allowed if made.allowed else blocked).append(made)
    return {"allowed": allowed, "blocked": blocked, "seen": seen}


@register.inclusion_tag(_HERE + "error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is left to mend, with a link to each field. `{{ form }}` already writes it."""
    wrong = [(form[name], form[name].errors) for name in form.fields if form[name].errors]
    return {"wrong": wrong, "others": form.non_field_errors(), "count": len(wrong) + len(form.non_field_errors())}


@register.simple_block_tag
def fieldset(content: str, legend: str) -> SafeString:
    """`{% fieldset "Votre équipe" %}…fields…{% endfieldset %}`"""
    return format_html('<fieldset class="group"><legend>{}</legend>{}</fieldset>', legend, content)


@register.inclusion_tag(_HERE + "form_buttons.html")
def form_buttons(
    label: str = "Enregistrer", cancel_url: str = "", tone: str = "main", cancel: str = "Annuler"
) -> dict[str, Any]:
    """The main button of a form and its way back."""
    look = {"main": "", "stop": "danger", "danger": "danger"}[tone]
    return {"label": label, "cancel_url": cancel_url, "cancel": cancel, "look": look}


@register.inclusion_tag(_HERE + "crumbs.html")
def breadcrumb(*pairs: str) -> dict[str, Any]:
    """`{% breadcrumb "Équipes" list_url "Équipe des Mauges" %}`: label, address, …, and the present page last."""
    crumbs = [(pairs[at], pairs[at + 1]) for at in range(0, len(pairs) - 1, 2)]
    return {"crumbs": crumbs, "here": pairs[-1] if len(pairs) % 2 else ""}


@register.inclusion_tag(_HERE + "copy_link.html")
def copy_link(url: str, label: str = "Lien à partager", key: str = "lien") -> dict[str, Any]:
    """A link to copy; without JavaScript the field can still be selected. `key` must be unique in the page."""
    return {"url": url, "label": label, "key": key}


@register.simple_tag
def saved(at: datetime | None = None) -> SafeString:
    """The line of an autosaved form: `<form data-autosave>…{% saved section.saved_at %}</form>`."""
    sentence = f"Enregistré à {french.time_of_day(at)}" if at else "Rien n'est encore écrit."
    return format_html('<p class="saved" role="status">{}</p>', french.typographic(sentence))
