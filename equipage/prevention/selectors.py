"""Reading prevention and education: the gate of a team, its actions and programmes, what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from equipage.foundation.french import counted, day, typographic
from equipage.foundation.periods import today
from equipage.people.models import User
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.prevention.models import Evaluation, PreventionAction, Programme, Session
from equipage.prevention.rules import (
    GATED,
    REMIND_BEFORE,
    asks_association,
    association_reasons,
    countdown,
    last_day_to_answer,
    team_advice,
)
from equipage.projects.rules import gate_reasons
from equipage.recognition.selectors import recognised_action_codes
from equipage.teams.models import Team
from equipage.teams.policies import own_team_ids
from equipage.teams.rules import form_of

# What was withdrawn or reversed did not take place.
NOT_HELD = ("cancelled", "reversed")
_SHOWN_CARDS = 5


# --- the gate ---------------------------------------------------------------------------------------------------------


def association_gate(team: Any, kind: str, on: date) -> tuple[str, ...]:
    """What this room adds to the gate of a kind on a day: asked at declaration and at validation."""
    if kind not in GATED or not asks_association(team, kind, on):
        return ()
    return association_reasons(team, on)


def gate_of(team: Any, kind: str, on: date) -> tuple[str, ...]:
    """Everything that closes a kind to a team on a day, with the ways out."""
    if kind not in form_of(team, on).actions:
        return ("Cette forme d'exercice n'annonce pas d'action de ce type.",)
    return tuple(dict.fromkeys((*gate_reasons(team, [kind], on), *association_gate(team, kind, on))))


@dataclass(frozen=True)
class Gate:
    """What the page of a team says before anything else: what is closed, and what the project lacks."""

    closed: tuple[str, ...]
    unannounced: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not self.closed


def gate_today(team: Team) -> Gate:
    """The gate of both kinds today, and those that the recognised project does not announce."""
    on = today()
    known = form_of(team, on).actions
    codes = [code for code in GATED if code in known]
    closed = tuple(dict.fromkeys(sentence for code in codes for sentence in gate_of(team, code, on)))
    if not codes:
        closed = gate_of(team, GATED[0], on)
    announced = recognised_action_codes(team, on)
    unannounced = tuple(typographic(known[code].label) for code in codes if code not in announced)
    return Gate(tuple(typographic(sentence) for sentence in closed), unannounced)


def concerns(team: Team) -> bool:
    """Is prevention the business of this team: announced in its project, or open to it as an association?"""
    if team.is_association:
        return True
    return bool(set(GATED) & set(recognised_action_codes(team, today())))


# --- of a team --------------------------------------------------------------------------------------------------------


def with_sessions(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Actions or programmes with the number of their sessions held and of the people reached."""
    held = ~Q(sessions__action__state__in=NOT_HELD)
    return rows.annotate(
        session_count=Count("sessions", filter=held, distinct=True),
        reached=Sum("sessions__audience", filter=held, default=0),
    )


def actions_of(team: Team) -> QuerySet[PreventionAction]:
    """The prevention actions of a team, the next first."""
    return with_sessions(PreventionAction.objects.filter(team=team)).order_by("-first_on", "-id")


def programmes_of(team: Team) -> QuerySet[Programme]:
    """The programmes of a team, by title."""
    return with_sessions(Programme.objects.filter(team=team)).order_by("title", "id")


def sessions_of(owner: Any) -> list[Session]:
    """The sessions of an action or of a programme, the last first."""
    return list(owner.sessions.select_related("action__team").order_by("-action__held_on", "-id"))


def support_sessions(team: Team) -> list[Session]:
    """The last actions d'accompagnement of a team."""
    rows = Session.objects.filter(action__team=team, nature=Session.Nature.SUPPORT).select_related("action__team")
    return list(rows.order_by("-action__held_on", "-id")[:10])


def figures_of(team: Team) -> dict[str, int]:
    """How many, for those who see counts only: actions, programmes, sessions held, people reached. Three queries."""
    held = Session.objects.filter(action__team=team).exclude(action__state__in=NOT_HELD)
    sums = held.aggregate(many=Count("id"), reached=Sum("audience", default=0))
    return {
        "actions": PreventionAction.objects.filter(team=team).exclude(state="cancelled").count(),
        "programmes": Programme.objects.filter(team=team).exclude(state="stopped").count(),
        "sessions": int(sums["many"]),
        "reached": int(sums["reached"]),
    }


