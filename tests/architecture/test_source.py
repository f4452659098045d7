"""What every file of the house is held to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import HOUSE, calls, files, functions, named, template_name, templates, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MODULES = files("*.py")
EVERYTHING_WE_WRITE = [
    *files("*.py", "*.html", "*.ts", inside=("equipage", "frontend/src", "tools", "tests", "benchmarks")),
    *files("*.css", inside=("frontend/src",)),
]

# A word that begins by « from … import » inside a function, and why it must wait until then.
IMPORTS_THAT_WAIT = {
    "equipage/environment.py": "read by settings, before anything else may be loaded",
    "equipage/foundation/apps.py": "Django's applications are loaded first",
}
# Where text is declared safe for a page: each was read, each escapes what a person wrote.
MARKS_SAFE = {
    "equipage/foundation/templatetags/french.py",
    "equipage/web/icons.py",
    "equipage/web/pieces.py",
    "equipage/web/templatetags/components.py",
    "equipage/messaging/htmltext.py",
}
# Where the engine of the database is asked for: everything else is the same on both.
KNOWS_THE_ENGINE = {
    "equipage/foundation/db.py",
    "equipage/foundation/jobs/queue.py",
    "equipage/territory/services.py",
}
# Where a state is written otherwise than by `workflow.run`: set-based moves, each with its own proof.
WRITES_STATES = {
    "equipage/foundation/workflow/run.py",
    # Thousands of lines move with their run, under its lock and its link; each update is counted.
    "equipage/compensation/run_effects.py",
    "equipage/compensation/services/month.py",
}
# Code that counts money: whole cents and decimals only.
MONEY_ROOMS = {"funding", "books", "payments", "compensation"}
COUNTS_MONEY = {
    "equipage/foundation/money.py",
    *(f"equipage/rules/{name}.py" for name in ("ceiling", "pricing", "rates", "replay", "scale", "sharing")),
}
MONEY = [path for path in MODULES if MONEY_ROOMS & set(path.parts) or named(path) in COUNTS_MONEY]


def packages() -> list[Path]:
    """The rooms of the house in which something lives: more than the declaration of an application to come."""
    empty = {"__init__.py", "apps.py"}
    return sorted(
        path.parent for path in HOUSE.glob("*/__init__.py") if {f.name for f in path.parent.glob("*.py")} - empty
    )


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_every_room_has_its_sign(package: Path) -> None:
    sign = package / "README.md"
    assert sign.is_file(), f"{named(package)}/README.md manque : dix lignes, ce qui vit ici et son invariant."
    assert len(sign.read_text(encoding="utf-8").split()) >= 20


def test_no_file_is_too_long() -> None:
    long = {
        named(path): n
        for path in EVERYTHING_WE_WRITE
        if (n := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"plus de {LONGEST_FILE} lignes"


def test_no_function_is_too_long() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name} ({length} lignes)"
        for path in files("*.py", inside=("equipage", "tools"))
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, f"plus de {LONGEST_FUNCTION} lignes"


def test_nothing_is_imported_inside_a_function() -> None:
    """It would hide a cycle: something stands on the wrong floor."""
    hidden = [
        f"{named(path)}:{inner.lineno} {ast.unparse(inner)}"
        for path in MODULES
        if named(path) not in IMPORTS_THAT_WAIT
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden


def test_money_is_never_a_float() -> None:
    assert MONEY
    floats = []
    for path in MONEY:
        floats += [
            f"{named(path)}:{node.lineno} {ast.unparse(node)}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, float)
        ]
        floats += [f"{named(path)}:{node.lineno} float(…)" for node, name in calls(path) if name == "float"]
        floats += [f"{named(path)}:{node.lineno} {name}" for node, name in calls(path) if name.endswith("FloatField")]
    assert not floats


NAIVE = re.compile(r"(^|\.)(date\.today|datetime\.(now|utcnow|today)|utcfromtimestamp)$|timezone\.now\(\)\.date$")


def test_days_are_those_of_paris_and_moments_are_aware() -> None:
    """`timezone.now().date()` is the day of Greenwich: between midnight and two o'clock it is yesterday."""
    naive = [
        f"{named(path)}:{node.lineno} {name}()"
        for path in MODULES
        for node, name in calls(path)
        if NAIVE.search(name) and not (name.endswith("datetime.now") and (node.args or node.keywords))
    ]
    assert not naive


