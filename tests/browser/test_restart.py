"""The server ends in the middle of a calculation and starts again, with a visitor's page open."""

import signal

import pytest

pytestmark = pytest.mark.browser

#: A plan that is searched for long enough to be interrupted.
LONG = "?territoire=64&ecran=planifier&seuil=15&but=trajet&labels=47&taille=0&partout=1"
LISTED = "nom,latitude,longitude\nMairie de Sare,43.312,-1.580\nMairie d'Ustaritz,43.398,-1.457\n"


#: Each time that a page looks in vain for the server it waits twice as long before it looks again: here half a second.
SOON = "const later = setTimeout; setTimeout = (done, ms, ...more) => later(done, ms < 10_000 ? Math.min(ms, 500) : ms, ...more);"


@pytest.fixture
def impatient_page(new_page):
    """Open a page that tries again soon."""
    sessions = []

    def open_page():
        page = new_page()
        sessions.append(page.context.new_cdp_session(page))
        sessions[-1].send("Page.enable")
        sessions[-1].send("Page.addScriptToEvaluateOnNewDocument", {"source": SOON})
        return page

    yield open_page
    for session in sessions:
        session.detach()


def wait_for_answer(page) -> str:
    page.wait_for_selector(".maillage-answer:not(:empty)")
    page.wait_until_idle()
    return page.locator(".maillage-answer").inner_text()


def check_it_is_said(page) -> None:
    page.get_by_text("Connexion perdue").wait_for()
    said = page.get_by_role("dialog").inner_text()
    assert "Streamlit" not in said
    assert "Cette page reprendra d'elle-même, avec vos choix" in said


def in_the_middle_of_a_plan(page, server) -> None:
    page.goto(f"{server.address}/{LONG}")
    page.get_by_role("button", name="Arrêter").wait_for()


def on_a_territory_of_own_files(page, server, listed) -> None:
    page.goto(f"{server.address}/?territoire=64&ecran=methode&seuil=15")
    page.wait_for_selector("h1")
    page.wait_until_idle()
    listed.write_text(LISTED, encoding="utf-8")
    page.locator('section[aria-label="Sites"] input').set_input_files(listed)
    page.get_by_text("Liste de lieux").wait_for()
    page.wait_until_idle()
    page.get_by_role("button", name="Construire le territoire").click()
    page.get_by_text("Territoire fait de vos fichiers :").first.wait_for()
    page.wait_until_idle()


def check_the_plan_goes_on(page, address) -> None:
    answer = wait_for_answer(page)
    assert answer.startswith("47 nouveaux labels, à ")
    assert page.get_by_role("dialog").count() == 0
    assert page.url == address
    page.reload()  # as another visitor who opens the same address
    assert wait_for_answer(page) == answer


def check_the_files_are_gone_and_the_page_says_so_once_it_is_used(page) -> None:
    page.get_by_text("Connexion perdue").wait_for(state="detached")
    page.get_by_role("radio", name="Rapport").click()
    page.get_by_text("Ces choix portaient sur un territoire fait de fichiers").wait_for()
    page.wait_until_idle()
    assert page.get_by_text("Territoire fait de vos fichiers :").count() == 0
    assert "seuil=15" in page.url
    assert "fichiers" not in page.url


def test_pages_go_on_with_their_choices_once_the_server_is_back(app_server, impatient_page, tmp_path):
    own, planning = impatient_page(), impatient_page()
    on_a_territory_of_own_files(own, app_server, tmp_path / "lieux.csv")
    in_the_middle_of_a_plan(planning, app_server)
    address = planning.url
    app_server.end(signal.SIGKILL)
    for page in (own, planning):
        check_it_is_said(page)
    app_server.start(MAILLAGE_PLANS_APART="0")  # no process beside would be ready before the plan is
    check_the_plan_goes_on(planning, address)
    check_the_files_are_gone_and_the_page_says_so_once_it_is_used(own)
    app_server.end(signal.SIGTERM)
    for page in (own, planning):
        check_it_is_said(page)
        assert page.errors == []
