"""Who is told what: mails to who asked and to desks outside, notices to people inside.

Mails are composed when they leave, from the rows: the queue holds neither the words of a person nor a personal link.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from equipage.foundation.french import counted, enumerate_words
from equipage.foundation.jobs import job
from equipage.messaging.mail import compose
from equipage.messaging.services import notify
from equipage.people.selectors import holders
from equipage.support.actors import REGIONAL_ROLES
from equipage.support.links import desk_link, follow_link
from equipage.support.models import Desk, DeskReport, HelpMessage, HelpRequest
from equipage.support.rules import ASSOCIATION_AFTER, KEEP_MONTHS, REMIND_AFTER
from equipage.support.selectors import administrators, staff_of

_TO_ASKER = "Vous recevez ce message car une demande d'aide a été faite sur Équipage avec cette adresse."
_TO_DESK = "Vous recevez ce message car votre guichet est dans l'annuaire des contacts d'Équipage."
_TO_REPORTER = "Vous recevez ce message car vous avez signalé un contact sur Équipage avec cette adresse."
_IF_NOT_YOU = "Si vous n'avez rien demandé, ne faites rien, ou dites-le par ce lien."


def address_of(desk: Desk) -> str:
    """Where a desk is written to. A demonstration never writes to a real one: a domain that cannot exist instead."""
    return f"{desk.key}@guichets.example" if settings.DEMO else desk.email


# --- who asked --------------------------------------------------------------------------------------------------------


def tell_asker(row: HelpRequest, about: str, message: HelpMessage | None = None) -> None:
    """Mail who asked, after commit. `about`: received, taken, answer, passed, closed, late."""
    mail_asker.enqueue(row.pk, about, message.pk if message else 0)


@job(max_attempts=6, backoff=(15, 60, 300, 1800, 7200))
def mail_asker(help_id: int, about: str, message_id: int) -> str:
    """One mail to who asked; a request that was erased or set aside meanwhile says nothing more."""
    row = HelpRequest.objects.select_related("desk").get(pk=help_id)
    if not row.email or row.state == "discarded":
        return "plus utile"
    message = HelpMessage.objects.filter(pk=message_id).select_related("desk").first()
    subject, body = _words(row, about, message)
    compose(row.email, subject, body, link=follow_link(row), button="Suivre ma demande", reason=_TO_ASKER).send()
    return "envoyé"


def _words(row: HelpRequest, about: str, message: HelpMessage | None) -> tuple[str, str]:
    """The subject and the body of a mail to who asked."""
    text, author = (message.text, message.author_name) if message else ("", "")
    match about:
        case "taken":
            return (
                f"{row.holder_name} s'occupe de votre demande",
                f"{row.holder_name} a pris votre demande d'aide, à ce guichet : {row.desk_label}.\n\n"
                "Vous recevrez sa réponse ici, ou par téléphone si vous avez laissé un numéro.",
            )
        case "answer":
            return (
                "Une réponse à votre demande d'aide",
                f"{author} vous répond :\n\n{text}\n\n"
                "Pour continuer la conversation, ou dire que c'est réglé, passez par le lien ci-dessous.",
            )
        case "passed":
            return (
                "Votre demande d'aide change de guichet",
                f"Votre demande est confiée à ce guichet : {row.desk_label}. En voici la raison :\n\n{text}\n\n"
                f"Une personne la prend dans les {REMIND_AFTER} jours ouvrés.",
            )
        case "closed":
            return (
                "Votre demande d'aide est close",
                f"{author} a clos votre demande, avec ce mot :\n\n{text}\n\n"
                "Si ce n'est pas réglé, ajoutez un mot par le lien ci-dessous : la demande se rouvre.",
            )
        case "late":
            return (
                "Votre demande d'aide attend encore",
                f"Votre demande n'a pas été traitée à temps, à ce guichet : {row.desk_label}. Nous l'avons signalée à "
                "des personnes qui peuvent la prendre à sa place.\n\n"
                "Vous n'avez rien à refaire. Le lien ci-dessous montre où elle en est.",
            )
    return (
        "Votre demande d'aide est arrivée",
        f"Une demande d'aide a été faite avec cette adresse. Elle est confiée à : {row.desk_label}.\n\n"
        f"Ce que nous promettons : une personne la prend dans les {REMIND_AFTER} jours ouvrés. Sinon, nous relançons "
        f"ce guichet ; au bout de {ASSOCIATION_AFTER} jours ouvrés, nous confions la demande à l'association de votre "
        "région.\n\n"
        "Le lien ci-dessous est personnel : il montre qui a votre demande et depuis quand, et permet d'ajouter un mot "
        "ou de dire que c'est réglé.\n\n"
        f"Vos coordonnées sont effacées {counted(KEEP_MONTHS, 'mois', 'mois')} après la fin. {_IF_NOT_YOU}",
    )


# --- who answers ------------------------------------------------------------------------------------------------------


def tell_desk(row: HelpRequest, about: str, key: str) -> None:
    """Tell the desk, or who has taken it: new, word (who asked wrote again), remind. `key` keeps it said once.

    Where nobody can be told, the region's association and the administrators of the platform are.
    """
    if row.holder is not None and row.state == "taken" and row.holder.is_active:
        _notify([row.holder], row, about, key)
        return
    inside = staff_of(row.desk)
    if inside:
        _notify(inside, row, about, key)
    elif row.desk is not None and row.desk.email:
        mail_desk.enqueue(row.pk, about)
    else:
        tell_association(row, about, key)
        tell_platform(row, about, key)


def tell_association(row: HelpRequest, about: str, key: str) -> bool:
    """Tell the association of the region. False where it has nobody here."""
    found = holders(*REGIONAL_ROLES, region_id=row.region_id)
    _notify(found, row, about, key)
    return bool(found)


def tell_platform(row: HelpRequest, about: str, key: str) -> None:
    """Tell the administrators of the platform."""
    _notify(administrators(), row, about, key)


_ABOUT = {
    "new": ("Une demande d'aide attend", "Prenez-la d'un geste, puis répondez : la personne voit qui l'a."),
    "word": ("Un mot de plus sur une demande d'aide", "La personne a ajouté un mot : lisez-le et répondez."),
    "remind": ("Une demande d'aide attend toujours", "Personne n'y a encore répondu. Prenez-la, ou confiez-la."),
    "late": (
        "Une demande d'aide n'est pas traitée",
        "Elle attend depuis trop longtemps à son guichet : voyez qui peut.",
    ),
}


def _notify(people: Iterable[Any], row: HelpRequest, about: str, key: str) -> None:
    title, advice = _ABOUT[about]
    facts = enumerate_words(filter(None, (row.get_topic_display().lower(), row.form_label, row.commune.label)))
    for person in people:
        notify(
            person,
            "support.help_request",
            f"{title}, {row.commune.name}",
            f"{facts[:1].upper()}{facts[1:]}. Guichet : {row.desk_label}.\n\n{advice}",
            reverse("support:request", args=[row.pk]),
            urgent=True,
            key=f"support.{key}:{row.pk}:{person.pk}",
        )


@job(max_attempts=6, backoff=(15, 60, 300, 1800, 7200))
def mail_desk(help_id: int, about: str) -> str:
    """Mail the whole request to a desk outside, with a link to take and answer it without an account."""
    row = HelpRequest.objects.select_related("desk__organisation", "commune__department").get(pk=help_id)
    if row.desk is None or not row.desk.email or row.state in ("closed", "discarded"):
        return "plus utile"
    title, _ = _ABOUT[about]
    words = row.messages.filter(kind="word").order_by("-at", "-id").first()
    who = [row.who, row.profession_label, row.commune.label, row.email, row.phone]
    mail = compose(
        address_of(row.desk),
        f"{title} : {row.get_topic_display().lower()}, {row.commune.name}",
        "Cette demande vous est adressée parce que votre guichet accompagne les équipes de ce territoire.\n\n"
        + "\n".join(part for part in who if part)
        + f"\nForme : {row.form_label or 'pas précisée'}\n\n« {words.text if words else ''} »\n\n"
        "Par le lien ci-dessous, sans compte, dites que vous vous en occupez, répondez, ou confiez-la à un autre "
        "guichet : la personne voit ainsi où en est sa demande.\n\n"
        f"Sans nouvelle, nous vous relançons après {REMIND_AFTER} jours ouvrés, puis nous la confions à l'association "
        f"de la région après {ASSOCIATION_AFTER} jours ouvrés.",
        link=desk_link(row),
        button="Prendre la demande, ou répondre",
        reason=_TO_DESK,
    )
    mail.reply_to = [row.email]
    mail.send()
    return "envoyé"


# --- contacts said to be wrong ----------------------------------------------------------------------------------------


def tell_editors(report: DeskReport) -> None:
    """Tell those who may correct the contact: the association of its region, else the platform's administrators."""
    region = report.desk.region_id
    people = holders(*REGIONAL_ROLES, region_id=region) if region else []
    for person in people or administrators():
        notify(
            person,
            "support.desk_report",
            "Un contact est signalé faux",
            f"{report.desk.name} : {report.get_reason_display().lower()}.\n\n"
            "Vérifiez ce contact, corrigez-le si besoin, puis dites-le sur le signalement.",
            reverse("support:report", args=[report.pk]),
            key=f"support.report:{report.pk}:{person.pk}",
        )


@job(max_attempts=4, backoff=(15, 60, 300))
def mail_reporter(report_id: int) -> str:
    """Say to who reported what was done, when they left an address."""
    report = DeskReport.objects.select_related("desk").get(pk=report_id)
    if not report.email or report.state == "open":
        return "plus utile"
    if report.state == "mended":
        body = f"Merci : grâce à vous, ce contact est corrigé ou vérifié : {report.desk.name}."
    else:
        body = (
            f"Merci d'avoir signalé ce contact : {report.desk.name}. Nous l'avons regardé et ne l'avons pas changé. "
            f"En voici la raison :\n\n{report.decision_reason}"
        )
    compose(
        report.email,
        "Votre signalement",
        body,
        link=reverse("support:contacts"),
        button="Voir les contacts",
        reason=_TO_REPORTER,
    ).send()
    return "envoyé"
