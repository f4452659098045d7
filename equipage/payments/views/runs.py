"""A run: read, approve, give to the bank, record the execution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation import audit
from equipage.foundation.access import access
from equipage.foundation.french import counted, day, de, euros
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import Month, add_working_days, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import money_tabs, moves, open_move, posted
from equipage.payments.forms.runs import CancelForm, ExecuteForm
from equipage.payments.lists import RunListing
from equipage.payments.models import PaymentRun
from equipage.payments.panels import explanations_of
from equipage.payments.run_page import checks_of, comparison_of, thread_of
from equipage.payments.selectors.returns import progress_of
from equipage.payments.sepa import version_of
from equipage.payments.services import runs as verbs
from equipage.payments.states import RUN
from equipage.people.roles import ASSOCIATION_ROLES, Role

run_list = access(*ASSOCIATION_ROLES)(listing_view(RunListing, "funding/listing.html"))


def _run_seen(request: HttpRequest, run_id: int) -> Any:
    rows = PaymentRun.objects.visible_to(request.user).select_related(
        "organisation", "prepared_by", "approved_by", "executed_by"
    )
    return get_object_or_404(rows, pk=run_id)


@access(*ASSOCIATION_ROLES)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run: its total, how it compares, whom it pays, and the same total seen from four sides."""
    row = _run_seen(request, run_id)
    rows = row.payments.select_related("professional", "bank_details", "comeback").order_by("-amount_cents", "id")
    actions = moves(RUN, row, request.user, asks=("approve", "execute"))
    context = {
        "run": row,
        "month": Month.of(row.month),
        "tabs": money_tabs(request.path),
        "actions": actions,
        "waits_for_treasurer": row.state == "prepared" and all(found["name"] != "approve" for found in actions),
        "base": reverse("payments:run", args=[row.pk]),
        "checks": checks_of(row),
        "comparison": comparison_of(row),
        "explanations": explanations_of(row),
        "thread": thread_of(row),
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "progress": progress_of(row),
        "file_version": version_of(bytes(row.bank_file or b"")),
        "takes_file": row.bank_file_sha256 and can(request.user, "payments.take_bank_file", row).allowed,
    }
    return render(request, "payments/run.html", context)


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
                return redirect("payments:run", row.pk)
            refuse_on(form, refused)
        else:
            messages.success(request, RUN.transitions[move].done)
            return redirect("payments:run", row.pk)
    if not found.allowed:
        messages.error(request, " ".join(found.reasons))
        return redirect("payments:run", row.pk)
    context = {**ask, "form": form, "cancel_url": reverse("payments:run", args=[row.pk])}
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
    return redirect("payments:run", row.pk)


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
    if not row.bank_file_sha256 or not can(request.user, "payments.take_bank_file", row).allowed:
        raise Http404
    if request.method != "POST":
        return redirect("payments:run", row.pk)
    audit.record(
        action="payments.payment_run.take_file",
        obj=row,
        actor=request.user,
        after={"sha256": row.bank_file_sha256},
    )
    answer = HttpResponse(bytes(row.bank_file), content_type="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="virements-{row.number}.xml"'
    return answer
