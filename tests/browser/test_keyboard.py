"""The keyboard, and what a screen reader is told: focus, titles, announcements, the tree read as a story."""

import re

import pytest

pytestmark = pytest.mark.browser

SARE = "?lieu=64504&quand=2026-11-24T10:00"
_ANSWERED = ".maillage-number"
_FOCUS = (
    "(() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
    " return at; })()"
)


def focus_is_in(page, selector: str) -> bool:
    return page.evaluate(f"document.querySelector('{selector}')?.contains(document.activeElement) ?? false")


def check_a_popover_is_next_to_its_button_for_the_tab_key(page, name, first) -> None:
    button = page.get_by_role("button", name=name)
    button.focus()
    button.press("Enter")
    inside = page.locator("[data-testid=stPopoverBody]").get_by_label(first, exact=True)
    inside.wait_for(state="attached")
    page.keyboard.press("Tab")
    assert inside.evaluate("field => field === document.activeElement")
    page.keyboard.press("Shift+Tab")
    assert button.evaluate("button => button === document.activeElement")
    for _ in range(20):  # round and round: the page behind is never reached
        page.keyboard.press("Tab")
        assert focus_is_in(page, "[data-testid=stPopoverBody]") or button.evaluate("b => b === document.activeElement")
    if button.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
    assert focus_is_in(page, "[data-testid=stPopoverBody]")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-testid=stPopoverBody]", state="detached")
    page.wait_for_function("document.activeElement.dataset.testid === 'stPopoverButton'")
    assert button.evaluate("button => button === document.activeElement")


def check_suggestions_are_said_and_the_one_chosen_leads_to_its_answer(page) -> None:
    said = page.locator(".maillage-spoken")
    assert said.get_attribute("role") == "status", "there before it says anything"
    box = page.get_by_label("Où êtes-vous ?")
    box.fill("castillon")
    box.press("Enter")
    page.wait_for_function("document.querySelector('.maillage-spoken').textContent.includes('propositions suivent')")
    page.wait_until_idle()
    suggestions = page.locator(".st-key-suggestions button")
    assert said.text_content().endswith(f"{suggestions.count()} propositions suivent.")
    assert box.evaluate("box => box === document.activeElement")
    suggestions.filter(has_text="Lembeye").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.className === 'maillage-answer'")
    assert page.locator(".maillage-answer").get_attribute("role") == "status"
    assert "Lembeye" in box.input_value()
    assert said.text_content() == ""


def check_the_choices_of_a_list_and_what_a_procedure_changes_are_said_in_french(page) -> None:
    also = page.locator(".maillage-answer-also")
    assert (also.get_attribute("role"), also.text_content()) == ("status", ""), "there before it says anything"
    page.get_by_role("combobox", name="Pour quelle démarche ?").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "/^\\d+ choix dans la liste/.test(document.querySelector('[data-live-announcer]')?.textContent)"
    )
    page.get_by_role("option", name="Retraite").first.click()
    page.wait_for_function("document.querySelector('.maillage-answer-also').textContent")
    assert also.text_content() == page.locator(".maillage-procedure p").first.text_content()
    assert also.bounding_box()["width"] <= 1
    said = page.evaluate("document.querySelector('[data-live-announcer]')?.textContent ?? ''")
    assert re.search("option|available|selected", said) is None, said


def check_the_directory_is_a_link_where_a_place_is_abroad(page) -> None:
    box = page.get_by_label("Où êtes-vous ?")
    box.fill("bruxelles")
    box.press("Enter")
    link = page.locator(".maillage-spoken a")
    link.wait_for()
    assert link.get_attribute("href") == "https://lannuaire.service-public.fr/navigation/france-services"
    assert "à l'étranger" in page.locator(".maillage-spoken p").first.text_content()
    page.go_to("?position=50.85,4.35")
    page.locator(".maillage-answer a").wait_for()
    assert page.locator(".maillage-answer a").count() == 1


def check_many_other_places_are_behind_a_button_that_the_keyboard_opens_and_leaves(page) -> None:
    box = page.get_by_label("Où êtes-vous ?")
    box.fill("saint-jean")
    box.press("Enter")
    button = page.get_by_role("button", name="Ce n'est pas là ?")
    button.wait_for()
    page.wait_until_idle()
    assert "derrière le bouton qui suit" in page.locator(".maillage-spoken").text_content()
    assert page.locator(".maillage-answer").bounding_box()["y"] < 500, "the answer stays in sight"
    for key in ("Escape", "Enter"):
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-testid=stPopoverBody]")
        page.keyboard.press("Tab")
        page.wait_for_function("document.activeElement.closest('[data-testid=stPopoverBody]')")
        page.keyboard.press(key)
        page.wait_for_selector("[data-testid=stPopoverBody]", state="detached")
        if key == "Escape":
            assert button.evaluate("button => button === document.activeElement")
    page.wait_for_function("document.activeElement.className === 'maillage-answer'")
    assert box.input_value() == "Saint-Jean-de-Luz (64)"