def open_targets(team: Team) -> tuple[list[PreventionAction], list[Programme]]:
    """What a session of this team may belong to: actions that go on, programmes that are not stopped."""
    actions = PreventionAction.objects.filter(team=team, state__in=("planned", "under_way")).order_by("first_on", "id")
    programmes = Programme.objects.filter(team=team).exclude(state="stopped").order_by("title", "id")
    return list(actions), list(programmes)


# --- a programme ------------------------------------------------------------------------------------------------------


def declaration_label(programme: Programme) -> tuple[str, str]:
    """Where the declaration stands, in a few words and a tone: silence counts as soon as it has passed."""
    if programme.silence_has_passed:
        return "Complète, par silence de l'ARS", "ok"
    state = programme._meta.get_field("state").choices
    label = dict(state or ())[programme.state]
    tones = {"complete": "ok", "refused": "stop", "stopped": "quiet"}
    return str(label), tones.get(programme.state, "wait")


def declaration_sentence(programme: Programme) -> str:
    """What the page of a programme says first."""
    match programme.state:
        case "preparing":
            said = "Il n'est pas encore déclaré à l'ARS : ses séances attendent une déclaration complète."
        case "sent" if programme.silence_has_passed:
            since = day(programme.silent_on)
            said = f"L'ARS n'a pas répondu en deux mois : la déclaration est complète depuis le {since}."
        case "sent" if programme.sent_on is not None and programme.silent_on is not None:
            last = last_day_to_answer(programme.sent_on)
            said = (
                f"L'ARS a jusqu'au {day(last)} pour répondre. Sans réponse, la déclaration sera complète le "
                f"{day(programme.silent_on)}, {countdown(programme.silent_on, today())}."
            )
        case "complement":
            said = f"L'ARS a demandé un complément le {day(programme.asked_on)} : le délai ne court plus."
        case "complete" if programme.acknowledged_on is not None:
            said = f"L'ARS a accusé réception le {day(programme.acknowledged_on)}, sous le numéro {programme.number}."
        case "complete":
            said = f"Elle est complète par silence de l'ARS depuis le {day(programme.silent_on)}."
        case "refused":
            said = f"L'ARS l'a refusée le {day(programme.refused_on)}."
        case _:
            said = f"Le programme est arrêté depuis le {day(programme.stopped_on)}."
    return typographic(said)


def advice_of(programme: Programme) -> tuple[str, ...]:
    """What to check in the team of a programme; never a block. One query."""
    others = programme.members.order_by("id").values_list("professional__profession_code", flat=True)
    coordinator = programme.coordinator.profession_code
    return tuple(typographic(sentence) for sentence in team_advice(coordinator, [coordinator, *others]))


def people_who_answer(programme: Programme) -> list[User]:
    """Who is told about a programme: its coordinator while a member, and the people who lead the team."""
    in_force = programme.team.memberships.in_force().filter(state__in=("confirmed", "left"))
    own = in_force.filter(Q(role="lead") | Q(professional=programme.coordinator_id))
    return list(
        User.objects.filter(professional__memberships__in=own.order_by().values("pk"), is_active=True)
        .distinct()
        .order_by("id")
    )


def evaluations_to_recall(on: date) -> QuerySet[Evaluation]:
    """The evaluations of declared programmes that are due soon, due, or late."""
    return (
        Evaluation.objects.filter(done_on__isnull=True, due_on__lte=on + timedelta(days=REMIND_BEFORE))
        .filter(programme__state__in=("sent", "complement", "complete"))
        .select_related("programme__team", "programme__coordinator")
        .order_by("due_on", "id")
    )


# --- what waits for whom (cards of the home page) ---------------------------------------------------------------------


