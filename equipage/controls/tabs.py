"""The pages of this floor among the tabs of the association's money."""

from equipage.funding.desk import offer_tab

offer_tab("Contrôles", "controls:list", 27)
