"""Who is told of an action: those who were there, the one who declared it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from equipage.coordination.evidence import EVIDENCE, missing_evidence
from equipage.coordination.models import Action
from equipage.coordination.rules import UNDO_GRACE_SECONDS, UNDO_SECONDS
from equipage.coordination.selectors import kind_label, told_after
from equipage.coordination.services import after_change, refresh_overlaps, settle_voices
from equipage.coordination.states import ACTION, COUNTER, PRESENCE
from equipage.coordination.times import still_fit
from equipage.foundation.documents.states import EXAMINATION
from equipage.foundation.french import day, enumerate_words, typographic
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify, take_back


def _page(action: Any) -> str:
    return reverse("coordination:action", args=[action.pk])


def ask_the_others(action: Action) -> None:
    """One notice to each person expected; a correction does not tell twice."""
    label = kind_label(action)
    expected = action.presences.filter(state="expected", professional__user__isnull=False)
    for presence in expected.select_related("professional__user"):
        notify(
            presence.professional.user,
            "coordination.presence_expected",
            f"Y étiez-vous ? {label} du {day(action.held_on)}",
            f"{action.declared_by.full_name} a déclaré cette action pour {action.team.name}.\n\n"
            "Un geste suffit pour confirmer votre présence.",
            _page(action),
            key=f"presence:{presence.pk}",
            # Not before the declaration can no longer be undone.
            after=timedelta(seconds=UNDO_SECONDS + UNDO_GRACE_SECONDS),
        )


after_change.append(ask_the_others)


@PRESENCE.effect("confirm", "deny")
def follow_voices(happened: Happened) -> None:
    """Each answer may verify the action, or make it wait again; hours of somebody absent meet nobody's."""
    settle_voices(happened.obj.action, actor=happened.actor)
    refresh_overlaps(happened.obj.action)


@ACTION.effect("cancel", "undo", "reverse")
def forget_questions(happened: Happened) -> None:
    """Nobody is asked about an action that no longer counts."""
    refresh_overlaps(happened.obj)
    take_back([f"presence:{pk}" for pk in happened.obj.presences.values_list("pk", flat=True)])


@ACTION.effect("return_it")
def tell_declarer_to_correct(happened: Happened) -> None:
    action = happened.obj
    notify(
        action.declared_by,
        "coordination.returned",
        f"À corriger : {kind_label(action)} du {day(action.held_on)}",
        f"L'association demande une correction : {happened.comment}\n\nCorrigez puis renvoyez, rien n'est perdu.",
        _page(action),
        urgent=True,
    )


@ACTION.effect("validate")
def tell_declarer_of_validation(happened: Happened) -> None:
    action = happened.obj
    notify(
        action.declared_by,
        "coordination.validated",
        f"Validée : {kind_label(action)} du {day(action.held_on)}",
        f"L'action de {action.team.name} est validée. Elle sera payée avec la prochaine campagne.",
        _page(action),
        key=f"validated:{action.pk}",
    )


@COUNTER.effect("accept", "refuse")
def tell_asker(happened: Happened) -> None:
    counter = happened.obj
    accepted = happened.transition.name == "accept"
    action = counter.action
    notify(
        counter.asked_by,
        "coordination.counter_decided",
        f"Contre-écriture {'passée' if accepted else 'refusée'} : {kind_label(action)} du {day(action.held_on)}",
        "L'action d'origine reste lisible, elle ne compte plus."
        if accepted
        else f"L'association répond : {counter.answer}",
        _page(action),
        key=f"counter:{counter.pk}:decided",
    )


@ACTION.effect("validate", "cancel")
def forget_addresses(happened: Happened) -> None:
    """Nobody is asked any more: the addresses of the guests who did not answer go."""
    happened.obj.guests.exclude(email="").update(email="")


# The proof: hours that must still fit, a file that a rule asks for, one that was refused.


def hours_still_fit(action: Action) -> None:
    """A correction never throws away the hours that somebody noted: it is refused, and says whose they are."""
    outside = [
        presence.professional.full_name
        for presence in action.presences.select_related("professional").order_by("id")
        if not still_fit(action, presence.own_times)
    ]
    if outside:
        raise Refused(
            typographic(
                f"Les heures notées pour {enumerate_words(outside)} sortiraient de la réunion : corrigez-les d'abord, "
                "depuis la page de l'action, ou gardez les heures de la réunion."
            ),
            field="starts_at",
        )


after_change.append(hours_still_fit)


def ask_for_the_file(action: Action, user: Any) -> str:
    """Said once the action is declared, only when a rule asks for a file."""
    return " ".join(missing_evidence(action)) if action.is_open else ""


told_after.append(ask_for_the_file)


@EXAMINATION.effect("refuse")
def tell_who_sent_it(happened: Happened) -> None:
    """Kindly: most people do not know what their computer carries."""
    piece = happened.obj.attachment
    if piece.kind != EVIDENCE or piece.uploaded_by is None:
        return
    notify(
        piece.uploaded_by,
        "coordination.evidence_refused",
        "Une pièce jointe n'a pas été gardée",
        f"L'antivirus a trouvé quelque chose de dangereux dans « {piece.name} » : le fichier n'a pas été gardé, et "
        "personne ne l'a ouvert. Vous n'avez rien fait de mal : cela vient souvent de l'appareil ou du message d'où le "
        "fichier est tiré.\n\n"
        "Reprenez une photo du document, ou enregistrez-le de nouveau en PDF, puis joignez-le encore. Si l'appareil "
        "est le vôtre, faites-le vérifier.",
        reverse("coordination:action", args=[piece.about.rpartition(":")[2]]),
        urgent=True,
        key=f"evidence_refused:{piece.pk}",
    )
