"""A team is created, met, given themes, closed; its gauge, path, journal and list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.projects.rules import gate_reasons
from equipage.teams import journal, path, selectors, services
from equipage.teams.models import Team
from equipage.teams.rules import form_of
from tests import factories as make
from tests.listing_checks import (
    assert_constant_queries,
    assert_light,
    assert_partial_equals_full,
    queries_of,
    rows_shown,
)

pytestmark = pytest.mark.django_db


def test_the_creator_leads_and_two_clicks_make_one_team(client: Client) -> None:
    make.commune("49092")
    nurse = make.nurse()
    client.force_login(nurse.user)
    typed = {"name": "Équipe des  Mauges", "commune": "Chemillé-en-Anjou (49)", "form": "esp-clap"}
    first = client.post("/equipes/nouvelle/", typed)
    second = client.post("/equipes/nouvelle/", typed)
    assert first.headers["Location"] == second.headers["Location"]
    team = Team.objects.get()
    assert (team.name, team.state, team.region_id, team.department_id) == ("Équipe des Mauges", "forming", "52", "49")
    row = team.memberships.get()
    assert (row.role, row.state, row.professional) == ("lead", "confirmed", nurse)
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "teams.team.create",
        "teams.membership.accept",
    ]
    assert verify() is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "obligatoire"),
        ({"commune": "Nulle-Part"}, "Nous ne trouvons pas de commune"),
        ({"commune": "Rennes (35)"}, "Les règles de la région Bretagne ne sont pas encore"),
        ({"form": "cpts"}, "cpts"),
    ],
)
def test_a_team_that_cannot_be_is_refused_and_what_was_typed_stays(
    client: Client, changed: dict[str, str], sentence: str
) -> None:
    make.commune("49092"), make.commune("35238")
    client.force_login(make.nurse().user)
    typed = {"name": "Équipe", "commune": "49092", "form": "esp-clap", **changed}
    answer = client.post("/equipes/nouvelle/", typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page and f'value="{typed["commune"]}"' in page
    assert not Team.objects.exists()


def test_only_a_professional_creates_a_team(client: Client) -> None:
    client.force_login(make.officer())
    assert client.get("/equipes/nouvelle/").status_code == 404
    with pytest.raises(Refused, match="par un professionnel de santé"):
        services.create_team(actor=make.officer(), name="X", commune=make.commune())


def test_the_gauge_says_what_is_missing_which_rule_says_so_and_the_way_out() -> None:
    team = make.team()
    gauge = selectors.gauge_of(team)
    assert not gauge.ok and gauge.headline.startswith("Il manque")
    assert "esp-clap.composition.min_general_practitioners" in {reason.rule_id for reason in gauge.answer.reasons}
    assert all(reason.way_out and reason.reference.title for reason in gauge.answer.reasons)
    make.join(team, make.nurse())
    assert [reason.rule_id for reason in selectors.gauge_of(team).answer.reasons] == [
        "esp-clap.composition.min_general_practitioners"
    ]
    make.join(team, make.gp(), state="uncertain")
    assert not selectors.gauge_of(team).ok, "incertain : ne compte pas"
    make.join(team, make.gp())
    assert selectors.gauge_of(team).ok
    assert selectors.gauge_of(team).value == selectors.gauge_of(team).maximum


def test_the_request_stays_visible_and_blocked_until_the_composition_is_met(client: Client) -> None:
    team = make.team()
    lead = make.lead_of(team)
    client.force_login(lead)
    page = client.get(f"/equipes/{team.pk}/").content.decode()
    assert "Demander à rencontrer l’association" in page and "aria-disabled" in page
    client.post(f"/equipes/{team.pk}/etapes/request_meeting/")
    assert make.fresh(team).state == "forming"
    with pytest.raises(Blocked) as blocked:
        services.move(actor=lead, team=team, name="request_meeting")
    assert blocked.value.reasons == make.fresh(team).composition_reasons()
    make.join(team, make.gp())
    officer = make.officer()
    make.officer(region_code="53")
    assert client.post(f"/equipes/{team.pk}/etapes/request_meeting/").status_code == 302
    client.post(f"/equipes/{team.pk}/etapes/request_meeting/")
    assert make.fresh(team).state == "meeting_requested"
    assert [notice.recipient for notice in Notice.objects.filter(kind="teams.meeting_requested")] == [officer]
    client.force_login(officer)
    assert "demande à vous rencontrer" in client.get("/").content.decode()


def test_the_officer_records_the_meeting(client: Client) -> None:
    team = make.complete_team(state="meeting_requested")
    client.force_login(make.officer())
    page = f"/equipes/{team.pk}/etapes/record_meeting/"
    assert f'href="{page}"' in client.get(f"/equipes/{team.pk}/").content.decode(), "le bouton ouvre le formulaire"
    typed = {"met_on": (today() + timedelta(days=1)).isoformat(), "place": "Chemillé", "notes": "Trois thèmes."}
    wrong = client.post(page, typed)
    assert wrong.status_code == 422
    assert "datée dans le futur" in wrong.content.decode() and "Trois thèmes." in wrong.content.decode()
    assert client.post(page, {**typed, "met_on": "1996-01-01"}).status_code == 422
    assert client.post(page, {**typed, "met_on": today().isoformat()}).status_code == 302
    met = make.fresh(team)
    assert (met.state, met.met_on, met.meeting_place) == ("accompanied", today(), "Chemillé")
    assert Notice.objects.filter(kind="teams.meeting_recorded").count() == 2
    late = client.get(page, follow=True)
    assert "n’est plus possible" in late.content.decode()


def test_whose_move_it_is_not_finds_no_page(client: Client) -> None:
    team = make.complete_team(state="meeting_requested")
    client.force_login(make.lead_of(team))
    assert client.get(f"/equipes/{team.pk}/etapes/record_meeting/").status_code == 404
    assert client.get(f"/equipes/{team.pk}/etapes/recognise/").status_code == 404
    client.force_login(make.ars_department())
    assert client.get(f"/equipes/{team.pk}/etapes/record_meeting/").status_code == 404
    client.post(f"/equipes/{team.pk}/etapes/cancel_meeting_request/")
    assert make.fresh(team).state == "meeting_requested"


def test_closing_needs_a_reason_and_everybody_reads_it(client: Client) -> None:
    team = make.complete_team()
    client.force_login(make.officer())
    page = f"/equipes/{team.pk}/etapes/close/"
    assert client.post(page, {"reason": " "}).status_code == 422
    assert client.post(page, {"reason": "Départs."}).status_code == 302
    assert make.fresh(team).state == "closed"
    assert "Départs." in client.get(f"/equipes/{team.pk}/").content.decode()
    assert Notice.objects.filter(kind="teams.closed").count() == 2


def test_themes_come_after_the_meeting_and_one_may_be_free(client: Client) -> None:
    early = make.team()
    with pytest.raises(Refused, match="après la rencontre"):
        services.choose_themes(actor=make.lead_of(early), team=early, codes=["asthme"])
    team = make.complete_team(state="accompanied")
    member = make.member_of(team)
    client.force_login(member)
    page = f"/equipes/{team.pk}/themes/"
    assert client.post(page, {"free": "  "}).status_code == 422
    assert client.post(page, {"codes": ["asthme", "inconnu"]}).status_code == 422
    client.post(page, {"codes": ["asthme", "avk"], "free": "Plaies  complexes"})
    assert [theme.label for theme in team.themes.order_by("label")] == [
        "Asthme",
        "Patients sous anticoagulants (AVK)",
        "Plaies complexes",
    ]
    before = {theme.code: theme.pk for theme in team.themes.all()}
    client.post(page, {"codes": ["asthme"]})
    assert [theme.pk for theme in team.themes.all()] == [before["asthme"]]
    with pytest.raises(Refused, match="8 thèmes au plus"):
        codes = [theme.key for theme in _catalogue(team)]
        services.choose_themes(actor=member, team=team, codes=codes, free="De trop")


def _catalogue(team: Team) -> Any:
    return form_of(team, today()).themes


def test_the_association_is_declared_then_ended(client: Client) -> None:
    team = make.team()
    client.force_login(make.lead_of(team))
    page = f"/equipes/{team.pk}/association/"
    typed = {"name": "Soins des Mauges", "rna": "w 491 000 001", "since": "2024-03-01"}
    assert "lettre W" in client.post(page, {**typed, "rna": "12"}).content.decode()
    future = {**typed, "since": (today() + timedelta(days=2)).isoformat()}
    assert "est à venir" in client.post(page, future).content.decode()
    assert client.post(page, typed).status_code == 302
    kept = make.fresh(team)
    assert (kept.association_rna, kept.association_since) == ("W491000001", date(2024, 3, 1))
    neither = client.post(page, {**typed, "rna": ""})
    assert neither.status_code == 422 and "ou, à défaut, son SIRET" in neither.content.decode().replace("\u202f", " ")
    assert client.post(page, {**typed, "rna": "", "siret": "732 829 320 00074"}).status_code == 302
    kept = make.fresh(team)
    assert (kept.association_rna, kept.association_siret, kept.is_association) == ("", "73282932000074", True)
    assert "73282932000074" in client.get(f"/equipes/{team.pk}/").content.decode()
    assert client.post(page, typed).status_code == 302
    assert client.post(f"{page}fin/", {"comment": ""}).status_code == 422
    assert client.post(f"{page}fin/", {"comment": "Dissoute."}).status_code == 302
    assert make.fresh(team).association_until == today() and not make.fresh(team).is_association
    entry = AuditEntry.objects.get(action="teams.team.association_end")
    assert entry.before["rna"] == "W491000001" and entry.comment == "Dissoute."


def test_a_team_stays_in_its_region(client: Client) -> None:
    team = make.team()
    make.commune("35238"), make.commune("44109")
    client.force_login(make.lead_of(team))
    page = f"/equipes/{team.pk}/fiche/"
    assert "reste dans sa région" in client.post(page, {"name": "A", "commune": "Rennes (35)"}).content.decode()
    assert client.post(page, {"name": "Équipe de Nantes", "commune": "Nantes (44)"}).status_code == 302
    assert (make.fresh(team).department_id, make.fresh(team).search) == ("44", "equipe de nantes nantes")


def test_being_shown_publicly_is_a_choice_of_the_lead(client: Client) -> None:
    team = make.complete_team()
    client.force_login(make.member_of(team))
    client.post(f"/equipes/{team.pk}/public/", {"montrer": "oui"})
    assert not make.fresh(team).shown_publicly
    client.force_login(make.lead_of(team))
    client.post(f"/equipes/{team.pk}/public/", {"montrer": "oui"})
    assert make.fresh(team).shown_publicly


# --- the path and the journal -----------------------------------------------------------------------------------------


def states(team: Team) -> dict[str, str]:
    return {step.key: step.state for step in path.path_of(team)}


def test_the_path_says_where_the_team_stands_and_who_has_the_ball() -> None:
    team = make.team()
    assert states(team)["team"] == "now" and states(team)["association"] == "next"
    team = make.complete_team()
    assert states(team)["team"] == "done" and states(team)["association"] == "now"
    team = make.complete_team(state="meeting_requested")
    Team.objects.filter(pk=team.pk).update(meeting_requested_at=team.meeting_requested_at - timedelta(days=6))
    team = make.fresh(team)
    now = next(step for step in path.path_of(team) if step.state == "now")
    assert now.key == "association" and now.note == "la main est à l'association, depuis 6\u00a0jours"
    team = make.complete_team(state="accompanied")
    assert states(team)["association"] == "done" and states(team)["themes"] == "now"
    closed = make.complete_team(state="closed")
    assert "now" not in states(closed).values()


def test_a_step_has_one_reader() -> None:
    with pytest.raises(ValueError, match="a déjà sa lecture"):
        path.register("team", lambda team: path.Standing(done=True))


def test_the_journal_is_told_in_french_with_names() -> None:
    team, doctor = make.team(), make.gp(last_name="Martin")
    lead = make.lead_of(team)
    row = services.add_member(actor=lead, team=team, professional=doctor)
    services.accept(actor=doctor.user, membership=row)
    services.edit_team(actor=lead, team=team, name="Autre nom", commune=team.commune)
    told = [(line.what, line.who) for line in journal.journal_of(team, lead)]
    assert told == [
        ("Fiche de l'équipe modifiée", lead.full_name),
        ("Hugo Martin rejoint l'équipe", "Hugo Martin"),
        ("Hugo Martin, ajout à l'équipe", lead.full_name),
    ]
    assert journal.journal_of(team, make.lead_of(make.team())) == []


def test_every_state_has_a_page(client: Client) -> None:
    for state in ("forming", "meeting_requested", "accompanied", "recognised", "closed"):
        team = make.complete_team(state=state)
        for person in (make.lead_of(team), make.officer(), make.ars_department(), make.platform_admin()):
            client.force_login(person)
            assert client.get(f"/equipes/{team.pk}/").status_code == 200


# --- the list ---------------------------------------------------------------------------------------------------------

LIST = "/equipes/toutes/"


def test_each_sees_the_teams_of_their_territory(client: Client) -> None:
    make.team("Mauges", place=make.commune("49092"))
    make.team("Nantes", place=make.commune("44109"))
    make.team("Rennes", place=make.commune("35238"))
    seen = {}
    for name, person in {
        "officer": make.officer(),
        "region": make.ars_region(),
        "department": make.ars_department(),
        "elsewhere": make.officer(region_code="53"),
        "platform": make.platform_admin(),
    }.items():
        client.force_login(person)
        seen[name] = rows_shown(client.get(LIST).content.decode())
    assert seen == {
        "officer": ["Mauges", "Nantes"],
        "region": ["Mauges", "Nantes"],
        "department": ["Mauges"],
        "elsewhere": ["Rennes"],
        "platform": ["Mauges", "Nantes", "Rennes"],
    }
    client.force_login(make.nurse().user)
    assert client.get(LIST).status_code == 404


def test_filters_search_and_files(client: Client) -> None:
    make.complete_team("Équipe de la Loire", state="recognised", place=make.commune("44109"))
    make.team("Équipe des Mauges", state="meeting_requested")
    client.force_login(make.officer())
    assert rows_shown(client.get(f"{LIST}?etat=recognised").content.decode()) == ["Équipe de la Loire"]
    assert rows_shown(client.get(f"{LIST}?departement=49").content.decode()) == ["Équipe des Mauges"]
    assert rows_shown(client.get(f"{LIST}?q=chemille").content.decode()) == ["Équipe des Mauges"]
    csv: Any = client.get(f"{LIST}?export=csv")
    text = b"".join(csv.streaming_content).decode("utf-8-sig") if csv.streaming else csv.content.decode("utf-8-sig")
    assert "Équipe de la Loire" in text and "ESPCLAP-44" in text
    sheet: Any = client.get(f"{LIST}?export=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    sheet.close()


def test_the_list_asks_constant_queries_and_stays_light(client: Client) -> None:
    client.force_login(make.officer())
    make.team(state="recognised")

    def grow() -> None:
        place, head = make.commune(), make.nurse()
        for _ in range(51):
            make.team(lead=head, place=place)

    # A list that fits in one page is counted without a query: compare two lists that do not.
    grow()
    assert_constant_queries(client, LIST, grow)
    assert_light(client, LIST)
    assert_partial_equals_full(client, LIST, f"{LIST}?etat=recognised")


def test_the_page_of_a_team_asks_constant_queries(client: Client) -> None:
    team = make.complete_team(state="accompanied")
    client.force_login(make.officer())
    before = queries_of(client, f"/equipes/{team.pk}/")
    for _ in range(20):
        make.join(team, make.nurse())
    after = queries_of(client, f"/equipes/{team.pk}/")
    assert len(after) == len(before), "\n".join(sorted(set(after) - set(before)))


def test_an_association_that_ended_keeps_what_was_done_before() -> None:
    """The period is kept: the gate is open the day before the end, closed from that day on, and open again later."""
    team = make.recognised_team()
    lead = make.lead_of(team)
    long_ago = today() - timedelta(days=400)
    services.set_association(actor=lead, team=team, name="Les Essais", rna="W491000001", since=long_ago)
    ended = services.end_association(actor=lead, team=team, reason="Dissoute en assemblée.")
    assert not ended.is_association and ended.association_until == today()
    assert gate_reasons(ended, ["PREVENTION"], today() - timedelta(days=1)) == ()
    assert "a pris fin" in gate_reasons(ended, ["PREVENTION"], today())[0]
    again = services.set_association(actor=lead, team=team, name="Les Essais", rna="W491000001", since=long_ago)
    assert again.is_association and gate_reasons(again, ["PREVENTION"], today()) == ()
