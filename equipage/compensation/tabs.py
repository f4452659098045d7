"""The pages of this floor among the tabs of the association's money."""

from equipage.funding.desk import offer_tab

offer_tab("Lignes", "compensation:lines", 20)
offer_tab("Barèmes", "compensation:scales", 40)
offer_tab("Année", "compensation:dashboard", 50)
