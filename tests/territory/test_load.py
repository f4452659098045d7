"""Loading the territory: complete, repeatable, and nothing lost when communes merge."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from equipage.territory.models import Commune, Department, Epci, PostalCode, Region
from equipage.territory.selectors import departments_of
from equipage.territory.services import Loaded, load_territory
from equipage.territory.source import SourceBroken, read_source
from tests.territory.sample import sample

pytestmark = pytest.mark.django_db


def test_the_committed_tables_cover_france() -> None:
    source = read_source()
    assert source.vintage == 2026
    assert (len(source.regions), len(source.departments), len(source.epci)) == (26, 109, 1255)
    assert len(source.communes) == 34969
    current = {row[0] for row in source.communes}
    assert len(current) == 34969
    former = {row[0]: row[2] for row in source.former}
    assert len(former) == len(source.former) == 4285
    assert not current & former.keys()
    assert set(former.values()) <= current
    assert {row[3] for row in source.communes} - {""} == {row[0] for row in source.epci}


def test_pays_de_la_loire_has_the_published_figures() -> None:
    loaded = load_territory(region="52")
    assert [found.code for found in departments_of("52")] == ["44", "49", "53", "72", "85"]
    current = Commune.objects.filter(kind=Commune.Kind.CURRENT)
    by_department = {code: current.filter(department=code).count() for code in ("44", "49", "53", "72", "85")}
    assert by_department == {"44": 207, "49": 176, "53": 240, "72": 352, "85": 253}
    assert sum(current.values_list("population", flat=True)) == 3_907_156
    assert Epci.objects.count() == 71
    assert loaded.rows["communes"] == 1228
    assert Region.objects.get().name == "Pays de la Loire"


def test_a_commune_carries_what_the_source_says(places: Loaded) -> None:
    chemille = Commune.objects.select_related("epci").get(pk="49092")
    assert chemille.label == "Chemillé-en-Anjou (49)"
    assert chemille.population == 21999
    assert chemille.seat_name == "Chemillé"
    assert chemille.epci is not None
    assert list(chemille.postal_codes.values_list("code", flat=True)) == ["49120", "49310", "49670", "49750"]
    assert chemille.vintage == 2026
    assert Commune.objects.get(pk="49071").successor == chemille
    assert Commune.objects.get(pk="75112").kind == Commune.Kind.DISTRICT
    yeu = Commune.objects.get(pk="85113")
    assert yeu.epci is None
    assert Commune.objects.get(name="Archipel des Kerguelen").population is None


def test_the_same_load_twice_changes_nothing(places: Loaded) -> None:
    assert places.created["communes"] == places.rows["communes"]
    before = list(PostalCode.objects.values_list("pk", flat=True))
    again = load_territory(source=sample())
    assert again.untouched
    assert list(PostalCode.objects.values_list("pk", flat=True)) == before


def test_the_next_edition_keeps_a_merged_commune_as_a_former_code(places: Loaded) -> None:
    denee = next(row for row in sample().communes if row[1] == "Denée")
    merged = replace(
        sample(),
        vintage=2027,
        communes=[row for row in sample().communes if row[1] != "Denée"],
        former=[*sample().former, [denee[0], "Denée", "49007", "fusionnee", ""]],
    )
    loaded = load_territory(source=merged)
    row = Commune.objects.get(pk=denee[0])
    assert (row.kind, row.successor_id, row.vintage) == (Commune.Kind.FORMER, "49007", 2027)
    assert not row.postal_codes.exists()
    assert loaded.created["communes"] == 0
    assert load_territory(source=merged).untouched
    back = load_territory(source=replace(sample(), vintage=2028))
    assert back.changed["communes"] == back.rows["communes"]
    assert Commune.objects.get(pk=denee[0]).is_current


def test_a_changed_postal_code_is_replaced_and_others_stay(places: Loaded) -> None:
    PostalCode.objects.filter(commune="49007", code="49000").update(code="49999")
    kept = PostalCode.objects.get(commune="49092", code="49120").pk
    loaded = load_territory(source=sample())
    assert (loaded.created["codes postaux"], loaded.changed["codes postaux"]) == (1, 1)
    assert not PostalCode.objects.filter(code="49999").exists()
    assert PostalCode.objects.get(commune="49092", code="49120").pk == kept


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "current", "successor_id": "49007"},
        {"kind": "former", "successor_id": None},
        {"kind": "former", "successor_id": "99999"},
        {"kind": "village", "successor_id": "49007"},
    ],
)
def test_the_database_refuses_a_former_code_without_a_commune(places: Loaded, values: dict[str, str | None]) -> None:
    row = Commune(code="99999", name="X", search_name="x", department_id="49", vintage=2026, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_everybody_sees_reference_data(places: Loaded) -> None:
    for model in (Region, Department, Epci, Commune, PostalCode):
        assert model.objects.visible_to(None).count() == model.objects.count() > 0


def test_the_command_says_what_it_does() -> None:
    out = StringIO()
    call_command("load_territory", region="52", stdout=out)
    assert "communes : 1228" in out.getvalue()
    assert "millésime 2026" in out.getvalue()
    again = StringIO()
    call_command("load_territory", region="52", stdout=again)
    assert "déjà à jour" in again.getvalue()


def test_an_unknown_region_lists_the_known_ones() -> None:
    with pytest.raises(CommandError, match=r"« 99 » n’existe pas.*52 \(Pays de la Loire\)"):
        call_command("load_territory", region="99")
    assert not Region.objects.exists()


def test_a_broken_table_says_which_line(tmp_path: Path) -> None:
    with pytest.raises(SourceBroken, match="VINTAGE"):
        read_source(tmp_path)
    (tmp_path / "VINTAGE").write_text("2026\n")
    with pytest.raises(SourceBroken, match=r"regions\.tsv ne se lit pas"):
        read_source(tmp_path)
    (tmp_path / "regions.tsv").write_text("code\tnom\n", encoding="utf-8")
    with pytest.raises(SourceBroken, match="ligne 1"):
        read_source(tmp_path)
    (tmp_path / "regions.tsv").write_text("code\tname\n52\n", encoding="utf-8")
    with pytest.raises(SourceBroken, match="ligne 2 : 1 colonnes au lieu de 2"):
        read_source(tmp_path)


@pytest.mark.slow
def test_all_of_france_loads() -> None:
    loaded = load_territory()
    assert Commune.objects.count() == 34969 + 4285
    assert PostalCode.objects.count() == loaded.rows["codes postaux"] == 35493
