"""The monthly run: preview in three piles, prepare, approve, give to the bank, record the execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.compensation.forms.runs import CancelForm, ExecuteForm, refuse_on
from equipage.compensation.lists import LedgerListing, LineListing, RunListing, money_tabs
from equipage.compensation.models import PaymentRun
from equipage.compensation.run_page import checks_of, comparison_of, thread_of
from equipage.compensation.selectors import preview
from equipage.compensation.services import runs as verbs
from equipage.compensation.states import RUN
from equipage.compensation.views.common import association_of, moves, open_move, posted
from equipage.foundation import audit
from equipage.foundation.access import access
from equipage.foundation.french import counted, day, de, euros
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import Month, add_working_days, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.roles import ASSOCIATION_ROLES, Role

_TEMPLATE = "compensation/listing.html"
run_list = access(*ASSOCIATION_ROLES)(listing_view(RunListing, _TEMPLATE))
line_list = access(*ASSOCIATION_ROLES)(listing_view(LineListing, _TEMPLATE))
ledger = access(*ASSOCIATION_ROLES)(listing_view(LedgerListing, _TEMPLATE))
_SHOWN = 200
_WHO = {"agency": "l'ARS", "member": "la personne", "association": "l'association", "team": "l'équipe"}


@access(*ASSOCIATION_ROLES, writes=True)
def prepare(request: HttpRequest) -> HttpResponse:
    """What a month would pay, in three piles; and the button that locks it."""
    organisation = association_of(request)
    problem, status = "", 200
    try:
        month = Month.parse(request.POST.get("mois") or request.GET.get("mois") or str(Month.current()))
    except Refused as refused:
        month, problem, status = Month.current(), refused.sentence, 422
    if request.method == "POST" and not problem:
        try:
            run = verbs.prepare(organisation=organisation, month=month, actor=request.user)
        except Refused as refused:
            problem, status = refused.sentence, 422
        else:
            messages.success(request, f"La campagne de {month.label} est prête : une deuxième personne l'approuve.")
            return redirect("compensation:run", run.pk)
    context = {**_preview(organisation, month), "problem": problem, "tabs": money_tabs(reverse("compensation:runs"))}
    context["decision"] = can(request.user, "compensation.prepare_run", organisation)
    return render(request, "compensation/prepare.html", context, status=status)


def _preview(organisation: Any, month: Month) -> dict[str, Any]:
    found = preview(organisation, month)
    for line in found.not_ready.lines:
        line.who = _WHO[line.waits_for]
    piles = (
        ("Clair", found.clear, "ok", "Tout est réuni, rien d'inhabituel."),
        ("À regarder", found.to_look_at, "wait", "Payable, avec un point à relire."),
        (
            "Pas encore prêt",
            found.not_ready,
            "quiet",
            "Une condition manque ; chaque personne le voit dans « Mon argent ».",
        ),
    )
    return {
        "month": month,
        "before": month.previous,
        "after": month.next if month < Month.current() else None,
        "preview": found,
        "shown": _SHOWN,
        "piles": [
            {"label": label, "count": pile.count, "cents": pile.total_cents, "tone": tone, "sentence": sentence}
            for label, pile, tone, sentence in piles
        ],
    }


def _run_seen(request: HttpRequest, run_id: int) -> Any:
    rows = PaymentRun.objects.visible_to(request.user).select_related(
        "organisation", "prepared_by", "approved_by", "executed_by"
    )
    return get_object_or_404(rows, pk=run_id)


@access(*ASSOCIATION_ROLES)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run: its total, how it compares, whom it pays, and the same total seen from four sides."""
    row = _run_seen(request, run_id)
    rows = row.payments.select_related("professional", "bank_details").order_by("-amount_cents", "id")
    actions = moves(RUN, row, request.user, asks=("approve", "execute"))
    context = {
        "run": row,
        "month": Month.of(row.month),
        "tabs": money_tabs(request.path),
        "actions": actions,
        "waits_for_treasurer": row.state == "prepared" and all(found["name"] != "approve" for found in actions),
        "base": reverse("compensation:run", args=[row.pk]),
        "checks": checks_of(row),
        "comparison": comparison_of(row),
        "thread": thread_of(row),
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "takes_file": row.bank_file_sha256 and can(request.user, "compensation.take_bank_file", row).allowed,
    }
    return render(request, "compensation/run.html", context)


