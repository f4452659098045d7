"""What this floor adds to the page of a team: the step « convention », a block, words of the journal."""

from __future__ import annotations

from typing import Any

from equipage.agreements.selectors import readiness, unsigned
from equipage.foundation.policies import can
from equipage.teams import journal
from equipage.teams.panels import Panel, offer_panel
from equipage.teams.path import Standing, register


def convention_step(team: Any) -> Standing:
    """Done with the first convention in force; the others follow one by one."""
    if team.state != "recognised":
        return Standing(done=False)
    state = readiness(team)
    if state.active:
        return Standing(done=True, note=f"{state.active} sur {state.members} en vigueur")
    waits = "association" if state.signed else "team"
    return Standing(done=False, since=team.recognised_on, waits_for=waits)


def _panel(team: Any, user: Any) -> Any:
    """Numbers only, the same for all; the lead may remind those who have not signed."""
    if team.state != "recognised":
        return None
    lead = can(user, "agreements.nudge", team).allowed
    return {"ready": readiness(team), "may_nudge": lead and unsigned(team).exclude(professional__user=user).exists()}


register("convention", convention_step)
offer_panel(Panel("Conventions", "agreements/team_panel.html", 30, read=_panel, aside=True))
journal.say("agreements.convention.draw_up", "Convention établie")
journal.say("agreements.team.nudge", "Rappel envoyé à qui n'a pas encore signé")
journal.say("agreements.convention.sign", "Convention signée par un membre")
journal.say("agreements.convention.countersign", "Convention contresignée par l'association")
journal.say("agreements.convention.signature_member", "Signature recueillie")
journal.say("agreements.convention.signature_association", "Signature de l'association recueillie")
journal.say("agreements.convention.end", "Convention terminée")
journal.say("agreements.convention.expire", "Convention terminée par un départ")
journal.say("agreements.convention.cancel", "Convention annulée")
journal.say("agreements.convention.lapse", "Convention annulée par un départ")
