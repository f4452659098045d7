"""Addresses of the indicators: the pages of those who answer for a region, and the account that everybody reads."""

from django.urls import path

from equipage.indicators import account_views, team_views, views

app_name = "indicators"

urlpatterns = [
    path("indicateurs/", views.region, name="region"),
    path("indicateurs/nationaux/", views.national_page, name="national"),
    path("indicateurs/nationaux/<int:year>-<int:number>.<str:kind>", views.national_file, name="national_file"),
    path("indicateurs/equipe/<int:team_id>/", team_views.of_team, name="of_team"),
    path("comptes/", account_views.account, name="account"),
    # Before the files: « dictionnaire » is no region.
    path("comptes/dictionnaire.json", account_views.account_dictionary, name="dictionary"),
    path("comptes/<slug:region_code>-<int:year>.<str:format>", account_views.account_file, name="account_file"),
]
