"""Addresses of money on its way, below /paiements/."""

from django.urls import path

from equipage.payments.views import account, answers, bank, das2, deaths, returns, runs, transfers

app_name = "payments"
urlpatterns = [
    path("", runs.run_list, name="runs"),
    path("campagnes/<int:run_id>/", runs.run, name="run"),
    path("campagnes/<int:run_id>/virements.xml", runs.bank_file, name="bank_file"),
    path("campagnes/<int:run_id>/<slug:move>/", runs.run_move, name="run_move"),
    path("versements/<int:payment_id>/", transfers.payment, name="payment"),
    path("versements/<int:payment_id>/releve.pdf", transfers.statement, name="statement"),
    path("versements/<int:payment_id>/retour/", returns.record, name="record_return"),
    path("versements/<int:payment_id>/refaire/", returns.release, name="release_return"),
    path("revenus/", returns.return_list, name="returns"),
    path("reponses/", answers.answer_list, name="answers"),
    path("reponses/lire/", answers.take, name="take_answer"),
    path("reponses/<int:answer_id>/", answers.answer, name="answer"),
    path("reponses/<int:answer_id>/<slug:move>/", answers.move, name="answer_move"),
    path("coordonnees/", bank.mine, name="bank"),
    path("coordonnees/donner/", bank.give, name="give_bank"),
    path("coordonnees/a-confirmer/", bank.bank_list, name="bank_list"),
    path("coordonnees/<int:details_id>/", bank.details, name="bank_details"),
    path("coordonnees/<int:details_id>/<slug:move>/", bank.move, name="bank_move"),
    path("deces/<int:professional_id>/", deaths.death, name="death"),
    path("deces/<int:professional_id>/signaler/", deaths.record, name="record_death"),
    path("deces/<int:professional_id>/compte/", deaths.estate_account, name="estate_account"),
    path("deces/<int:professional_id>/retirer/", deaths.withdraw, name="withdraw_death"),
    path("das2/", das2.last, name="das2_last"),
    path("das2/<int:year>/", das2.das2, name="das2"),
    path("compte/", account.account, name="account"),
]
