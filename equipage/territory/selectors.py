"""Finds a commune from what people type: a name, a former name, a postal code, an INSEE code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce

from equipage.foundation.french import de, enumerate_words, typographic
from equipage.foundation.refusals import Refused
from equipage.territory.models import Commune, Department
from equipage.territory.names import ARTICLES, normalise

_CODE = re.compile(r"(?:\d{5}|2[ab]\d{3})", re.IGNORECASE)
_PART_OF_CODE = re.compile(r"\d{2,4}")
_LEADING_CODE = re.compile(r"(\d{5})\s+(\D.*)")
_IN_BRACKETS = re.compile(r"(.*?)\s*\(([^()]*)\)\s*")
_SHOWN_IN_SENTENCE = 6


@dataclass(frozen=True)
class CommuneMatch:
    """A current commune, and by what it was found when that is not its own name (French, else empty)."""

    commune: Commune
    via: str = ""


@dataclass(frozen=True)
class _Asked:
    """What the typed text asks for."""

    name: str = ""
    code: str = ""
    part_of_code: str = ""
    department: str = ""


def departments_of(region_code: str) -> QuerySet[Department]:
    """The departments of a region (INSEE code), by code."""
    return Department.objects.filter(region=region_code).order_by("code")


def search_communes(text: str, limit: int = 12) -> list[CommuneMatch]:
    """The current communes that `text` may mean, the likeliest first; homonyms are told apart by their department.

    Understands names without accents, « St », former names and codes (they give today's commune), INSEE codes, postal
    codes and their beginning, « 49120 Chemillé », « Saint-Aubin (02) ». One letter
    finds only the commune that bears it.
    """
    asked = _read(text)
    if asked.code and not asked.name:
        found = _by_code(asked.code)
    elif asked.part_of_code:
        found = _by_part_of_code(asked.part_of_code, limit)
    else:
        found = _by_name(asked, limit)
    found = found[:limit]
    prefetch_related_objects([match.commune for match in found], "postal_codes")
    return found


def find_commune(text: str) -> CommuneMatch:
    """The one commune that `text` means: « Chemillé-en-Anjou (49) », an INSEE code, a postal code of one commune.

    Raises Refused (French) when there is none or several, with what to type instead. A former code or name gives the
    commune of today, and `via` says so.
    """
    asked = _read(text)
    if asked.code and not asked.name:
        return _only(_by_code(asked.code), asked.code)
    if asked.part_of_code or not asked.name:
        raise _refused(
            f"« {text.strip()} » n'est ni un nom de commune ni un code complet : un code compte 5 caractères."
        )
    for matches in (_named(asked, current=True), _named(asked, current=False)):
        if matches:
            return _only(matches, text.strip())
    raise _refused(_unknown(text.strip(), asked))


def _read(text: str) -> _Asked:
    """Split what was typed into name, code and department."""
    typed = " ".join(text.split())
    compact = typed.replace(" ", "")
    if _CODE.fullmatch(compact):
        return _Asked(code=compact.upper())
    if _PART_OF_CODE.fullmatch(compact):
        return _Asked(part_of_code=compact)
    code = department = ""
    if leading := _LEADING_CODE.fullmatch(typed):
        code, typed = leading.groups()
    if bracketed := _IN_BRACKETS.fullmatch(typed):
        department = _department_code(bracketed[2])
        # « Bors (Canton de Tude-et-Lavalette) » carries brackets in its own name.
        typed = bracketed[1] if department else typed
    return _Asked(name=normalise(typed), code=code, department=department)


def _department_code(typed: str) -> str:
    """The code of a department written by code or name; empty when it is neither."""
    wanted = normalise(typed)
    for code, name in Department.objects.order_by("code").values_list("code", "name"):
        if wanted in (code.lower(), code.lower().lstrip("0"), normalise(name)):
            return str(code)
    return ""


def _rows() -> QuerySet[Commune]:
    return Commune.objects.select_related(
        "department", "epci", "successor", "successor__department", "successor__epci"
    ).order_by("search_name", "code")


def _narrowed(rows: QuerySet[Commune], asked: _Asked) -> QuerySet[Commune]:
    if asked.department:
        rows = rows.filter(department=asked.department)
    if asked.code:
        postal = Q(postal_codes__code=asked.code) | Q(successor__postal_codes__code=asked.code)
        rows = rows.filter(pk__in=Commune.objects.filter(postal).order_by().values("pk"))
    return rows


def _by_name(asked: _Asked, limit: int) -> list[CommuneMatch]:
    """Every word typed begins a word of the name; whole names first, then beginnings, then large communes."""
    name = asked.name
    if len(name) < 2:
        return _named(asked, current=True)[:limit] if name else []
    words = Q()
    for column in ("search_name", "seat_search_name"):
        each = Q()
        for word in name.split():
            each &= Q(**{f"{column}__startswith": word}) | Q(**{f"{column}__contains": f" {word}"})
        words |= each
    rank = Case(
        When(Q(search_name=name) | Q(seat_search_name=name), then=Value(0)),
        When(search_name__in=[f"{article} {name}" for article in ARTICLES], then=Value(1)),
        When(search_name__startswith=name, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    past = Case(When(kind=Commune.Kind.CURRENT, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = _narrowed(_rows().filter(words), asked).annotate(rank=rank, past=past)
    ordered = rows.order_by("rank", "past", Coalesce("population", 0).desc(), "search_name", "code")
    # Former codes fold into one commune each: read more rows than shown.
    return _folded(_match_by_name(row, name) for row in ordered[: limit * 3])


def _named(asked: _Asked, *, current: bool) -> list[CommuneMatch]:
    """The communes that bear exactly that name, today or formerly; an article left out is forgiven."""
    for names in ([asked.name], [f"{article} {asked.name}" for article in ARTICLES]):
        if current:
            condition = Q(search_name__in=names, kind=Commune.Kind.CURRENT)
        else:
            condition = Q(search_name__in=names) & ~Q(kind=Commune.Kind.CURRENT) | Q(seat_search_name__in=names)
        found = _folded(_match_by_name(row, asked.name) for row in _narrowed(_rows().filter(condition), asked))
        if found:
            return found
    return []


def _by_code(code: str) -> list[CommuneMatch]:
    """The communes of a postal code, and the one of an INSEE code: five digits may be both."""
    postal = _rows().filter(postal_codes__code=code).order_by(Coalesce("population", 0).desc(), "search_name", "code")
    matches = [CommuneMatch(row, f"code postal {code}") for row in postal]
    matches += [_match_by_insee(row) for row in _rows().filter(code=code)]
    return _folded(matches)


def _by_part_of_code(start: str, limit: int) -> list[CommuneMatch]:
    codes = Commune.objects.filter(postal_codes__code__startswith=start).order_by().values("pk")
    rows = _rows().filter(pk__in=codes).order_by(Coalesce("population", 0).desc(), "search_name", "code")
    return [CommuneMatch(row, f"code postal {start}…") for row in rows[:limit]]


def _match_by_name(row: Commune, name: str) -> CommuneMatch:
    if row.is_current:
        own = all(f" {word}" in f" {row.search_name}" for word in name.split())
        return CommuneMatch(row, "" if own and row.seat_search_name != name else _formerly(row.seat_name))
    return _match_of_former(row)


def _match_by_insee(row: Commune) -> CommuneMatch:
    return CommuneMatch(row, f"code INSEE {row.code}") if row.is_current else _match_of_former(row)


def _match_of_former(row: Commune) -> CommuneMatch:
    successor = row.successor
    if successor is None:
        raise LookupError(f"Le code {row.code} n’est plus une commune et ne nomme pas celle qui l’a repris.")
    return CommuneMatch(successor, row.name if row.kind == Commune.Kind.DISTRICT else _formerly(row.name))


def _formerly(name: str) -> str:
    return typographic(f"ancienne commune {de(name)}")


def _folded(matches: Iterable[CommuneMatch]) -> list[CommuneMatch]:
    """One match for each commune: the first, which is the best."""
    kept: dict[str, CommuneMatch] = {}
    for match in matches:
        kept.setdefault(match.commune.pk, match)
    return list(kept.values())


def _only(matches: list[CommuneMatch], typed: str) -> CommuneMatch:
    """The single match; Refused when there is none or several."""
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise _refused(
            f"Aucune commune n'a le code {typed}. Vérifiez les 5 caractères, ou saisissez le nom de la commune ; "
            "un code CEDEX ne désigne pas une commune."
        )
    by_code = _code_with_two_meanings(matches, typed)
    if by_code:
        raise _refused(by_code)
    several = enumerate_words([match.commune.label for match in matches[:_SHOWN_IN_SENTENCE]], last="ou")
    more = len(matches) - _SHOWN_IN_SENTENCE
    rest = f" (et {more} autres)" if more > 1 else " (et une autre)" if more == 1 else ""
    raise _refused(
        f"« {typed} » désigne plusieurs communes : {several}{rest}. Choisissez la vôtre et saisissez son nom."
    )


def _code_with_two_meanings(matches: list[CommuneMatch], typed: str) -> str:
    """The sentence for five digits that are the postal code of one place and the INSEE code of another, else empty."""
    postal = [match.commune.label for match in matches if match.via.startswith("code postal")]
    other = [match.commune.label for match in matches if not match.via.startswith("code postal")]
    if not (postal and other and _CODE.fullmatch(typed)):
        return ""
    return (
        f"« {typed} » est le code postal {_of_each(postal)} et le code INSEE {de(other[0])}. "
        "Saisissez le nom de votre commune."
    )


def _of_each(labels: list[str]) -> str:
    shown = labels[:_SHOWN_IN_SENTENCE] + (["d'autres"] if len(labels) > _SHOWN_IN_SENTENCE else [])
    return enumerate_words([label if label == "d'autres" else de(label) for label in shown])


def _unknown(typed: str, asked: _Asked) -> str:
    close = _close_names(asked)
    if not close:
        return (
            f"Nous ne trouvons pas de commune « {typed} ». Vérifiez l'orthographe, ou saisissez son code postal "
            "à 5 chiffres."
        )
    return f"Nous ne trouvons pas de commune « {typed} ». Vouliez-vous dire {enumerate_words(close, last='ou')} ?"


def _close_names(asked: _Asked) -> list[str]:
    """Up to three labels: names that begin so, else names spelt nearly so (same first letter)."""
    started = [match.commune.label for match in _by_name(asked, 3)]
    if started or not asked.name:
        return started[:3]
    rows = _narrowed(Commune.objects.filter(kind=Commune.Kind.CURRENT, search_name__startswith=asked.name[0]), asked)
    labels: dict[str, str] = {}
    columns = rows.order_by(Coalesce("population", 0).desc(), "code").values_list(
        "search_name", "name", "department_id"
    )
    for search_name, name, department in columns:
        labels.setdefault(search_name, f"{name} ({department})")
    return [labels[near] for near in get_close_matches(asked.name, labels, n=3, cutoff=0.8)]


def _refused(sentence: str) -> Refused:
    return Refused(typographic(sentence), field="commune")
