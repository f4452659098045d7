"""Money read and doubted by whom it pays, on a phone (J8): one tap to understand, four to say a doubt."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import Site, serve
from tests.journeys.hands import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def region() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="equipage-money-") as folder, serve(Path(folder)) as site:
        site.manage("seed_demo", "--teams", "12", "--verbosity", "0")
        yield site


def test_one_tap_explains_a_payment_and_four_doubt_it(new_context: Any, region: Site) -> None:
    claire = Person(new_context, region, "Claire Besnard", phone=True)
    page = claire.page
    claire.go("/indemnisation/")
    received = page.locator("a[href*='/paiements/versements/']").filter(has_text=re.compile("versés le")).first
    told = received.inner_text()
    received.click()  # the one tap
    page.wait_for_url(re.compile(r"/paiements/versements/\d+/$"))
    claire.reads_title(told.split(" versés")[0])
    lines = page.locator("main .money-list li")
    first = lines.first
    # The sentence, the team, the rule and its page stand on the same screen.
    expect(first).to_contain_text(re.compile(r"d.après\s+le\s+barème\s.+règle"))
    claire.reads("Touchez la ligne qui vous étonne")
    claire.look("virement", axe=True)

    taps = 0
    first.get_by_role("link").click()
    taps += 1
    claire.reads("Pourquoi ce montant")
    claire.reads("Validée le")
    claire.follow("Un doute sur cette ligne")
    taps += 1
    claire.look("doute", axe=True)
    page.get_by_role("radio").first.check()
    taps += 1
    claire.press("Envoyer", exact=True)
    taps += 1
    expect(page.locator("main")).to_contain_text(re.compile("répond avant le"))
    assert taps <= 4
    claire.look("doute-envoye", axe=True)
    claire.follow("Mon argent")
    claire.reads("versés pour vos actions")
