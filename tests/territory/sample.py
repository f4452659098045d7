"""A few dozen real communes, chosen for what makes them hard to find; loaded in a few milliseconds."""

from __future__ import annotations

from functools import cache

from equipage.territory.source import Source, read_source

NAMES = {
    "Angers",
    "Chemillé-en-Anjou",
    "Chemillé-sur-Dême",
    "Denée",
    "Saint-Aubin",
    "Saint-Nazaire",
    "Saint-Avit-Saint-Nazaire",
    "Le Mans",
    "L'Île-d'Yeu",
    "La Roche-sur-Yon",
    "Paris",
    "Ajaccio",
    "Cœuvres-et-Valsery",
    "Bors (Canton de Tude-et-Lavalette)",
    "Bors (Canton de Charente-Sud)",
    "Y",
    "Nantes",
    "Nanterre",
    "Archipel des Kerguelen",
    # Seven of the communes of one postal code, 01400.
    *("L'Abergement-Clémenciat", "Châtillon-sur-Chalaronne", "Condeissiat", "Dompierre-sur-Chalaronne"),
    *("Neuville-les-Dames", "Romans", "Sulignat"),
}


@cache
def sample() -> Source:
    """The real edition reduced to `NAMES`, with all regions and departments."""
    full = read_source()
    communes = [row for row in full.communes if row[1] in NAMES]
    codes, epci = {row[0] for row in communes}, {row[3] for row in communes}
    return Source(
        full.vintage,
        full.regions,
        full.departments,
        [row for row in full.epci if row[0] in epci],
        communes,
        [row for row in full.former if row[2] in codes],
    )
