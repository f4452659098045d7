"""The pages: seven taps to sign, what another may not open, what is typed stays, how many queries a list costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from equipage.agreements.models import Convention, Signature
from tests import chain, factories

pytestmark = pytest.mark.django_db


def page(client, name, *args):
    return client.get(reverse(f"agreements:{name}", args=args))


def text_of(response):
    return response.content.decode()


def test_from_the_home_page_to_signed_in_four_requests(client, conventions, person):
    row = conventions[0]
    client.force_login(person)
    assert reverse("agreements:convention", args=[row.pk]) in text_of(client.get("/"))
    read = text_of(page(client, "convention", row.pk))
    assert "En bref" in read and "Signer" in read and row.professional.formal_name in read
    client.post(reverse("agreements:send_code", args=[row.pk]))
    data = {"consent": "on", "code": " ".join(chain.last_code(person))}
    done = client.post(
        reverse("agreements:sign", args=[row.pk]), data, HTTP_USER_AGENT="Essai", REMOTE_ADDR="192.0.2.9"
    )
    assert done.status_code == 302
    assert factories.fresh(row).state == "signed"
    assert Signature.objects.get().evidence["origin"]["address"] == "192.0.2.9"
    # Signed already: the page of the code leads back.
    assert page(client, "sign", row.pk).status_code == 302


def test_a_wrong_code_keeps_what_was_typed(client, conventions, person):
    row = conventions[0]
    client.force_login(person)
    client.post(reverse("agreements:send_code", args=[row.pk]))
    code = f"{(int(chain.last_code(person)) + 1) % 1_000_000:06d}"
    answer = client.post(reverse("agreements:sign", args=[row.pk]), {"consent": "on", "code": code})
    shown = text_of(answer)
    assert answer.status_code == 422 and code in shown and "checked" in shown and "4\u00a0essais" in shown
    answer = client.post(reverse("agreements:sign", args=[row.pk]), {"code": "12a"})
    shown = text_of(answer)
    assert answer.status_code == 422 and "sans votre accord" in shown and "six chiffres, sans lettre" in shown


@pytest.mark.parametrize("name", ["convention", "pdf", "proof", "verify", "sign", "send_code"])
def test_somebody_elses_convention_does_not_exist(client, conventions, person, name):
    client.force_login(person)
    assert page(client, name, conventions[1].pk).status_code == 404
    stranger = factories.nurse().user
    client.force_login(stranger)
    assert page(client, name, conventions[0].pk).status_code == 404


def test_neither_the_agency_nor_the_other_region_sees_a_convention(client, conventions):
    for user in (factories.ars_region(), factories.association_admin(region_code="53"), factories.platform_admin()):
        client.force_login(user)
        assert page(client, "convention", conventions[0].pk).status_code == 404


def test_the_pdf_and_its_proof_are_given_to_both_parties(client, team, conventions, person, admin):
    chain.signed(team, admin=admin)
    for user in (person, admin):
        client.force_login(user)
        for name in ("pdf", "proof"):
            answer = page(client, name, conventions[0].pk)
            assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
        assert "La preuve est intègre" in text_of(page(client, "verify", conventions[0].pk))


def test_countersigning_in_two_steps(client, conventions, admin):
    for row in conventions:
        chain.sign_by(factories.fresh(row.professional.user), [row])
    client.force_login(admin)
    assert text_of(page(client, "to_countersign")).count(" checked") == 2
    nothing = client.post(reverse("agreements:to_countersign"), {})
    assert nothing.status_code == 422 and "Cochez au moins une convention" in text_of(nothing)
    step = client.post(reverse("agreements:to_countersign"), {"c": [row.pk for row in conventions]})
    second = text_of(client.get(step.url))
    assert "Vous signez 2" in second and "les 2 conventions affichées" in second
    wrong = client.post(
        step.url, {"consent": "on", "code": "000000" if chain.last_code(admin) != "000000" else "1" * 6}
    )
    assert wrong.status_code == 422 and not Signature.objects.filter(party="association").exists()
    done = client.post(step.url, {"consent": "on", "code": chain.last_code(admin)})
    assert done.status_code == 302
    assert set(Convention.objects.values_list("state", flat=True)) == {"active"}
    # The list has changed: the same address leads back to what is left.
    assert client.get(step.url).url == reverse("agreements:to_countersign")
    assert "Rien à contresigner" in text_of(page(client, "to_countersign"))


def test_ending_asks_for_a_reason(client, team, conventions, person):
    chain.signed(team)
    client.force_login(person)
    address = reverse("agreements:move", args=[conventions[0].pk, "end"])
    assert "Mettre fin" in text_of(client.get(address))
    answer = client.post(address, {"on": "2020-01-01", "reason": "Je pars."})
    assert answer.status_code == 422 and "Je pars." in text_of(answer) and "précéder le début" in text_of(answer)
    assert client.post(address, {"on": "", "reason": ""}).status_code == 422
    assert client.get(reverse("agreements:move", args=[conventions[0].pk, "cancel"])).status_code == 404


def test_a_team_panel_gives_numbers_and_no_name(client, team, conventions):
    member = factories.member_of(team)
    client.force_login(member)
    shown = text_of(client.get(reverse("teams:team", args=[team.pk])))
    assert "sur 2 en vigueur" in shown and "Rappeler" not in shown
    lead = factories.lead_of(team)
    client.force_login(lead)
    assert "Rappeler" in text_of(client.get(reverse("teams:team", args=[team.pk])))
    assert client.post(reverse("agreements:nudge", args=[team.pk])).status_code == 302
    assert member.notices.filter(kind="agreements.nudge").count() == 1


def signed_rows(teams):
    """Two signed conventions for each team, written straight to the table."""
    for _ in range(teams):
        for membership in factories.recognised_team().memberships.order_by("id"):
            Convention.objects.create(
                number=f"ESSAI-{membership.pk}",
                team=membership.team,
                membership=membership,
                professional=membership.professional,
                organisation=factories.organisation(),
                template_version="essai",
                state="signed",
                created_at=timezone.now(),
                signed_at=timezone.now(),
            )


@pytest.mark.parametrize("name", ["list", "to_countersign"])
def test_a_list_costs_the_same_whatever_its_length(client, name):
    client.force_login(factories.association_admin())
    counts = []
    for teams in (1, 24):
        signed_rows(teams)
        page(client, name)
        with CaptureQueriesContext(connection) as queries:
            page(client, name)
        counts.append(len(queries))
    assert counts[0] == counts[1]
