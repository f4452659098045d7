"""Addresses of the public pages."""

from django.urls import URLPattern, URLResolver, path

from equipage.orientation.views import comparator, forms, quiz, rules, simulator, teams

app_name = "orientation"

urlpatterns: list[URLPattern | URLResolver] = [
    path("orientation/", quiz.start, name="start"),
    path("orientation/reponse/", quiz.answer, name="answer"),
    path("simulateur/", simulator.simulator, name="simulator"),
    path("equipes-reconnues/", teams.teams, name="teams"),
    path("equipes-reconnues.csv", teams.teams_csv, name="teams_csv"),
    path("formes/", forms.forms, name="forms"),
    path("formes/<slug:form>/", forms.form, name="form"),
    path("formes/<slug:form>/demarrer/", forms.start_form, name="start_form"),
    path("comparer/", comparator.comparator, name="comparator"),
    path("comparer.csv", comparator.comparator_csv, name="comparator_csv"),
    path("regles/", rules.rules, name="rules"),
    path("regles.json", rules.rules_json, name="rules_json"),
    # Before the rules: « schema » is no rule.
    path("regles/schema.json", rules.rules_schema, name="rules_schema"),
    path("regles/<str:rule_id>.json", rules.rule_json, name="rule_json"),
    path("regles/<str:rule_id>/", rules.rule, name="rule"),
]
