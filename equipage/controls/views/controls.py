"""Pages of one control: asked, answered in three gestures, announced, heard, decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.compensation.models import ClaimLine
from equipage.controls.actors import answers_for
from equipage.controls.forms import AnnounceForm, AnswerForm, WordsForm
from equipage.controls.lists import ControlListing
from equipage.controls.policies import EVIDENCE
from equipage.controls.rules import CORRECTED, due_after
from equipage.controls.selectors import (
    controls_of_person,
    controls_seen,
    files_of,
    label_of,
    moves_of,
    thread_of,
    who_has,
)
from equipage.controls.services import controls as verbs
from equipage.controls.services.money import lines_of
from equipage.controls.states import CONTROL
from equipage.coordination.selectors import presences_of
from equipage.coordination.selectors.proof import proof_of
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.attachments import content_of
from equipage.foundation.documents.models import Attachment
from equipage.foundation.french import day
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL

control_list = access(*ASSOCIATION_ROLES)(listing_view(ControlListing, "funding/listing.html"))


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """The controls of my teams and of my actions."""
    rows = [{"row": row, "label": label_of(row), "who": who_has(row)} for row in controls_of_person(request.user)[:100]]
    return render(request, "controls/mine.html", {"controls": rows})


def _seen(request: HttpRequest, control_id: int) -> Any:
    return get_object_or_404(controls_seen(request.user), pk=control_id)


@access(SIGNED_IN)
def control(request: HttpRequest, control_id: int) -> HttpResponse:
    """One control on one page: the action, its proof, what was asked and said, the decision, and what may be done."""
    row = _seen(request, control_id)
    user: Any = request.user
    seen = ClaimLine.objects.visible_to(user).filter(action_id=row.action_id)
    lines = list(seen.select_related("professional").order_by("pk"))
    context = {
        "row": row,
        "label": label_of(row),
        "own": answers_for(user, row),
        "who": who_has(row),
        "standing": row.standing(),
        "thread": thread_of(row),
        "files": _files(row),
        "proof": proof_of(row.action, user, presences_of(row.action)),
        "lines": lines,
        "changes": _changes(row, lines),
        "moves": moves_of(row, user),
    }
    return render(request, "controls/control.html", context)


def _files(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "title": file.name,
            "url": reverse("controls:evidence", args=[file.pk]),
            "kind": file.extension.upper(),
            "size": file.size,
            "note": "" if file.openable else "en cours d'examen, ou refusée par l'antivirus",
        }
        for file in files_of(row)
    ]


def _changes(row: Any, lines: list[Any]) -> list[tuple[Any, int]]:
    """What the announced correction would write, on the lines that this person may see."""
    if row.outcome != CORRECTED or row.state not in ("announced", "replied"):
        return []
    announced = row.correction.get("changes") or {}
    return [(line, announced[str(line.pk)]) for line in lines if str(line.pk) in announced]


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, control_id: int, move: str) -> HttpResponse:
    """One move: at once, or after a sentence. Another person's is 404; one that is over is said."""
    row = _seen(request, control_id)
    if move not in _PAGES:
        raise Http404
    offered = {found["name"]: found for found in moves_of(row, request.user)}
    if move not in offered:
        if not any(CONTROL.transitions[name].who.test(request.user, row) for name in _NAMED[move]):
            raise Http404
        messages.info(request, f"Ce n'est plus possible : le contrôle est « {row.get_state_display()} ».")
        return redirect("controls:control", row.pk)
    if not offered[move]["allowed"]:
        messages.error(request, " ".join(offered[move]["reasons"]))
        return redirect("controls:control", row.pk)
    return _PAGES[move](request, row)


def _extend(request: HttpRequest, row: Any) -> HttpResponse:
    if request.method == "POST":
        try:
            moved = verbs.extend(row, actor=request.user)
            messages.success(request, f"Le délai est prolongé jusqu'au {day(moved.due_on)}.")
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("controls:control", row.pk)


