"""Addresses of the books, below /livre/."""

from django.urls import path

from equipage.books.views import chart, funds, ledger, years

app_name = "books"
urlpatterns = [
    path("", ledger.ledger, name="ledger"),
    path("balance/", ledger.balance, name="balance"),
    path("comptes/", chart.accounts, name="accounts"),
    path("comptes/nouveau/", chart.new_account, name="new_account"),
    path("comptes/roles/", chart.roles, name="roles"),
    path("comptes/<int:account_id>/", chart.account, name="account"),
    path("fonds/", funds.funds, name="funds"),
    path("fonds/subvention/", funds.new_subsidy, name="new_subsidy"),
    path("<int:year>/", years.year, name="year"),
    path("<int:year>/fec.txt", ledger.fec_file, name="fec"),
    path("<int:year>/<slug:move>/", years.year_move, name="year_move"),
]
