"""Two hundred members of twenty recognised teams, signed in. Run as a program, it prints what each is about to send
as JSON; with `count`, what the database holds afterwards.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

TEAMS, TEAM_SIZE = 20, 10


def build() -> list[dict[str, Any]]:
    """The people, their cookies and their declarations; a scale holds, so that each declaration is estimated."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string
    from django.urls import reverse

    from equipage.foundation.periods import today
    from tests import chain, factories

    chain.adopted_scale()
    made = []
    for _ in range(TEAMS):
        team = chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))
        for _ in range(TEAM_SIZE - team.memberships.count()):
            factories.join(team, factories.nurse())
        for membership in team.memberships.select_related("professional__user").order_by("id"):
            user = membership.professional.user
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()
            secret = _get_new_csrf_string()
            form = {
                "csrfmiddlewaretoken": secret,
                "kind": "RCP_SANS_PATIENT",
                "held_on": today().isoformat(),
                "minutes": "45",
                "present": [str(membership.professional_id)],
                "patients": "1",
                "client_key": str(uuid.uuid4()),
                # Ten people of one team tell ten meetings: the question « est-ce la même ? » is answered beforehand.
                "another": "on",
            }
            cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={secret}"
            made.append({"cookie": cookie, "path": reverse("coordination:declare_for", args=[team.pk]), "form": form})
    return made


def count() -> dict[str, int]:
    """How many actions, confirmed voices and declarers there are."""
    from equipage.coordination.models import Action, Presence

    return {
        "actions": Action.objects.count(),
        "confirmed": Presence.objects.filter(state="confirmed").count(),
        "declarers": Action.objects.order_by().values("declared_by").distinct().count(),
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(count() if sys.argv[1:] == ["count"] else build()))
