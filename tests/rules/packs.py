"""Small folders of rules written for one test."""

from pathlib import Path

BASE = {
    "territories.yaml": """\
kind: territories
territories:
  fr: {label: France, in: en France}
  fr-xx: {label: Région, in: en Région, parent: fr, region: "99"}
""",
    "sources.yaml": """\
kind: sources
sources:
  texte: {title: "Un texte"}
  faux: {title: "Un contenu fictif", fictitious: true}
""",
    "form.yaml": """\
kind: form
code: essai
territory: fr
label: Essai
full_name: "Forme d'essai"
summary: "Pour les tests."
valid_from: 2020-01-01
reference: {source: texte}
confidence: verified
""",
}
PARAMETERS = """\
kind: parameters
form: essai
territory: {territory}
group: nombres
entries:
  minimum:
    label: Nombre minimal
    type: integer
    values:
"""


def write(folder: Path, **files: str) -> Path:
    """The base folder with the given files added (name__path.yaml → name/path.yaml)."""
    for name, text in (BASE | {f"{key.replace('__', '/')}.yaml": text for key, text in files.items()}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def parameters(*values: str, territory: str = "fr") -> str:
    """A file with one rule, `essai.nombres.minimum`, and its values, each a YAML flow mapping."""
    lines = [f"      - {{reference: {{source: texte}}, confidence: verified, {value}}}\n" for value in values]
    return PARAMETERS.format(territory=territory) + "".join(lines)
