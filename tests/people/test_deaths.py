"""A death as a fact: recorded once, the account closed, no mail at the only door out; a mistake is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.messaging.mail import spoken
from equipage.messaging.models import MailboxMessage, Notice
from equipage.messaging.services import notify, write_to
from equipage.people import services
from equipage.people.models import Death, Professional
from equipage.people.policies import deaths
from equipage.people.selectors import standing_death
from tests import factories as make
from tests.together import together

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def mailbox(settings: Any) -> None:
    """Mails leave by the door of the house, and their copies are kept."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"


def recorded(person: Professional, **options: Any) -> Death:
    given = {"actor": make.officer(), "organisation": make.organisation(), "died_on": DAY, "learnt_from": "le notaire"}
    return services.record_death(**{**given, "professional": person, **options})


def reached() -> list[str]:
    Worker().run_all()
    return sorted(MailboxMessage.objects.values_list("recipient", flat=True))


# --- the fact -----------------------------------------------------------------------------------------------------


def test_recording_closes_the_account_and_ends_its_sessions(client: Client) -> None:
    nurse = make.nurse()
    client.force_login(nurse.user, "django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("people:account")).status_code == 200
    death = recorded(nurse)
    assert not make.fresh(nurse.user).is_active and death.closed_account
    assert client.get(reverse("people:account")).status_code == 302
    link = AuditEntry.objects.get(action="people.death.record")
    assert link.after["died_on"] == "2026-03-02" and link.stream == "platform"
    assert standing_death(nurse) == death


def test_the_same_twice_is_one_row_and_another_day_is_refused() -> None:
    nurse = make.nurse()
    first = recorded(nurse)
    assert recorded(nurse, actor=make.association_admin(), learnt_from="l'équipe") == first
    with pytest.raises(Refused, match="déjà signalé, au 2 mars 2026"):
        recorded(nurse, died_on=DAY + timedelta(days=1))
    assert Death.objects.count() == AuditEntry.objects.filter(action="people.death.record").count() == 1


def test_what_is_refused() -> None:
    nurse = make.nurse()
    with pytest.raises(Refused, match="dans le futur") as refused:
        recorded(nurse, died_on=today() + timedelta(days=1))
    assert refused.value.field == "died_on"
    with pytest.raises(Refused, match="par qui") as refused:
        recorded(nurse, learnt_from="  ")
    assert refused.value.field == "learnt_from"
    officer = make.officer(person=make.nurse().user)
    with pytest.raises(Refused, match="son propre décès"):
        recorded(officer.professional, actor=officer)
    recorded(nurse, died_on=today())


@pytest.mark.parametrize(
    ("who", "records", "withdraws"),
    [
        ("officer", True, False),
        ("association_admin", True, True),
        ("treasurer", False, False),
        ("ars_region", False, False),
        ("platform_admin", False, False),
        ("elsewhere", False, False),
        ("nobody", False, False),
    ],
)
def test_who_may(who: str, records: bool, withdraws: bool) -> None:
    others: dict[str, Any] = {"elsewhere": lambda: make.association_admin(region_code="53"), "nobody": make.user}
    user = (others.get(who) or getattr(make, who))()
    nurse = make.nurse()
    if records:
        assert recorded(nurse, actor=user).recorded_by == user
    else:
        with pytest.raises(Refused, match="Un décès est signalé par"):
            recorded(nurse, actor=user)
    death = recorded(nurse)
    if withdraws:
        services.withdraw_death(death, actor=user, reason="Un homonyme.")
    else:
        with pytest.raises(Refused, match="Seule l'administration"):
            services.withdraw_death(death, actor=user, reason="Un homonyme.")
    assert (standing_death(nurse) is None) == withdraws
    assert Death.objects.filter(deaths(user)).exists() == (who in ("officer", "association_admin", "treasurer"))


def test_a_mistake_is_withdrawn_with_a_reason_and_the_account_opens() -> None:
    nurse, admin = make.nurse(), make.association_admin()
    death = recorded(nurse)
    with pytest.raises(Refused, match="pourquoi"):
        services.withdraw_death(death, actor=admin, reason=" ")
    services.withdraw_death(death, actor=admin, reason="Un homonyme.")
    services.withdraw_death(death, actor=admin, reason="Deux fois.")
    assert make.fresh(nurse.user).is_active and make.fresh(death).withdraw_reason == "Un homonyme."
    assert AuditEntry.objects.get(action="people.death.withdraw").comment == "Un homonyme."
    assert recorded(nurse) != death


def test_an_account_closed_before_stays_closed() -> None:
    nurse, admin = make.nurse(), make.platform_admin()
    services.close_account(actor=admin, user=nurse.user, reason="Départ.")
    death = recorded(nurse)
    with pytest.raises(Refused, match="Un décès est signalé"):
        services.reopen_account(actor=admin, user=make.fresh(nurse.user))
    services.withdraw_death(death, actor=make.association_admin(), reason="Un homonyme.")
    assert not make.fresh(nurse.user).is_active
    services.reopen_account(actor=admin, user=make.fresh(nurse.user))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"withdrawn_at": timezone.now()},
        {"withdraw_reason": "Un homonyme."},
        {"learnt_from": "", "other": True},
    ],
)
def test_the_database_refuses_a_second_death_and_half_a_withdrawal(wrong: dict[str, Any]) -> None:
    nurse = make.nurse()
    first = recorded(nurse)
    person = make.nurse() if wrong.pop("other", False) or wrong else nurse
    given = {"learnt_from": "le notaire", "recorded_by": first.recorded_by, "recorded_at": timezone.now(), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Death.objects.create(professional=person, organisation=first.organisation, died_on=DAY, **given)


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_write_one_row() -> None:
    nurse, people = make.nurse(), [make.officer(), make.association_admin()]
    rows = together([partial(recorded, nurse, actor=actor) for actor in people])
    assert Death.objects.count() == 1 and len({row.pk for row in rows}) == 1


# --- nothing is mailed --------------------------------------------------------------------------------------------


def test_neither_a_notice_nor_a_letter_nor_a_password_link_leaves(mailbox: None, client: Client) -> None:
    nurse, colleague = make.nurse(), make.nurse()
    Professional.objects.filter(pk=nurse.pk).update(email="Maison@Exemple.fr")
    recorded(nurse)
    notify(nurse.user, "essai", "Bonjour", "Un essai.", key="essai:1")
    notify(colleague.user, "essai", "Bonjour", "Un essai.", key="essai:2")
    write_to(nurse.user.email.upper(), "Bonjour", "Un essai.")
    write_to("maison@exemple.fr", "Bonjour", "Un essai.")
    said = client.post(reverse("people:forgotten"), {"email": nurse.user.email})
    assert said.templates[0].name == "people/forgotten_sent.html"
    assert reached() == [colleague.user.email]
    silent = Notice.objects.get(key="essai:1")
    assert (silent.sent_at, silent.error, silent.attempts) == (None, "", 0)


def test_others_of_the_same_mail_still_receive_it(mailbox: None) -> None:
    nurse, colleague = make.nurse(), make.nurse()
    recorded(nurse)
    named = f"Famille <{nurse.user.email.title()}>"
    both = EmailMessage("Bonjour", "Un essai.", to=[colleague.user.email, named], bcc=[nurse.user.email])
    alone = EmailMessage("Bonjour", "Un essai.", to=[named])
    assert [mail.recipients() for mail in spoken([both, alone])] == [[colleague.user.email]]
    assert both.to == [colleague.user.email, named]
    assert (both.send(), alone.send()) == (1, 0)
    assert reached() == [colleague.user.email]


def test_an_address_that_a_living_person_shares_still_receives(mailbox: None) -> None:
    nurse, colleague = make.nurse(), make.nurse()
    Professional.objects.filter(pk=nurse.pk).update(email=colleague.user.email)
    recorded(nurse)
    write_to(colleague.user.email, "Bonjour", "Un essai.")
    assert reached() == [colleague.user.email]


def test_mails_leave_again_once_the_death_is_withdrawn(mailbox: None) -> None:
    nurse = make.nurse()
    death = recorded(nurse)
    services.withdraw_death(death, actor=make.association_admin(), reason="Un homonyme.")
    notify(nurse.user, "essai", "Bonjour", "Un essai.")
    assert reached() == [nurse.user.email]
