"""What money adds to pages of lower floors: the sentence after a declaration, the envelope of a team, the amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value

from equipage.compensation.holds import DEATH, offer_hold
from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import Hindrance
from equipage.compensation.selectors import EnvelopeState, envelope_state
from equipage.coordination.selectors import Block, action_panels, told_after
from equipage.foundation.french import euros
from equipage.foundation.periods import today
from equipage.funding.selectors import forecast_of
from equipage.payments.models import BankDetails
from equipage.people.models import Death
from equipage.rules.errors import NoRuleInForce
from equipage.teams import journal
from equipage.teams.models import Team
from equipage.teams.panels import Panel, Tab, offer_panel, offer_tab
from equipage.teams.policies import own_team_ids, teams_seen_by_staff
from equipage.teams.rules import form_of


@dataclass(frozen=True)
class EnvelopeGauge:
    """The envelope of a team as the component `gauge` draws it, in cents."""

    state: EnvelopeState
    shown: str
    sentence: str
    keys: tuple[str, str]
    tone: str
    forecast: str


def sees_envelope(team: Any, user: Any) -> bool:
    """Members, the association and the agency see the envelope of a team; nobody else."""
    if user.professional_or_none and own_team_ids(user).filter(team_id=team.pk).exists():
        return True
    return bool(Team.objects.filter(teams_seen_by_staff(user), pk=team.pk).exists())


def gauge_of(team: Any, year: int) -> EnvelopeGauge:
    """The envelope of the year with its sentence. Raises NoRuleInForce when no rule gives one."""
    day = today() if year == today().year else today().replace(year=year, month=12, day=31)
    ceiling = int(form_of(team, day).envelope.effective)
    state = envelope_state(team, year, default_cents=ceiling)
    return EnvelopeGauge(
        state,
        f"{euros(state.committed_cents)} sur {euros(state.amount_cents)}",
        sentence_of(state),
        (f"engagés : {euros(state.committed_cents)}", f"à valider : {euros(state.estimated_cents)}"),
        "wait" if state.left_cents == 0 else "",
        forecast_of(team, year, default_cents=ceiling).sentence,
    )


def sentence_of(state: EnvelopeState) -> str:
    """What the gauge means, said."""
    if not state.amount_cents:
        return f"Aucune enveloppe n'est ouverte pour {state.year}."
    if state.left_cents == 0:
        return f"L'enveloppe {state.year} est entièrement engagée : rien de plus ne pourra être payé cette année."
    after = state.committed_cents + state.estimated_cents
    if after > state.amount_cents:
        return (
            f"Il reste {euros(state.left_cents)}, moins que les {euros(state.estimated_cents)} à valider : "
            "les dernières actions validées seront réduites."
        )
    return (
        f"L'équipe a engagé {state.committed_percent} % de son enveloppe {state.year}, "
        f"dont {euros(state.paid_cents)} versés."
    )


def told_of_money(action: Any, user: Any) -> str:
    """« ≈ 37,50 € pour vous (barème fictif). L'équipe a engagé 62 % de son enveloppe. »"""
    professional = user.professional_or_none
    line = (
        ClaimLine.objects.filter(action=action, professional=professional, adjusts=None)
        .select_related("rate__scale")
        .first()
        if professional
        else None
    )
    envelope = sentence_of(envelope_state(action.team, action.held_on.year))
    if line is None:
        return "Aucun barème n'est adopté pour ce jour : le montant sera connu quand l'association l'aura saisi."
    fictitious = " (barème fictif)" if line.rate.scale.fictitious else ""
    return f"≈ {euros(line.amount_cents)} pour vous{fictitious}, si l'association valide. {envelope}"


def amounts_of(action: Any, user: Any) -> Block | None:
    """The lines of an action that this person may see."""
    lines = list(
        ClaimLine.objects.visible_to(user)
        .filter(action=action)
        .select_related("professional", "rate__scale")
        .order_by("professional__last_name", "id")
    )
    if not lines:
        return None
    data = {
        "lines": lines,
        "total_cents": sum(line.amount_cents for line in lines),
        "estimated": any(line.state == "estimated" for line in lines),
        "fictitious": any(line.rate.scale.fictitious for line in lines),
    }
    return Block("Indemnisation", "compensation/panels/action.html", data)


def envelope_panel(team: Any, user: Any) -> EnvelopeGauge | None:
    """The panel of the team page, once the team is recognised."""
    if team.recognised_on is None or not sees_envelope(team, user):
        return None
    try:
        return gauge_of(team, today().year)
    except NoRuleInForce:
        return None


def _money_tab(team: Any, user: Any) -> bool:
    return team.recognised_on is not None and sees_envelope(team, user)


def waiting_for_estate() -> Any:
    """For a claim line: « death: » while a death stands without a confirmed account of the estate, null otherwise."""
    estate = BankDetails.objects.filter(
        death=OuterRef("pk"), organisation=OuterRef(OuterRef("organisation")), state="confirmed"
    )
    rows = Death.objects.standing().filter(~Exists(estate), professional=OuterRef("professional")).order_by()
    text = Value(f"{DEATH}:", output_field=CharField())
    return Subquery(rows.annotate(told=text).values("told")[:1], output_field=CharField())


def told_of_death(text: str) -> Hindrance:
    """The association settles it: nobody else is told to act."""
    return Hindrance(
        DEATH,
        "Versement suspendu à la suite d'un décès : l'association règle ce qui est dû avec la succession.",
        "association",
    )


# The first hold of all: what a floor above says of a line comes after.
offer_hold(DEATH, waiting_for_estate, told_of_death)
told_after.append(told_of_money)
action_panels.append(amounts_of)
offer_panel(Panel("Enveloppe", "compensation/panels/envelope.html", 50, read=envelope_panel, aside=True))
offer_tab(Tab("Indemnisation", "compensation:of_team", 60, shown=_money_tab))

journal.leave_out("compensation.claim_line.")
