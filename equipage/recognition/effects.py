"""What follows the moves of a file: who is told. Each notice leads to the page of the file."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.french import enumerate_words
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify
from equipage.people.roles import Role
from equipage.people.selectors import holders
from equipage.recognition.models import RecognitionFile
from equipage.recognition.selectors import colleagues, section_titles
from equipage.recognition.services import after_submit
from equipage.recognition.states import FILE
from equipage.teams.selectors import accounts_of


def _page(file: RecognitionFile) -> str:
    return reverse("recognition:file", args=[file.pk])


def _tell_team(file: Any, kind: str, subject: str, body: str, *, besides: Any = None, urgent: bool = False) -> None:
    for user in accounts_of(file.team):
        if besides is None or user.pk != besides.pk:
            notify(user, kind, subject, body, _page(file), urgent=urgent)


def _tell_association(file: Any, kind: str, subject: str, body: str) -> None:
    for user in holders(Role.ASSOCIATION_OFFICER, region_id=file.team.region_id):
        notify(user, kind, subject, body, _page(file))


def tell_of_deposit(file: RecognitionFile) -> None:
    """The agency has a file to read; the team has its receipt; the association knows."""
    team = file.team
    for user in colleagues(file):
        notify(
            user,
            "recognition.submitted",
            f"{team.name} dépose son projet de santé",
            f"Dossier {file.number}, {team.commune.label}. Il attend que l'un de vous le prenne en charge.",
            _page(file),
            urgent=True,
        )
    _tell_team(
        file,
        "recognition.receipt",
        "Votre projet de santé est déposé",
        f"Le dossier porte le numéro {file.number}. Le récépissé est sur la page du dossier, en PDF.\n\n"
        "L'ARS le lit. Vous serez prévenus à chaque étape.",
    )
    _tell_association(
        file,
        "recognition.submitted",
        f"{team.name} a déposé son projet de santé",
        f"Dossier {file.number}. L'ARS l'instruit ; vous n'avez rien à faire.",
    )


if tell_of_deposit not in after_submit:
    after_submit.append(tell_of_deposit)


@FILE.effect("take")
def tell_who_reads(happened: Happened) -> None:
    """The team: a named person reads the file."""
    name = happened.actor.full_name
    sentence = f"{name} suit votre dossier {happened.obj.number}. Vous n'avez rien à faire pour l'instant."
    _tell_team(happened.obj, "recognition.taken", f"{name} lit votre projet de santé", sentence)


@FILE.effect("ask_complement")
def tell_of_complement(happened: Happened) -> None:
    """The team: which sections, and that the others stay as they are."""
    file = happened.obj
    asked = file.complements.filter(answered_at__isnull=True).order_by("asked_at", "id")
    titles = section_titles(file)
    keys = dict.fromkeys(row.section_key for row in asked)
    named = enumerate_words([f"« {titles.get(key, key)} »" for key in keys])
    _tell_team(
        file,
        "recognition.complement",
        "L'ARS demande un complément",
        f"{happened.actor.full_name} demande un complément sur {named}.\n\n"
        "Ces rubriques sont rouvertes, les autres restent telles quelles. Complétez-les, répondez en une phrase, "
        "puis renvoyez le dossier.",
        urgent=True,
    )


@FILE.effect("answer_complement")
def tell_of_answer(happened: Happened) -> None:
    """The officer who follows the file: it is theirs again."""
    file = happened.obj
    notify(
        file.assigned_to,
        "recognition.answered",
        f"{file.team.name} a complété son dossier",
        f"Le dossier {file.number} vous revient, sur la version {file.version.number} du projet.",
        _page(file),
        urgent=True,
    )


@FILE.effect("reassign")
def tell_new_officer(happened: Happened) -> None:
    """The officer to whom the file was given."""
    file = happened.obj
    if file.assigned_to != happened.actor:
        subject = f"Le dossier de {file.team.name} vous est confié"
        notify(file.assigned_to, "recognition.reassigned", subject, f"Dossier {file.number}.", _page(file), urgent=True)


@FILE.effect("recognise")
def tell_of_recognition(happened: Happened) -> None:
    """The team and the association: the number, and what is open now."""
    file = happened.obj
    number = f"Numéro d'enregistrement : {file.registration_number}."
    _tell_team(
        file,
        "recognition.recognised",
        f"{file.team.name} est reconnue",
        f"{number} La lettre de décision est sur la page du dossier, en PDF.\n\n"
        "L'étape suivante : chaque membre signe sa convention.",
    )
    _tell_association(file, "recognition.recognised", f"{file.team.name} est reconnue", number)


@FILE.effect("refuse")
def tell_of_refusal(happened: Happened) -> None:
    """The team and the association: why, and that the project may come back."""
    file = happened.obj
    _tell_team(
        file,
        "recognition.refused",
        "Votre projet de santé n'est pas reconnu en l'état",
        f"Motif : {file.decision_reason}\n\nLe projet vous est rendu : modifiez-le, puis déposez une nouvelle version. "
        "L'association peut vous aider.",
        urgent=True,
    )
    _tell_association(
        file, "recognition.refused", f"Le projet de {file.team.name} est refusé", f"Motif : {file.decision_reason}"
    )


@FILE.effect("withdraw")
def tell_of_withdrawal(happened: Happened) -> None:
    """The agency: nobody waits for a decision any more."""
    file = happened.obj
    told = [file.assigned_to] if file.assigned_to else colleagues(file)
    for user in told:
        subject = f"{file.team.name} retire son dossier"
        notify(user, "recognition.withdrawn", subject, f"Le dossier {file.number} n'attend plus rien.", _page(file))
    _tell_team(
        file,
        "recognition.withdrawn",
        "Le dossier est retiré",
        f"Le dossier {file.number} est retiré. Le projet est de nouveau modifiable.",
        besides=happened.actor,
    )
