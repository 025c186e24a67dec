"""The answer in French sentences."""

import datetime as dt
from dataclasses import replace

import pytest

from geo import Territory
from geo.answers.near import NearQuestion, answer_near
from geo.answers.nearest import answer_lines, answer_notes, answer_sentence, list_titles
from geo.answers.procedure import procedure_sentence
from geo.answers.site_words import kind_words, trip_words
from geo.finder.found_place import FoundPlace
from geo.finder.gazetteer import Gazetteer
from geo.finder.opening_times import OpeningStatus
from geo.finder.procedures import procedures
from geo.finder.search import PlaceSearch
from geo.finder.wishes import Wishes

AT_TEN = dt.datetime.fromisoformat("2026-11-24T10:00+01:00")
WEDNESDAY = dt.datetime.fromisoformat("2026-11-25T09:00+01:00")
PAU = FoundPlace("Pau (64)", "commune", "64445", "64", None, -0.37, 43.3, 100.0, centre_of="Pau")
CLOSED = OpeningStatus("closed", "Fermé, rouvre mercredi 25 à 9 h", opens_at=WEDNESDAY)


@pytest.mark.parametrize(
    ("minutes", "kilometres", "words"),
    [
        (12.4, 9.04, "12 min (9,0 km)"),
        (0.2, 0.1, "1 min (0,1 km)"),
        (59.5, 70.6, "1 h 00 (71 km)"),
        (65.0, None, "1 h 05"),
        (125.2, 1234.0, "2 h 05 (1 234 km)"),
    ],
)
def test_a_trip(minutes, kilometres, words):
    assert trip_words(minutes, kilometres).replace("\u00a0", " ").replace("\u202f", " ") == words


def said(answer, wishes=None) -> str:
    return answer_sentence(answer, wishes or Wishes(at=None)).replace("\u00a0", " ")


def noted(answer, start=None) -> list[str]:
    return [note.replace("\u00a0", " ") for note in answer_notes(answer, start)]


def test_the_nearest_is_open(make_answer):
    assert said(make_answer()) == "Le plus proche : France services 1, 12 min, ouvert jusqu'à 17 h."
    assert noted(make_answer()) == []


def test_the_nearest_is_closed_and_another_is_open(make_answer, make_site):
    sites = (make_site("1", status=CLOSED), make_site("2", travel_time_min=20.0, distance_km=15.0))
    answer = make_answer(sites=sites)
    assert said(answer) == "Le plus proche : France services 1, 12 min, fermé, rouvre mercredi 25 à 9 h."
    assert noted(answer) == ["Le plus proche ouvert : France services 2, 20 min, ouvert jusqu'à 17 h."]


def test_an_open_site_put_first_leaves_the_nearer_closed_one_told(make_answer, make_site):
    sites = (make_site("2", travel_time_min=20.0, distance_km=15.0), make_site("1", status=CLOSED))
    answer = make_answer(sites=sites)
    assert said(answer) == "Le plus proche ouvert : France services 2, 20 min, ouvert jusqu'à 17 h."
    assert noted(answer) == ["Plus proche : France services 1, 12 min, fermé, rouvre mercredi 25 à 9 h."]
    assert list_titles(answer) == ("Le plus proche ouvert", "Autres sites proches")


def test_a_site_too_far_to_walk_is_not_said_to_be_without_a_road(make_answer, make_site):
    far = make_site("1", travel_time_min=None, distance_km=None, mode="walk")
    words = said(make_answer(sites=(), none_open=(far,)))
    assert words.startswith(
        "Aucun site n'est assez près d'ici à pied. Le plus proche à vol d'oiseau : France services 1"
    )


def test_a_comment_that_is_quoted_is_told_with_the_site_not_in_the_headline(make_answer, make_site):
    remark = "« Ouverture un samedi sur deux »"
    status = OpeningStatus(
        "published", f"Ouvert selon les horaires publiés ; le site précise : {remark}", remark=remark
    )
    answer = make_answer(sites=(make_site("1", status=status),))
    assert said(answer) == "Le plus proche : France services 1, 12 min, ouvert selon les horaires publiés."
    assert any(remark in line for line in answer_lines(answer, Wishes(), None))