def test_text_is_declared_safe_only_where_it_was_read() -> None:
    marked = {
        named(path)
        for path in MODULES
        for _, name in calls(path)
        if name.rpartition(".")[2] in ("mark_safe", "SafeString")
    }
    assert marked <= MARKS_SAFE


def test_the_engine_is_asked_for_only_where_it_is_known() -> None:
    asked = {
        named(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "vendor"
    }
    assert asked <= KNOWS_THE_ENGINE


def test_a_state_moves_only_through_its_workflow() -> None:
    """`obj.state = …` and `.update(state=…)` leave no proof and ask nobody."""
    moved = set()
    for path in MODULES:
        if named(path) in WRITES_STATES or "demo" in path.parts:  # two years of a region are written in bulk
            continue
        for node in ast.walk(tree(path)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                moved.add(f"{named(path)}:{node.lineno}")  # type: ignore[attr-defined]
        for call, name in calls(path):
            if name.endswith(".update") and any(keyword.arg == "state" for keyword in call.keywords):
                moved.add(f"{named(path)}:{call.lineno}")
    assert not moved


def test_templates_hold_no_inline_script_nor_style() -> None:
    """The content policy of the site refuses them: the page would be broken, silently."""
    wrong = []
    inline = re.compile(
        r"<style\b|\sstyle\s*=|<script\b(?![^>]*\bsrc\s*=)|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on[:-]|hx-vals\s*=\s*[\"']js:",
        re.IGNORECASE,
    )
    for path in templates():
        if "mail" in path.parts:
            continue  # a mail is read elsewhere, and mail readers know no other way
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if inline.search(line):
                wrong.append(f"{named(path)}:{number} {line.strip()}")
    assert not wrong


def test_templates_escape_what_people_wrote() -> None:
    wrong = [
        f"{named(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"\|\s*safe\b|\bautoescape\s+off\b", line) and path.suffix == ".html"
    ]
    assert not wrong


def _beginnings(name: str) -> list[int]:
    return [0, *(at + 1 for at, letter in enumerate(name) if letter == "/")]


def test_every_template_is_used() -> None:
    said = "\n".join(path.read_text("utf-8") for path in [*MODULES, *templates()])
    # Django and its libraries ask for these by themselves.
    by_themselves = re.compile(r"^(\d{3}\.html|django/|registration/)")
    # A name that ends with a variable: f"web/components/{name}.html".
    begun = set(re.findall(r"[\"'f]([\w/.-]+/[\w.-]*)\{", said))
    # Every quoted name, whole and from each of its folders on.
    asked = {quoted[at:] for quoted in set(re.findall(r"[\"']([\w./-]+)[\"'#]", said)) for at in _beginnings(quoted)}
    added = set(re.findall(r"\w \+ \"([\w.-]+)\"", said))
    unused = []
    for path in templates():
        name = template_name(path)
        if by_themselves.match(name) or {name, name.rpartition(".")[0]} & asked or path.name in added:
            continue
        if not any(name.startswith(start) for start in begun):
            unused.append(named(path))
    assert not unused


def test_each_floor_has_its_policies_declared_in_policies() -> None:
    """Rights are read in one place of each package."""
    elsewhere = {
        named(path)
        for path in MODULES
        for _, name in calls(path)
        if name in ("policy", "visibility") and path.name != "policies.py" and "foundation" not in path.parts
    }
    assert not elsewhere
