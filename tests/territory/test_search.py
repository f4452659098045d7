"""Finding a commune: spelling, homonyms, former names and codes, postal codes that several communes share."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation.refusals import Refused
from equipage.territory.forms import CommuneField
from equipage.territory.models import Commune
from equipage.territory.names import normalise
from equipage.territory.selectors import find_commune, search_communes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Chemillé-en-Anjou", "chemille en anjou"),
        ("CHEMILLE  EN ANJOU", "chemille en anjou"),
        ("St-Barthélemy-d’Anjou", "saint barthelemy d anjou"),
        ("Ste Luce s/ Loire", "sainte luce sur loire"),
        ("Ste-Luce s/Loire", "sainte luce sur loire"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Cœuvres", "coeuvres"),
        ("Paris 12e", "paris 12e"),
        ("Dun-s-Auron", "dun s auron"),
        ("  ", ""),
    ],
)
def test_one_spelling(typed: str, compared: str) -> None:
    assert normalise(typed) == compared


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Chemillé-en-Anjou (49)", "Chemillé-en-Anjou (49)"),
        ("chemille en anjou", "Chemillé-en-Anjou (49)"),
        ("49092", "Chemillé-en-Anjou (49)"),
        ("49310", "Chemillé-en-Anjou (49)"),
        ("49310 Chemillé-en-Anjou", "Chemillé-en-Anjou (49)"),
        ("Saint-Aubin (02)", "Saint-Aubin (02)"),
        ("St Aubin (Aisne)", "Saint-Aubin (02)"),
        ("mans", "Le Mans (72)"),
        ("l’ile d’yeu", "L'Île-d'Yeu (85)"),
        ("La Roche s/ Yon", "La Roche-sur-Yon (85)"),
        ("2a004", "Ajaccio (2A)"),
        ("coeuvres et valsery", "Cœuvres-et-Valsery (02)"),
        ("Bors (Canton de Charente-Sud)", "Bors (Canton de Charente-Sud) (16)"),
        ("y", "Y (80)"),
    ],
)
def test_one_commune_is_meant(typed: str, label: str) -> None:
    assert find_commune(typed).commune.label == label


@pytest.mark.parametrize(
    ("typed", "label", "via"),
    [
        ("49071", "Chemillé-en-Anjou (49)", "ancienne commune de Chanzeaux"),
        ("Chanzeaux", "Chemillé-en-Anjou (49)", "ancienne commune de Chanzeaux"),
        ("Chemillé (49)", "Chemillé-en-Anjou (49)", "ancienne commune de Chemillé"),
        ("75112", "Paris (75)", "Paris 12e Arrondissement"),
    ],
)
def test_a_former_code_or_name_gives_the_commune_of_today(typed: str, label: str, via: str) -> None:
    found = find_commune(typed)
    assert found.commune.label == label
    assert found.commune.is_current
    assert found.via == via


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Saint-Nazaire", ["Saint-Nazaire (30), Saint-Nazaire (44) ou Saint-Nazaire (66)", "Choisissez la vôtre"]),
        ("Saint-Aubin", ["Saint-Aubin (02)", "(et 4 autres)"]),
        ("01400", ["L’Abergement-Clémenciat (01)", "(et une autre)"]),
        ("49120", ["est le code postal de Chemillé-en-Anjou (49) et le code INSEE de Denée (49)"]),
        ("Angers (44)", ["Nous ne trouvons pas", "Angers"]),
        ("Anjers", ["Vouliez-vous dire Angers (49)\u202f?"]),
        ("Nante", ["Nantes (44)", "Nanterre (92)"]),
        ("xyzzy", ["«\u202fxyzzy\u202f»", "Vérifiez l’orthographe"]),
        ("99999", ["Aucune commune n’a le code 99999", "CEDEX"]),
        ("491", ["5 caractères"]),
        ("…", ["ni un nom de commune"]),
    ],
)
def test_what_is_ambiguous_or_unknown_is_refused_with_a_way_out(typed: str, says: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        find_commune(typed)
    for part in says:
        assert part in refusal.value.sentence
    assert refusal.value.field == "commune"


def test_the_likeliest_comes_first() -> None:
    assert [match.commune.label for match in search_communes("chemille")] == [
        "Chemillé-en-Anjou (49)",
        "Chemillé-sur-Dême (37)",
    ]
    assert search_communes("nant")[0].commune.name == "Nantes"
    nazaire = search_communes("st nazaire")
    assert nazaire[0].commune.label == "Saint-Nazaire (44)"
    assert [match.via for match in nazaire if match.commune.code == "33378"] == ["ancienne commune de Saint-Nazaire"]


def test_codes_and_their_beginnings_are_found() -> None:
    assert {match.commune.name for match in search_communes("49120")} == {"Chemillé-en-Anjou", "Denée"}
    assert len(search_communes("01400")) == 7
    assert search_communes("4912")[0].via == "code postal 4912…"
    assert [match.via for match in search_communes("75112")] == ["Paris 12e Arrondissement"]
    assert search_communes("q") == search_communes("") == []


def test_one_commune_appears_once_whatever_its_former_names() -> None:
    found = [match.commune.code for match in search_communes("paris")]
    assert found.count("75056") == 1


def test_a_search_costs_the_same_for_one_or_many(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert len(search_communes("saint", limit=12)) > 5
    with django_assert_num_queries(2):
        assert len(search_communes("angers")) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=30) | st.text("0123456789 ()saintcheml%_'\\", max_size=14))
def test_any_text_finds_current_communes_or_is_refused(typed: str) -> None:
    assert all(match.commune.is_current for match in search_communes(typed))
    outcome = _found_or_refused(typed)
    assert outcome.is_current if isinstance(outcome, Commune) else outcome.endswith((".", "?"))


def _found_or_refused(typed: str) -> Commune | str:
    try:
        return find_commune(typed).commune
    except Refused as refusal:
        return refusal.sentence


def _warning(form: forms.Form) -> str:
    field = form.fields["place"]
    assert isinstance(field, CommuneField)
    return field.warning


class PlaceForm(forms.Form):
    place = CommuneField(label="Commune")
    other = CommuneField(label="Autre commune", required=False)


def test_the_field_gives_a_commune_and_keeps_what_was_typed() -> None:
    form = PlaceForm({"place": " st nazaire (44) "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"].code == "44184"
    assert form.cleaned_data["other"] is None
    wrong = PlaceForm({"place": "St Nazaire"})
    assert not wrong.is_valid()
    assert "Saint-Nazaire (66)" in wrong.errors["place"][0]
    assert wrong["place"].value() == "St Nazaire"
    code = PlaceForm({"place": "49120"})
    assert not code.is_valid()
    assert code["place"].value() == "49120"


def test_the_field_says_when_it_understood_a_former_commune() -> None:
    form = PlaceForm({"place": "Chanzeaux"})
    assert form.is_valid()
    assert _warning(form) == "Nous avons retenu Chemillé-en-Anjou (49) (ancienne commune de Chanzeaux)."


def test_the_field_forgets_the_former_commune_of_another_answer() -> None:
    field = CommuneField()
    field.clean("Chanzeaux")
    assert field.warning
    field.clean("Angers")
    assert field.warning == ""


def test_the_field_shows_a_stored_code_as_a_name_and_sees_no_change() -> None:
    form = PlaceForm({"place": "angers"}, initial={"place": "49007"})
    assert form.changed_data == []
    assert PlaceForm(initial={"place": "49007"})["place"].value() == "Angers (49)"
    assert PlaceForm(initial={"place": Commune.objects.get(pk="49007")})["place"].value() == "Angers (49)"
    assert PlaceForm({"place": "Nantes"}, initial={"place": "49007"}).changed_data == ["place"]


def test_an_empty_or_endless_text_is_refused() -> None:
    assert "Indiquez la commune" in PlaceForm({"place": " "}).errors["place"][0]
    assert "trop long" in PlaceForm({"place": "a" * 121}).errors["place"][0]


def test_the_input_asks_for_options_without_a_script_of_its_own() -> None:
    html = str(PlaceForm()["place"])
    assert 'list="id_place_communes"' in html
    assert '<datalist id="id_place_communes"></datalist>' in html
    assert f'hx-get="{reverse("territory:communes")}?champ=place"' in html
    assert "style=" not in html


def test_the_page_works_alone(client: Client) -> None:
    address = reverse("territory:communes")
    page = client.get(address, {"q": "chanzeaux"}).content.decode()
    assert "<h1>" in page
    assert "Chemillé-en-Anjou (49)" in page
    assert "ancienne commune de Chanzeaux" in page
    nothing = client.get(address, {"q": "<b>xyzzy"}).content.decode()
    assert "Aucune commune ne correspond" in nothing
    assert "<b>xyzzy" not in nothing
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
    assert "HX-Request" in client.get(address).headers["Vary"]


def test_the_partial_is_the_part_of_the_page(client: Client) -> None:
    address = reverse("territory:communes")
    page = client.get(address, {"q": "nant"}).content.decode()
    partial = client.get(address, {"q": "nant"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert partial.strip() in page


def _options(client: Client, typed: str) -> str:
    query = {"champ": "form-0-place", "form-0-place": typed}
    answer = client.get(reverse("territory:communes"), query, headers={"HX-Request": "true"})
    return answer.content.decode().strip()


def test_the_options_of_a_field_contain_what_was_typed(client: Client) -> None:
    """Browsers hide the options that do not."""
    assert _options(client, "angers") == '<option value="Angers (49)"></option>'
    assert _options(client, "chanz") == (
        '<option value="Chemillé-en-Anjou (49)">Chemillé-en-Anjou (49), ancienne commune de Chanzeaux</option>'
    )
    assert '<option value="Saint-Nazaire (44)">Saint-Nazaire (44) · st naz</option>' in _options(client, "st naz")
    assert "<script" not in _options(client, "angers <script>")
    assert _options(client, "") == ""