def test_a_moment_is_named(make_answer):
    answer = make_answer()
    assert said(answer, Wishes(at=answer.at)).startswith(
        "Mardi 24 novembre à 10 h, le plus proche ouvert : France services 1, 12 min"
    )


def test_a_moment_when_the_nearest_is_closed(make_answer, make_site):
    again = OpeningStatus("closed", "Fermé, rouvre à 14 h", opens_at=AT_TEN + dt.timedelta(hours=4))
    answer = make_answer(sites=(make_site("1", status=again), make_site("2", travel_time_min=20.0)))
    assert said(answer, Wishes(at=answer.at)) == (
        "Mardi 24 novembre à 10 h, le plus proche : France services 1, 12 min, fermé, rouvre à 14 h."
    )
    assert noted(answer) == ["Le plus proche ouvert : France services 2, 20 min, ouvert jusqu'à 17 h."]


def test_the_nearest_closes_before_one_arrives(make_answer, make_site):
    soon = OpeningStatus("open", "Ouvert jusqu'à 10 h 10", closes_at=AT_TEN + dt.timedelta(minutes=10))
    nearest = make_site("1", status=soon)
    answer = make_answer(sites=(nearest, make_site("2", travel_time_min=20.0)))
    assert said(answer) == (
        "Le plus proche : France services 1, 12 min, ouvert jusqu'à 10 h 10, mais fermé à votre arrivée."
    )
    assert noted(answer) == ["Le plus proche ouvert : France services 2, 20 min, ouvert jusqu'à 17 h."]
    assert noted(make_answer(sites=(nearest,))) == []


def test_nothing_is_found_and_the_visitor_is_not_blamed(make_answer):
    answer = make_answer(sites=())
    assert said(answer) == "Aucun site n'est connu ici."
    assert said(answer, Wishes(saturday=True, without_appointment=True)) == (
        "Aucun site connu ici n'est ouvert le samedi et sans rendez-vous."
    )
    nothing = make_answer(sites=(), nothing_open=True)
    assert said(nothing, Wishes(open_then=True)) == "Aucun site n'est ouvert en ce moment."
    assert said(nothing, Wishes(at=answer.at)) == "Mardi 24 novembre à 10 h, aucun site n'est ouvert."
    assert said(nothing, Wishes(at=answer.at, without_appointment=True)) == (
        "Mardi 24 novembre à 10 h, aucun site sans rendez-vous n'est ouvert."
    )
    assert said(nothing, Wishes(at=answer.at, operator="Cnav")) == (
        "Mardi 24 novembre à 10 h, aucune permanence de « Cnav » n'est connue à ce moment."
    )
    assert "choix" not in said(nothing, Wishes(kinds=frozenset({"antenne"})))


def test_where_no_road_leads_to_a_site_an_open_one_is_not_said_to_be_closed(make_answer, make_site):
    across = make_site("1", travel_time_min=None)
    for answer in (
        make_answer(sites=(), none_open=(across,)),
        make_answer(sites=(), none_open=(across,), nothing_open=True),
    ):
        for wishes in (Wishes(), Wishes(without_appointment=True)):
            assert said(answer, wishes) == (
                "Aucune route connue ne mène d'ici à un site. "
                f"Le plus proche à vol d'oiseau : France services 1, {across.status.in_short.lower()}."
            )


def test_a_bus_to_call_is_told_as_one(make_answer, make_site):
    answer = make_answer(sites=(), none_open=(make_site("1", kind="bus"),))
    assert said(answer) == (
        "Aucun site n'est connu ici. Le plus proche : Bus France services 1, 12 min jusqu'à sa base, ouvert jusqu'à 17 h."
    )
    assert any(line.startswith("   Bus France services 1, 05 59") for line in answer_lines(answer, Wishes(), None))


def test_nothing_is_open_and_the_soonest_is_named(make_answer, make_site):
    answer = make_answer(sites=(make_site("1", status=CLOSED),), nothing_open=True)
    assert said(answer, Wishes(open_then=True)) == (
        "Aucun site n'est ouvert en ce moment. "
        "Le premier à rouvrir : France services 1, 12 min, rouvre mercredi 25 à 9 h."
    )
    assert list_titles(answer) == ("Le premier à rouvrir", "Les suivants à rouvrir")
    assert list_titles(make_answer()) == ("Le plus proche", "Autres sites proches")
    open_still = make_answer(sites=(make_site("1"),), nothing_open=True)
    assert said(open_still, Wishes(open_then=True)).endswith("ouvert jusqu'à 17 h, mais fermé à votre arrivée.")