def _answer(request: HttpRequest, row: Any) -> HttpResponse:
    """Photo, send: the card of the home page leads here."""
    form = AnswerForm(request.POST, request.FILES) if request.method == "POST" else AnswerForm()
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            verbs.answer(row, actor=request.user, words=given["words"], file=given["file"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            name = "reply" if row.state == "announced" else "answer"
            messages.success(request, CONTROL.transitions[name].done)
            return redirect("controls:control", row.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "row": row, "label": label_of(row), "replies": row.state == "announced"}
    return render(request, "controls/answer.html", context, status=status)


def _announce(request: HttpRequest, row: Any) -> HttpResponse:
    people = [(line.pk, line.professional.full_name) for line in lines_of(row)]
    form = AnnounceForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            moved = verbs.announce(row, actor=request.user, **form.announced())
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"L'équipe peut répondre jusqu'au {day(moved.due_on)}. Rien n'est encore décidé.")
            return redirect("controls:control", row.pk)
    context = {
        "form": form,
        "row": row,
        "label": label_of(row),
        "thread": thread_of(row),
        "until": due_after(today(), row.draw.plan.reply_days),
    }
    return render(request, "controls/announce.html", context, status=422 if request.method == "POST" else 200)


def _with_words(
    request: HttpRequest, row: Any, heading: str, consequences: list[str], button: str, *, verb: Callable[[str], Any]
) -> HttpResponse:
    """A sentence that the team reads, and what follows from it said before."""
    form = WordsForm(request.POST or None, missing="Écrivez une phrase : l'équipe la lira.")
    if request.method == "POST" and form.is_valid():
        try:
            moved = verb(form.cleaned_data["words"])
        except Refused as refused:
            form.add_error("words" if refused.field else None, refused.sentence)
        else:
            messages.success(request, f"C'est écrit : {moved.get_state_display().lower()}. L'équipe est prévenue.")
            return redirect("controls:control", row.pk)
    context = {
        "heading": heading,
        "sentence": f"{label_of(row)} du {day(row.action.held_on)}, {row.team.name}.",
        "consequences": consequences,
        "form": form,
        "button": button,
        "tone": "main",
        "cancel_url": row.moves_base,
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _in_order(request: HttpRequest, row: Any) -> HttpResponse:
    told = [
        "Le contrôle est clos.",
        "Les lignes de l'action ne sont plus retenues.",
        "L'équipe en sera moins contrôlée.",
    ]

    def verb(words: str) -> Any:
        return verbs.find_in_order(row, actor=request.user, decision=words)

    return _with_words(request, row, "Conclure « en ordre »", told, "Conclure", verb=verb)


def _confirm(request: HttpRequest, row: Any) -> HttpResponse:
    told = ["Le résultat est définitif : l'équipe lit votre réponse à ses observations."]
    if row.outcome == CORRECTED:
        told.append("Une contre-écriture est écrite à côté de chaque ligne qui change.")
    else:
        told.append("L'action est contre-passée : rien n'est payé pour elle, ce qui est versé est repris.")
    told.append("Chaque personne peut contester sa ligne depuis « Mon argent ».")

    def verb(words: str) -> Any:
        return verbs.confirm(row, actor=request.user, decision=words)

    return _with_words(request, row, "Rendre le résultat définitif", told, "Décider", verb=verb)


def _cancel(request: HttpRequest, row: Any) -> HttpResponse:
    told = ["Le contrôle se termine sans résultat.", "Les lignes de l'action ne sont plus retenues."]

    def verb(words: str) -> Any:
        return verbs.cancel(row, actor=request.user, reason=words)

    return _with_words(request, row, "Annuler ce contrôle", told, "Annuler le contrôle", verb=verb)


_PAGES: dict[str, Callable[[HttpRequest, Any], HttpResponse]] = {
    "answer": _answer,
    "extend": _extend,
    "announce": _announce,
    "find_in_order": _in_order,
    "confirm": _confirm,
    "cancel": _cancel,
}
_NAMED = {
    **{name: (name,) for name in ("answer", "extend", "announce", "find_in_order", "cancel")},
    "confirm": ("confirm_corrected", "confirm_not_in_order"),
}


@access(SIGNED_IN)
def evidence(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Download a piece; always as a file, never shown inside our pages, and never before the antivirus."""
    rows = Attachment.objects.visible_to(request.user).filter(kind=EVIDENCE).select_related("examination")
    found = get_object_or_404(rows, pk=attachment_id)
    try:
        content = content_of(found)
    except Refused as refused:
        messages.info(request, refused.sentence)
        return redirect("controls:control", found.about.rpartition(":")[2])
    response = HttpResponse(content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="piece-{found.pk}.{found.extension}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
