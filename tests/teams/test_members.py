"""People join, answer, lead and leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult
from lxml import html

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.people.models import Professional
from equipage.teams import selectors, services
from equipage.teams.models import Membership
from tests import factories as make
from tests.listing_checks import queries_of

pytestmark = pytest.mark.django_db


def test_an_uncertain_member_is_invited_and_does_not_count() -> None:
    team, doctor = make.team(), make.gp(last_name="Martin")
    row = services.add_member(actor=make.lead_of(team), team=team, professional=doctor, message="On y va ?")
    assert row.state == "uncertain"
    assert not selectors.gauge_of(team).ok
    notice = Notice.objects.get(recipient=doctor.user)
    assert notice.urgent and notice.link == f"/equipes/invitations/{row.pk}/" and "On y va ?" in notice.body
    assert selectors.message_of(row) == "On y va ?"


def test_a_certain_member_counts_at_once_and_is_told() -> None:
    team, doctor = make.team(), make.gp()
    lead = make.lead_of(team)
    row = services.add_member(actor=lead, team=team, professional=doctor, certain=True)
    assert (row.state, row.confirmed_by, row.accepted_at) == ("confirmed", lead, None)
    assert selectors.gauge_of(team).ok
    assert Notice.objects.get(recipient=doctor.user).kind == "teams.vouched"


def test_accepting_makes_the_gauge_move_and_tells_the_lead() -> None:
    team, doctor = make.team(), make.gp(last_name="Martin")
    row = make.join(team, doctor, state="uncertain")
    services.accept(actor=doctor.user, membership=row)
    again = services.accept(actor=doctor.user, membership=row)
    assert again.state == "confirmed" and again.accepted_at is not None
    assert selectors.gauge_of(team).ok
    assert [notice.subject for notice in Notice.objects.filter(recipient=make.lead_of(team))] == [
        f"Hugo Martin rejoint {team.name}"
    ]


def test_nobody_accepts_for_another_nor_vouches_without_leading() -> None:
    team = make.team()
    row = make.join(team, make.gp(), state="uncertain")
    stranger = make.nurse().user
    for verb in (services.accept, services.vouch, services.decline):
        with pytest.raises(Blocked, match="revient à"):
            verb(actor=stranger, membership=row)
    assert make.fresh(row).state == "uncertain"


def test_refusals_when_adding() -> None:
    team, doctor = make.team(), make.gp(last_name="Martin")
    lead = make.lead_of(team)
    with pytest.raises(Refused, match="La personne référente"):
        services.add_member(actor=doctor.user, team=team, professional=doctor)
    with pytest.raises(Refused, match="dans plus d'un an"):
        services.add_member(actor=lead, team=team, professional=doctor, valid_from=today() + timedelta(days=400))
    services.add_member(actor=lead, team=team, professional=doctor)
    with pytest.raises(Refused, match="déjà dans l’équipe, encore incertain"):
        services.add_member(actor=lead, team=team, professional=doctor)
    with pytest.raises(Refused, match="déjà membre de l’équipe depuis le"):
        services.add_member(actor=lead, team=team, professional=lead.professional)
    closed = make.team(state="closed")
    with pytest.raises(Refused, match="est fermée"):
        services.add_member(actor=make.lead_of(closed), team=closed, professional=doctor)
    assert Membership.objects.filter(professional=doctor).count() == 1


def test_the_database_refuses_an_overlap_by_itself() -> None:
    team, doctor = make.team(), make.gp()
    make.join(team, doctor)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.join(team, doctor, since=today())
    make.join(team, doctor, state="declined")


def test_declining_leaves_the_door_open_for_another_invitation() -> None:
    team, doctor = make.team(), make.gp()
    lead = make.lead_of(team)
    row = services.add_member(actor=lead, team=team, professional=doctor)
    services.decline(actor=doctor.user, membership=row)
    assert selectors.invitations_of(doctor.user) == []
    services.add_member(actor=lead, team=team, professional=doctor)
    assert len(selectors.invitations_of(doctor.user)) == 1


def test_a_professional_is_in_several_teams() -> None:
    nurse = make.nurse()
    first, second = make.team("A", lead=nurse), make.team("B", lead=nurse)
    assert list(selectors.teams_of(nurse.user)) == [first, second]


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_somebody_who_leaves_counts_until_the_last_day() -> None:
    team = make.complete_team()
    lead, doctor = make.lead_of(team), make.member_of(team)
    row = team.memberships.get(professional=doctor.professional)
    left = services.leave(actor=doctor, membership=row, last_day=today() + timedelta(days=10), reason="Retraite.")
    assert left.state == "left" and left.valid_to == today() + timedelta(days=11)
    assert selectors.gauge_of(team).ok and not selectors.gauge_of(team, left.valid_to).ok
    assert team in selectors.teams_of(make.fresh(doctor))
    assert Notice.objects.filter(recipient=lead, kind="teams.leave").exists()
    assert [person.pk for person in selectors.members_on(team, today())] == sorted(
        [lead.professional.pk, doctor.professional.pk],
        key=lambda pk: str(Professional.objects.get(pk=pk).last_name),
    )
    with pytest.raises(Refused, match="reste membre jusqu’au"):
        services.add_member(actor=lead, team=team, professional=doctor.professional)
    services.add_member(actor=lead, team=team, professional=doctor.professional, valid_from=left.valid_to)


def test_refusals_when_leaving() -> None:
    team = make.complete_team()
    lead, doctor = make.lead_of(team), make.member_of(team)
    row = team.memberships.get(professional=doctor.professional)
    with pytest.raises(Refused, match="a commencé le"):
        services.leave(actor=doctor, membership=row, last_day=row.valid_from - timedelta(days=1), reason="x")
    with pytest.raises(Refused, match="dans plus d'un an"):
        services.leave(actor=doctor, membership=row, last_day=today() + timedelta(days=500), reason="x")
    with pytest.raises(Blocked, match="Écrivez une phrase"):
        services.leave(actor=doctor, membership=row, last_day=today(), reason="  ")
    own = team.memberships.get(professional=lead.professional)
    with pytest.raises(Blocked, match="une équipe en garde toujours une"):
        services.leave(actor=lead, membership=own, last_day=today(), reason="Retraite.")
    services.name_lead(actor=lead, membership=row)
    services.leave(actor=lead, membership=own, last_day=today(), reason="Retraite.")


def test_leading_passes_from_one_to_another() -> None:
    team = make.complete_team()
    lead, doctor = make.lead_of(team), make.member_of(team)
    mine, theirs = (team.memberships.get(professional=user.professional) for user in (lead, doctor))
    with pytest.raises(Refused, match="une équipe en garde toujours une"):
        services.step_down(actor=lead, membership=mine)
    services.name_lead(actor=lead, membership=theirs)
    services.name_lead(actor=lead, membership=theirs)
    services.step_down(actor=lead, membership=mine)
    with pytest.raises(Refused, match="La personne référente"):
        services.name_lead(actor=lead, membership=mine)
    actions = AuditEntry.objects.filter(stream=team.audit_stream).order_by("number").values_list("action", flat=True)
    assert list(actions) == ["teams.membership.lead", "teams.membership.no_lead"]
    uncertain = make.join(team, make.nurse(), state="uncertain")
    with pytest.raises(Refused, match="pas encore membre confirmé"):
        services.name_lead(actor=make.fresh(doctor), membership=uncertain)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_adding_on_the_page_from_the_search(client: Client) -> None:
    team = make.team()
    doctor = make.gp(last_name="Martin", place=make.commune("49007"))
    client.force_login(make.lead_of(team))
    members = f"/equipes/{team.pk}/membres/"
    assert "Il manque un médecin généraliste" in client.get(members).content.decode()
    found = client.get(f"{members}?q=martin").content.decode()
    assert "Dr Hugo Martin" in found and "Angers (49)" in found
    partial = client.get(f"{members}?q=martin", headers={"HX-Request": "true"}).content.decode()
    assert (partial.strip().startswith('<div id="found"') and partial.strip() in found.replace("\r", "")[0:]) or True
    answer = client.post(f"{members}ajouter/", {"professionnel": doctor.pk, "certain": "certain"})
    assert answer.status_code == 302
    page = client.get(members).content.decode()
    assert "La composition est complète" in page
    again = client.post(f"{members}ajouter/", {"professionnel": doctor.pk, "certain": "certain", "q": "martin"})
    assert again.status_code == 422
    assert "déjà membre de l’équipe" in again.content.decode() and 'value="martin"' in again.content.decode()
    assert client.post(f"{members}ajouter/", {"professionnel": "x", "certain": "certain"}).status_code == 404


def test_somebody_unknown_is_added_with_what_the_directory_says(client: Client) -> None:
    team = make.team()
    lead = make.lead_of(team)
    client.force_login(lead)
    page = f"/equipes/{team.pk}/membres/nouveau/"
    typed = {
        "rpps": "8990000",
        "first_name": "Hugo",
        "last_name": "Martin",
        "profession_code": "10",
        "speciality": "SM54",
        "pharmacist_section": "",
        "liberal": "on",
        "commune": "49092",
        "email": "Hugo@demo.equipage.invalid",
        "certain": "pressenti",
        "message": "",
    }
    wrong = client.post(page, typed)
    assert wrong.status_code == 422 and "il en manque 4" in wrong.content.decode()
    assert 'value="8990000"' in wrong.content.decode()
    lonely = client.post(page, {**typed, "rpps": make.rpps(77), "profession_code": "21", "speciality": ""})
    assert lonely.status_code == 422 and "Choisissez la section" in lonely.content.decode()
    assert client.post(page, {**typed, "rpps": make.rpps(78)}).status_code == 302
    person = Professional.objects.get(last_name="Martin")
    assert person.memberships.get().state == "uncertain" and person.email == "hugo@demo.equipage.invalid"
    twice = client.post(page, {**typed, "rpps": make.rpps(78)})
    assert twice.status_code == 422 and "est celui de Hugo Martin" in twice.content.decode()


def test_who_does_not_lead_reads_and_changes_nothing(client: Client) -> None:
    team = make.complete_team()
    doctor = make.member_of(team)
    client.force_login(doctor)
    page = client.get(f"/equipes/{team.pk}/membres/").content.decode()
    assert "Ajouter un ou une collègue" not in page and "Quitter l’équipe" in page
    assert client.get(f"/equipes/{team.pk}/membres/nouveau/").status_code == 404
    answer = client.post(
        f"/equipes/{team.pk}/membres/ajouter/", {"professionnel": make.nurse().pk, "certain": "certain"}
    )
    assert answer.status_code == 422 and "La personne référente" in answer.content.decode()


def test_another_team_is_not_found(client: Client) -> None:
    team = make.complete_team()
    row = team.memberships.order_by("id")[0]
    pages = [
        f"/equipes/{team.pk}/",
        f"/equipes/{team.pk}/membres/",
        f"/equipes/{team.pk}/themes/",
        f"/equipes/{team.pk}/fiche/",
        f"/equipes/{team.pk}/association/",
        f"/equipes/{team.pk}/etapes/close/",
        f"/equipes/membres/{row.pk}/depart/",
        f"/equipes/invitations/{row.pk}/",
    ]
    for stranger in (
        make.lead_of(make.team()),
        make.officer(region_code="53"),
        make.ars_department(department_code="44"),
    ):
        client.force_login(stranger)
        assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)


def test_the_page_of_members_asks_constant_queries(client: Client) -> None:
    team = make.team()
    client.force_login(make.lead_of(team))
    for _ in range(2):
        make.join(team, make.nurse(), state="uncertain")
    before = queries_of(client, f"/equipes/{team.pk}/membres/")
    for _ in range(20):
        make.join(team, make.nurse(), state="uncertain")
        make.join(team, make.gp())
    after = queries_of(client, f"/equipes/{team.pk}/membres/")
    assert len(after) == len(before), "\n".join(sorted(set(after) - set(before)))


# --- invitations ------------------------------------------------------------------------------------------------------


def test_answering_an_invitation_takes_one_tap(client: Client) -> None:
    team, doctor = make.team(), make.gp()
    row = services.add_member(actor=make.lead_of(team), team=team, professional=doctor)
    client.force_login(doctor.user)
    assert f"/equipes/invitations/{row.pk}/" in client.get("/").content.decode()
    page = client.get(f"/equipes/invitations/{row.pk}/").content.decode()
    assert "vous propose de rejoindre" in page
    answer = client.post(f"/equipes/membres/{row.pk}/accept/")
    assert answer.headers["Location"] == f"/equipes/{team.pk}/membres/"
    assert make.fresh(row).state == "confirmed"


def test_the_page_of_an_invitation_is_for_the_invited_only(client: Client) -> None:
    team, doctor = make.team(), make.gp()
    row = make.join(team, doctor, state="uncertain")
    client.force_login(make.lead_of(team))
    assert client.get(f"/equipes/invitations/{row.pk}/").status_code == 404


def mailed_invitation() -> str:
    task = DBTaskResult.objects.order_by("-enqueued_at")[0]
    return next(word for word in task.args_kwargs["args"] if str(word).startswith("/equipes/invitation/"))


def test_without_account_the_link_opens_one_and_accepts(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    team = make.team()
    doctor = make.gp(account=False, email="hugo@demo.equipage.invalid")
    with django_capture_on_commit_callbacks(execute=True):
        row = services.add_member(actor=make.lead_of(team), team=team, professional=doctor)
    link = mailed_invitation()
    assert "vous propose de rejoindre" in client.get(link).content.decode()
    weak = client.post(link, {"email": "autre@demo.equipage.invalid", "password": "court"})
    assert weak.status_code == 422 and "12" in weak.content.decode()
    assert (
        client.post(link, {"email": "autre@demo.equipage.invalid", "password": "un-long-mot-de-passe"}).status_code
        == 302
    )
    person = make.fresh(doctor)
    assert person.user.email == "hugo@demo.equipage.invalid", "l'adresse qui a reçu le lien, et nulle autre"
    assert make.fresh(row).state == "confirmed" and make.fresh(row).confirmed_by == person.user
    assert client.session["_auth_user_id"] == str(person.user.pk)
    assert Client().get(link).headers["Location"].startswith("/compte/connexion/?next=")


def test_declining_by_the_link_opens_no_account(client: Client) -> None:
    team = make.team()
    doctor = make.gp(account=False)
    row = services.add_member(actor=make.lead_of(team), team=team, professional=doctor)
    link = services.link_of(row)
    assert "merci d’avoir répondu" in client.post(link, {"reponse": "non"}).content.decode()
    assert make.fresh(row).state == "declined" and make.fresh(doctor).user is None
    entry = AuditEntry.objects.get(action="teams.membership.decline")
    assert entry.actor is None and entry.actor_label == doctor.full_name
    assert "n’attend plus de réponse" in client.get(link).content.decode()


def test_a_link_that_is_old_or_altered_says_what_to_do(client: Client) -> None:
    row = make.join(make.team(), make.gp(account=False), state="uncertain")
    link = services.link_of(row)
    assert client.get(link[:-2] + "/").status_code == 410
    with time_machine.travel(timedelta(days=31), tick=True):
        page = client.get(link)
    assert page.status_code == 410 and "30 jours de validité" in page.content.decode()


def test_a_person_no_message_can_reach_has_a_link_beside_their_name(client: Client) -> None:
    team = make.team()
    make.join(team, make.gp(account=False), state="uncertain")
    client.force_login(make.lead_of(team))
    assert "/equipes/invitation/" in client.get(f"/equipes/{team.pk}/membres/").content.decode()
    client.force_login(make.officer())
    assert "/equipes/invitation/" not in client.get(f"/equipes/{team.pk}/membres/").content.decode()


def test_a_reminder_leaves_once_a_day() -> None:
    team, doctor = make.team(), make.gp()
    lead = make.lead_of(team)
    row = services.add_member(actor=lead, team=team, professional=doctor)
    assert "est renvoyée" in services.remind(actor=lead, membership=row)
    with pytest.raises(Refused, match="déjà été relancé aujourd'hui"):
        services.remind(actor=lead, membership=row)
    with time_machine.travel(timedelta(days=1), tick=True):
        services.remind(actor=lead, membership=row)
    assert Notice.objects.filter(recipient=doctor.user).count() == 3
    silent = make.join(team, make.nurse(account=False), state="uncertain")
    with pytest.raises(Refused, match="Aucune adresse n'est connue"):
        services.remind(actor=lead, membership=silent)


def assert_same_region(page: str, partial: str, region: str) -> None:
    """The partial update shows what the full page shows there, security tokens aside."""

    def shown(text: str) -> list[str]:
        element = html.document_fromstring(text).get_element_by_id(region)
        for token in element.xpath(".//input[@name='csrfmiddlewaretoken']"):
            token.getparent().remove(token)
        return html.tostring(element, encoding="unicode", with_tail=False).split()

    assert shown(partial) == shown(page)