@pytest.mark.parametrize(("minutes", "named"), [(105.0, True), (345.0, False)])
def test_an_open_site_far_away_is_not_said_to_be_closed(make_answer, make_site, minutes, named):
    far = make_site("2", travel_time_min=minutes)
    answer = make_answer(sites=(make_site("1", status=CLOSED),), nothing_open=True, open_far=far)
    assert said(answer, Wishes(open_then=True)) == (
        "Aucun site n'est ouvert à une heure de trajet ou moins en ce moment."
        + " Le plus proche ouvert : France services 2, 1 h 45, ouvert jusqu'à 17 h." * named
        + " Le premier à rouvrir : France services 1, 12 min, rouvre mercredi 25 à 9 h."
    )


def test_all_are_closed_and_another_opens_sooner(make_answer, make_site):
    tuesday = OpeningStatus("closed", "Fermé, rouvre à 14 h", opens_at=WEDNESDAY - dt.timedelta(hours=19))
    sites = (make_site("1", status=CLOSED), make_site("2", status=tuesday))
    answer = make_answer(sites=sites)
    assert said(answer).endswith("fermé, rouvre mercredi 25 à 9 h.")
    assert noted(answer) == ["Le premier à rouvrir : France services 2, 12 min, fermé, rouvre à 14 h."]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(55.0, False), (43.0, False), (41.0, True)],  # half an hour earlier there and back 12.4 minutes' drive beside
)
def test_another_that_opens_sooner_is_told_only_where_one_is_back_sooner(make_answer, make_site, minutes, told):
    sooner = OpeningStatus(
        "closed", "Fermé, rouvre mercredi 25 à 8 h 30", opens_at=WEDNESDAY - dt.timedelta(minutes=30)
    )
    answer = make_answer(sites=(make_site("1", status=CLOSED), make_site("2", status=sooner, travel_time_min=minutes)))
    assert [note.startswith("Le premier à rouvrir : France services 2") for note in noted(answer)] == [True] * told


def test_one_too_far_to_be_there_as_it_opens_is_not_the_first_to_open(make_answer, make_site):
    def opens(minutes):
        return OpeningStatus("closed", "Fermé", opens_at=AT_TEN + dt.timedelta(minutes=minutes))

    far = make_site("2", status=opens(5), travel_time_min=40.0)  # there after 40 minutes, back after 80
    assert noted(make_answer(sites=(make_site("1", status=opens(67)), far))) == []
    assert noted(make_answer(sites=(make_site("1", status=opens(68)), far))) != []


def test_why_another_than_the_nearest_is_first(make_answer):
    answer = make_answer(put_first="Placé avant X : parce que.")
    assert said(answer) == "Le mieux placé : France services 1, 12 min, ouvert jusqu'à 17 h."
    assert noted(answer) == ["Placé avant X : parce que."]
    assert list_titles(answer)[0] == "Le mieux placé"


def test_a_hamlet_answered_from_the_centre_of_its_commune_says_so(make_answer, make_site):
    estimated = make_answer(sites=(make_site("1", estimated=True),))
    resort = replace(PAU, label="Belle Plagne, station de La Plagne Tarentaise (73)", locality="Belle Plagne")
    resort = replace(resort, centre_of="La Plagne Tarentaise")
    centre = "depuis le centre de La Plagne Tarentaise, pas depuis Belle Plagne"
    (note,) = noted(estimated, resort)
    assert note == f"Temps estimé {centre} : le trajet réel peut être bien plus long."
    assert noted(make_answer(), resort) == [note.replace("estimé", "compté")]
    assert note in list(answer_lines(estimated, Wishes(), PlaceSearch((resort,))))
    gourette = replace(resort, locality="Gourette", centre_of="Eaux-Bonnes")
    assert noted(estimated, gourette)[0].startswith(
        "Temps estimé depuis le centre d'Eaux-Bonnes, pas depuis Gourette :"
    )
    cilaos = make_answer(sites=(make_site("1", estimated=True, lon=55.47, lat=-21.13),))
    assert noted(cilaos, resort) == [f"{note} Temps peu sûr : outre-mer le relief n'est pas connu."]


