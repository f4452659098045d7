"""What follows for the proof: hours that must still fit, a file that a rule asks for, one that was refused."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.coordination.evidence import EVIDENCE, missing_evidence
from equipage.coordination.models import Action
from equipage.coordination.selectors import told_after
from equipage.coordination.services import after_change
from equipage.coordination.times import still_fit
from equipage.foundation.documents.states import EXAMINATION
from equipage.foundation.french import enumerate_words, typographic
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify


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
