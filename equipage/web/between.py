"""What rooms of one floor say of each other, through this one, which stands above both."""

from __future__ import annotations

from equipage.controls.selectors import results_since
from equipage.indicators.checked import offer_results

offer_results(results_since)
