"""The workflows of money on its way: bank details, a payment run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from equipage.foundation.french import counted, enumerate_words
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER
from equipage.people.models import Death
from equipage.people.roles import Role
from equipage.teams.actors import NOBODY_BY_HAND

_MOST_NAMES = 5


def holder_is_actor(details: Any, actor: Any) -> bool:
    professional = actor.professional_or_none
    return professional is not None and professional.pk == details.professional_id


def confirmer_is_neutral(details: Any, actor: Any) -> Sequence[str]:
    """Whoever prepares or approves payments never confirms where the money goes."""
    if actor.holds(Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER):
        return ("Vous préparez ou approuvez des paiements : une autre personne confirme les coordonnées bancaires.",)
    if holder_is_actor(details, actor):
        return ("Ces coordonnées sont les vôtres : une autre personne les confirme.",)
    own = details.proposed_by_id == actor.pk
    return ("Vous avez donné ces coordonnées : une autre personne les confirme.",) if own else ()


BANK_DETAILS = Workflow(
    "payments.bank_details",
    title="Coordonnées bancaires",
    initial="proposed",
    texts=("refusal_reason",),
    states=[
        State("proposed", "À confirmer par l'association", tone="wait", waits_for="association"),
        State("confirmed", "Confirmées", tone="ok", required=("confirmed_at", "confirmed_by")),
        State("refused", "À corriger", tone="stop", required=("refusal_reason",), final=True),
        State("replaced", "Remplacées", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "confirm",
            ("proposed",),
            "confirmed",
            "Confirmer",
            ADMINISTRATOR,
            guards=(confirmer_is_neutral,),
            sets={"confirmed_at": lambda d, actor: timezone.now(), "confirmed_by": lambda d, actor: actor},
            done="Les coordonnées sont confirmées ; la personne en est informée.",
        ),
        Transition(
            "refuse",
            ("proposed",),
            "refused",
            "Demander une correction",
            ADMINISTRATOR,
            guards=(confirmer_is_neutral,),
            needs_comment=True,
            inputs=("refusal_reason",),
            tone="quiet",
        ),
        Transition(
            "replace", ("proposed", "confirmed"), "replaced", "Remplacer", NOBODY_BY_HAND, tone="quiet", hidden=True
        ),
    ],
)


def approver_did_not_prepare(run: Any, actor: Any) -> Sequence[str]:
    own = run.prepared_by_id == actor.pk
    return ("Vous avez préparé cette campagne : une deuxième personne l'approuve.",) if own else ()


def approver_is_not_paid_alone(run: Any, actor: Any) -> Sequence[str]:
    """A treasurer is also a professional: their own payment may be in the run, but not be the whole of it."""
    professional = actor.professional_or_none
    if professional is None or run.payments.exclude(professional_id=professional.pk).exists():
        return ()
    return ("Vous êtes la seule personne payée par cette campagne : quelqu'un d'autre l'approuve.",)


def paying_account_given(run: Any, actor: Any) -> Sequence[str]:
    """The bank file says from which account the association pays."""
    if hasattr(run.organisation, "paying_account"):
        return ()
    return ("Le compte de l'association n'est pas encore donné : son administration l'ajoute avant d'approuver.",)


def nobody_died_meanwhile(run: Any, actor: Any) -> Sequence[str]:
    """A prepared run never changes where the money goes: what a death stops, or frees, is prepared again."""
    stands = Exists(Death.objects.standing().filter(professional=OuterRef("professional")))
    mistaken = Q(bank_details__death__withdrawn_at__isnull=False)
    rows = run.payments.filter(Q(stands, bank_details__death__isnull=True) | mistaken)
    names = list(
        dict.fromkeys(row.professional.full_name for row in rows.select_related("professional").order_by("pk"))
    )
    if not names:
        return ()
    shown = enumerate_words(names) if len(names) <= _MOST_NAMES else counted(len(names), "personne", "personnes")
    return (
        f"Un décès a été signalé ou retiré depuis la préparation ({shown}) : annulez cette préparation, puis préparez "
        "de nouveau. Les autres personnes y seront toutes.",
    )


RUN = Workflow(
    "payments.payment_run",
    title="Campagne de paiement",
    initial="prepared",
    texts=("content_hash", "cancel_reason"),
    states=[
        State("prepared", "À approuver", tone="wait", waits_for="treasurer", required=("content_hash",)),
        State(
            "approved",
            "Approuvée",
            tone="info",
            waits_for="association",
            required=("approved_at", "approved_by", "bank_file", "requested_on"),
        ),
        State("executed", "Exécutée", tone="ok", required=("executed_at", "executed_by", "approved_at"), final=True),
        State("cancelled", "Annulée", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        Transition(
            "approve",
            ("prepared",),
            "approved",
            "Approuver",
            APPROVER,
            guards=(approver_did_not_prepare, approver_is_not_paid_alone, paying_account_given, nobody_died_meanwhile),
            sets={"approved_at": lambda run, actor: timezone.now(), "approved_by": lambda run, actor: actor},
            inputs=("requested_on", "message_id", "bank_file", "bank_file_sha256"),
            done="La campagne est approuvée. Le fichier bancaire, les relevés et les écritures sont prêts.",
        ),
        Transition(
            "cancel",
            ("prepared",),
            "cancelled",
            "Annuler la préparation",
            PREPARER | APPROVER,
            needs_comment=True,
            inputs=("cancel_reason",),
            tone="quiet",
            done="La préparation est annulée. Les lignes attendent la prochaine campagne.",
        ),
        Transition(
            "execute",
            ("approved",),
            "executed",
            "La banque a exécuté les virements",
            PREPARER | APPROVER,
            sets={"executed_at": lambda run, actor: timezone.now(), "executed_by": lambda run, actor: actor},
            inputs=("executed_on",),
            done="Les virements sont faits. Chaque personne voit ce qu'elle a reçu et pourquoi.",
        ),
    ],
)


def _now(answer: Any, actor: Any) -> Any:
    return timezone.now()


def _who(answer: Any, actor: Any) -> Any:
    return actor


ANSWER = Workflow(
    "payments.bank_answer",
    title="Réponse de la banque",
    initial="read",
    states=[
        State("read", "À relire", tone="wait", waits_for="association"),
        State("recorded", "Enregistrée", tone="ok", required=("decided_at", "decided_by"), final=True),
        State("dropped", "Écartée", tone="quiet", required=("decided_at", "decided_by"), final=True),
    ],
    transitions=[
        Transition(
            "record",
            ("read",),
            "recorded",
            "Enregistrer",
            PREPARER | APPROVER,
            sets={"decided_at": _now, "decided_by": _who},
            done="La réponse de la banque est enregistrée.",
        ),
        Transition(
            "drop",
            ("read",),
            "dropped",
            "Écarter ce fichier",
            PREPARER | APPROVER,
            sets={"decided_at": _now, "decided_by": _who},
            tone="quiet",
            done="Le fichier est écarté : il n'a rien changé, et peut être lu à nouveau.",
        ),
    ],
)
