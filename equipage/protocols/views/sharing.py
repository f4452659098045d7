"""Protocols between teams: the library, publication, taking up, comparing with the original."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import PROFESSIONAL
from equipage.protocols import reading, selectors, services
from equipage.protocols.forms import PublishForm, TakeUpForm
from equipage.protocols.lists import LIBRARY_ROLES, Library
from equipage.protocols.models import Adoption, Edition, Protocol, ProtocolVersion, Publication
from equipage.protocols.services.sharing import AlreadyTakenUp, latest_of
from equipage.protocols.states import PUBLICATION
from equipage.protocols.views.common import confirm

library = access(*LIBRARY_ROLES)(listing_view(Library))


@access(SIGNED_IN, writes=True)
def publish(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """Show the version in force to the region, with the consent of the team."""
    row = selectors.protocol_inside(request.user, protocol_id)
    edition = row.editions.filter(state="in_force").first() or selectors.last_edition(row)
    decision = can(request.user, "protocols.publish", edition)
    if not decision.allowed:
        messages.error(request, " ".join(decision.reasons))
        return redirect("protocols:protocol", row.pk)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.publish(edition, actor=request.user, consent=form.cleaned_data["consent"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le protocole est dans la bibliothèque de la région.")
            return redirect("protocols:protocol", row.pk)
    return confirm(
        request,
        form,
        reverse("protocols:protocol", args=[row.pk]),
        heading=f"Publier « {edition.title} »",
        sentence="Relisez-le une dernière fois : il ne doit nommer aucun patient.",
        consequences=[
            "Les professionnels qui ont une équipe dans la région, l'association et l'ARS peuvent le lire.",
            "D'autres équipes peuvent le reprendre et l'adapter ; votre équipe et ses auteurs y restent cités.",
            "Vous pouvez le retirer à tout moment ; les copies déjà faites restent.",
        ],
        button="Publier",
    )


@access(SIGNED_IN, writes=True)
def withdraw(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """Take the protocol out of the library."""
    row = selectors.protocol_inside(request.user, protocol_id)
    online = Publication.objects.filter(protocol=row, state="online").select_related("protocol__team").first()
    if request.method == "POST" and online is not None:
        try:
            services.withdraw_publication(online, actor=request.user)
            messages.success(request, PUBLICATION.transitions["withdraw"].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("protocols:protocol", row.pk)


@access(PROFESSIONAL, writes=True)
def take_up(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """Take up a published protocol for one of my teams."""
    row = selectors.protocol_seen(request.user, protocol_id)
    shown = Publication.objects.visible_to(request.user).filter(protocol=row, state="online")
    publication = shown.select_related("version", "protocol__team").first()
    teams = selectors.teams_to_take_up(request.user, publication) if publication else []
    if publication is None or not teams:
        raise Http404
    form = TakeUpForm(request.POST or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        team = next(team for team in teams if team.pk == form.cleaned_data["team"])
        try:
            copy = services.take_up(publication, actor=request.user, team=team)
        except AlreadyTakenUp as known:
            messages.info(request, known.sentence)
            return redirect("protocols:protocol", known.existing.protocol_id)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le protocole est copié dans votre équipe : adaptez-le, puis proposez-le.")
            return redirect("protocols:protocol", copy.pk)
    return _take_up_page(request, row, publication, form)


def _take_up_page(request: HttpRequest, row: Protocol, publication: Publication, form: TakeUpForm) -> HttpResponse:
    version = publication.version
    return confirm(
        request,
        form,
        reverse("protocols:version", args=[row.pk, version.number]),
        heading=f"Reprendre « {version.title} »",
        sentence="Une copie entre dans les protocoles de votre équipe, en rédaction.",
        consequences=[
            f"L'équipe {version.team_name}, ses auteurs et le numéro de version restent cités dans chaque version.",
            "Auteurs, dates et actes juridiques sont les vôtres : ils ne sont pas copiés.",
            "Quand l'original change, vous le voyez et choisissez, rubrique par rubrique.",
        ],
        button="Reprendre ce protocole",
    )


@access(SIGNED_IN, writes=True)
def original(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """My text beside the original; when the original has changed, what to take over, section by section."""
    row = selectors.protocol_inside(request.user, protocol_id)
    rows = Adoption.objects.filter(protocol=row).select_related("followed", "copied", "source__team")
    adoption = rows.first()
    if adoption is None:
        raise Http404
    latest = latest_of(adoption)
    if request.method == "POST":
        return _follow(request, row, adoption)
    edition = selectors.last_edition(row)
    context = {
        "protocol": row,
        "team": row.team,
        "edition": edition,
        "adoption": adoption,
        "latest": latest,
        "changed": latest.pk != adoption.followed_id,
        "blocked": edition.state == "proposed",
        "sections": compared(edition, adoption.followed, latest),
        "attribution": reading.attribution_lines({"attribution": adoption.attribution}),
    }
    return render(request, "protocols/original.html", context)


def _follow(request: HttpRequest, row: Protocol, adoption: Adoption) -> HttpResponse:
    typed = request.POST.get("number", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    keys = request.POST.getlist("section")
    try:
        edition = services.follow(adoption, actor=request.user, keys=keys, number=number)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("protocols:original", row.pk)
    said = "Les rubriques reprises sont dans votre brouillon : relisez-les, puis proposez le texte."
    messages.success(request, said if edition else "C'est noté : vous gardez votre texte.")
    return redirect("protocols:protocol", row.pk)


def compared(edition: Edition, followed: ProtocolVersion, latest: ProtocolVersion) -> list[dict[str, Any]]:
    """By section: what changed in the original since it was last looked at, and how mine differs from it now."""
    sections = edition.sections()
    mine = reading.read_sections(sections, reading.people_named(sections))
    old, new = reading.content_sections(followed.content), reading.content_sections(latest.content)
    found = []
    for own, before, after in zip(mine, old, new, strict=True):
        theirs = reading.changes_of_section(own.section, before, after, own=False)
        differs = reading.changes_of_section(own.section, after, own, own=False)
        if theirs or differs:
            found.append({"section": own.section, "theirs": theirs, "mine": differs})
    return found
