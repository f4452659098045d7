"""Reads the folders of rules, and refuses what could ever give a wrong or an ambiguous answer.

Everything wrong in every file is gathered before refusing, so that one run shows the whole work to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from equipage.rules import schemas
from equipage.rules.dated import Dated, Reading, Reference
from equipage.rules.errors import PackRefused, Problem
from equipage.rules.pack import Draft, FormCard, Pack, Rule, Territory
from equipage.rules.placeholders import unknown_placeholders
from equipage.rules.reading import Page, Path_, read
from equipage.rules.shared import ComparisonRow, Concern, Contact, PersonKind
from equipage.rules.timelines import lay
from equipage.rules.wording import typographic

FRAME_KINDS = {
    "parameters", "professions", "gates", "actions", "steps", "themes", "conditions", "project", "indicators",
    "missions", "answers", "stages",
}  # fmt: skip
SHARED_KINDS = {"sources", "territories", "needs", "people", "comparison"}
WHOLE_KINDS = {*SHARED_KINDS, "form", "contacts", "scale", "convention"}
_HEAD = ("valid_from", "valid_to", "published_on", "known_from", "reference", "confidence", "note")


def pages_of(roots: Iterable[Path], *, cases: bool = False) -> Iterator[Page]:
    """Every YAML file of the folders: the rules, or else the golden cases."""
    for root in roots:
        for path in sorted(root.rglob("*.yaml")):
            parts = path.relative_to(root).parts
            if (parts[0] == "cases") == cases and parts[0] != "schema":
                yield read(path, f"{root.name}/{'/'.join(parts)}")


def french(value: Any) -> Any:
    """The same data with French typography in every text."""
    if isinstance(value, str):
        return typographic(value)
    if isinstance(value, list):
        return [french(item) for item in value]
    if isinstance(value, dict):
        return {key: french(item) for key, item in value.items()}
    return value


def to_day(page: Page, data: dict[str, Any], key: str, at: Path_) -> date | None:
    """The date under a key, or None; notes a date that does not exist in the calendar."""
    text = data.get(key)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        page.refuse((*at, key), f"« {text} » n'existe pas au calendrier", "une date réelle AAAA-MM-JJ")
        return None


class Loader:
    """Gathers the files into a pack."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(roots)
        self.pack = Pack()
        self.drafts: dict[str, Draft] = {}
        self.places: dict[tuple[str, str], tuple[str, int]] = {}
        self.problems: list[Problem] = []

    def load(self) -> Pack:
        """The pack; raises PackRefused with everything that is wrong."""
        pages: list[Page] = []
        for root in self.roots:
            if not root.is_dir():
                self.problems.append(Problem(str(root.name), 1, "", "ce dossier n'existe pas", "un dossier de règles"))
        try:
            pages = list(pages_of(self.roots))
        except PackRefused as refusal:
            self.problems.extend(refusal.problems)
        good = [page for page in pages if self._shape(page)]
        for kinds in (SHARED_KINDS, {"form"}, {"contacts"}, {"scale", "convention"} | FRAME_KINDS):
            for page in good:
                if page.data["kind"] in kinds:
                    self._take(page)
        for page in pages:
            self.problems.extend(page.problems)
        if not self.problems:
            self.problems.extend(lay(self.pack, self.drafts))
        if not self.problems and not self.pack.rules:
            self.problems.append(Problem(self.roots[0].name, 1, "", "aucune règle", "au moins un fichier de règles"))
        if self.problems:
            raise PackRefused(self.problems)
        self.pack.files = len(pages)
        return self.pack

    def _shape(self, page: Page) -> bool:
        kind = page.data.get("kind") if isinstance(page.data, dict) else None
        if kind not in FRAME_KINDS | WHOLE_KINDS:
            wanted = "l'un de " + ", ".join(sorted(FRAME_KINDS | WHOLE_KINDS))
            page.refuse(
                ("kind",), f"« {kind} » n'est pas un genre de fichier" if kind else "il manque « kind »", wanted
            )
            return False
        return schemas.check(page, page.data, kind if kind in WHOLE_KINDS else "frame")

    def _take(self, page: Page) -> None:
        kind = page.data["kind"]
        if kind == "sources":
            self._sources(page)
        elif kind == "territories":
            self._territories(page)
        elif kind in SHARED_KINDS:
            self._shared(page)
        elif kind == "form":
            self._form(page)
        elif kind == "contacts":
            self._contacts(page)
        elif self._placed(page):
            (self._whole if kind in WHOLE_KINDS else self._entries)(page)

    def _sources(self, page: Page) -> None:
        for key, data in page.data["sources"].items():
            if key in self.pack.sources:
                page.refuse(("sources", key), "cette source existe déjà", "un autre nom")
            if data.get("fictitious"):
                self.pack.fictitious_sources.add(key)
            self.pack.sources[key] = Reference(
                typographic(data["title"]), key, data.get("url", ""), typographic(data.get("document", ""))
            )

    def _territories(self, page: Page) -> None:
        for key, data in page.data["territories"].items():
            if key in self.pack.territories:
                page.refuse(("territories", key), "ce territoire existe déjà", "un autre code")
            self.pack.territories[key] = Territory(
                key, data["label"], data["in"], data.get("parent", ""), data.get("region", "")
            )
        for key, data in page.data["territories"].items():
            if data.get("parent", key) not in self.pack.territories:
                page.refuse(("territories", key, "parent"), "territoire inconnu", self._names(self.pack.territories))

    def _shared(self, page: Page) -> None:
        """The words common to all forms: needs, kinds of people, rows of the comparison."""
        kind = page.data["kind"]
        tables: dict[str, dict[str, Any]] = {
            "needs": self.pack.concerns,
            "people": self.pack.people,
            "comparison": self.pack.comparison,
        }
        kept = tables[kind]
        written = page.data["rows" if kind == "comparison" else kind]
        items = [(row["key"], row) for row in written] if kind == "comparison" else list(written.items())
        for position, (key, raw) in enumerate(items):
            data = french(raw)
            if key in kept:
                place = ("rows", position) if kind == "comparison" else (kind, key)
                page.refuse(place, f"« {key} » existe déjà", "un autre nom")
            elif kind == "needs":
                kept[key] = Concern(key, data["label"], data.get("help", ""))
            elif kind == "people":
                kept[key] = PersonKind.read(key, data)
            else:
                kept[key] = ComparisonRow(key, data["label"], data["question"], tuple(data["cells"]))

    def _form(self, page: Page) -> None:
        data, start = page.data, to_day(page, page.data, "valid_from", ())
        cards = self.pack.forms.setdefault(data["code"], [])
        if any(card.territory == data["territory"] for card in cards):
            page.refuse(("code",), "cette forme est déjà décrite pour ce territoire", "une seule fiche par territoire")
        if data["territory"] not in self.pack.territories:
            page.refuse(("territory",), "territoire inconnu", self._names(self.pack.territories))
        reference = self._reference(page, data, ())
        if start and reference:
            words = french({key: data.get(key, "") for key in ("label", "full_name", "one", "summary", "note")})
            cards.append(
                FormCard(
                    code=data["code"],
                    territory=data["territory"],
                    valid_from=start,
                    valid_to=to_day(page, data, "valid_to", ()),
                    reference=reference,
                    parent=data.get("parent", ""),
                    inherits=tuple(data.get("inherits", ())),
                    **words,
                )
            )

    def _contacts(self, page: Page) -> None:
        territory = page.data["territory"]
        if territory not in self.pack.territories:
            page.refuse(("territory",), "territoire inconnu", self._names(self.pack.territories))
        for key, data in page.data["contacts"].items():
            at: Path_ = ("contacts", key)
            if key in self.pack.contacts:
                page.refuse(at, f"le contact « {key} » existe déjà", "un autre nom")
            for form in data.get("forms", ()):
                if form not in self.pack.forms:
                    page.refuse((*at, "forms"), f"la forme « {form} » est inconnue", self._names(self.pack.forms))
            reference = self._reference(page, data, at)
            if reference is not None:
                words = french({name: data.get(name, "") for name in ("name", "role", "note")})
                plain = {name: data.get(name, "") for name in ("kind", "department", "phone", "email", "url")}
                forms = tuple(data.get("forms", ()))
                self.pack.contacts[key] = Contact(key, territory, reference=reference, forms=forms, **words, **plain)

    def _placed(self, page: Page) -> bool:
        known = True
        for key, names in (("territory", self.pack.territories), ("form", self.pack.forms)):
            if page.data[key] not in names:
                page.refuse((key,), f"« {page.data[key]} » est inconnu", self._names(names))
                known = False
        return known

    def _whole(self, page: Page) -> None:
        """A scale or a convention: the file is one dated value of one rule."""
        data, kind = page.data, page.data["kind"]
        body = french({key: item for key, item in data.items() if key not in {*_HEAD, "kind", "form", "territory"}})
        item = {key: data[key] for key in _HEAD if key in data} | {"value": body}
        self._fiction(page, data)
        if kind == "convention":
            for path, word in unknown_placeholders(data):
                page.refuse(path, f"« {{{word}}} » n'est pas un mot à remplir", "un mot de la liste du README")
        rule = Rule(f"{data['form']}.{kind}", data["form"], kind, "", data["label"], kind, 0)
        draft = self.drafts.setdefault(rule.id, Draft(rule))
        draft.continuous.add(data["territory"])
        self._value(page, draft, item, (), data)

    def _entries(self, page: Page) -> None:
        data, kind = page.data, page.data["kind"]
        group = data.get("group", kind)
        if kind == "parameters" and "group" not in data:
            page.refuse((), "il manque la clé « group »", "le groupe des paramètres, par exemple composition")
        for position, (key, entry) in enumerate(data["entries"].items()):
            at: Path_ = ("entries", key)
            rule = Rule(
                f"{data['form']}.{group}.{key}",
                data["form"],
                group,
                key,
                typographic(self._label(entry)),
                kind,
                entry.get("order", (position + 1) * 10),
                entry.get("type", ""),
                entry.get("unit", ""),
                french(entry["requirement"]) if "requirement" in entry else None,
            )
            place = (rule.id, data["territory"])
            if place in self.places:
                file, line = self.places[place]
                page.refuse(at, f"la règle {rule.id} est déjà écrite dans {file}:{line}", "un seul endroit par règle")
                continue
            self.places[place] = (page.name, page.line(at))
            if kind == "parameters" and not (entry.get("label") and entry.get("type")):
                page.refuse(at, "il manque « label » ou « type »", "label et type pour un paramètre")
            draft = self.drafts.setdefault(rule.id, Draft(rule))
            if entry.get("continuous", True):
                draft.continuous.add(data["territory"])
            for index, raw in enumerate(entry["values"]):
                self._value(page, draft, data.get("defaults", {}) | raw, (*at, "values", index), data)

    def _value(self, page: Page, draft: Draft, item: dict[str, Any], at: Path_, data: dict[str, Any]) -> None:
        """One dated value: its dates, its source, its content."""
        start, end = to_day(page, item, "valid_from", at), to_day(page, item, "valid_to", at)
        if "valid_from" not in item:
            page.refuse(at, "il manque la clé « valid_from »", "le premier jour d'application, AAAA-MM-JJ")
        if start and end and end <= start:
            page.refuse(
                (*at, "valid_to"), f"la fin {end} ne suit pas le début {start}", "un jour après le début (exclu)"
            )
        reference, confidence = self._reference(page, item, at), item.get("confidence")
        if confidence is None:
            page.refuse(at, "il manque la clé « confidence »", "verified, secondary ou unknown")
        self._content(page, draft.rule, item, at)
        if start is None or reference is None or confidence is None:
            return
        dated = Dated(
            rule_id=draft.rule.id,
            territory=data["territory"],
            label=draft.rule.label if draft.rule.kind in FRAME_KINDS else typographic(data["label"]),
            value=french(item.get("value")),
            valid_from=start,
            valid_to=end,
            reference=reference,
            confidence=confidence,
            note=typographic(item.get("note", "")),
            published_on=to_day(page, item, "published_on", at),
            known_from=to_day(page, item, "known_from", at),
            working_default=french(item.get("working_default")),
            other_readings=tuple(self._readings(page, item, at)),
            abolished=item.get("abolished", False),
            fictitious=data.get("fictitious", False),
            unit=draft.rule.unit,
            file=page.name,
            line=page.line(at),
            attested=item.get("attested", False),
        )
        draft.values.setdefault(dated.territory, []).append(dated)
        self.pack.values += 1

    def _content(self, page: Page, rule: Rule, item: dict[str, Any], at: Path_) -> None:
        has, unknown = item.get("value") is not None, item.get("confidence") == "unknown"
        if item.get("abolished"):
            if has:
                page.refuse((*at, "value"), "une règle abolie n'a pas de valeur", "retirer « value » ou « abolished »")
            return
        if unknown and has:
            page.refuse((*at, "value"), "une valeur inconnue ne s'écrit pas", "« working_default », ou une source")
        if not unknown and not has:
            page.refuse(at, "il manque la clé « value »", "la valeur, ou « confidence: unknown »")
        if not unknown and "working_default" in item:
            page.refuse((*at, "working_default"), "la valeur est connue", "retirer « working_default »")
        for key in ("value", "working_default"):
            if item.get(key) is not None:
                self._typed(page, rule, item[key], (*at, key))
        for index, other in enumerate(item.get("other_readings", ())):
            self._typed(page, rule, other["value"], (*at, "other_readings", index, "value"))

    def _typed(self, page: Page, rule: Rule, value: Any, at: Path_) -> None:
        if rule.kind == "parameters":
            wanted: dict[str, tuple[type, str]] = {
                "integer": (int, "un nombre entier"),
                "cents": (int, "un nombre entier de centimes"),
                "boolean": (bool, "true ou false"),
                "text": (str, "un texte"),
                "list": (list, "une liste"),
            }
            kind, words = wanted.get(rule.type, (object, ""))
            if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
                page.refuse(at, f"« {value} » n'est pas du bon type", words)
            elif isinstance(value, int) and value < 0:
                page.refuse(at, f"« {value} » est négatif", "zéro ou plus")
        elif rule.kind in FRAME_KINDS:
            schemas.check(page, value, rule.kind, at)

    def _readings(self, page: Page, item: dict[str, Any], at: Path_) -> Iterator[Reading]:
        for index, other in enumerate(item.get("other_readings", ())):
            reference = self._reference(page, other, (*at, "other_readings", index))
            if reference:
                yield Reading(
                    french(other["value"]), reference, other["confidence"], typographic(other.get("note", ""))
                )

    def _reference(self, page: Page, item: dict[str, Any], at: Path_) -> Reference | None:
        raw = item.get("reference")
        if raw is None:
            page.refuse(at, "il manque la clé « reference »", "la source de la valeur")
            return None
        source = self.pack.sources.get(raw["source"])
        if source is None:
            page.refuse((*at, "reference"), f"la source « {raw['source']} » est inconnue", "un nom de sources.yaml")
            return None
        return Reference(source.title, source.source, source.url, source.document, typographic(raw.get("article", "")))

    def _fiction(self, page: Page, data: dict[str, Any]) -> None:
        if not data["fictitious"]:
            return
        if "fictif" not in data["label"].lower():
            page.refuse(("label",), "un contenu fictif doit se lire comme tel", "le mot « fictif » dans le nom")
        if data["reference"]["source"] not in self.pack.fictitious_sources:
            page.refuse(("reference",), "un contenu fictif ne peut citer un vrai texte", "une source fictive")

    @staticmethod
    def _label(entry: dict[str, Any]) -> str:
        value = entry["values"][-1].get("value")
        found = value.get("label") or value.get("title") if isinstance(value, dict) else ""
        return str(entry.get("label") or found or "")

    @staticmethod
    def _names(names: Iterable[str]) -> str:
        return "l'un de " + ", ".join(sorted(names))
