"""A list as a browser meets it: pages, filters, order, files, partial updates, weight, queries, bulk actions."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation.access import WriteDuringRead
from equipage.foundation.listing import ordering, paging
from equipage.messaging.models import Notice
from equipage.people.models import User
from tests.foundation.listing_site import NoticeListing, QuietListing
from tests.listing_checks import assert_constant_queries, assert_light, assert_partial_equals_full, rows_shown

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.listing_site")]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def user():
    return User.objects.create_user("anne@demo.equipage.invalid", first_name="Anne", last_name="Le Goff")


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def make(user, count, **fields):
    known = Notice.objects.count()
    kinds = ("gauge", "decision", "payment")
    made = Notice.objects.bulk_create(
        Notice(**{
            "recipient": user, "kind": kinds[n % 3], "subject": f"avis {n:05}", "body": "texte", "key": f"k{n}",
            "attempts": n, **fields,
        })
        for n in range(known, known + count)
    )  # fmt: skip
    for notice in made:
        Notice.objects.filter(pk=notice.pk).update(created_at=START + timedelta(hours=notice.attempts))
    return made


def test_strangers_are_sent_to_sign_in(client):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.LOGIN_URL", "/connexion/")
        assert client.get("/avis/").status_code == 302


def test_only_visible_rows_are_listed(signed_in, user):
    other = User.objects.create_user("b@demo.equipage.invalid", first_name="B", last_name="C")
    make(user, 2)
    make(other, 1, subject="pour un autre")
    page = signed_in.get("/avis/").content.decode()
    assert rows_shown(page) == ["avis 00001", "avis 00000"]


def test_an_empty_list_says_the_first_step_and_an_empty_search_how_to_widen_it(signed_in, user):
    assert "Créer le premier" in signed_in.get("/avis/").content.decode()
    make(user, 1)
    page = signed_in.get("/avis/?q=introuvable").content.decode()
    assert "Effacer les filtres" in page and "Créer le premier" not in page and 'value="introuvable"' in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=00002", ["avis 00002"]),
        ("?q=%C3%80VIS+00003", ["avis 00003"]),
        ("?nature=payment", ["avis 00005", "avis 00002"]),
        ("?tri=subject&nature=gauge", ["avis 00000", "avis 00003"]),
        (
            "?tri=-attempts&ecrit_du=2026-01-01&ecrit_au=2026-01-01&q=0000",
            [f"avis 0000{n}" for n in (5, 4, 3, 2, 1, 0)],
        ),
        ("?ecrit_au=2025-12-31", []),
        ("?urgent=oui", []),
        ("?tri=inconnu&q=00001", ["avis 00001"]),
    ],
)
def test_filters_and_order_are_in_the_address(signed_in, user, query, shown):
    make(user, 6)
    assert rows_shown(signed_in.get(f"/avis/{query}").content.decode()) == shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ecrit_du=2026-05-01&ecrit_au=2026-01-01", "inversez les deux dates"),
        ("ecrit_du=0206-01-01", "semble mal tapée"),
        ("ecrit_au=9999-12-31", "semble mal tapée"),
        ("ecrit_du=demain", "Saisissez une date valide"),
        ("nature=zzz", "Sélectionnez un choix valide"),
    ],
)
def test_a_wrong_filter_is_explained_and_hides_nothing(signed_in, user, query, sentence):
    make(user, 2)
    page = signed_in.get(f"/avis/?{query}").content.decode()
    assert len(rows_shown(page)) == 2
    assert sentence in page or "nature" in query


def test_counts_by_kind_are_those_of_the_other_filters(signed_in, user):
    make(user, 7)
    listing = listing_for(user, "nature=gauge&q=avis", NoticeListing)
    assert [(link.label, link.count, link.current) for link in listing.tabs[0].links] == [
        ("Tous", 7, False), ("Composition", 3, True), ("Décision", 2, False), ("Paiement", 2, False),
    ]  # fmt: skip


def listing_for(user, query, declared=QuietListing):
    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return declared(request)


def walk(user, size, query):
    """Follow "next" from page to page, as a person does; stop at forty pages rather than turn in circles."""
    seen = []
    QuietListing.page_size = size
    for _ in range(40):
        page = listing_for(user, query).page
        seen.append([row.pk for row in page.rows])
        query = page.next.removeprefix("?")
        if not query:
            break
    return seen


def walk_back(user, size, query, pages):
    """Go to the last page, then follow "previous"."""
    QuietListing.page_size = size
    for _ in range(pages - 1):
        query = listing_for(user, query).page.next.removeprefix("?")
    seen: list[object] = []
    for _ in range(40):
        page = listing_for(user, query).page
        seen.insert(0, [row.pk for row in page.rows])
        query = page.previous.removeprefix("?")
        if page.number == 1:
            break
    return seen


@pytest.fixture(autouse=True)
def usual_page_size():
    yield
    QuietListing.page_size = NoticeListing.page_size = 50


def test_walking_forth_and_back_shows_each_row_once(user, monkeypatch):
    monkeypatch.setattr(paging, "LAST_NUMBERED_PAGE", 3)
    made = make(user, 23)
    Notice.objects.filter(attempts__in=[1, 4, 5, 9]).update(read_at=START)
    for sort in ("", "tri=subject", "tri=-subject", "tri=read_at", "tri=-read_at", "tri=-created_at"):
        pages = walk(user, 2, sort)
        assert len(pages) == 12, sort
        assert sorted(pk for page in pages for pk in page) == sorted(row.pk for row in made), sort
        full = [row.pk for row in listing_for(user, sort).rows]
        assert [pk for page in pages for pk in page] == full, sort
        back = walk_back(user, 2, sort, len(pages))
        assert back == pages, sort


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([None, 0, 1])), min_size=1, max_size=12),
    order=st.lists(
        st.sampled_from(["subject", "-subject", "read_at", "-read_at", "kind"]),
        max_size=3,
        unique_by=lambda n: n.strip("-"),
    ),
)
def test_the_rows_after_a_row_are_exactly_those_that_follow(user, data, order):
    Notice.objects.all().delete()
    Notice.objects.bulk_create(
        Notice(
            recipient=user, kind="x", subject=s, key=str(n), read_at=None if r is None else START + timedelta(days=r)
        )
        for n, (s, r) in enumerate(data)
    )
    terms = ordering.terms(Notice, order)
    full = list(Notice.objects.order_by(*ordering.expressions(terms)))
    for place, row in enumerate(full):
        key = ordering.read_key(terms, ordering.key_of(terms, row))
        after = Notice.objects.filter(ordering.after(terms, key)).order_by(*ordering.expressions(terms))
        assert list(after) == full[place + 1 :]
        backwards = Notice.objects.filter(ordering.after(terms, key, backwards=True))
        assert list(backwards.order_by(*ordering.expressions(terms, backwards=True)))[::-1] == full[:place]


@pytest.mark.parametrize("query", ["page=21&apres=pas-une-cle", "page=999", "page=21&avant=W10", "page=abc", "page=-4"])
def test_an_address_that_leads_nowhere_shows_rows_and_says_so(signed_in, user, query):
    make(user, 3)
    page = signed_in.get(f"/calme/?{query}").content.decode()
    if "999" in query:
        assert "Cette page est vide" in page and "avancez de page en page" in page
    else:
        assert len(rows_shown(page)) == 3


def test_no_count_is_asked_when_one_page_holds_everything(user, django_assert_num_queries):
    make(user, 3)
    with django_assert_num_queries(1):
        listing = listing_for(user, "")
        assert listing.lines and listing.count_sentence == "3\u00a0avis"


def test_counting_stops_at_the_cap(user, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 5)
    make(user, 8)
    QuietListing.page_size = 2
    assert listing_for(user, "").count_sentence == "1 à 2 sur plus de 5\u00a0avis"


def test_every_filtered_row_is_in_the_csv_and_no_formula(signed_in, user):
    make(user, 120)
    Notice.objects.filter(attempts=0).update(subject='=HYPERLINK("http://x")', read_at=START)
    response = signed_in.get("/avis/?export=csv&tri=attempts")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert lines[0] == ["Objet", "Nature", "Destinataire", "Écrit", "Lu", "Montant"]
    assert len(lines) == 121
    assert lines[1][0] == '\'=HYPERLINK("http://x")' and lines[1][4] == "2026-01-01 13:00" and lines[1][5] == "0,00"
    assert lines[120][5] == "1,19"
    filtered = b"".join(signed_in.get("/avis/?export=csv&nature=gauge").streaming_content).decode()
    assert filtered.count("\n") == 41


def test_the_spreadsheet_holds_numbers_and_text(signed_in, user):
    make(user, 3, subject="=1+1")
    response = signed_in.get("/avis/?export=xlsx")
    assert response["Content-Disposition"].endswith('.xlsx"')
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 4 and "<f>" not in sheet and "<t>'=1+1</t>" in sheet
    assert "<v>0.02</v>" in sheet
    response.close()


def test_a_list_that_writes_while_reading_is_refused(signed_in, user, monkeypatch):
    make(user, 1)
    monkeypatch.setattr(NoticeListing, "actions", lambda self, user: Notice.objects.update(subject="x"))
    with pytest.raises(WriteDuringRead):
        signed_in.get("/avis/")


@pytest.mark.parametrize(
    "address",
    [
        "/avis/?q=0000", "/avis/?nature=gauge", "/avis/?tri=-subject", "/avis/?page=2", "/avis/?q=rien",
        "/avis/?ecrit_du=2026-01-02&tri=subject", "/avis/?page=9",
    ],
)  # fmt: skip
def test_a_partial_update_equals_the_full_page(signed_in, user, address):
    make(user, 60)
    assert_partial_equals_full(signed_in, "/avis/", address)


def test_a_partial_update_gives_a_clean_address_and_history_gives_the_page(signed_in, user):
    make(user, 2)
    partial = signed_in.get("/avis/?q=avis&nature=&tri=", headers={"HX-Request": "true"})
    assert partial["HX-Push-Url"] == "/avis/?q=avis" and b"<html" not in partial.content
    assert "HX-Request" in partial["Vary"]
    back = signed_in.get("/avis/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in back.content


def test_a_wrong_filter_of_a_partial_update_loads_the_page_that_explains_it(signed_in, user):
    answer = signed_in.get("/avis/?ecrit_du=0206-01-01", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/avis/?ecrit_du=0206-01-01" and not answer.content


def test_fifty_rows_ask_no_more_queries_than_two(signed_in, user):
    make(user, 2)
    asked = assert_constant_queries(signed_in, "/avis/", lambda: make(user, 48))
    assert asked <= 8


def test_fifty_rows_are_light(signed_in, user):
    make(user, 50)
    assert_light(signed_in, "/avis/")


def test_a_bulk_action_is_shown_then_done_row_by_row(signed_in, user):
    rows = make(user, 3)
    Notice.objects.filter(pk=rows[1].pk).update(subject="secret")
    ticked = {"action": "lire", "ligne": [row.pk for row in rows]}
    before = signed_in.post("/avis/", ticked).content.decode()
    assert "Sera fait pour 3" in before and not Notice.objects.filter(read_at__isnull=False).exists()
    after = signed_in.post("/avis/", {**ticked, "confirme": "oui"}).content.decode()
    assert "Fait pour 2" in after and "Cet avis attend une pièce." in after
    assert set(Notice.objects.filter(read_at__isnull=False)) == {rows[0], rows[2]}


def test_a_bulk_action_on_everything_follows_the_filters(signed_in, user):
    make(user, 60)
    signed_in.post("/avis/?nature=gauge", {"action": "lire", "portee": "tout", "confirme": "oui"})
    assert Notice.objects.filter(read_at__isnull=False).count() == 20
    assert not Notice.objects.filter(read_at__isnull=False).exclude(kind="gauge").exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"action": "lire"}, "Aucune ligne n&#x27;est cochée"),
        ({"action": "lire", "ligne": "abc"}, "n&#x27;existe pas"),
        ({"action": "lire", "ligne": "99999999"}, "ne sont plus dans cette liste"),
        ({"action": "inventée", "ligne": "1"}, "Choisissez d&#x27;abord une action"),
    ],
)
def test_a_bulk_action_that_cannot_be_done_says_why(signed_in, user, posted, sentence):
    make(user, 1)
    response = signed_in.post("/avis/", posted)
    assert response.status_code == 422 and sentence in response.content.decode()


def test_a_bulk_action_reaches_nobody_elses_rows(signed_in, user):
    other = User.objects.create_user("b@demo.equipage.invalid", first_name="B", last_name="C")
    theirs = make(other, 1)[0]
    signed_in.post("/avis/", {"action": "lire", "ligne": theirs.pk, "confirme": "oui"})
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_more_rows_than_a_person_can_read_are_refused(signed_in, user, monkeypatch):
    monkeypatch.setattr("equipage.foundation.listing.bulk.MOST_ROWS", 4)
    make(user, 5)
    response = signed_in.post("/avis/", {"action": "lire", "portee": "tout", "confirme": "oui"})
    assert "porte sur 4 lignes au plus" in response.content.decode()
    assert not Notice.objects.filter(read_at__isnull=False).exists()


def test_a_list_without_bulk_actions_takes_no_post(signed_in, user):
    assert signed_in.post("/calme/", {"action": "lire"}).status_code == 405


def test_hostile_addresses_never_break_the_list(signed_in, user):
    make(user, 2)
    for value in ("\x00", "%", "_", "'", '"><script>', "é" * 300, "\u202e", "\ud800".encode("utf-8", "surrogatepass")):
        query = QueryDict(mutable=True)
        query["q"] = value if isinstance(value, str) else "x"
        for name in ("tri", "page", "apres", "avant", "nature", "urgent", "ecrit_du", "export"):
            query[name] = str(query["q"])
        response = signed_in.get(f"/avis/?{query.urlencode()}")
        assert response.status_code == 200
        assert b"<script>" not in response.content.replace(b"<script src", b"")
