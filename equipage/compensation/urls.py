"""Addresses of money, below /indemnisation/."""

from django.urls import path

from equipage.compensation.views import association, bank, books, mine, runs, scales

app_name = "compensation"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("ligne/<int:line_id>/", mine.line, name="line"),
    path("versements/<int:payment_id>/", mine.payment, name="payment"),
    path("versements/<int:payment_id>/releve.pdf", mine.statement, name="statement"),
    path("equipe/<int:team_id>/", mine.of_team, name="of_team"),
    path("campagnes/", runs.run_list, name="runs"),
    path("campagnes/preparer/", runs.prepare, name="prepare"),
    path("campagnes/<int:run_id>/", runs.run, name="run"),
    path("campagnes/<int:run_id>/virements.xml", runs.bank_file, name="bank_file"),
    path("campagnes/<int:run_id>/<slug:move>/", runs.run_move, name="run_move"),
    path("lignes/", runs.line_list, name="lines"),
    path("livre/", runs.ledger, name="ledger"),
    path("livre/balance/", books.balance, name="balance"),
    path("livre/<int:year>/fec.txt", books.fec_file, name="fec"),
    path("baremes/", scales.scale_list, name="scales"),
    path("baremes/nouveau/", scales.new_scale, name="new_scale"),
    path("baremes/<int:scale_id>/", scales.scale, name="scale"),
    path("baremes/<int:scale_id>/modifier/", scales.edit_scale, name="edit_scale"),
    path("baremes/<int:scale_id>/<slug:move>/", scales.scale_move, name="scale_move"),
    path("annee/", association.dashboard, name="dashboard"),
    path("annee/<int:year>/budget/", association.budget, name="budget"),
    path("coordonnees/", bank.mine, name="bank"),
    path("coordonnees/donner/", bank.give, name="give_bank"),
    path("coordonnees/a-confirmer/", bank.bank_list, name="bank_list"),
    path("coordonnees/<int:details_id>/", bank.details, name="bank_details"),
    path("coordonnees/<int:details_id>/<slug:move>/", bank.move, name="bank_move"),
    path("compte/", association.account, name="account"),
]
