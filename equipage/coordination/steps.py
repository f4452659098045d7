"""What this floor adds to the pages of a team: the step « agir », a tab, a block, words of the journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.coordination.models import Action
from equipage.coordination.selectors import team_summary
from equipage.foundation.policies import can
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.teams import journal
from equipage.teams.panels import Panel, Tab, offer_panel, offer_tab
from equipage.teams.path import Standing, register


def actions_step(team: Any) -> Standing:
    """Acting together: done with the first validated action; it then goes on."""
    first = Action.objects.filter(team=team, state="validated").order_by("validated_at", "id").first()
    url = reverse("coordination:of_team", args=[team.pk])
    if first is not None:
        return Standing(done=True, since=first.validated_at, url=url)
    return Standing(done=False, since=team.recognised_on, waits_for="team", url=url)


def _tab_shown(team: Any, user: Any) -> bool:
    inside = can(user, "coordination.declare_action", team).allowed or user.holds(*ASSOCIATION_ROLES)
    return team.state == "recognised" and inside


register("actions", actions_step)
offer_tab(Tab("Actions", "coordination:of_team", 40, shown=_tab_shown))
offer_panel(Panel("Actions", "coordination/team_panel.html", 40, read=team_summary))
journal.say("coordination.action.declare", "Action déclarée")
journal.say("coordination.action.correct", "Déclaration corrigée")
journal.say("coordination.action.validate", "Action validée")
journal.say("coordination.action.return_it", "Action renvoyée à corriger")
journal.say("coordination.action.declare_again", "Action renvoyée corrigée")
journal.say("coordination.action.cancel", "Déclaration retirée")
journal.say("coordination.action.verify", "Action vérifiée par les voix")
journal.say("coordination.action.unverify", "Une voix manque de nouveau")
journal.say("coordination.action.undo", "Déclaration annulée aussitôt")
journal.say("coordination.action.reverse", "Action contre-passée")
journal.say("coordination.counter_entry.ask", "Contre-écriture demandée")
journal.say("coordination.counter_entry.accept", "Contre-écriture acceptée")
journal.say("coordination.counter_entry.refuse", "Contre-écriture refusée")
journal.say("coordination.counter_entry.withdraw", "Demande de contre-écriture retirée")
journal.say("coordination.presence.add", "Personne ajoutée à l'action")
journal.say("coordination.presence.ask_again", "Présence redemandée")
journal.say("coordination.presence.hours", "Heures de présence notées")
journal.say("coordination.action.evidence", "Pièce jointe à une action")
journal.say("coordination.guest.add", "Personne invitée ajoutée")
journal.say("coordination.guest.invite_again", "Lien renvoyé à une personne invitée")
journal.say("coordination.guest.withdraw", "Personne invitée retirée")
journal.say("coordination.guest.confirm", "Une personne invitée confirme")
journal.say("coordination.guest.deny", "Une personne invitée n'y était pas")
journal.say("coordination.presence.confirm", "Présence confirmée")
journal.say("coordination.presence.deny", "Absence signalée")
# A declaration withdrawn before it ever arrived is nobody's news.
journal.leave_out("coordination.action.drop_unsent")
