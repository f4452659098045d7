"""All addresses: French words, one prefix per package. What a page may be asked by is declared on its view."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

PREFIXES = {
    "web": "",
    "people": "compte/",
    "messaging": "messages/",
    "territory": "territoire/",
    "teams": "equipes/",
    "projects": "projets/",
    "recognition": "dossiers/",
    "agreements": "conventions/",
    "coordination": "actions/",
    "meetings": "reunions/",
    "protocols": "protocoles/",
    "prevention": "prevention/",
    "funding": "credits/",
    "books": "livre/",
    "payments": "paiements/",
    "compensation": "indemnisation/",
    # /indicateurs/ for those who answer for a region, /comptes/ for everybody.
    "indicators": "",
    "support": "aide/",
    "disputes": "doutes/",
    "controls": "controles/",
    # The public pages have an address each: /orientation/, /formes/, /regles/…
    "orientation": "",
    "foundation": "plateforme/",
}
if settings.ENVIRONMENT.clinical:
    # Never kept by a browser nor by the service worker: nothing below this prefix is cached.
    PREFIXES["clinical"] = "dossiers-patients/"

# A package has pages when it has a `urls.py`.
urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(f"equipage.{package}.urls"))
    for package, prefix in PREFIXES.items()
    if find_spec(f"equipage.{package}.urls")
]

handler400 = "equipage.web.views.bad_request"
handler403 = "equipage.web.views.forbidden"
handler404 = "equipage.web.views.not_found"
handler500 = "equipage.web.views.broken"
