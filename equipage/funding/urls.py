"""Addresses of what may be spent, below /credits/."""

from django.urls import path

from equipage.funding.views import funds, teams

app_name = "funding"
urlpatterns = [
    path("", funds.this_year, name="credits"),
    path("<int:year>/", funds.year, name="year"),
    path("<int:year>/nouveau/", funds.new_fund, name="new_fund"),
    path("credit/<int:fund_id>/", funds.edit_fund, name="edit_fund"),
    path("credit/<int:fund_id>/retirer/", funds.remove_fund, name="remove_fund"),
    path("<int:year>/dotation/", funds.plan, name="plan"),
    path("<int:year>/equipes/", teams.teams, name="teams"),
    path("<int:year>/reaffecter/", teams.propose, name="propose"),
    path("reaffectations/", teams.reallotment_list, name="reallotments"),
    path("reaffectations/<int:reallotment_id>/", teams.reallotment, name="reallotment"),
    path("reaffectations/<int:reallotment_id>/<slug:move>/", teams.reallotment_move, name="reallotment_move"),
]
