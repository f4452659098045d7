"""What this room adds to the floors below: the gate of its kinds, a tab, a block on an action, words of the journal."""

from __future__ import annotations

from typing import Any

from equipage.coordination.selectors import Block, action_panels
from equipage.coordination.services import kind_gates
from equipage.foundation.french import typographic
from equipage.foundation.policies import can
from equipage.prevention.models import Session
from equipage.prevention.rules import GATED
from equipage.prevention.selectors import NOT_HELD, association_gate, concerns
from equipage.prevention.services.sessions import programme_reasons
from equipage.teams import journal
from equipage.teams.panels import Tab, offer_tab


def session_panel(action: Any, user: Any) -> Block | None:
    """The block of the page of an action: where, for how many, what it belongs to; or that it belongs to nothing."""
    if action.kind not in GATED:
        return None
    session = (
        Session.objects.visible_to(user).select_related("prevention_action", "programme").filter(action=action).first()
    )
    sees_owner = can(user, "prevention.see_inside", action.team).allowed
    closed = programme_reasons(session.programme, action.held_on) if session else ()
    data = {
        "session": session,
        "sees_owner": sees_owner,
        "action": action,
        "may_attach": session is None
        and action.state not in NOT_HELD
        and can(user, "prevention.write_for_team", action.team).allowed,
        "closed": [typographic(sentence) for sentence in closed],
    }
    return Block("La séance", "prevention/panels/action.html", data)


def _tab_shown(team: Any, user: Any) -> bool:
    return concerns(team) and can(user, "prevention.see_counts", team).allowed


kind_gates.append(association_gate)
action_panels.append(session_panel)
offer_tab(Tab("Prévention", "prevention:of_team", 46, shown=_tab_shown))
journal.say("prevention.action.create", "Action de prévention préparée")
journal.say("prevention.action.edit", "Action de prévention modifiée")
journal.say("prevention.action.results", "Résultats d'une action de prévention notés")
journal.say("prevention.action.start", "Action de prévention commencée")
journal.say("prevention.action.finish", "Action de prévention terminée")
journal.say("prevention.action.reopen", "Action de prévention rouverte")
journal.say("prevention.action.cancel", "Action de prévention abandonnée")
journal.say("prevention.session.declare", "Séance rattachée")
journal.say("prevention.programme.create", "Programme d'éducation thérapeutique préparé")
journal.say("prevention.programme.edit", "Programme d'éducation thérapeutique modifié")
journal.say("prevention.programme.honour", "Attestation sur l'honneur signée")
journal.say("prevention.programme.notify", "Changement notifié à l'ARS")
journal.say("prevention.programme.send", "Programme déclaré à l'ARS")
journal.say("prevention.programme.acknowledge", "Accusé de réception de l'ARS noté")
journal.say("prevention.programme.note_silence", "Silence de l'ARS noté : déclaration complète")
journal.say("prevention.programme.ask_complement", "Complément demandé par l'ARS noté")
journal.say("prevention.programme.send_complement", "Complément envoyé à l'ARS")
journal.say("prevention.programme.refuse", "Refus de l'ARS noté")
journal.say("prevention.programme.prepare_again", "Déclaration d'un programme reprise")
journal.say("prevention.programme.stop", "Programme arrêté")
journal.say("prevention.evaluation.do", "Évaluation d'un programme notée")
