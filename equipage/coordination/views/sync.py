"""The phone's side: the data that the card needs without a network, what it sends, and two pages about nobody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import conditional_page

from equipage.coordination import offline
from equipage.coordination.forms import FactsForm
from equipage.coordination.parcels import MOST_BYTES, read_shipment
from equipage.coordination.selectors import kind_label
from equipage.coordination.services.sync import CONFLICT, DONE, QUESTION, Received, receive
from equipage.coordination.views.actions import tell
from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused
from equipage.people.roles import PROFESSIONAL

OFFLINE, OUTBOX = "coordination/offline.html", "coordination/outbox.html"


@access(SIGNED_IN)
def carnet(request: HttpRequest) -> HttpResponse:
    """What the phone of this person keeps for some days; never stored on the way. Without a team, it says so."""
    return _json({**offline.carnet(request.user), "csrf": get_token(request)})


@access(PROFESSIONAL, writes=True)
def send(request: HttpRequest) -> HttpResponse:
    """Take what an outbox sends, each declaration by itself; one answer for each."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _json({"sentence": "L’envoi est trop lourd\u202f: 64\u00a0ko au plus."}, 413)
    try:
        shipment = read_shipment(request.body)
    except Refused as refused:
        return _json({"sentence": typographic(refused.sentence)}, 422)
    user: Any = request.user
    if shipment.owner != user.pk:
        # Somebody else signed in on this phone: what the first person wrote is not theirs to send.
        return _json({"sentence": "Ces déclarations sont celles d’une autre personne."}, 409)
    answers = [receive(parcel, actor=user, clock_ahead=shipment.clock_ahead) for parcel in shipment.parcels]
    for received in answers:
        if received.action and received.outcome == DONE and str(received.parcel.key) == shipment.watching:
            tell(request, received.action, received.sentence)  # said by the page it goes to
    return _json({"answers": [_answer(received, user) for received in answers]})


def _answer(received: Received, user: Any) -> dict[str, Any]:
    action, outcome = received.action, received.outcome
    told = action is not None and outcome == DONE
    return {
        "key": str(received.parcel.key),
        "revision": received.parcel.revision,
        "outcome": outcome,
        "sentence": typographic(received.sentence),
        "field": received.field,
        "amounts": typographic(offline.amounts(action, user)) if action is not None and told else "",
        "awaited": typographic(offline.awaited(action)) if action is not None and told else "",
        "url": reverse("coordination:action", args=[action.pk]) if action is not None else "",
        "server": action.client_revision if action is not None and outcome != QUESTION else 0,
        "open": received.kept,
        "existing": offline.existing_json(action, kind_label(action))
        if action is not None and outcome in (QUESTION, CONFLICT)
        else None,
    }


def _json(content: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


@access(PUBLIC)
@conditional_page
def without_network(request: HttpRequest) -> HttpResponse:
    """The card that the service worker keeps. Drawn without the request: it cannot hold anything of anybody."""
    return _shell(OFFLINE)


@access(PUBLIC)
@conditional_page
def outbox(request: HttpRequest) -> HttpResponse:
    """« À envoyer » : the list is filled by the phone, from what it keeps."""
    return _shell(OUTBOX)


def drawn(template: str) -> str:
    """A page of the shell, the same for everybody."""
    return render_to_string(template, {"form": FactsForm()})


def _shell(template: str) -> HttpResponse:
    response = HttpResponse(drawn(template))
    response["Cache-Control"] = "no-cache"
    return response
