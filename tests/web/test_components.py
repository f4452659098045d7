"""Components: what they write, what they refuse, and that no text of a user becomes markup."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from equipage.web import home
from equipage.web.pieces import cell, hundredths, initials, piece, share

HOSTILE = "<script>alert(1)</script> & « Èvre »"


def drawn(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_a_component_refuses_a_name_that_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="titel"):
        drawn("{% waiting card %}", card={"titel": "Une voix manque"})


def test_a_component_refuses_a_tone_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="rouge"):
        drawn('{% badge "Refusé" "rouge" %}')


def test_a_badge_takes_label_and_tone_from_the_state() -> None:
    state = SimpleNamespace(label="Reconnue", tone="ok")
    assert drawn("{% badge state %}", state=state) == '<span class="badge ok">Reconnue</span>'


@pytest.mark.parametrize(
    "source",
    [
        "{% badge t %}",
        '{% waiting title=t sentence=t who=t url="/x/" action=t %}',
        "{% gauge 1 2 label=t shown=t sentence=t %}",
        "{% explanation rule=t source=t %}{{ t }}{% endexplanation %}",
        '{% alert "stop" t %}{{ t }}{% endalert %}',
        "{% empty t t '/x/' t %}",
        "{% stat t t t %}",
        "{% person name=t detail=t %}",
        "{% fieldset t %}{{ t }}{% endfieldset %}",
        "{% breadcrumb t '/x/' t %}",
        "{% copy_link t t %}",
        "{% why t %}",
        "{% form_buttons t %}",
    ],
)
def test_the_text_of_a_person_never_becomes_markup(source: str) -> None:
    html = drawn(source, t=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("tag", "rows"),
    [
        ("next_steps", [{"label": HOSTILE, "note": HOSTILE}]),
        ("brief", [{"point": HOSTILE, "finding": HOSTILE, "verdict": HOSTILE, "way_out": HOSTILE}]),
        ("timeline", [{"what": HOSTILE, "who": HOSTILE, "comment": HOSTILE}]),
        ("piles", [{"label": HOSTILE, "sentence": HOSTILE}]),
        ("facts", [(HOSTILE, HOSTILE)]),
        ("files", [{"title": HOSTILE, "url": "/x/", "note": HOSTILE}]),
        ("tabs", [{"label": HOSTILE, "url": "/x/"}]),
        ("data_table columns", [[HOSTILE]]),
        ('bar_chart "titre"', [{"label": HOSTILE, "value": 1, "note": HOSTILE}]),
    ],
)
def test_rows_of_persons_never_become_markup(tag: str, rows: list[Any]) -> None:
    html = drawn(f"{{% {tag} rows %}}", rows=rows, columns=[HOSTILE])
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def move(name: str, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{"name": name, "label": name.title(), "allowed": True, "reasons": (), "tone": "main", **more}
    )


def test_blocked_actions_stay_with_all_their_reasons() -> None:
    blocked = move("reconnaitre", allowed=False, reasons=("Il manque un médecin.", "Le calendrier n'a pas de fin."))
    html = drawn("{% action_bar actions '/dossiers/3/' %}", actions=[blocked], csrf_token="jeton")
    assert 'aria-disabled="true">Reconnaitre' in html
    assert "Il manque un médecin." in html
    assert "pas de fin" in html
    assert "<form" not in html


def test_a_page_has_one_main_button_and_a_move_that_asks_is_a_link() -> None:
    actions = [move("deposer"), move("relire"), move("refuser", needs_comment=True, tone="stop")]
    html = drawn("{% action_bar actions '/projets/3/' %}", actions=actions, csrf_token="jeton")
    assert html.count('class="btn "') == 1
    assert 'action="/projets/3/deposer/"' in html
    assert 'value="jeton"' in html
    assert '<a class="btn danger" href="/projets/3/refuser/">' in html


def test_a_move_with_inputs_asks_on_its_own_page() -> None:
    with_date = move("noter", transition=SimpleNamespace(inputs=("met_on",)))
    html = drawn("{% action_bar actions '/equipes/3/' %}", actions=[with_date], csrf_token="jeton")
    assert 'href="/equipes/3/noter/"' in html


def test_a_predicted_amount_is_never_drawn_like_a_paid_one() -> None:
    paid, owed = drawn("{% money 18750 %}"), drawn("{% money 18750 True %}")
    assert "187,50" in paid
    assert "estimation" not in paid
    assert "estimation" in owed
    assert "owed" in owed


def test_numbers_of_a_drawing_are_not_written_in_french() -> None:
    html = drawn("{% gauge 1 3 second=1 %}")
    assert 'class="fill" width="33.33"' in html
    assert 'x="33.33" width="33.33"' in html


def test_a_masked_value_says_so_and_is_never_zero() -> None:
    html = drawn(
        '{% bar_chart "Thèmes" rows %}', rows=[{"label": "Asthme", "value": None}, {"label": "AVK", "value": 1200}]
    )
    assert "masqué, moins de 6" in html
    assert "1\u202f200" in html


def test_a_gauge_stays_within_its_bounds() -> None:
    assert [share(5, 0), share(-1, 10), share(30, 10), share(None, 10)] == [0.0, 0.0, 100.0, 0.0]
    assert [hundredths(100.0), hundredths(33.333), hundredths(0.0)] == ["100", "33.33", "0"]
    html = drawn("{% gauge 90 100 second=40 %}")
    assert 'x="90" width="10"' in html


def test_initials_leave_the_title_aside() -> None:
    assert [initials("Claire Moreau"), initials("Dr Nguyễn Thị Khai"), initials("Zoé"), initials("")] == [
        "CM",
        "NK",
        "Z",
        "",
    ]


def test_an_object_is_read_without_an_import_and_a_dict_with_defaults() -> None:
    made = piece(SimpleNamespace(label="Signée", other=1), label="", tone="info")
    assert (made.label, made.tone, hasattr(made, "other")) == ("Signée", "info", False)
    assert (cell(None).text, cell({"text": 3, "tone": "ok"}).tone) == ("", "ok")


def test_a_rule_explains_itself_in_one_sentence() -> None:
    reason = SimpleNamespace(
        sentence=lambda: "Il manque un médecin : la règle en demande un.",
        rule_id="esp-clap.composition",
        reference=SimpleNamespace(title="Plaquette", url="https://exemple.invalid/"),
    )
    html = drawn("{% why reason %}", reason=reason)
    assert "médecin\u202f: la règle" in html
    assert '<a href="https://exemple.invalid/">esp-clap.composition</a>' in html


class Sample(forms.Form):
    name = forms.CharField(label="Nom", help_text="Celui que vos patients connaissent.")
    day = forms.DateField(label="Jour")
    count = forms.IntegerField(label="Nombre")
    rate = forms.DecimalField(label="Taux", localize=True)
    kind = forms.ChoiceField(label="Nature", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)
    sure = forms.BooleanField(label="J'accepte")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_refused_form_keeps_what_was_typed_and_links_to_each_field() -> None:
    html = str(Sample({"name": "Équipe <d'Èvre>", "count": "douze"}))
    assert 'value="Équipe &lt;d&#x27;Èvre&gt;"' in html
    assert 'value="douze"' in html
    assert 'href="#id_day"' in html
    assert 'href="#id_kind"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'aria-describedby="id_count_error"' in html
    assert 'id="id_count_error"' in html
    assert "Il reste 5 points à corriger" in html


def test_a_field_shows_the_right_keyboard_and_calendar() -> None:
    form = Sample(initial={"day": date(2026, 11, 3)})
    assert 'type="date"' in str(form["day"])
    assert 'value="2026-11-03"' in str(form["day"])
    assert 'inputmode="numeric"' in str(form["count"])
    assert 'inputmode="decimal"' in str(form["rate"])


def test_only_what_may_be_left_out_is_marked() -> None:
    form = Sample()
    assert "facultatif" in form["note"].as_field_group()
    assert "facultatif" not in form["name"].as_field_group()
    assert form["kind"].as_field_group().startswith('<fieldset class="field"')
    assert 'type="hidden"' in str(form)


def test_who_waits_longest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [{"title": "hier", "since": date(2026, 11, 21)}, {"title": "octobre", "since": date(2026, 10, 1)}]
    monkeypatch.setitem(home.HOMES, "agency", home.Home(waiting=(lambda user: cards,)))
    assert [card["title"] for card in home.content("agency", None).waiting] == ["octobre", "hier"]


def test_pages_keep_the_filters_of_the_address() -> None:
    from_page = SimpleNamespace(
        number=2, has_previous=True, has_next=True, paginator=SimpleNamespace(count=1200, num_pages=24)
    )
    request = RequestFactory().get("/", {"etat": "reconnue", "page": "2"})
    html = drawn('{% pagination page "équipe" %}', page=from_page, request=request)
    assert "?etat=reconnue&amp;page=1" in html
    assert "1\u202f200" in html
