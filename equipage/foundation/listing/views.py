"""The one view of every list: page, partial update, files and bulk actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from equipage.foundation.french import counted
from equipage.foundation.listing import bulk, exports, paging
from equipage.foundation.listing.bulk import BulkAction, Outcome
from equipage.foundation.listing.declaration import EXPORT, Listing
from equipage.foundation.refusals import Refused

TEMPLATE = "foundation/listing/page.html"
RESULTS = "foundation/listing/results.html"
BULK_TEMPLATE = "foundation/listing/bulk.html"


def listing_view(listing_class: type[Listing], template: str = TEMPLATE) -> Callable[..., HttpResponseBase]:
    """The view function of a list; the caller wraps it in `@access(...)`, with `writes=True` for bulk actions.

    A `template` of one's own extends "foundation/listing/page.html". Words of the URL arrive in `listing.kwargs`.
    """

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        listing = listing_class(request, **kwargs)
        if request.method == "POST":
            return _bulk(listing, template)
        export = request.GET.get(EXPORT, "")
        if export == "csv":
            return exports.as_csv(listing)
        if export == "xlsx":
            return _xlsx(listing, template)
        return _page(listing, template)

    view.__name__ = view.__qualname__ = listing_class.__name__
    view.__doc__ = listing_class.__doc__
    view.listing = listing_class  # type: ignore[attr-defined]
    return view


def _page(listing: Listing, template: str, problem: str = "", status: int = 200) -> HttpResponse:
    """The full page, or only its results when htmx asks to replace them."""
    request = listing.request
    htmx: Any = getattr(request, "htmx", None)
    partial = bool(htmx) and not htmx.boosted and not htmx.history_restore_request and request.method == "GET"
    if partial and listing.filterset.errors:
        # The explanation belongs beside its field, which a partial update leaves alone: load the page.
        return HttpResponse(headers={"HX-Redirect": request.get_full_path(), "Vary": "HX-Request"})
    context = {"listing": listing, "problem": problem, "here": request.path}
    response = render(request, RESULTS if partial else template, context, status=status)
    if partial:
        # The address in the bar is the one a person would share: without empty values.
        response["HX-Push-Url"] = request.path + paging.address(listing.params).removesuffix("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


def _xlsx(listing: Listing, template: str) -> HttpResponseBase:
    try:
        return exports.as_xlsx(listing)
    except Refused as refused:
        return _page(listing, template, refused.sentence, status=422)


def _bulk(listing: Listing, template: str) -> HttpResponse:
    """First answer: what will happen to each row. Second answer, once confirmed: what happened."""
    posted = listing.request.POST
    try:
        action = _chosen_action(listing, posted.get("action", ""))
        rows = _chosen_rows(listing, posted.getlist("ligne"), everything=posted.get("portee") == "tout")
    except Refused as refused:
        return _page(listing, template, refused.sentence, status=422)
    confirmed = posted.get("confirme") == "oui"
    step = bulk.perform if confirmed else bulk.preview
    outcomes = step(action, listing.user, rows, listing.name_of)
    return render(listing.request, BULK_TEMPLATE, _bulk_context(listing, action, outcomes, confirmed))


def _bulk_context(listing: Listing, action: BulkAction, outcomes: list[Outcome], confirmed: bool) -> dict[str, Any]:
    done = [outcome for outcome in outcomes if outcome.done]
    left = [outcome for outcome in outcomes if not outcome.done]
    return {
        "listing": listing,
        "action": action,
        "confirmed": confirmed,
        "done": done,
        "left": left,
        "done_count": counted(len(done), *listing.noun),
        "left_count": counted(len(left), *listing.noun),
        "back": listing.request.get_full_path(),
    }


def _chosen_action(listing: Listing, name: str) -> BulkAction:
    for action in listing.offered_bulk_actions:
        if action.name == name:
            return action
    raise Refused("Choisissez d'abord une action dans la liste, sous le tableau.", field="action")


def _chosen_rows(listing: Listing, keys: list[str], *, everything: bool) -> list[Any]:
    """The rows ticked, among those the person sees; or all the rows of the filtered list."""
    if not everything and not keys:
        raise Refused("Aucune ligne n'est cochée. Cochez au moins une ligne, puis recommencez.", field="ligne")
    rows = listing.rows
    if not everything:
        rows = rows.filter(pk__in=_readable_keys(listing, keys))
    found = list(rows[: bulk.MOST_ROWS + 1])
    if len(found) > bulk.MOST_ROWS:
        raise Refused(
            f"Une action groupée porte sur {bulk.MOST_ROWS} lignes au plus. "
            "Précisez les filtres pour en avoir moins, puis recommencez.",
            field="ligne",
        )
    if not found:
        raise Refused("Les lignes cochées ne sont plus dans cette liste. Rechargez la page, puis recommencez.")
    return found


def _readable_keys(listing: Listing, keys: list[str]) -> list[Any]:
    """Keys that the primary key can read; anything else was not written by this page and names no row."""
    read = listing.model._meta.pk.to_python
    try:
        return [read(key) for key in keys[: bulk.MOST_ROWS + 1]]
    except ValidationError as wrong:
        raise Refused("Une des lignes cochées n'existe pas. Rechargez la page, puis recommencez.") from wrong
