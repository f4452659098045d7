"""What the bank answers: its file is read, shown beside our transfers, then recorded or dropped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused
from equipage.funding.desk import association_of, money_tabs, moves, open_move, posted
from equipage.payments.answer_page import rows_of, summary_of
from equipage.payments.forms.answers import AnswerForm
from equipage.payments.lists import AnswerListing
from equipage.payments.models import BankAnswer
from equipage.payments.services import answers as verbs
from equipage.payments.states import ANSWER
from equipage.people.roles import Role

HANDS = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER)

answer_list = access(*HANDS)(listing_view(AnswerListing, "funding/listing.html"))


@access(*HANDS, writes=True)
def take(request: HttpRequest) -> HttpResponse:
    """Give the file; what it says is shown before anything is written."""
    organisation = association_of(request)
    form = AnswerForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = verbs.read_answer(
                organisation=organisation, content=file.read(), file_name=file.name, actor=request.user
            )
        except verbs.AlreadyRead as known:
            messages.info(request, known.sentence)
            return redirect("payments:answer", known.answer.pk)
        except Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect("payments:answer", row.pk)
    context = {"form": form, "tabs": money_tabs(request.path)}
    return render(request, "payments/answer_form.html", context, status=422 if form.errors else 200)


def _seen(request: HttpRequest, answer_id: int) -> BankAnswer:
    rows = BankAnswer.objects.visible_to(request.user).select_related("organisation", "received_by", "decided_by")
    found: BankAnswer = get_object_or_404(rows, pk=answer_id)
    return found


@access(*HANDS)
def answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Each transfer, what the bank says of it, what recording would write; the doubts; the rest counted only."""
    row = _seen(request, answer_id)
    plan = verbs.plan_of(row)
    lines = (
        row.lines.select_related("payment__professional", "payment__run")
        .defer("payment__run__bank_file")
        .order_by("pk")
    )
    page = Paginator(lines, 50).get_page(request.GET.get("page"))
    context = {
        "answer": row,
        "page": page,
        "rows": rows_of(page.object_list, plan, decided=row.state != "read"),
        "summary": summary_of(plan) if row.state == "read" else [],
        "actions": moves(ANSWER, row, request.user),
        "base": reverse("payments:answer", args=[row.pk]),
        "tabs": money_tabs(request.path),
    }
    return render(request, "payments/answer.html", context)


@access(*HANDS, writes=True)
def move(request: HttpRequest, answer_id: int, move: str) -> HttpResponse:
    """Record at once, or drop; a second click says what became of it."""
    row: Any = _seen(request, answer_id)
    found = open_move(ANSWER, row, request.user, move)
    if request.method != "POST":
        raise Http404
    back = redirect("payments:answer", row.pk)
    if found is None:
        messages.info(request, f"C'est déjà fait : l'état est « {ANSWER.states[row.state].label} ».")
        return back
    try:
        {"record": verbs.record, "drop": verbs.drop}[move](row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, ANSWER.transitions[move].done)
    return back
