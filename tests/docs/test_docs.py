"""What is written for people is true: ids, pages, commands, tests, links and the words of the screens."""

from __future__ import annotations

import ast
import re
import struct
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
# The list of functions: thirty-three of the mission, a hundred and fourteen of users; copied, so that none is lost.
IDS = [f"M{number:02d}" for number in range(1, 34)] + [f"F{number:03d}" for number in range(1, 115)]
FEATURES = (DOCS / "features.md").read_text("utf-8")
GUIDES = sorted((DOCS / "guide").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PAGES += [*sorted((ROOT / "equipage").glob("*/README.md")), ROOT / "rulepacks" / "README.md"]
BIG = 200_000  # bytes of a picture


def section(title: str) -> list[list[str]]:
    """The rows of the table under a heading, without its head."""
    part = FEATURES.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|").split("|") for line in part.splitlines() if re.match(r"\| [MF]\d", line)]
    return [[cell.strip() for cell in row] for row in rows]


WORKING = {title: section(title) for title in ("Works", "Works in part")}
WAITING = section("Not yet")


def url_names(resolver: URLResolver, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern) and entry.name:
            found.add(prefix + entry.name)
        elif isinstance(entry, URLResolver):
            found |= url_names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
    return found


def quoted(text: str) -> list[str]:
    """What stands between back quotes."""
    return re.findall(r"`([^`\n]+)`", text)


def test_every_function_is_listed_once() -> None:
    listed = [row[0] for row in (*WORKING["Works"], *WORKING["Works in part"], *WAITING)]
    assert sorted(listed) == sorted(IDS)


@pytest.mark.parametrize("row", [row for rows in WORKING.values() for row in rows], ids=lambda row: row[0])
def test_what_works_is_shown_and_proved(row: list[str]) -> None:
    known = url_names(get_resolver())
    where, proofs = quoted(row[-2]), quoted(row[-1])
    assert where, "no page nor command"
    assert proofs, "no test"
    for place in where:
        if ":" in place and " " not in place:
            assert place in known, f"{place}: no such page"
        else:
            assert_runs(place)
    for proof in proofs:
        assert re.search(r"^def test_", (ROOT / proof).read_text("utf-8"), re.MULTILINE), f"{proof} tests nothing"


@pytest.mark.parametrize("row", [*WORKING["Works in part"], *WAITING], ids=lambda row: row[0])
def test_what_is_missing_says_what_and_when(row: list[str]) -> None:
    assert re.search(r"issue [2-5]\b|no issue yet", row[2]), "says neither an issue nor that there is none"


def assert_runs(command: str) -> None:
    """`manage.py x …`, `run.py …`, `.ci/run`: the script is there, and knows the word and the options."""
    words = command.split()
    if words[0] == "manage.py":
        assert words[1] in get_commands(), f"{command}: no such command"
        return
    script = ROOT / words[0]
    assert script.is_file(), f"{command}: no such script"
    for option in [word for word in words[1:] if word.startswith("--")]:
        assert f'"{option}"' in script.read_text("utf-8"), f"{command}: {option} is unknown"


def commands_in(text: str) -> list[str]:
    """The commands that a page tells to type, in back quotes or in a block."""
    typed = re.sub(r"\s+#.*", "", "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL))).splitlines()
    command = re.compile(
        r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(?:python3? )?((?:manage|run|test|bench)\.py\b.*|\.ci/run.*)"
    )
    return [found[1] for line in [*typed, *quoted(text)] if (found := command.match(line.strip()))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_exist(page: Path) -> None:
    for command in commands_in(page.read_text("utf-8")):
        assert_runs(command)


def test_the_readme_names_the_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = {command.split()[0] for command in commands_in(text)}
    assert {"run.py", "test.py", "bench.py", "manage.py"} <= named
    assert "manage.py personas" in text
    assert "EUPL-1.2" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_files_of_a_page_are_alive(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{target}: no such file"


@pytest.mark.parametrize("picture", sorted((DOCS / "images").glob("*.png")), ids=lambda picture: picture.name)
def test_a_picture_is_light_and_shown(picture: Path) -> None:
    content = picture.read_bytes()
    assert len(content) < BIG
    assert struct.unpack(">I", content[16:20])[0] <= 1280
    assert any(picture.name in page.read_text("utf-8") for page in PAGES), "no page shows it"


def plain(words: str) -> str:
    """One kind of space, one kind of apostrophe, no punctuation at the ends."""
    return re.sub(r"\s+", " ", words.replace("’", "'")).strip(" :.…?()").strip()


@cache
def words_of_screens() -> frozenset[str]:
    """Every piece of text that a page may show: templates, string constants, titles of the rules."""
    found: set[str] = set()
    for template in (ROOT / "equipage").rglob("*.html"):
        text = template.read_text("utf-8")
        found.update(re.findall(r'"([^"]+)"', " ".join(re.findall(r"{%.*?%}", text, re.DOTALL))))
        found.update(re.split(r"{%.*?%}|{{.*?}}|<[^>]*>", text, flags=re.DOTALL))
    for module in (ROOT / "equipage").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 120:
                found.add(node.value)
    return frozenset(plain(piece) for piece in found)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_words_in_bold_are_those_of_the_screens(guide: Path) -> None:
    labels = [plain(label) for label in re.findall(r"\*\*(.+?)\*\*", guide.read_text("utf-8"), re.DOTALL)]
    assert len(labels) > 10
    assert [label for label in labels if label not in words_of_screens()] == []


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", DOCS / "features.md", DOCS / "architecture.md", *GUIDES], ids=lambda page: page.name
)
def test_a_page_stays_short_and_speaks_of_no_machine(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(text.splitlines()) <= 240
    assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 150
    assert not re.search("/" + "work/|/" + "root/|/" + "tmp/", text)
