"""The code tables: complete, dated, readable for ever, and never offering what is closed."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from equipage.people import nomenclatures as codes
from equipage.people.nomenclatures import Answer, NomenclatureBroken, UnknownCode

DAY = date(2026, 11, 22)

# Written again from the reference page, so that a code lost from a file is seen.
EXPECTED = {
    "professions": "10 21 26 28 31 32 35 36 37 38 39 40 50 60 69 70 80 81 82 83 84 85 86 91 92 93 94 95 96 98",
    "titles": "71 72 73 93 97",
    "social_professions": "41",
    "students": "10 21 40 50",
    "know_how_types": "S C CEX CAPA CM DEC DNQ FQ OP PAC SH SST",
    "pharmacist_sections": "A B C D E G H M",
    "practice_modes": "L S B I",
    "activity_genres": " ".join(f"GENR{n:02}" for n in (*range(1, 14), 99)),
    "sectors": "SA01 SA05 SA07 SA08 SA09 SA11 SA17 SA25 SA29 SA33 SA38 SA39 SA42 SA50 SA52 SA57 SA62 SA63 SA64 SA65",
    "finess_categories": "603 124 604 606 608 647 648 620 641 611 354 209 127 700 701",
    "coordination_structures": "ESP-CLAP ESP MSP CDS CPTS DAC ESS ASALEE",
    "mailbox_types": "PER ORG APP CAB",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_code_is_there_with_its_system(name: str) -> None:
    table = codes.table(name)
    assert set(table.concepts) == set(EXPECTED[name].split())
    for concept in table:
        assert codes.concept(table.system, concept.code) is concept
        assert concept.label
        assert concept.screen_label
        assert concept.screen_plural


def test_the_specialities_are_all_there() -> None:
    expected = {f"SM{n:02}" for n in range(1, 96)} | {f"SI0{n}" for n in range(1, 6)}
    expected |= {f"SP0{n}" for n in range(1, 5)} | {"SCD01", "SCD02", "SCD03"}
    assert {concept.code for concept in codes.specialities()} == expected


def test_systems_are_named_once() -> None:
    systems = [table.system for table in codes.tables().values()]
    assert len(systems) == len(set(systems))
    assert codes.table("professions").oid == "1.2.250.1.71.1.2.7"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("professions", "93"),
        ("activity_genres", "GENR05"),
        ("activity_genres", "GENR07"),
        ("sectors", "SA11"),
        ("sectors", "SA62"),
        ("specialities", "SP01"),
        ("specialities", "SP04"),
    ],
)
def test_a_closed_code_is_read_but_not_chosen(name: str, code: str) -> None:
    table = codes.table(name)
    assert table[code].label
    assert table[code] not in table.selectable(DAY)
    assert code not in dict(table.choices(DAY))


def test_a_code_holds_until_the_day_it_closes() -> None:
    genre = codes.activity_genre("GENR07")
    assert genre.valid_from == date(2016, 3, 21)
    assert genre.valid_to == date(2020, 6, 26)
    assert not genre.selectable_on(date(2016, 3, 20))
    assert genre.selectable_on(date(2016, 3, 21))
    assert genre.selectable_on(date(2020, 6, 25))
    assert not genre.selectable_on(date(2020, 6, 26))


def test_psychologist_could_never_be_chosen_among_health_professions() -> None:
    born_closed = codes.profession("93")
    assert not any(born_closed.selectable_on(date(2021, 12, day)) for day in (16, 17, 18))


def test_the_same_code_in_two_systems_is_two_concepts() -> None:
    one, other = codes.concept("TRE_G15-ProfessionSante", "93"), codes.concept("TRE_R95-UsagerTitre", "93")
    assert one != other
    assert one.key != other.key
    assert other.selectable_on(DAY)


def test_twelve_professions_are_of_first_recourse() -> None:
    found = {concept.code for concept in codes.first_recourse_professions()}
    assert found == {"10", "21", "40", "50", "60", "70", "80", "91", "92", "94", "95", "96"}


@pytest.mark.parametrize(
    ("specialities", "answer"),
    [
        (["SM26"], Answer.YES),
        (["SM53"], Answer.YES),
        (["SM54"], Answer.YES),
        (["SM57", "SM54"], Answer.YES),
        (["SM18"], Answer.NO),
        (["SM40"], Answer.NO),
        (["SM63"], Answer.NO),
        ([], Answer.TO_CONFIRM),
    ],
)
def test_who_is_a_general_practitioner(specialities: list[str], answer: Answer) -> None:
    assert codes.general_practice(specialities) is answer


@pytest.mark.parametrize("code", ["SM03", "SM63", "SM64", "SM65", "SM66", "SM67"])
def test_biologists(code: str) -> None:
    assert codes.medical_biology([code])
    assert not codes.medical_biology(["SM54"])


def test_pharmacists_of_first_recourse() -> None:
    eligible = {section.code for section in codes.pharmacist_sections() if section.traits["first_recourse"]}
    assert eligible == {"A", "D", "E", "G"}


def test_what_screens_say() -> None:
    assert codes.occupation("10", ["SM54"]) == "Médecin généraliste"
    assert codes.occupation("10", ["SM63"]) == "Médecin biologiste"
    assert codes.occupation("10", ["SM18"]) == "Médecin (gériatrie)"
    assert codes.occupation("10") == "Médecin"
    assert codes.occupation("21", section="G") == "Pharmacien ou pharmacienne biologiste"
    assert codes.occupation("60", ["SI01"]) == "Infirmier ou infirmière en pratique avancée"
    assert codes.occupation("50") == "Sage-femme"


def test_labels_for_screens_say_both_genders_without_a_median_point() -> None:
    for table in codes.tables().values():
        for concept in table:
            assert "·" not in concept.screen_label + concept.screen_plural
            assert not concept.screen_label.endswith((" (SM)", " (SI)"))
            # « Etablissement » without its accent is for machines.
            assert not concept.screen_label.startswith(("Et", "Ep", "Eq"))


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-15"])
def test_labels_survive_export_and_import(encoding: str, tmp_path: Path) -> None:
    labels = [concept.label for table in codes.tables().values() for concept in table]
    assert any("'" in label for label in labels)
    assert any("é" in label for label in labels)
    path = tmp_path / "labels.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=";").writerows([label] for label in labels)
    with path.open(encoding=encoding, newline="") as file:
        assert [row[0] for row in csv.reader(file, delimiter=";")] == labels


def test_unknown_codes_are_a_typed_error() -> None:
    with pytest.raises(UnknownCode, match="« 999 » n’existe pas dans TRE_G15"):
        codes.profession("999")
    with pytest.raises(UnknownCode, match="TRE_X"):
        codes.concept("TRE_X", "1")
    with pytest.raises(UnknownCode, match="planetes"):
        codes.table("planetes")


HEADER = "code,label,screen_label,screen_plural,valid_from,valid_to,confidence,note\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("code,label\n", "ligne 1 : il manque screen_label"),
        (HEADER + "1,Un,Un,Uns,hier,,verified,\n", "ligne 2 : « hier » n’est pas une date"),
        (HEADER + "1,Un,Un,Uns,,,verified,\n1,Deux,,,,,verified,\n", "ligne 3"),
        (HEADER + "1,Un,Un\n", "ligne 2 : il faut 8 colonnes"),
    ],
)
def test_a_broken_file_says_where(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "tables.csv").write_text("table,system,oid,version,source\nx,X,,,nous\n", encoding="utf-8")
    (tmp_path / "x.csv").write_text(content, encoding="utf-8")
    with pytest.raises(NomenclatureBroken, match=message):
        codes.tables(tmp_path)


def test_a_table_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "tables.csv").write_text("table,system,oid,version,source\nx,X,,,nous\nx,Y,,,nous\n", encoding="utf-8")
    (tmp_path / "x.csv").write_text(HEADER + "1,Un,Un,Uns,,,verified,\n", encoding="utf-8")
    with pytest.raises(NomenclatureBroken, match="ligne 3 : « x » est déjà nommée"):
        codes.tables(tmp_path)
