"""What comments of sites say: written here in the manner of the official list, with what each means."""

import datetime as dt

import pytest

from geo.finder.opening_times import opening_status, time_zone, week_lines
from geo.finder.site_remarks import Remarks, Rule, read_remarks
from geo.sources.france_services import read_france_services
from geo.sources.opening_hours import WeeklyHours

WEEK = WeeklyHours.from_osm(
    "Mo 09:00-12:30,13:30-17:00; Tu 09:00-12:30,13:30-17:00; We 09:00-16:00; Th 09:00-12:30,13:30-17:00; "
    "Fr 09:00-12:30,13:30-17:00; Sa 09:00-12:00"
)
MON, TUE, WED, THU, FRI, SAT = range(6)
#: Comments of that list: read, read in part, speaking of hours and not read, silent about them.
COUNTS = (156, 15, 330, 329)


def closed(*days, **when) -> Rule:
    return Rule("closed", frozenset(days or range(7)), **when)


def appointment(*days, **when) -> Rule:
    return Rule("appointment", frozenset(days or range(7)), **when)


def walk_in(*days, **when) -> Rule:
    return Rule("walk_in", frozenset(days or range(7)), **when)


def only(*days, nth=(), **when) -> Rule:
    return Rule("open_only", frozenset(days), nth=frozenset(nth), **when)


def nth(*numbers) -> dict:
    return {"nth": frozenset(numbers)}


READ = {
    # Closures.
    "Fermeture chaque 1er lundi matin du mois": [closed(MON, part="morning", **nth(1))],
    "Fermé le dernier vendredi de chaque mois": [closed(FRI, **nth(-1))],
    "STRUCTURE FERMÉE LE TROISIÈME MERCREDI APRÈS-MIDI DU MOIS.": [closed(WED, part="afternoon", **nth(3))],
    "Fermé au public le 2e et 4e jeudi du mois de 15h à 16h30": [closed(THU, hours=(900, 990), **nth(2, 4))],
    "Jeudi après-midi accueil fermé": [closed(THU, part="afternoon")],
    "Fermeture les mardis après midi et le 1er samedi du mois": [
        closed(TUE, part="afternoon"),
        closed(SAT, **nth(1)),
    ],
    "Fermeture exceptionnelle le lundi 4 mai 2026 pour formation des agents": [
        closed(first=dt.date(2026, 5, 4), last=dt.date(2026, 5, 4))
    ],
    "La structure sera fermée du 3 au 14 août 2026": [closed(first=dt.date(2026, 8, 3), last=dt.date(2026, 8, 14))],
    "fermeture du lundi 21 décembre 2026 au vendredi 1er janvier 2027": [
        closed(first=dt.date(2026, 12, 21), last=dt.date(2027, 1, 1))
    ],
    "Fermé les après-midi du 06/07/2026 au 31/07/2026": [
        closed(part="afternoon", first=dt.date(2026, 7, 6), last=dt.date(2026, 7, 31))
    ],
    "Fermeture quotidienne de 12 h à 13 h 15": [closed(hours=(720, 795))],
    "Place de la Halle, 05 00 00 00 00, accueil@exemple.fr. Mercredi après-midi accueil fermé": [
        closed(WED, part="afternoon")
    ],
    # Open in some weeks only.
    "Ouverture uniquement le 1er samedi du mois": [only(SAT, nth=[1])],
    "Ouvert le 1er et le 3ème samedi de chaque mois de 9h à 12h": [only(SAT, nth=[1, 3])],
    "Le samedi, ouverture le premier samedi du mois": [only(SAT, nth=[1])],
    "Ouvert les samedis matins des semaines paires": [only(SAT, part="morning", parity=0)],
    # Appointments.
    "UNIQUEMENT SUR RDV": [appointment()],
    "Exclusivement sur rendez-vous au 05.00.00.00.00 ou par mail à exemple@exemple.fr": [appointment()],
    "Prise de rendez vous obligatoire au : 05 00 00 00 00": [appointment()],
    "Pour toutes les démarches, uniquement sur rendez-vous": [appointment()],
    "Sur rendez-vous uniquement le vendredi": [appointment(FRI)],
    "Sur rdv les lundis et jeudis après-midi": [appointment(MON, THU, part="afternoon")],
    "Mercredi matin et vendredi après midi sur RDV": [
        appointment(WED, part="morning"),
        appointment(FRI, part="afternoon"),
    ],
    "L'après-midi uniquement sur rendez-vous": [appointment(part="afternoon")],
    "Les après-midi des mardis et vendredis sur rendez-vous": [appointment(TUE, FRI, part="afternoon")],
    "Sur RDV tous les matins et le jeudi après-midi": [
        appointment(part="morning"),
        appointment(THU, part="afternoon"),
    ],
    "Sur rendez-vous du lundi au mercredi de 14 à 16h": [appointment(MON, TUE, WED, hours=(840, 960))],
    "Uniquement sur rendez-vous : mardi de 9h à 12h et 14h à 17 heures, jeudi 9h-12h": [
        appointment(TUE, hours=(540, 720)),
        appointment(TUE, hours=(840, 1020)),
        appointment(THU, hours=(540, 720)),
    ],
    "uniquement sur rdv à partir du 02/03/2026": [appointment(first=dt.date(2026, 3, 2))],
    "Matin sans rendez-vous / après-midi sur rendez-vous": [
        walk_in(part="morning"),
        appointment(part="afternoon"),
    ],
    "Lundi et mardi sans rendez-vous, jeudi sur rendez-vous": [walk_in(MON, TUE), appointment(THU)],
    "Accueil avec ou sans rendez-vous": [walk_in()],
}

