"""Pages of the conventions: read, sign, countersign, verify, end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.agreements.forms import CancelForm, EndForm, SignForm
from equipage.agreements.lists import ConventionListing
from equipage.agreements.models import Convention
from equipage.agreements.selectors import to_countersign as waiting_countersignature
from equipage.agreements.services import ending, proof, signing
from equipage.agreements.services.signing import CONSENT_ASSOCIATION, CONSENT_MEMBER, Origin
from equipage.agreements.states import CONVENTION
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.french import counted
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL, Role

convention_list = access(*ASSOCIATION_ROLES)(listing_view(ConventionListing))


def _seen(request: HttpRequest, convention_id: int) -> Convention:
    rows = Convention.objects.visible_to(request.user).select_related(
        "team__region", "professional", "organisation", "document", "membership"
    )
    found: Convention = get_object_or_404(rows, pk=convention_id)
    return found


def _origin(request: HttpRequest) -> Origin:
    return Origin(
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", ""),
        session=f"compte et mot de passe, session ouverte {request.user.last_login or ''}",  # type: ignore[union-attr]
    )


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """My conventions, those to sign first."""
    user: Any = request.user
    rows = Convention.objects.filter(professional=user.professional_or_none).select_related("team", "organisation")
    return render(request, "agreements/mine.html", {"conventions": rows.order_by("-created_at", "-id")})


@access(SIGNED_IN)
def convention(request: HttpRequest, convention_id: int) -> HttpResponse:
    """The whole text, what it says in five lines, who signed, and the next step."""
    row = _seen(request, convention_id)
    user: Any = request.user
    professional = user.professional_or_none
    own = professional is not None and professional.pk == row.professional_id
    context = {
        "convention": row,
        "state": CONVENTION.states[row.state],
        "text": row.document.data if row.document else None,
        "signatures": row.signatures.order_by("signed_at", "id"),
        "may_sign": own and row.state == "to_sign",
        "may_countersign": not own and row.state == "signed" and user.holds(Role.ASSOCIATION_ADMIN),
        "moves": available(CONVENTION, row, user),
    }
    return render(request, "agreements/convention.html", context)


@access(SIGNED_IN)
def pdf(request: HttpRequest, convention_id: int) -> HttpResponse:
    """The PDF, byte for byte the one that is signed."""
    row = _seen(request, convention_id)
    if row.document is None:
        raise Http404
    return _file(pdf_of(row.document), f"{row.number}.pdf")


@access(SIGNED_IN)
def proof_file(request: HttpRequest, convention_id: int) -> HttpResponse:
    """The dossier of proof as a PDF."""
    row = _seen(request, convention_id)
    return _file(proof.proof_pdf(row), f"{row.number}-preuve.pdf")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@access(SIGNED_IN)
def verify(request: HttpRequest, convention_id: int) -> HttpResponse:
    """Recompute every hash, here and now."""
    row = _seen(request, convention_id)
    checks = proof.verify(row)
    return render(
        request,
        "agreements/verify.html",
        {"convention": row, "checks": checks, "whole": all(check.holds for check in checks)},
    )


@access(SIGNED_IN, writes=True)
def send_code(request: HttpRequest, convention_id: int) -> HttpResponse:
    """Mail a code, then the page that asks for it."""
    row = _seen(request, convention_id)
    party = _party(request, row)
    if request.method == "POST":
        try:
            sent = signing.send_code(row, party=party, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
            return redirect("agreements:convention", row.pk)
        messages.info(request, f"Un code est envoyé à {sent.sent_to}.")
    return redirect(
        "agreements:sign" if party == "member" else "agreements:to_countersign",
        *([row.pk] if party == "member" else []),
    )


def _party(request: HttpRequest, row: Convention) -> str:
    professional = request.user.professional_or_none  # type: ignore[union-attr]
    return "member" if professional is not None and professional.pk == row.professional_id else "association"


@access(PROFESSIONAL, writes=True)
def sign(request: HttpRequest, convention_id: int) -> HttpResponse:
    """Consent and code; then it is signed."""
    row = _seen(request, convention_id)
    if _party(request, row) != "member":
        raise Http404
    if row.state != "to_sign":
        return redirect("agreements:convention", row.pk)
    form = SignForm(request.POST or None, wording=CONSENT_MEMBER)
    if request.method == "POST" and form.is_valid():
        try:
            signing.sign([row], party="member", actor=request.user, origin=_origin(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(
                request, "C'est signé. L'association signe à son tour ; donnez maintenant votre compte bancaire."
            )
            return redirect("agreements:convention", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/sign.html", {"form": form, "convention": row}, status=status)


@access(Role.ASSOCIATION_ADMIN, writes=True)
def to_countersign(request: HttpRequest) -> HttpResponse:
    """Every convention that waits for the association: tick, one consent, one code."""
    waiting = list(waiting_countersignature(request.user))
    form = SignForm(request.POST if "code" in request.POST else None, wording=CONSENT_ASSOCIATION)
    chosen = [row for row in waiting if str(row.pk) in request.POST.getlist("convention")] or waiting
    if request.method == "POST" and form.is_valid():
        try:
            count = signing.sign(
                sorted(chosen, key=lambda row: row.pk),
                party="association",
                actor=request.user,
                origin=_origin(request),
                **form.cleaned_data,
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, f"{counted(count, 'convention contresignée', 'conventions contresignées')}.")
            return redirect("agreements:to_countersign")
    context = {
        "waiting": waiting,
        "chosen": {row.pk for row in chosen},
        "form": form,
        "first": min(waiting, key=lambda r: r.pk, default=None),
    }
    return render(request, "agreements/to_countersign.html", context, status=422 if form.errors else 200)


_ENDINGS: dict[str, Any] = {"end": (EndForm, ending.end), "cancel": (CancelForm, ending.cancel)}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, convention_id: int, move: str) -> HttpResponse:
    """End or cancel, with a reason."""
    row = _seen(request, convention_id)
    if move not in _ENDINGS or not CONVENTION.transitions[move].who.test(request.user, row):
        raise Http404
    form_class, verb = _ENDINGS[move]
    transition = CONVENTION.transitions[move]
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(row, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, transition.done or "C'est fait.")
            return redirect("agreements:convention", row.pk)
    context = {
        "heading": f"{transition.label} ?",
        "sentence": f"Convention {row.number}, {row.team.name}.",
        "consequences": ["Les actions faites avant cette date restent payables.", "L'autre partie lira le motif."],
        "form": form,
        "button": transition.label,
        "tone": "stop",
        "cancel_url": reverse("agreements:convention", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