@access(*ASSOCIATION_ROLES, writes=True)
def run_move(request: HttpRequest, run_id: int, move: str) -> HttpResponse:
    """Approve, cancel or record the execution: each asks once more, and says what will happen."""
    row = _run_seen(request, run_id)
    found = open_move(RUN, row, request.user, move)
    if found is None:
        return _too_late(request, row, move)
    ask = _ASKED[move](row)
    form = ask["form_class"](posted(request)) if ask["form_class"] else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            ask["do"](row, request.user, form)
        except Refused as refused:
            if form is None:
                messages.error(request, refused.sentence)
                return redirect("compensation:run", row.pk)
            refuse_on(form, refused)
        else:
            messages.success(request, RUN.transitions[move].done)
            return redirect("compensation:run", row.pk)
    if not found.allowed:
        messages.error(request, " ".join(found.reasons))
        return redirect("compensation:run", row.pk)
    context = {**ask, "form": form, "cancel_url": reverse("compensation:run", args=[row.pk])}
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _too_late(request: HttpRequest, row: Any, move: str) -> HttpResponse:
    """A second click, or somebody else was quicker: the verb says which of the two."""
    transition = RUN.transitions[move]
    if row.state == transition.target:
        messages.info(request, transition.done or "C'est déjà fait.")
    else:
        messages.error(
            request, f"« {transition.label} » n'est plus possible : l'état est « {RUN.states[row.state].label} »."
        )
    return redirect("compensation:run", row.pk)


def _approval(row: Any) -> dict[str, Any]:
    people = counted(row.payments_count, "virement", "virements")
    return {
        "heading": f"Approuver {euros(row.total_cents)} en {people}",
        "sentence": f"Campagne {de(Month.of(row.month).label)}, préparée par {row.prepared_by.full_name}.",
        "consequences": [
            f"Le fichier bancaire est écrit et figé, pour une exécution le {day(add_working_days(today(), 1))}.",
            "Un relevé est établi pour chaque personne.",
            "Les écritures sont passées dans le livre.",
            "Les montants ne pourront plus changer.",
        ],
        "form_class": None,
        "button": "Approuver",
        "tone": "main",
        "do": lambda run, actor, form: verbs.approve(run, actor=actor),
    }


def _cancellation(row: Any) -> dict[str, Any]:
    return {
        "heading": "Annuler cette préparation",
        "sentence": f"Les {counted(row.lines_count, 'ligne', 'lignes')} attendront la prochaine campagne.",
        "consequences": [],
        "form_class": CancelForm,
        "button": "Annuler la préparation",
        "tone": "stop",
        "do": lambda run, actor, form: verbs.cancel(run, actor=actor, reason=form.cleaned_data["reason"]),
    }


def _execution(row: Any) -> dict[str, Any]:
    return {
        "heading": f"La banque a versé {euros(row.total_cents)}",
        "sentence": "Enregistrez la date quand le relevé bancaire montre les virements.",
        "consequences": ["Chaque personne est prévenue du montant reçu.", "L'écriture de banque est passée."],
        "form_class": ExecuteForm,
        "button": "Enregistrer l'exécution",
        "tone": "main",
        "do": lambda run, actor, form: verbs.execute(run, actor=actor, executed_on=form.cleaned_data["executed_on"]),
    }


_ASKED: dict[str, Callable[[Any], dict[str, Any]]] = {
    "approve": _approval,
    "cancel": _cancellation,
    "execute": _execution,
}


@access(Role.ASSOCIATION_TREASURER, writes=True)
def bank_file(request: HttpRequest, run_id: int) -> HttpResponse:
    """The bank file, by a POST: each time it is taken leaves a trace."""
    row = _run_seen(request, run_id)
    if not row.bank_file_sha256 or not can(request.user, "compensation.take_bank_file", row).allowed:
        raise Http404
    if request.method != "POST":
        return redirect("compensation:run", row.pk)
    audit.record(
        action="compensation.payment_run.take_file",
        obj=row,
        actor=request.user,
        after={"sha256": row.bank_file_sha256},
    )
    answer = HttpResponse(bytes(row.bank_file), content_type="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="virements-{row.number}.xml"'
    return answer