def test_what_stands_for_a_hamlet_is_told_in_json_and_with_other_lists(embedded):
    gazetteer = Gazetteer.of(embedded)
    for asked in (NearQuestion(k=1), NearQuestion(k=1, facilities="tax_offices")):
        for words, expected in (("gourette", 1), ("Eaux-Bonnes", 0)):
            search = PlaceSearch(tuple(gazetteer.search(words)[:1]))
            found = answer_near(embedded, (search.places[0].lon, search.places[0].lat), asked, search=search)
            lines = list(found.lines)
            assert " ".join(lines).count("pas depuis Gourette : le trajet") == expected
            assert lines[0].startswith(f"{search.places[0].label}, ")
            if asked.facilities == "tax_offices":
                assert lines[0].endswith(", services des impôts :")
                assert lines[2].startswith("   À savoir : Adresse de 2019, à vérifier")
                assert any(line.startswith("  - Liste des services des impôts d'octobre 2019 : ") for line in lines)
            if isinstance(found.content, dict):
                told = [note for note in found.content["search"]["notes"] if "pas depuis Gourette : le trajet" in note]
                assert len(told) == expected


def test_a_hamlet_with_a_position_of_its_own_is_no_centre(make_answer, make_site):
    placed = replace(PAU, label="Narbonne-Plage, quartier de Narbonne (11)", locality="Narbonne-Plage", centre_of=None)
    estimated = make_answer(sites=(make_site("1", estimated=True),))
    assert noted(estimated, placed) == ["Temps estimé."]
    assert noted(make_answer(), placed) == []
    assert not any("centre" in line for line in answer_lines(estimated, Wishes(), PlaceSearch((placed,))))


def test_what_the_answer_rests_on_is_short_and_under_it(make_answer, make_site):
    estimated = make_answer(sites=(make_site("1", estimated=True),))
    assert noted(estimated) == ["Temps estimé."]
    assert noted(estimated, PAU) == ["Temps estimé depuis le centre de la commune."]
    assert noted(make_answer(), PAU) == ["Temps compté depuis le centre de la commune."]
    cilaos = make_answer(sites=(make_site("1", estimated=True, lon=55.47, lat=-21.13),))
    assert noted(cilaos) == ["Temps estimé, peu sûr : outre-mer le relief n'est pas connu."]
    old = make_answer(sites=(make_site("1", list_vintage="2024-08-01"),))
    assert "Liste des sites du 1er août 2024 : plus d'un an" in noted(old)[0]
    lines = list(answer_lines(old, Wishes(), None))
    assert lines[2].startswith("Liste des sites"), "the terminal says it right under the answer too"


def test_an_appointment_at_some_hours_only(make_site):
    assert kind_words(make_site("1", appointment=False, some_appointment=True))[-1] == (
        "sur rendez-vous à certaines heures"
    )


def test_a_procedure_is_answered_with_its_operator_and_taxes_with_both_places(make_answer, make_site):
    taxes, retirement = procedures()[:2]
    unknown = OpeningStatus("unknown", "Horaires inconnus")
    office = make_site("tax-1", name="Centre des Finances publiques", kind="tax_office", status=unknown)
    answer = make_answer(tax_office=office)
    on = dt.date(2026, 11, 24)
    assert procedure_sentence(taxes, answer, on).replace("\u00a0", " ") == (
        "Impôts (DGFiP), au choix : France services 1, ou Centre des Finances publiques, 12 min."
    )
    assert "(DGFiP) : Centre" in procedure_sentence(taxes, make_answer(sites=(), tax_office=office), on)
    assert "au choix" not in procedure_sentence(retirement, answer, on)
    assert "au choix" not in procedure_sentence(taxes, None, on)


