"""Pages of disputes: « Un doute ? » from a line, « Mes doutes », the association's list and its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import line_label
from equipage.compensation.services.adjustments import compute, facts_of, first_of
from equipage.disputes.forms import AnswerForm, DoubtForm, WordsForm, given_times
from equipage.disputes.lists import DisputeListing
from equipage.disputes.models import Dispute
from equipage.disputes.rules import due_on
from equipage.disputes.selectors import disputes_seen, kinds_of, mine_of, moves_of, thread_of, who_has
from equipage.disputes.services import disputes as verbs
from equipage.disputes.states import DISPUTE
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import day
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL

dispute_list = access(*ASSOCIATION_ROLES)(listing_view(DisputeListing, "funding/listing.html"))


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """My doubts, the last first, each with its day and who has the ball."""
    person: Any = request.user.professional_or_none  # type: ignore[union-attr]
    return render(request, "disputes/mine.html", {"disputes": mine_of(person)})


@access(PROFESSIONAL, writes=True)
def open_dispute(request: HttpRequest, line_id: int) -> HttpResponse:
    """« Un doute ? »: a reason, words if need be, send. A line already disputed leads to its dispute."""
    rows = ClaimLine.objects.visible_to(request.user).select_related("action__team", "organisation", "team")
    line = get_object_or_404(rows, pk=line_id)
    known = Dispute.objects.visible_to(request.user).filter(line=line).exclude(state="withdrawn").first()
    if known is not None:
        return redirect("disputes:dispute", known.pk)
    if not can(request.user, "disputes.open", line).allowed:
        raise Http404
    form = DoubtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.open_dispute(line, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"C'est envoyé. L'association répond avant le {day(made.answer_due_on)}.")
            return redirect("disputes:dispute", made.pk)
    context = {"form": form, "line": line, "label": line_label(line), "due": due_on(today())}
    return render(request, "disputes/open.html", context, status=422 if request.method == "POST" else 200)


def _seen(request: HttpRequest, dispute_id: int) -> Any:
    return get_object_or_404(disputes_seen(request.user), pk=dispute_id)


def _is_own(user: Any, row: Any) -> bool:
    person = user.professional_or_none
    return person is not None and person.pk == row.professional_id


@access(SIGNED_IN)
def dispute(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One dispute: what was said, by when, the outcome and its counter-entry."""
    row = _seen(request, dispute_id)
    context = {
        "row": row,
        "label": line_label(row.line),
        "own": _is_own(request.user, row),
        "thread": thread_of(row),
        "who": who_has(row),
        "standing": row.standing(),
        "moves": moves_of(row, request.user),
    }
    return render(request, "disputes/dispute.html", context)


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, dispute_id: int, move: str) -> HttpResponse:
    """Withdraw at once, reopen with words, or answer."""
    row = _seen(request, dispute_id)
    offered = {found["name"]: found for found in moves_of(row, request.user)}
    if move not in ("withdraw", "reopen", "repondre"):
        raise Http404
    if move not in offered:
        return _gone(request, row, move)
    if move == "repondre":
        return _answer(request, row)
    return _reopen(request, row) if move == "reopen" else _withdraw(request, row)


def _gone(request: HttpRequest, row: Any, move: str) -> HttpResponse:
    """Not this person's: 404. Theirs, but no longer: said, and back to the page."""
    who = {"withdraw": DISPUTE.transitions["withdraw"], "reopen": DISPUTE.transitions["reopen"]}
    actor = who.get(move, DISPUTE.transitions["keep"]).who
    if not actor.test(request.user, row):
        raise Http404
    messages.info(request, f"Ce n'est plus possible : la contestation est « {row.get_state_display()} ».")
    return redirect("disputes:dispute", row.pk)


def _withdraw(request: HttpRequest, row: Any) -> HttpResponse:
    if request.method == "POST":
        try:
            verbs.withdraw(row, actor=request.user)
            messages.success(request, DISPUTE.transitions["withdraw"].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("disputes:dispute", row.pk)


def _reopen(request: HttpRequest, row: Any) -> HttpResponse:
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.reopen(row, actor=request.user, words=form.cleaned_data["words"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, DISPUTE.transitions["reopen"].done)
            return redirect("disputes:dispute", row.pk)
    context = {
        "heading": "Pas d'accord avec la réponse",
        "sentence": "Vous pouvez le demander une fois.",
        "consequences": [
            "Une autre personne de l'association réexamine.",
            f"Elle répond avant le {day(due_on(today()))}.",
        ],
        "form": form,
        "button": "Demander un réexamen",
        "tone": "main",
        "cancel_url": row.moves_base,
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _answer(request: HttpRequest, row: Any) -> HttpResponse:
    """Words and outcome; a correction is shown computed before it is confirmed."""
    first = first_of(row.line)
    form = AnswerForm(request.POST or None, facts=facts_of(first), kinds=kinds_of(first))
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            preview = _try(request, row, form)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            if preview is None:
                messages.success(request, "La réponse est envoyée.")
                return redirect("disputes:dispute", row.pk)
    context = {"row": row, "form": form, "label": line_label(row.line), "thread": thread_of(row), "preview": preview}
    return render(request, "disputes/answer.html", context, status=422 if form.errors else 200)


def _try(request: HttpRequest, row: Any, form: AnswerForm) -> Any:
    """None once the answer is written; else what the correction would write, to be confirmed."""
    words = form.cleaned_data["words"]
    if form.keeps:
        verbs.keep(row, actor=request.user, words=words)
        return None
    found = compute(row.line, form.right())
    seal = form.seal(found.amount_cents)
    if form.cleaned_data["shown"] == seal and "confirm" in request.POST:
        verbs.correct(
            row,
            actor=request.user,
            words=words,
            right=form.right(),
            expected_cents=found.amount_cents,
            instalments=given_times(form.cleaned_data),
        )
        return None
    again = request.POST.copy()
    again["shown"] = seal
    form.data = again
    return found
