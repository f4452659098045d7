"""What the tests of contacts and requests for help share."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail, signing
from django.utils import timezone

from equipage.foundation.jobs.worker import Worker
from equipage.people.models import Organisation
from equipage.support import services
from equipage.support.models import Desk, HelpRequest
from tests import factories as make

WORDS = "Nous voulons former une équipe : par où commencer ?"


def desk(key: str = "guichet", *, department: str = "", region: str = "", **values: Any) -> Desk:
    """A contact that is reached by e-mail, unless told otherwise."""
    place = make.department(department) if department else None
    where = place.region if place else make.region(region) if region else None
    made = {"name": f"Guichet {key}", "role": "Aide les équipes", "kind": "association", "source": "Essai"}
    defaults = {**made, "email": f"{key}@guichet.invalid", "region": where, "department": place}
    return Desk.objects.create(key=key, **{**defaults, **values})


def every_reach() -> None:
    """A desk of each reach: all France, region, department, a neighbour, another region; and two for one form."""
    desk("france")
    desk("region", region="52")
    desk("departement", department="49")
    desk("voisin", department="44")
    desk("bretagne", region="53")
    desk("asalee-49", department="49", forms=["asalee"])
    desk("esp-clap", region="52", forms=["esp-clap"])


def inside(body: Organisation | None = None, key: str = "interieur", **values: Any) -> Desk:
    """A contact whose organisation works in the application: the association of the region unless told otherwise."""
    found = body or make.organisation("association")
    return desk(key, region=found.region_id, organisation=found, **values)


def ask(**more: Any) -> HelpRequest:
    """A request, asked by the verb."""
    values: dict[str, Any] = {
        "network_address": "192.0.2.1",
        "name": "Léa Roux",
        "email": "lea@demo.equipage.invalid",
        "commune": make.commune(),
        "topic": "equipe",
        "message": WORDS,
    }
    return services.ask_help(**{**values, **more})


def shown(salt: str = "support.help_request", seconds: int = 30) -> str:
    """The mark of a page shown so long ago."""
    return signing.dumps(int(timezone.now().timestamp()) - seconds, salt=salt)


def typed(**more: Any) -> dict[str, Any]:
    """The form of a request, as a browser sends it."""
    make.commune()
    return {
        "topic": "equipe",
        "commune": "49092",
        "form": "esp-clap",
        "message": WORDS,
        "name": "Léa Roux",
        "email": "Lea@demo.equipage.invalid",
        "phone": "",
        "profession_code": "",
        "desk": "",
        "site_web": "",
        "ouvert": shown(),
        **more,
    }


def sent() -> list[Any]:
    """The mails that leave now; the box is emptied."""
    Worker().run_all()
    found = list(mail.outbox)
    mail.outbox.clear()
    return found


def link_in(message: Any, where: str = "suivi") -> str:
    """The personal path in a mail."""
    found = re.search(rf"/aide/{where}/[0-9a-f]+/", str(message.body))
    assert found, message.body
    return found[0]


def words_of(row: HelpRequest) -> list[tuple[str, str]]:
    """The thread: kind and text, oldest first."""
    return list(row.messages.order_by("at", "id").values_list("kind", "text"))


def csv_of(client: Any, address: str) -> str:
    """The file that a list gives."""
    return b"".join(client.get(address).streaming_content).decode("utf-8-sig")