def _mine(user: Any, column: str) -> Q:
    """Rows of teams one leads, or whose `column` is oneself, while a member."""
    professional = user.professional_or_none
    if professional is None:
        return Q(pk__in=[])
    led = professional.memberships.in_force().filter(role="lead", state__in=("confirmed", "left"))
    own = Q(**{f"{column}_id": professional.pk}, team_id__in=own_team_ids(user))
    return own | Q(team_id__in=led.order_by().values("team_id"))


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Results to tell, evaluations to do, silence to note, changes to notify. Four queries."""
    on = today()
    cards = list(_results_awaited(user, on))
    programmes = Programme.objects.filter(_mine(user, "coordinator"))
    cards += _evaluations_awaited(
        evaluations_to_recall(on).filter(programme__in=programmes.order_by().values("pk")), on
    )
    silent = programmes.filter(state="sent", silent_on__lte=on).select_related("team").order_by("silent_on", "id")
    cards += [_silence_card(programme) for programme in silent[:_SHOWN_CARDS]]
    changed = programmes.filter(changes__notified_on__isnull=True, changes__isnull=False).select_related("team")
    cards += [_change_card(programme) for programme in changed.distinct().order_by("title", "id")[:_SHOWN_CARDS]]
    return cards


def _results_awaited(user: Any, on: date) -> Iterable[dict[str, Any]]:
    over = PreventionAction.objects.filter(
        _mine(user, "responsible"), state__in=("planned", "under_way"), last_on__lt=on
    )
    for action in over.select_related("team").order_by("last_on", "id")[:_SHOWN_CARDS]:
        yield {
            "tag": "Résultats attendus",
            "title": typographic(f"« {action.title} » est finie"),
            "sentence": typographic(f"{action.team.name} : dites ce qu'elle a donné, face à ce qui était prévu."),
            "since": action.last_on,
            "url": reverse("prevention:results", args=[action.pk]),
            "action": "Noter les résultats",
        }


def _evaluations_awaited(rows: QuerySet[Evaluation], on: date) -> list[dict[str, Any]]:
    return [
        {
            "tag": "Évaluation en retard" if row.due_on < on else "Évaluation à faire",
            "title": f"{row.get_kind_display()} de « {row.programme.title} »",
            "sentence": typographic(f"Attendue pour le {day(row.due_on)}, {countdown(row.due_on, on)}."),
            "since": row.due_on if row.due_on < on else None,
            "url": reverse("prevention:evaluation", args=[row.pk]),
            "action": "Noter l'évaluation",
        }
        for row in rows[:_SHOWN_CARDS]
    ]


def _silence_card(programme: Programme) -> dict[str, Any]:
    return {
        "tag": "Deux mois sans réponse",
        "title": typographic(f"La déclaration de « {programme.title} » est complète"),
        "sentence": typographic(f"{programme.team.name} : l'ARS n'a pas répondu dans les deux mois. Notez-le."),
        "since": programme.silent_on,
        "url": reverse("prevention:programme", args=[programme.pk]),
        "action": "Ouvrir le programme",
    }


def _change_card(programme: Programme) -> dict[str, Any]:
    return {
        "tag": "Changement à notifier",
        "title": typographic(f"« {programme.title} » a changé"),
        "sentence": typographic(f"{programme.team.name} : l'ARS doit en être informée. Notez la date une fois fait."),
        "since": None,
        "url": reverse("prevention:programme", args=[programme.pk]),
        "action": "Voir les changements",
    }


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """The declarations that the agency has now."""
    rows = Programme.objects.filter(_mine(user, "coordinator"), state="sent", silent_on__gt=today())
    return [
        {
            "title": typographic(f"Déclaration de « {programme.title} »"),
            "sentence": declaration_sentence(programme),
            "who": "L'ARS l'a",
            "since": programme.sent_on,
            "url": reverse("prevention:programme", args=[programme.pk]),
            "action": "Voir",
        }
        for programme in rows.order_by("sent_on", "id")[:_SHOWN_CARDS]
    ]


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Evaluations that are late in the region: one card for all."""
    if not user.holds(*ASSOCIATION_ROLES):
        return []
    programmes = Programme.objects.visible_to(user).order_by().values("pk")
    late = evaluations_to_recall(today()).filter(programme__in=programmes, due_on__lt=today())
    first = late.first()
    if first is None:
        return []
    return [
        {
            "tag": "Éducation thérapeutique",
            "title": counted(late.count(), "évaluation en retard", "évaluations en retard"),
            "sentence": typographic("Les équipes sont relancées chaque mois : un appel peut les aider."),
            "since": first.due_on,
            "url": f"{reverse('prevention:programmes')}?evaluation=oui",
            "action": "Voir les programmes",
        }
    ]