#: Speak of closing or of hours, in words that may mean something else, or of another place.
UNREAD = [
    "Ouverture un samedi sur deux",
    "Fermé",
    "Espace fermé après un dégât des eaux",
    "Fermeture les mercredis pendant les vacances scolaires",
    "Fermé du 3 au 14 août pour congés",  # of which year?
    "Horaires d'été : 8h - 14h",
    "Permanence à la mairie de Beauval le mardi de 9h à 12h",
    "Antenne de Beauval du lundi au vendredi de 9h à 12h (fermée le mercredi)",
    "Lundi : Beauval - Mardi : Clairmont",
    "Sur rendez-vous du lundi au vendredi sauf le mercredi",
    "1er et 3ème lundi du mois",
    "Ouverte les mercredis matin et fermée les samedis des semaines paires",
    "Ouvert également le 1er samedi du mois",
    "Carte d'identité - Uniquement sur rendez-vous",
    "Prise de rendez-vous obligatoire pour les passeports",
    "Locaux en travaux, accueil provisoire à la mairie",
    "Fermé le lundi 31 février 2026",
    "Fermé le premier lundi",
    "Mercredi uniquement sur rdv, fermé au public",
]

SILENT = [
    "",
    "   ",
    ".",
    "05 00 00 00 00",
    "Prise de rendez-vous conseillée au 05 00 00 00 00",
    "Possibilité de prendre rendez-vous en dehors des horaires d'ouverture",
    "De préférence sur rendez-vous",
    "Accessible aux personnes à mobilité réduite",
    "Multi-sites",
    "12 rue du Marché, à côté de la poste",
    "Sur rendez-vous pour les demandes de plus de 15 minutes",
]


@pytest.mark.parametrize("comment", READ)
def test_what_is_read(comment):
    assert read_remarks(comment) == Remarks(tuple(READ[comment]), unread=False, text=comment)


@pytest.mark.parametrize("comment", UNREAD)
def test_what_speaks_of_hours_and_is_not_understood(comment):
    remarks = read_remarks(comment)
    assert (remarks.rules, remarks.unread) == ((), True)


@pytest.mark.parametrize("comment", SILENT)
def test_what_says_nothing_of_hours(comment):
    remarks = read_remarks(comment)
    assert (remarks.rules, remarks.unread) == ((), False)


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("Horaires : lundi au vendredi 9h-12h. Fermé le 2ème lundi du mois", [closed(MON, **nth(2))]),
        ("Sur rendez-vous le jeudi. Permanence à Beauval le mardi", [appointment(THU)]),
        # Who comes by appointment only after a closure: on the closed day, or always?
        ("Fermeture les mercredis ; seulement sur rendez-vous", [closed(WED)]),
    ],
)
def test_a_comment_read_in_part_is_not_understood(comment, rules):
    assert read_remarks(comment) == Remarks(tuple(rules), unread=True, text=comment)


