"""Addresses of what is owed, below /indemnisation/."""

from django.urls import path

from equipage.compensation.views import association, mine, month, previews, recovery, scales

app_name = "compensation"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("ligne/<int:line_id>/", mine.line, name="line"),
    path("ligne/<int:line_id>/remboursement/", recovery.repayment, name="repayment"),
    path("releve-annuel/<int:year_statement_id>/", mine.year_statement, name="year_statement"),
    path("equipe/<int:team_id>/", mine.of_team, name="of_team"),
    path("mois/", month.prepare, name="prepare"),
    path("mois/decider/", month.decide, name="decide"),
    path("mois/payer-tous/", month.decide_alike, name="decide_alike"),
    path("mois/rappeler/", month.remind, name="remind"),
    path("lignes/", association.line_list, name="lines"),
    path("baremes/", scales.scale_list, name="scales"),
    path("baremes/nouveau/", scales.new_scale, name="new_scale"),
    path("baremes/<int:scale_id>/", scales.scale, name="scale"),
    path("baremes/<int:scale_id>/modifier/", scales.edit_scale, name="edit_scale"),
    path("baremes/simuler/", previews.simulate, name="simulate"),
    path("baremes/<int:scale_id>/apercu/", previews.preview, name="preview"),
    path("baremes/<int:scale_id>/<slug:move>/", scales.scale_move, name="scale_move"),
    path("annee/", association.dashboard, name="dashboard"),
]