def test_an_estimated_trip_to_the_tax_office_leaves_its_interval_to_the_card(make_answer, make_site):
    office = make_site(
        "tax-1",
        name="Centre",
        kind="tax_office",
        estimated=True,
        travel_time_min=41.0,
        travel_time_low_min=31.0,
        travel_time_high_min=52.0,
    )
    sentence = procedure_sentence(procedures()[0], make_answer(tax_office=office), dt.date(2026, 11, 24))
    assert sentence.replace("\u00a0", " ").endswith("ou Centre, environ 40 min.")


@pytest.mark.parametrize(
    ("comment", "ending"),
    [
        ("Adresse de 2019, à vérifier ; placé ici à la mairie.", "Centre, 12 min (adresse de 2019, à vérifier)."),
        ("Fermé en août.", "Centre, 12 min."),
        (None, "Centre, 12 min."),
    ],
)
def test_the_remark_of_a_tax_office_is_left_to_its_card(make_answer, make_site, comment, ending):
    office = make_site("tax-1", name="Centre", kind="tax_office", details={"comment": comment})
    sentence = procedure_sentence(procedures()[0], make_answer(tax_office=office), dt.date(2026, 11, 24))
    assert sentence.replace("\u00a0", " ").endswith(ending)


def test_what_is_doubted_of_a_tax_office_is_told_in_a_few_words(make_answer, make_site):
    """The remarks are those of the embedded list, which names for most offices the service of firms alone."""
    remarks = Territory.load(drawn=False).facilities["tax_offices"]["comment"]
    firms = remarks.str.contains("entreprises")
    said = []
    for remark in (remarks[~firms].iloc[0], remarks[firms].iloc[0]):
        office = make_site("tax-1", name="Centre", kind="tax_office", details={"comment": remark})
        said.append(procedure_sentence(procedures()[0], make_answer(tax_office=office), dt.date(2026, 11, 24)))
    assert [sentence.replace("\u00a0", " ") for sentence in said] == [
        (
            "Impôts (DGFiP), au choix : France services 1, ou Centre, 12 min (adresse de 2019, à vérifier ; liste incomplète : "
            "un autre centre peut être plus proche)."
        ),
        (
            "Impôts (DGFiP) : France services 1, ou Centre, 12 min (liste de 2019, incomplète : un autre peut être plus "
            "proche), à vérifier avant d'y aller : reçoit-il les particuliers ?"
        ),
    ]


def test_homonyms_are_named_before_the_sites(make_answer):
    places = tuple(
        FoundPlace(f"Castillon ({code})", "commune", None, code, None, 0, 44, 100.0, begins=True)
        for code in ("64", "65")
    )
    lines = list(answer_lines(make_answer(), Wishes(), PlaceSearch(places)))
    assert lines[0] == ("Plusieurs lieux portent ce nom ou le contiennent. Autres lieux possibles : Castillon (65).")


def test_places_beyond_those_offered_are_told_with_how_to_narrow(make_answer):
    places = tuple(
        FoundPlace(f"Castillon ({code})", "commune", None, code, None, 0, 44, 100.0, begins=True)
        for code in ("64", "65")
    )
    first = next(answer_lines(make_answer(), Wishes(), PlaceSearch(places, more=4)))
    assert first.endswith(" : Castillon (65), et 4 autres : précisez le nom, le département ou le code postal.")
    first = next(answer_lines(make_answer(), Wishes(), PlaceSearch(places, more=1)))
    assert ", et 1 autre : précisez" in first


@pytest.mark.parametrize(("score", "begins"), [(91.0, False), (94.0, True)])
def test_the_full_name_of_one_commune_is_answered_for_without_others(make_answer, score, begins):
    places = (
        FoundPlace("Pau (64)", "commune", "64445", "64", None, 0, 43, 100.0, begins=True),
        FoundPlace("Paulx (44)", "commune", "44119", "44", None, -2, 47, score, begins=begins),
    )
    lines = list(answer_lines(make_answer(), Wishes(), PlaceSearch(places, more=3)))
    assert lines[0].startswith("Pau (64), ")
    assert not any("Autres lieux" in line for line in lines)


def test_no_road_leads_there(make_answer, make_site):
    answer = make_answer(sites=(make_site("1", travel_time_min=None, distance_km=None),))
    assert said(answer) == "Le plus proche : France services 1, ouvert jusqu'à 17 h."
