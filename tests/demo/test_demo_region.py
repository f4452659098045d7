"""The demo region holds together: states, money to the cent, proof, people who have something to do."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.db import connection, router, transaction
from django.db.models import Count, F, Q, Sum
from django.test import Client
from django.urls import reverse
from lxml import etree

from equipage.books.models import FiscalYear, LedgerEntry, Posting
from equipage.books.panels import checks_of_year
from equipage.compensation.models import ClaimLine, HindranceNotice, MonthDecision, YearStatement
from equipage.compensation.piles import preview
from equipage.compensation.selectors import owed_lines
from equipage.controls.models import Control, Draw
from equipage.controls.selectors import drawn_again
from equipage.coordination.models import Action
from equipage.foundation.audit.chain import verify
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.rendering import data_hash
from equipage.foundation.numbering import Counter as Number
from equipage.foundation.periods import Month, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import REGISTRY
from equipage.funding.models import Commitment, Envelope, Fund
from equipage.payments.models import Payment, PaymentRun
from equipage.payments.run_page import checks_of
from equipage.payments.sepa import schema_problem
from equipage.people.models import Death, Organisation, Professional, User
from equipage.people.roles import Role
from equipage.projects.models import Project
from equipage.projects.services import completeness_of
from equipage.recognition.models import RecognitionFile
from equipage.teams.models import Membership, Team
from equipage.web.demo.load import load_demo
from tests.books import fec_checks
from tests.demo.conftest import Seed

pytestmark = pytest.mark.django_db


def _a_death_waits() -> None:
    """Somebody died: the account is closed, nothing is in a run, the last lines wait for the estate."""
    death = Death.objects.standing().get()
    assert not death.professional.user.persona and not death.professional.user.is_active
    lines = owed_lines(death.organisation, Month.current()).filter(professional=death.professional)
    assert lines and {line.held for line in lines} == {"death:"}
    assert not Payment.objects.filter(professional=death.professional, run__state__in=("prepared", "approved")).exists()


@pytest.mark.slow
def test_the_region_holds_together(seed: Seed) -> None:
    seed()
    _every_state_is_there()
    _money_agrees()
    _past_years_are_closed()
    _ceilings_hold()
    _draws_are_found_again()
    _the_month_is_being_looked_at()
    _decisions_rest_on_facts()
    _everybody_is_fictitious()
    _a_death_waits()
    assert verify() is None
    assert not [d.pk for d in Document.objects.order_by("pk") if data_hash(d.data) != d.data_sha256]
    assert all(team.search for team in Team.objects.order_by("pk"))


def _every_state_is_there() -> None:
    models: dict[str, Any] = {
        "teams.team": Team,
        "teams.membership": Membership,
        "projects.project": Project,
        "recognition.file": RecognitionFile,
        "coordination.action": Action,
        "coordination.presence": apps.get_model("coordination.Presence"),
        "agreements.convention": apps.get_model("agreements.Convention"),
        "controls.control": apps.get_model("controls.Control"),
        "controls.plan": apps.get_model("controls.ControlPlan"),
        "disputes.dispute": apps.get_model("disputes.Dispute"),
        "funding.reallotment": apps.get_model("funding.Reallotment"),
        "compensation.scale": apps.get_model("compensation.Scale"),
        "payments.bank_details": apps.get_model("payments.BankDetails"),
        "compensation.claim_line": ClaimLine,
        "payments.payment_run": PaymentRun,
        "payments.bank_answer": apps.get_model("payments.BankAnswer"),
    }
    missing = {}
    for name, model in models.items():
        there = set(model.objects.order_by().values_list("state", flat=True).distinct())
        gone = set(REGISTRY[name].states) - there
        if gone:
            missing[name] = gone
    assert missing == {}
    known = {name for name in REGISTRY if name.split(".")[0] in {m.split(".")[0] for m in models}}
    # Questions and requests between people: the demo shows some, not every answer that they may get.
    some = {"coordination.guest", "coordination.overlap", "coordination.counter_entry"}
    for label in ("coordination.Guest", "coordination.Overlap", "coordination.CounterEntry"):
        assert apps.get_model(label).objects.exists(), label
    assert known == {*models, *some}


def _commitments_agree() -> None:
    """What envelopes and credits hold is what the lines say, to the cent."""
    committed = ClaimLine.objects.filter(state__in=("validated", "locked", "returned", "paid", "repaid"))
    by_team = dict(committed.order_by().values_list("team_id").annotate(total=Sum("amount_cents")))
    held = Envelope.objects.order_by().values_list("team_id").annotate(total=Sum("committed_cents"))
    assert dict(held.filter(committed_cents__gt=0)) == {team: total for team, total in by_team.items() if total}
    by_fund = dict(committed.order_by().values_list("fund_id").annotate(total=Sum("amount_cents")))
    assert dict(Fund.objects.filter(committed_cents__gt=0).values_list("pk", "committed_cents")) == by_fund
    told = Commitment.objects.aggregate(total=Sum("amount_cents"))["total"]
    assert told == sum(by_team.values()) == sum(by_fund.values())


def _draws_are_found_again() -> None:
    draws = list(Draw.objects.order_by("month"))
    assert len(draws) == 2 and all(row.drawn_count for row in draws)
    assert all((found := drawn_again(row)).same_hash and found.same_sample for row in draws)
    # What was not in order is worth nothing any more.
    undone = ClaimLine.objects.filter(action__controls__state="not_in_order").exclude(state="cancelled")
    assert undone.aggregate(total=Sum("amount_cents"))["total"] == 0
    for row in Control.objects.filter(state__in=("corrected", "not_in_order")):
        back = ClaimLine.objects.filter(action=row.action_id, adjusts__isnull=False)
        assert row.taken_cents == -back.aggregate(total=Sum("amount_cents"))["total"]


def _the_month_is_being_looked_at() -> None:
    """What was decided still stands on what is owed now; whoever must act was told once."""
    decisions = list(MonthDecision.objects.select_related("organisation"))
    assert all(row.reason and row.told for row in decisions if row.kind == "wait")
    found = preview(decisions[0].organisation, Month.of(decisions[0].month))
    kinds = Counter(row.kind for row in decisions)
    assert kinds["wait"] == 1 and kinds["pay"] == min(3, len(found.people) - 1)
    people = {person.professional_id: person for person in found.people}
    assert all(people[row.professional_id].state == row.kind for row in decisions)
    told = list(HindranceNotice.objects.order_by("pk").values_list("recipient_id", flat=True))
    assert told and len(told) == len(set(told))
    assert sum(HindranceNotice.objects.order_by("pk").values_list("lines_count", flat=True)) <= found.not_ready.count


def _money_agrees() -> None:
    for run in PaymentRun.objects.exclude(state="cancelled").order_by("id"):
        if run.bank_file is not None:
            content = bytes(run.bank_file)
            assert schema_problem(content) == ""
            total = etree.fromstring(content).find(".//{*}CtrlSum").text
            assert int(str(total).replace(".", "")) == run.total_cents
        checks = checks_of(run)
        assert {row["tone"] for row in checks} == {"ok"}, (run.number, checks)
        assert len(checks) == (7 if run.bank_file else 4), checks
        assert run.lines_count == ClaimLine.objects.filter(payment__run=run).count()
    # Every cent paid went through the books twice: owed, then paid.
    paid = ClaimLine.objects.filter(state="paid").aggregate(total=Sum("amount_cents"))["total"]
    through = Posting.objects.filter(entry__journal="BQ", debit__code="401").aggregate(total=Sum("amount_cents"))[
        "total"
    ]
    came_back = Posting.objects.filter(entry__journal="BQ", credit__code="401").aggregate(total=Sum("amount_cents"))
    assert paid == through - came_back["total"] > 0
    kinds = apps.get_model("payments.PaymentReturn").objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["rejected", "returned"]
    # What was given back came in by the bank.
    back = ClaimLine.objects.filter(state="repaid").aggregate(total=Sum("amount_cents"))["total"]
    received = Posting.objects.filter(entry__journal="BQ", credit__code="6226").aggregate(total=Sum("amount_cents"))
    assert -back == received["total"] > 0
    _commitments_agree()
    assert not Payment.objects.filter(run__state__in=("approved", "executed"), statement__isnull=True).exists()
    uneven = (
        Payment.objects.exclude(run__state="cancelled")
        .annotate(total=Sum("lines__amount_cents"))
        .exclude(total=F("amount_cents"))
    )
    assert not uneven.exists()


def _past_years_are_closed() -> None:
    """Each year is seen the same from everywhere; the last one that is over was closed, told, and opens the next."""
    association = Organisation.objects.get(kind=Organisation.Kind.ASSOCIATION)
    closed = set(FiscalYear.objects.filter(state="closed").values_list("year", flat=True))
    assert today().year - (1 if (today().month, today().day) > (4, 19) else 2) in closed
    assert today().year not in closed
    for year in closed:
        assert {row["tone"] for row in checks_of_year(association, year)} == {"ok"}
        opening = LedgerEntry.objects.get(journal="AN", year=year + 1)
        assert opening.number == 0 and opening.postings.exists()
    treasurer = User.objects.get(role_assignments__role=Role.ASSOCIATION_TREASURER, persona__gt="")
    client = Client()
    client.force_login(treasurer)
    for year in sorted({*closed, today().year}):
        content = b"".join(client.get(reverse("books:fec", args=[year])))
        assert fec_checks.problems(content) == []
    paid = Payment.objects.filter(run__state="executed", run__executed_on__year=max(closed))
    told = YearStatement.objects.filter(year=max(closed)).aggregate(total=Sum("total_cents"))["total"]
    assert told == paid.aggregate(total=Sum("amount_cents"))["total"] > 0


def _ceilings_hold() -> None:
    committed = (
        ClaimLine.objects.filter(state__in=("validated", "locked", "returned", "paid"))
        .order_by()
        .values("team_id", "year")
        .annotate(total=Sum("amount_cents"))
    )
    limits = {(e.team_id, e.year): e.amount_cents for e in Envelope.objects.order_by("pk")}
    totals = {(row["team_id"], row["year"]): row["total"] for row in committed}
    assert all(total <= limits[key] for key, total in totals.items())
    assert any(total == limits[key] for key, total in totals.items()), "no team reaches its ceiling"
    cut = ClaimLine.objects.filter(cut_cents__gt=0)
    assert cut.exists()
    assert all("de moins" in line.sentence for line in cut.order_by("pk"))
    assert any("enveloppe annuelle" in line.sentence for line in cut.order_by("pk"))


def _decisions_rest_on_facts() -> None:
    for file in RecognitionFile.objects.filter(state="recognised").select_related("team", "version__project"):
        assert file.team.recognised_on == file.decided_on
        assert completeness_of(file.version.project, file.team).ok
    for team in Team.objects.exclude(state__in=("forming", "closed")).order_by("pk"):
        assert team.composition_reasons() == (), team.name
    alone = Action.objects.filter(state="validated").annotate(
        voices=Count("presences", filter=Q(presences__state="confirmed"))
    )
    assert not alone.filter(voices=0).exists()
    assert not Action.objects.filter(held_on__lt=F("team__recognised_on")).exists()
    last = Number.objects.get(name__startswith="ecriture:", name__endswith=f":{today().year}").last
    entries = Posting.objects.filter(entry__year=today().year, entry__number__gt=0)
    assert last == entries.values("entry__number").distinct().count()


def _everybody_is_fictitious() -> None:
    assert not Professional.objects.filter(fictitious=False).exists()
    assert not User.objects.exclude(email__endswith="@demo.equipage.invalid").exists()
    assert not any(user.has_usable_password() for user in User.objects.order_by("pk"))
    assert User.objects.exclude(persona="").count() == 10


def _count_from_the_start() -> None:
    """A rollback does not give keys back on PostgreSQL, and the draws of the controls rest on the keys of actions."""
    models = [model for model in apps.get_models() if router.allow_migrate_model("default", model)]
    with connection.cursor() as cursor:
        for words in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(words)


def _picture() -> dict[str, Any]:
    """What the region looks like, without the keys that a database gives."""
    return {
        "teams": list(Team.objects.order_by("name").values_list("name", "state", "commune_id", "recognised_on")),
        "people": list(Professional.objects.order_by("rpps").values_list("rpps", "last_name", "profession_code")),
        "lines": sorted(ClaimLine.objects.values_list("professional__rpps", "held_on", "amount_cents", "state")),
        "versions": sorted(Project.objects.values_list("versions__content_hash", flat=True), key=str),
        "runs": list(PaymentRun.objects.order_by("number").values_list("month", "state", "total_cents", "lines_count")),
    }


@pytest.mark.slow
def test_the_same_seed_gives_the_same_region(seed: Seed) -> None:
    pictures = []
    for number in (7, 7, 8):
        with transaction.atomic():
            _count_from_the_start()
            seed(teams=14, number=number, on=date(2026, 11, 20))
            pictures.append(_picture())
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]
    assert pictures[0]["people"] != pictures[2]["people"]


def test_without_history_there_are_teams_and_members_only(seed: Seed) -> None:
    seed(teams=40, history=False)
    assert Team.objects.count() == 40
    assert Membership.objects.count() >= 100
    assert not ClaimLine.objects.exists()
    states = Counter(Team.objects.values_list("state", flat=True))
    assert len(states) == 5


def test_a_database_with_people_is_refused(seed: Seed) -> None:
    User.objects.create_user("quelqu.un@example.org", None, first_name="Ada", last_name="Réelle")
    with pytest.raises(Refused, match="base vide"):
        seed()
    assert Team.objects.count() == 0


@pytest.mark.parametrize("teams", [-1, 0, 11, 200_001])
def test_an_impossible_number_of_teams_is_refused(teams: int) -> None:
    with pytest.raises(Refused, match="12 à 200"):
        load_demo(teams=teams, seed=1, today=date(2026, 11, 22))


def test_outside_demo_mode_the_command_asks_for_a_yes(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="EQUIPAGE_DEMO=1"):
        call_command("seed_demo")
    assert not User.objects.exists()
