"""Pages of the conventions: read, sign, countersign, verify, end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.agreements.forms import CancelForm, EndForm, SignForm
from equipage.agreements.lists import ConventionListing
from equipage.agreements.models import Convention
from equipage.agreements.rules import secure_mail_missing
from equipage.agreements.selectors import to_countersign as waiting_countersignature
from equipage.agreements.services import drawing, ending, nudging, proof, signing
from equipage.agreements.services.signing import Origin, consent_text
from equipage.agreements.states import CONVENTION
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.french import counted
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.people.roles import ASSOCIATION_ROLES, PROFESSIONAL, Role
from equipage.people.services.professionals import update_profile
from equipage.teams.models import Team

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
        "may_redraw": can(user, "agreements.draw_again", row).allowed,
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


@access(PROFESSIONAL, writes=True)
def send_code(request: HttpRequest, convention_id: int) -> HttpResponse:
    """Mail a code to the professional, then the page that asks for it."""
    row = _seen(request, convention_id)
    if _party(request, row) != "member":
        raise Http404
    if request.method == "POST":
        try:
            sent = signing.send_code([row], party="member", actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
            return redirect("agreements:convention", row.pk)
        messages.info(request, f"Un code est envoyé à {sent.sent_to}.")
    return redirect("agreements:sign", row.pk)


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
    asks = secure_mail_missing(row, today())
    form = SignForm(request.POST or None, wording=consent_text("member"), asks_secure_mail=asks)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            if asks:
                update_profile(actor=request.user, professional=row.professional, secure_mail=given.pop("secure_mail"))
            signing.sign([row], party="member", actor=request.user, origin=_origin(request), **given)
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
    """First step: tick the conventions; one code is mailed for exactly those."""
    waiting = list(waiting_countersignature(request.user))
    ticked = set((request.POST if request.method == "POST" else request.GET).getlist("c"))
    chosen = [row for row in waiting if str(row.pk) in ticked]
    error = ""
    if request.method == "POST":
        try:
            _check_choice(chosen, len(ticked))
            sent = signing.send_code(chosen, party="association", actor=request.user)
        except Refused as refused:
            error = refused.sentence
        else:
            messages.info(request, f"Un code est envoyé à {sent.sent_to}.")
            return redirect(_batch_page(chosen))
    elif not ticked:
        chosen = waiting
    context = {"waiting": waiting, "chosen": {row.pk for row in chosen}, "error": error}
    return render(request, "agreements/to_countersign.html", context, status=422 if error else 200)


_LARGEST_BATCH = 200


def _check_choice(chosen: list[Convention], asked: int) -> None:
    if not asked:
        raise Refused("Cochez au moins une convention.")
    if len(chosen) < asked:
        raise Refused("Une des conventions cochées n'attend plus votre signature : relisez la liste, puis recommencez.")
    if len(chosen) > _LARGEST_BATCH:
        raise Refused(f"Cochez {_LARGEST_BATCH} conventions au plus : vous signerez les autres ensuite.")


def _batch_page(rows: list[Convention]) -> str:
    numbers = urlencode([("c", row.pk) for row in rows])
    return f"{reverse('agreements:countersign')}?{numbers}"


@access(Role.ASSOCIATION_ADMIN, writes=True)
def countersign(request: HttpRequest) -> HttpResponse:
    """Second step: the exact list, the consent that says how many, the code."""
    asked = request.GET.getlist("c")
    rows = [row for row in waiting_countersignature(request.user) if str(row.pk) in asked]
    if not rows or len(rows) < len(set(asked)):
        messages.info(request, "Cette liste a changé depuis : voici les conventions qui attendent encore.")
        return redirect("agreements:to_countersign")
    form = SignForm(request.POST or None, wording=consent_text("association", len(rows)))
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            count = signing.sign(rows, party="association", actor=request.user, origin=_origin(request), **given)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            messages.success(request, f"{counted(count, 'convention contresignée', 'conventions contresignées')}.")
            return redirect("agreements:to_countersign")
    context = {"rows": rows, "form": form}
    return render(request, "agreements/countersign.html", context, status=422 if request.method == "POST" else 200)


@access(PROFESSIONAL, writes=True)
def nudge(request: HttpRequest, team_id: int) -> HttpResponse:
    """The lead reminds those who have not signed."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=team_id)
    if request.method == "POST":
        try:
            told = nudging.nudge(team, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"{counted(told, 'personne reçoit', 'personnes reçoivent')} un rappel.")
    return redirect("teams:team", team.pk)


@access(*ASSOCIATION_ROLES, writes=True)
def draw_again(request: HttpRequest, convention_id: int) -> HttpResponse:
    """A new convention after one that was cancelled or ended by mistake."""
    row = _seen(request, convention_id)
    if request.method == "POST":
        try:
            new = drawing.draw_again(row, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, f"La convention {new.number} est établie ; la personne est invitée à la signer.")
            return redirect("agreements:convention", new.pk)
    return redirect("agreements:convention", row.pk)


_ENDINGS: dict[str, Any] = {"end": (EndForm, ending.end), "cancel": (CancelForm, ending.cancel)}


_CONSEQUENCES = {
    "end": ["Les actions faites avant cette date restent payables ; celles d'après ne le seront plus."],
    "cancel": ["Rien ne sera payé à cette personne pour cette équipe sans une autre convention."],
}


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
        "consequences": [*_CONSEQUENCES[move], "L'autre partie lira le motif."],
        "form": form,
        "button": transition.label,
        "tone": "stop",
        "cancel_url": reverse("agreements:convention", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
