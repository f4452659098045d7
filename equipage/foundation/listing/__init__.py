"""A list declared once: table, phone cards, filters in the address, pages, CSV and XLSX, bulk actions.

    class TeamListing(Listing):
        model = Team
        title = "Équipes"
        file_name = "equipes"
        columns = [
            Column("name", "Nom", link=lambda team: reverse("teams:team", args=[team.pk]), sort="name", heads=True),
            Column("state", "État", value=lambda team: Badge(team.state_label, team.state_tone)),
            Column("members", "Membres", value="member_count", kind="number", phone=False),
        ]
        filters = [SearchFilter(), ChoiceFilter("etat", "État", field="state", choices=STATES, counted=True)]
        default_order = ("name",)

    team_list = access(SIGNED_IN)(listing_view(TeamListing))

The rows start from `Model.objects.visible_to(user)`; override `queryset(user)` to add `select_related` and annotations.
"""

from equipage.foundation.listing.bulk import BulkAction
from equipage.foundation.listing.columns import Badge, Column
from equipage.foundation.listing.declaration import Empty, Listing
from equipage.foundation.listing.filters import ChoiceFilter, DateRange, Filter, RowFilter, SearchFilter, YesNoFilter
from equipage.foundation.listing.search import normalised, search_field
from equipage.foundation.listing.views import listing_view

__all__ = [
    "Badge",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "DateRange",
    "Empty",
    "Filter",
    "Listing",
    "RowFilter",
    "SearchFilter",
    "YesNoFilter",
    "listing_view",
    "normalised",
    "search_field",
]
