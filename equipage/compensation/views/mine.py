"""« Mon argent »: what a professional received, what is coming, and why, to the cent."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from equipage.compensation.awaited import WHO, arrived, awaited_by, by_month, standing, totals_of
from equipage.compensation.delays import stages_of
from equipage.compensation.explained import tree_of
from equipage.compensation.hooks import gauge_of, sees_envelope
from equipage.compensation.models import ClaimLine, YearStatement
from equipage.compensation.panels import blocks_of, links_for
from equipage.compensation.scale_selectors import adopted_since
from equipage.compensation.selectors import line_label, with_conditions, with_decisions
from equipage.compensation.services.recovery import awaits_repayment
from equipage.compensation.services.yearly import statements_of
from equipage.compensation.states import COMING
from equipage.coordination.models import Action
from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.payments.models import Payment
from equipage.people.roles import PROFESSIONAL
from equipage.rules.explanation import Explanation
from equipage.teams import panels
from equipage.teams.models import Team

PAGE = 24


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """What I received, month by month; what is coming, and from whom."""
    person: Any = request.user.professional_or_none  # type: ignore[union-attr]
    page = Paginator(arrived(person), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "months": by_month(page.object_list),
        "waiting": awaited_by(person),
        "totals": totals_of(person, today().year),
        "links": links_for(request.user),
        "yearly": statements_of(person),
    }
    return render(request, "compensation/mine.html", context)


@access(SIGNED_IN)
def year_statement(request: HttpRequest, year_statement_id: int) -> HttpResponse:
    """A yearly statement as a PDF, made again from its frozen data when it is not sealed yet."""
    rows = YearStatement.objects.visible_to(request.user).select_related("document")
    row = get_object_or_404(rows, pk=year_statement_id)
    if row.document is None:
        raise Http404
    answer = HttpResponse(pdf_of(row.document), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{row.document.reference}.pdf"'
    return answer


_BEHIND_A_LINE = (
    "professional",
    "team",
    "organisation",
    "rate__scale",
    "payment__run",
    "settled_by__run",
    "action__validated_by",
    "action__team",
    "adjusts",
)


@access(SIGNED_IN)
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: how the amount is made, on which rule, after which decision, and what it waits for."""
    rows = with_decisions(with_conditions(ClaimLine.objects.visible_to(request.user))).select_related(*_BEHIND_A_LINE)
    row: Any = get_object_or_404(rows, pk=line_id)
    reason, who = standing(row) if row.state in ("estimated", *COMING) else ("", "association")
    own = _is_own(request.user, row)
    explanation = Explanation.from_dict(row.explanation)
    context = {
        "line": row,
        "label": line_label(row),
        "explanation": explanation,
        "tree": tree_of(explanation, reverse("compensation:scale", args=[row.rate.scale_id])),
        "reason": reason,
        "who": WHO[who] if own else "",
        "own": own,
        "stages": stages_of(row),
        "first": row.adjusts,
        "adjustments": list(row.adjustments.order_by("pk")),
        "blocks": blocks_of(row, request.user),
        "may_repay": awaits_repayment(row) and can(request.user, "compensation.record_repayment", row).allowed,
        "since": adopted_since(row),
        **_seen_beside(request.user, row),
    }
    return render(request, "compensation/line.html", context)


def _seen_beside(user: Any, row: Any) -> dict[str, bool]:
    """Which of the pages that a line comes from this person may open."""
    return {
        "sees_action": Action.objects.visible_to(user).filter(pk=row.action_id).exists(),
        "sees_payment": bool(row.payment_id) and Payment.objects.visible_to(user).filter(pk=row.payment_id).exists(),
    }


def _is_own(user: Any, row: Any) -> bool:
    person = user.professional_or_none
    return person is not None and person.pk == row.professional_id


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """The envelope of a team, and its lines that the person may see: their own, or all for the association."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("commune"), pk=team_id)
    if team.recognised_on is None or not sees_envelope(team, request.user):
        raise Http404
    year = today().year
    rows = ClaimLine.objects.visible_to(request.user).filter(team=team).select_related("professional", "action__team")
    page = Paginator(rows.order_by("-held_on", "-id"), 50).get_page(request.GET.get("page"))
    context = {
        "team": team,
        "tabs": panels.tabs_of(team, request.user, reverse("compensation:of_team", args=[team.pk])),
        "data": gauge_of(team, year),
        "page": page,
        "lines": [{"line": item, "label": line_label(item)} for item in page.object_list],
        "staff": bool(getattr(request.user, "assignments", [])),
    }
    return render(request, "compensation/team.html", context)
