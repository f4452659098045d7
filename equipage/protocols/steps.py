"""What protocols add to the floors below: a tab of the team, words of its journal, the card and page of an action."""

from __future__ import annotations

from typing import Any

from equipage.coordination import selectors as coordination
from equipage.people.roles import STAFF_ROLES
from equipage.protocols.cards import action_panel, proposal
from equipage.teams import journal
from equipage.teams.actors import is_member
from equipage.teams.panels import Tab, offer_tab


def _tab_shown(team: Any, user: Any) -> bool:
    return is_member(user, team) or user.holds(*STAFF_ROLES)


offer_tab(Tab("Protocoles", "protocols:of_team", 45, shown=_tab_shown))
if proposal not in coordination.proposals:
    coordination.proposals.append(proposal)
if action_panel not in coordination.action_panels:
    coordination.action_panels.append(action_panel)

journal.say("protocols.protocol.begin", "Protocole commencé")
journal.say("protocols.protocol.revise", "Nouvelle version d'un protocole commencée")
journal.say("protocols.edition.propose", "Protocole proposé à l'équipe")
journal.say("protocols.edition.reopen", "Texte d'un protocole repris")
journal.say("protocols.edition.put_in_force", "Protocole en vigueur")
journal.say("protocols.edition.supersede", "Version d'un protocole remplacée")
journal.say("protocols.edition.confirm_review", "Protocole relu, sans changement")
journal.say("protocols.edition.withdraw", "Protocole retiré")
journal.say("protocols.version.freeze", "Version d'un protocole figée")
journal.say("protocols.agreement.give", "Accord donné à un protocole")
journal.say("protocols.agreement.ask_change", "Changement demandé sur un protocole")
journal.say("protocols.opinion.give", "Avis de l'association sur un protocole")
journal.say("protocols.publication.publish", "Protocole publié dans la bibliothèque")
journal.say("protocols.publication.withdraw", "Protocole retiré de la bibliothèque")
journal.say("protocols.publication.replace", "Publication d'un protocole remplacée")
journal.say("protocols.publication.end", "Publication d'un protocole terminée")
journal.say("protocols.adoption.take_up", "Protocole d'une autre équipe repris")
journal.say("protocols.adoption.follow", "Protocole comparé avec son original")