def test_a_very_long_comment_is_not_read():
    assert read_remarks("fermé le lundi " * 500).unread
    assert read_remarks("é" * 1999).unread is False


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=time_zone("64"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


FIRST_TUESDAY = "Fermeture chaque 1er mardi matin du mois."


@pytest.mark.parametrize(
    ("comment", "moment", "state", "words"),
    [
        # 1 December 2026 is the first Tuesday, 24 November the fourth.
        (
            FIRST_TUESDAY,
            "2026-12-01T10:00",
            "closed",
            "Fermé ce matin : le site précise « Fermeture chaque 1er mardi matin du mois », rouvre à 13 h 30",
        ),
        (FIRST_TUESDAY, "2026-11-24T10:00", "open", "Ouvert jusqu'à 12 h 30"),
        (FIRST_TUESDAY, "2026-12-01T14:00", "open", "Ouvert jusqu'à 17 h"),
        (FIRST_TUESDAY, "2026-11-30T18:00", "closed", "Fermé, rouvre mardi 1er décembre à 13 h 30"),
        (
            "Fermé le mardi",
            "2026-11-24T10:00",
            "closed",
            "Fermé ce jour : le site précise « Fermé le mardi », rouvre mercredi 25 à 9 h",
        ),
        (
            "Fermé le mardi après-midi",
            "2026-11-24T14:00",
            "closed",
            "Fermé cet après-midi : le site précise « Fermé le mardi après-midi », rouvre mercredi 25 à 9 h",
        ),
        # A day without a break is parted at noon.
        ("Fermé le mercredi après-midi", "2026-11-25T11:00", "open", "Ouvert jusqu'à 12 h"),
        ("Ouvert uniquement le 1er samedi du mois", "2026-12-05T10:00", "open", "Ouvert jusqu'à 12 h"),
        (
            "Ouvert uniquement le 1er samedi du mois",
            "2026-11-28T10:00",
            "closed",
            "Fermé ce jour : le site précise « Ouvert uniquement le 1er samedi du mois », rouvre lundi 30 à 9 h",
        ),
        # ISO weeks: 23 to 29 November 2026 is week 48.
        ("Ouvert le samedi des semaines paires", "2026-11-28T10:00", "open", "Ouvert jusqu'à 12 h"),
        (
            "Ouvert le samedi des semaines impaires",
            "2026-11-28T10:00",
            "closed",
            "Fermé ce jour : le site précise « Ouvert le samedi des semaines impaires », rouvre lundi 30 à 9 h",
        ),
        (
            "Fermé du 23/11/2026 au 27/11/2026",
            "2026-11-24T10:00",
            "closed",
            "Fermé ce jour : le site précise « Fermé du 23/11/2026 au 27/11/2026 », rouvre samedi 28 à 9 h",
        ),
        ("Fermé du 23/11/2025 au 27/11/2025", "2026-11-24T10:00", "open", "Ouvert jusqu'à 12 h 30"),
        ("Uniquement sur rendez-vous", "2026-11-24T10:00", "open", "Ouvert jusqu'à 12 h 30, sur rendez-vous"),
        (
            "Matin sans rendez-vous, après-midi sur rendez-vous",
            "2026-11-24T10:00",
            "open",
            "Ouvert jusqu'à 12 h 30, sans rendez-vous",
        ),
        (
            "Ouverture un samedi sur deux",
            "2026-11-28T10:00",
            "published",
            "Ouvert selon les horaires publiés jusqu'à 12 h ; le site précise : « Ouverture un samedi sur deux »",
        ),
        ("Ouverture un samedi sur deux", "2026-11-29T10:00", "closed", "Fermé, rouvre lundi 30 à 9 h"),
        ("Prise de rendez-vous conseillée", "2026-11-24T10:00", "open", "Ouvert jusqu'à 12 h 30"),
        # A public holiday is the reason first.
        (
            "Fermé le mercredi",
            "2026-11-11T10:00",
            "closed",
            "Fermé : jour férié (armistice de 1918), rouvre jeudi 12 à 9 h",
        ),
    ],
)
def test_status_at_a_moment(comment, moment, state, words):
    status = opening_status(WEEK, at(moment), "64", read_remarks(comment))
    assert (status.state, plain(status.sentence)) == (state, words)


def test_the_comment_comes_before_the_list_and_the_list_before_nothing():
    def needed(comment, *, listed, moment="2026-11-24T10:00"):
        return opening_status(WEEK, at(moment), "64", read_remarks(comment), appointment=listed).appointment

    assert needed("Uniquement sur rendez-vous", listed=False) is True
    assert needed("Accueil sans rendez-vous", listed=True) is False
    assert needed("Sur rendez-vous le vendredi", listed=False) is False
    assert needed("Sur rendez-vous le vendredi", listed=False, moment="2026-11-27T10:00") is True
    assert needed(None, listed=None) is None
    assert needed("Uniquement sur rendez-vous", listed=False, moment="2026-11-29T10:00") is None  # closed


def test_the_week_says_what_the_comment_says():
    moment = at("2026-12-01T08:00")
    remarks = read_remarks("Sur rdv le vendredi après-midi. Fermé le 1er mardi matin du mois")
    lines = {line.day: plain(line.text) for line in week_lines(WEEK, moment, "64", remarks=remarks)}
    assert lines["lundi"] == "9 h – 12 h 30, 13 h 30 – 17 h"
    assert lines["mardi"] == (
        "9 h – 12 h 30, 13 h 30 – 17 h (fermé le 1er décembre sauf 13 h 30 – 17 h : "
        "« Sur rdv le vendredi après-midi. Fermé le 1er mardi matin du mois »)"
    )
    assert lines["vendredi"] == "9 h – 12 h 30, 13 h 30 – 17 h sur rendez-vous"
    assert lines["dimanche"] == "fermé"


def test_a_quotation_is_short_and_on_one_line():
    remarks = read_remarks("Fermé le lundi.\nVoir " + "aussi " * 60)
    assert "\n" not in remarks.quoted
    assert len(remarks.quoted) < 150
    assert remarks.quoted.endswith("…\u00a0»")


def test_the_comments_of_the_official_list(shared_data):
    """Each comment read in the list of August 2024 was read by a person as well; counts change with the words known."""
    comments = read_france_services(shared_data / "sites" / "liste-fs-20240801.csv").frame["comment"].dropna()
    read = [read_remarks(comment) for comment in comments]
    whole = sum(bool(remarks.rules) and not remarks.unread for remarks in read)
    part = sum(bool(remarks.rules) and remarks.unread for remarks in read)
    not_read = sum(not remarks.rules and remarks.unread for remarks in read)
    silent = len(read) - whole - part - not_read
    assert (whole, part, not_read, silent) == COUNTS