def check_how_many_places_more_begin_so_is_told_and_is_no_choice(page) -> None:
    box, listed = page.get_by_label("Où êtes-vous ?"), page.get_by_role("listbox", name="Lieux proposés")
    box.fill("")
    box.press_sequentially("castillon")
    listed.get_by_role("option", name="Castillon").nth(4).wait_for()
    assert listed.get_by_role("option").count() == 5
    shown = listed.evaluate("list => getComputedStyle(list, '::after').content")
    assert "et 11 autres : Entrée pour en voir plus" in shown
    assert page.locator(".maillage-places-said").text_content() == (
        "5 lieux proposés (et 11 autres : Entrée pour en voir plus) : flèche vers le bas pour choisir."
    )
    box.fill("bedous")
    page.wait_for_function("document.querySelectorAll('.maillage-places li').length === 1")
    listed.wait_for()
    assert listed.evaluate("list => getComputedStyle(list, '::after').content") == "none"


def check_places_are_offered_while_one_types(page) -> None:
    """By arrows and Enter, by Escape, by a press: the focus stays in the box, which then has the place's name."""
    box, listed = page.get_by_label("Où êtes-vous ?"), page.get_by_role("listbox", name="Lieux proposés")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("bedou")
    listed.wait_for()
    assert listed.get_by_role("option").all_inner_texts()[0] == "Bedous (64)"
    assert re.fullmatch(r"\d lieux? proposés? : flèche .*", page.locator(".maillage-places-said").text_content())
    page.keyboard.press("Escape")
    listed.wait_for(state="hidden")
    assert box.input_value() == "bedou"
    assert page.url.endswith("?quand=2026-11-24T10:00"), "nothing is chosen yet"
    box.press_sequentially("s")
    listed.wait_for()
    page.keyboard.press("ArrowDown")
    marked = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{marked}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_function("document.title.startsWith('Bedous')")
    assert "lieu=64104" in page.url
    assert box.input_value() == "Bedous (64)"
    assert listed.is_hidden()
    box.fill("gouret")
    listed.get_by_role("option", name="Gourette").click()
    page.wait_for_function("document.title.startsWith('Gourette')")
    assert box.input_value() == "Gourette, hameau d'Eaux-Bonnes (64)"
    assert box.evaluate("box => box === document.activeElement")
    page.go_back()
    page.wait_for_function("document.querySelector('.stTextInput input').value === 'Bedous (64)'")


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def story(page) -> list[tuple[str, str]]:
    """Return role and name of what Chromium tells a screen reader, in order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    told = []

    def tell(identifier) -> None:
        node = by_id[identifier]
        if not node.get("ignored"):
            told.append(
                (
                    node["role"]["value"],
                    node.get("name", {}).get("value", "").replace("\u00a0", " ").replace("\u202f", " "),
                )
            )
        for child in node.get("childIds", ()):
            if child in by_id:
                tell(child)

    tell(nodes[0]["nodeId"])
    session.detach()
    return told


def assert_in_order(told, *expected) -> None:
    """Check that these come one after the other, whatever comes between."""
    rest = iter(told)
    for role, name in expected:
        assert any(role == one and re.match(name, text) for one, text in rest), f"{role}: {name}"


def check_the_story_of_a_search(page) -> None:
    told = story(page)
    assert_in_order(
        told,
        ("RootWebArea", "Sare"),
        ("link", "Aller au contenu"),
        ("heading", "Trouver un France services"),
        ("combobox", "Où êtes-vous"),
        ("button", "Rechercher"),
        ("button", "Quand : 24 novembre à 10 h"),
        ("StaticText", "Mardi 24 novembre à 10 h, le plus proche ouvert"),
        ("heading", "Autres sites proches"),
        ("heading", "Garder et partager"),
        ("button", "Accessibilité"),
    )
    assert ("StaticText", "Bayonne") not in told, "the names of the map are not read one by one"


def check_the_story_of_choosing_a_day(page) -> None:
    page.get_by_role("button", name="Quand").click()
    page.get_by_role("button", name="Choisir le jour dans un calendrier").click()
    page.wait_for_selector("[role=application]")
    assert_in_order(
        story(page),
        ("dialog", "Quand : 24 novembre à 10 h"),
        ("radiogroup", "Quand voulez-vous y aller"),
        ("spinbutton", "jour, Jour"),
        ("spinbutton", "mois, Jour"),
        ("spinbutton", "heure, Heure"),
        ("dialog", "Choisir le jour"),
        ("button", "Mois précédent"),
        ("button", "mois : novembre"),
        ("button", "année : 2026"),
        ("button", "lundi 23 novembre 2026"),
    )


def check_what_has_the_focus_is_ringed_with_contrast(page) -> None:
    """At each stop of the Tab key: an outline of 2 px at least, 3:1 against white, on the element or close around."""
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        styles = page.evaluate(
            f"(() => {{ const rings = []; for (let at = {_FOCUS}, n = 0; at instanceof Element && n < 6; at = at.parentElement, n += 1)"
            " { const s = getComputedStyle(at); rings.push([s.outlineStyle, parseFloat(s.outlineWidth), s.outlineColor]); }"
            f" return [{_FOCUS}.outerHTML.slice(0, 120), rings]; }})()"
        )
        element, rings = styles
        if element.startswith("<body"):
            break
        seen += 1
        assert any(
            style != "none" and width >= 2 and 1.05 / (luminance(colour) + 0.05) >= 3 for style, width, colour in rings
        ), element
    assert seen > 20


def check_a_reload_keeps_everything_and_the_box_follows_the_back_button(page) -> None:
    page.go_to("?lieu=64125&quand=2026-11-24T10:00&demarche=impots&samedi=1")
    assert page.get_by_label("Où êtes-vous ?").input_value() == "Bidart (64)"
    before = page.locator(".maillage-answer").inner_text(), page.url, page.title()
    page.reload()
    page.wait_for_selector(_ANSWERED)
    page.wait_until_idle()
    assert (page.locator(".maillage-answer").inner_text(), page.url, page.title()) == before
    page.go_back()
    page.wait_for_function("document.title.startsWith('Sare')")
    page.wait_for_function("document.querySelector('.stTextInput input').value === 'Sare (64)'")
    page.wait_until_idle()


def test_an_answer_by_keyboard_and_told(find):
    page = find(SARE, _ANSWERED)
    check_what_has_the_focus_is_ringed_with_contrast(page)
    check_the_story_of_a_search(page)
    check_a_popover_is_next_to_its_button_for_the_tab_key(page, "Quand", "Un autre jour, une autre heure")
    check_a_popover_is_next_to_its_button_for_the_tab_key(page, "Filtres", "Ouvert le samedi")
    # After the popovers: what they hold, said again with the next run, once kept the browser's buttons from leading anywhere.
    check_a_reload_keeps_everything_and_the_box_follows_the_back_button(page)
    check_the_choices_of_a_list_and_what_a_procedure_changes_are_said_in_french(page)
    check_the_story_of_choosing_a_day(page)


def test_the_search_by_keyboard_and_told(find):
    page = find("?quand=2026-11-24T10:00")
    check_places_are_offered_while_one_types(page)
    check_how_many_places_more_begin_so_is_told_and_is_no_choice(page)
    check_suggestions_are_said_and_the_one_chosen_leads_to_its_answer(page)
    check_many_other_places_are_behind_a_button_that_the_keyboard_opens_and_leaves(page)
    check_the_directory_is_a_link_where_a_place_is_abroad(page)


def test_the_story_of_a_commune(diagnostic):
    page = diagnostic("?territoire=64&ecran=diagnostic&commune=64504")
    page.wait_for_function("document.querySelector('.maillage-answer-beside')?.textContent")
    page.wait_for_selector("[role=gridcell]", state="attached")
    told = story(page)
    assert_in_order(
        told,
        ("RootWebArea", "Sare, Pyrénées-Atlantiques"),
        ("heading", "Qui est trop loin"),
        ("slider", "Seuil en voiture"),
        ("StaticText", r"\d+ % des habitants"),
        ("region", "Carte des temps de trajet par commune"),
        ("heading", "Communes"),
        ("combobox", "Regarder une commune"),
        ("StaticText", r"Sare \(2 763 habitants\)"),
        ("gridcell", "oui"),
    )
    assert not any(role == "graphics-symbol" for role, _ in told), "545 shapes without a name"
