"""The facts that are said of a territory, by name: how each is read in words, and where it must be found.

A pattern is a regular expression in which ``#`` stands for the number of the fact, written in any way, and ``<share>``,
``<minutes>``, ``<count>``, ``<near>`` for other numbers and for the threshold in either wording. A pattern that ends
with ``=> text`` says the fact in words instead (``aucun``). Patterns are tried in every channel that their glob names:
whatever they find there must be the number, and at least one is to be found in each channel that `must` names.
"""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.golden.territories import NAME

#: How each kind of number is written, rightly or not.
WRITTEN = {
    "share": r"(?:(?:plus de 99|moins de 1|(?<![\d,])\d{1,3}(?:,\d+)?) %|—)",
    "minutes": r"(?:(?<![\d,])\d{1,3}(?:,\d+)? min|—)",
    "count": r"(?:(?<![\d,])\d{1,3}(?: \d{3})*(?:,\d+)?|—)",
    "decimal": r"(?:(?<![\d,])\d{1,3}(?:,\d+)?|—)",
}
_NEAR = r"(?:à moins de 20 min|à 20 min ou moins|(?:À|à) 20 min d'un site)"
UNKNOWN = "—"

#: Channels that say a share of the residents, and so of whom it is.
SHARING = (
    *(f"terminal.{name}" for name in ("diagnose", "scenario", "fragility", "hours", "access", "plan", "closure", "report")),
    *(f"screen.{name}" for name in ("diagnostic", "ouvrir", "scenario", "fragilite", "horaires", "impots", "marge", "rapport")),
    *("html.map", "html.arguments", "pdf"),
    *(f"svg.{name}" for name in ("curve", "hours", "plan", "saved_minutes", "travel_time", "under_served")),
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One number: its name in `oracle.Oracle.figures`, its kind, its patterns by glob, where it must be found."""

    name: str
    kind: str
    must: tuple[str, ...]
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, value: float | None) -> str:
        """Return the one way of writing the value."""
        if value is None:
            return UNKNOWN
        if self.kind == "share":
            percent = round(100 * value)
            if percent == 100 and value != 1:
                return "plus de 99 %"
            return "moins de 1 %" if percent == 0 and value != 0 else f"{percent} %"
        written = f"{abs(value):,.{0 if self.kind == 'count' else 1}f}".replace(",", " ").replace(".", ",")
        return f"{written} min" if self.kind == "minutes" else written

    def read(self, channel: str, words: str, names: dict[str, str], value: float | None) -> list[str]:
        """Return each way in which a channel writes the fact; `names` fill the patterns, such as those of the labels."""
        found, right = [], self.text(value)
        for glob, patterns in self.said.items():
            if not fnmatchcase(channel, glob):
                continue
            for pattern in patterns:
                regex, _, meant = pattern.partition(" => ")
                for match in re.finditer(_filled(regex, self.kind, names), words):
                    number = meant or match["n"][0].lower() + match["n"][1:]
                    # Cells of a table have only a space between them: 22 225 beside 23 254.
                    row = channel == "pdf" and re.match(rf"{re.escape(right)}(?![\d,])", words[match.start("n") :] if not meant else "")
                    found.append(right if row else number)
        return found


def _filled(regex: str, kind: str, names: dict[str, str]) -> str:
    for name, text in names.items():
        regex = regex.replace(f"<{name}>", re.escape(text))
    for other, written in WRITTEN.items():
        regex = regex.replace(f"<{other}>", written)
    # The first letter of a sentence is a capital.
    number = WRITTEN[kind].replace("plus de 99|moins de 1|", "[Pp]lus de 99|[Mm]oins de 1|")
    return regex.replace("<near>", _NEAR).replace("#", f"(?P<n>{number})", 1)


def _fact(name: str, kind: str, must: str, *patterns: str, **by_glob: tuple[str, ...]) -> Fact:
    """Return a fact; `patterns` hold in every channel, `by_glob` those of one (``screen_ouvrir``: ``screen.ouvrir``)."""
    said = {"*": patterns} | {glob.replace("_", ".", 1): told for glob, told in by_glob.items()}
    return Fact(name, kind, tuple(must.split()), said)


_CLASSES = ("10 min ou moins", "10 à 15 min", "15 à 20 min", "20 à 30 min", "30 à 45 min", "plus de 45 min")
_COMPARED = {"scenario": "terminal.scenario screen.scenario", "closure": "terminal.closure screen.fragilite"}
_IN_BRACKETS = r"\((?:# sur (?:les )?<count>)[^)]*\)"

COVERAGE = (
    _fact(
        "residents_known", "count", "terminal.diagnose terminal.fragility screen.diagnostic html.map svg.travel_time svg.under_served pdf",
        r"\(<count> sur (?:les )?#", r"<share> <count> sur (?:les )?#", r"sur les # habitants dont le trajet",
        r"Tous les habitants[^.;:%(]{0,40}\(#",
        **{"svg_*": (r"ensemble # / (?:<share>|<count>)",), "pdf": (r"ensemble 100 % ?#", r"sur les # autres habitants")},
    ),
    _fact(
        "residents_within", "count",
        "terminal.diagnose terminal.fragility screen.diagnostic screen.fragilite html.map pdf",
        r"\(# sur (?:les )?<count>[^)]*\) sont <near>", r"(?:couverts|<near>) <share> # sur", r"au moins un : #",
        r"sur # habitants à portée", r"Vitesses du profil #(?: <share>)", r"Encore <near> <count> habitants, contre #",
        r"Tous les habitants[^.;:%(]{0,40}\(#[^)]*\) sont <near>",
    ),
    _fact(
        "share_within", "share",
        "terminal.diagnose terminal.scenario terminal.hours terminal.plan terminal.closure terminal.report "
        "screen.diagnostic screen.ouvrir screen.scenario screen.fragilite screen.horaires screen.rapport html.map "
        "html.arguments pdf svg.curve svg.plan svg.travel_time",
        r"# des habitants[^.;:%]{0,120}? sont <near>(?! d'un site France services ouvert)",
        r"# des habitants[^.;:%]{0,60}? restent <near>", r"(?:couverts|Habitants <near>) #", r"# ont un site, ouvert ou non",
        r"<near>, habitants gagnés[^.]*?\(# des habitants avant", r"site France services \(# avant",
        r"ne change pas \(#\)", r"Vitesses du profil <count> #", r"(?:Tous les habitants|Le seul habitant)[^.;:%]{0,60} sont <near> => 100 %",
        **{
            "svg_curve": (r"\b20 min : #",), "pdf": (r"\b20 min : #", r"au lieu de # "),
            "screen_*": (r"au lieu de # seraient", r"À 20 min ou moins <share> # aujourd'hui", r"ou moins, contre # aujourd'hui"),
            "terminal_*": (r"contre # aujourd'hui", r"au lieu de #"), "html_arguments": (r"contre # aujourd'hui",),
        },
    ),
    _fact(
        "share_within_30", "share", "terminal.scenario screen.scenario svg.curve", r"\b30 min : #",
        r"À 30 min d'un site, habitants gagnés[^.]*?\(# des habitants avant",
    ),
    _fact(
        "residents_beyond", "count", "screen.ouvrir", r"sur # trop loin aujourd'hui",
    ),
    _fact(
        "communes_under_served", "count", "terminal.diagnose terminal.report screen.diagnostic html.map pdf svg.travel_time svg.under_served",
        r"# communes? (?:est|sont) sous-desservie", r"Communes sous- ?desservies # sur", r"# communes? sur <count> (?:est|sont) sous",
        r"Les # communes sous-desservies", r"Vitesses du profil <count> <share> #", r"[Aa]ucune commune n'est sous-desservie => 0",
    ),
    _fact(
        "communes_covered", "count", "screen.diagnostic pdf svg.under_served",
        r"Communes sous- ?desservies <count> sur #", r"<count> communes? sur # (?:est|sont) sous", r"[Aa]ucune des # communes",
    ),
    _fact(
        "residents_under_served", "count", "terminal.report pdf svg.under_served svg.travel_time",
        r"communes sous-desservies comptent # habitant", r"Communes sous- ?desservies <count> sur <count> ; # habitant",
        r"sont sous-desservies \(# habitant",
        **{"svg_*": (r"plus de 20 min\) # /",), "pdf": (r"plus de 20 min\) (?:<share>) ?#", r"habitants? sur # ; toutes")},
    ),
    _fact(
        "share_under_served", "share", "terminal.report pdf svg.under_served svg.travel_time",
        r"habitants, soit # ", r"habitants, # de la population",
        **{"svg_*": (r"plus de 20 min\) <count> / #",), "pdf": (r"plus de 20 min\) # ?<count>",)},
    ),
    _fact("median_time", "minutes", "terminal.diagnose screen.diagnostic pdf", r"Temps médian :? ?#"),
    *(
        _fact(
            f"class_{number}_residents", "count", "svg.travel_time svg.plan pdf",
            **{
                "svg_travel_time": (rf"(?<!\w ){label} # / <share>",), "svg_plan": (rf"(?<!\w ){label} # / <count>",),
                "pdf": (rf"{label} <share> ?#", rf"{label} # <share>"),
            },
        )
        for number, label in enumerate(_CLASSES)
    ),
    *(
        _fact(
            f"class_{number}_share", "share", "svg.travel_time pdf",
            **{"svg_travel_time": (rf"{label} <count> / #",), "pdf": (rf"{label} # ?<count>", rf"{label} <count> # <count>")},
        )
        for number, label in enumerate(_CLASSES)
    ),
)  # fmt: skip

SITES = (
    _fact(
        "second_share", "share", "terminal.fragility screen.fragilite pdf",
        r"# des habitants[^.;:%]{0,120}? ont un deuxième site", r"(?:Ont|Avec) un deuxième site #",
        r"[Aa]ucun (?:des <count> )?habitants?[^.;:%]{0,60} n'a de deuxième site => 0 %",
        r"Tous les habitants[^.;:%]{0,60} ont un deuxième site => 100 %",
    ),
    _fact(
        "second_residents", "count", "terminal.fragility screen.fragilite pdf",
        r"\(# sur (?:les )?<count>[^)]*\) ont un deuxième", r"; # habitants? en (?:a|ont) deux ou plus",
    ),
    _fact("single_residents", "count", "screen.fragilite pdf", r"Dépendent d'un seul site #", r"# habitants?[^.;:]{0,20} n'(?:a|ont) qu'un seul site"),
    _fact("single_share", "share", "pdf", r"habitants? \(#\) n'(?:a|ont) qu'un seul site"),
    _fact("most_passing", "count", "terminal.fragility screen.fragilite pdf", r"s'il fermait, # ", r" : # habitants? passer(?:ait|aient) au-delà du seuil"),
    _fact(
        "best_hour_share", "share", "terminal.hours screen.horaires pdf svg.hours",
        r"Au mieux(?:,? [^.;%]{0,60}?| \([^)]*\))?, # des habitants", r"au meilleur moment[^.;%]{0,40}, #",
    ),
    _fact(
        "saturday_share", "share", "terminal.hours screen.horaires pdf svg.hours",
        r"[Ll]e samedi, au plus #", r"le samedi, # au plus", r"ouvert le samedi #", r"le samedi, aucun => 0 %",
    ),
    _fact(
        "evening_share", "share", "terminal.hours screen.horaires pdf",
        r"[Ee]n semaine à 18 h, au plus #", r"[Ee]n semaine à 18 h, # au plus", r"[Ee]n semaine à 18 h, aucun => 0 %",
    ),
    _fact("open_hours", "decimal", "screen.horaires", r"Heures ouvertes à portée # h"),
    _fact(
        "capacity_median", "decimal", "terminal.access screen.marge", r"des habitants ont au plus # heures d'agent",
    ),
    _fact("residents_without_capacity", "count", "terminal.access screen.marge", r"sans rien à 30 min ou moins : #"),
    _fact("low_share", "share", "terminal.access screen.marge pdf", r"Entre # et <share>", r"Au moins #", r"<count> \(# à <share>\)", r"réduites de 10 % <count> #"),
    _fact("high_share", "share", "terminal.access screen.marge pdf", r"Entre <share> et #", r"Au plus # vitesses", r"<count> \(<share> à #\)", r"augmentées de 10 % <count> #"),
    _fact("low_residents", "count", "terminal.access screen.marge pdf", r"\(# à <count>\) ont un site", r"réduites de 10 % : #", r"sont entre # et", r"réduites de 10 % # <share>"),
    _fact("high_residents", "count", "terminal.access screen.marge pdf", r"\(<count> à #\) ont un site", r"augmentées de 10 % : #", r"sont entre <count> et #", r"augmentées de 10 % # <share>"),
    _fact(
        "communes_flipping", "count", "terminal.access screen.marge pdf",
        r"dépend de l'hypothèse : #", r"Communes près du seuil #", r"; # communes? passe(?:nt)? d'un côté",
    ),
    _fact("residents_flipping", "count", "screen.marge", r"Communes près du seuil <count> # habitants"),
    _fact(
        "saved_mean", "minutes", "terminal.access screen.impots pdf svg.saved_minutes",
        r"plus (?:court|long) de # que", r"est à # de (?:moins|plus) que", r"un (?:habitant|trajet) (?:gagne|perd) #",
    ),
    _fact("saved_median", "minutes", "screen.impots", r"Gain médian #"),
    _fact("saved_sooner", "count", "terminal.access screen.impots pdf", r"[Pp]lus près d'un site :? ?#", r"au moins pour # habitants?,"),
    _fact("saved_later", "count", "terminal.access screen.impots pdf", r"d'un service des impôts : #", r"Plus près des impôts #", r"plus loin pour # habitant"),
)  # fmt: skip

PLAN = (
    _fact(
        "plan_share_after", "share",
        "terminal.plan terminal.report screen.ouvrir screen.rapport html.arguments pdf svg.plan",
        r"# des habitants[^.;:%]{0,60} seraient <near>", r"# au lieu de <share>", r"d'un site : # des habitants au lieu",
        r"site France services \(<share> avant, # après",
        **{"screen_ouvrir": (r"À 20 min ou moins # <share> aujourd'hui",)},
    ),
    _fact(
        "plan_gained", "count", "terminal.plan terminal.report screen.ouvrir screen.rapport html.arguments pdf svg.plan",
        r"\(# habitants? de plus\)", r"rapproche(?:raient|rait) # habitant", r"labels?, # habitants? de plus",
        r"Habitants rapprochés # sur", r"rapprocher plus de # habitants", r"Objectif : # \(habitants", r"borne # ?:",
        r"# habitants rapprochés\.", **{"svg_plan": (r"# habitants? de plus",)},
    ),
    _fact("plan_mean_before", "minutes", "terminal.plan terminal.report html.arguments pdf", r"temps moyen passerait de # à", r"temps moyen reste de #"),
    _fact("plan_mean_after", "minutes", "terminal.plan terminal.report html.arguments pdf", r"passerait de <minutes> à #", r"temps moyen reste de #"),
    _fact(
        "plan_cost", "count", "terminal.plan screen.ouvrir pdf", r"Coût par an # €",
        **{"terminal_plan": (r"Coût : # €",), "pdf": (r"(?<!moyenne\. )(?<!commune\. )(?<!communes\. )Coût : # €",)},
    ),
    _fact(
        "plan_aid", "count", "terminal.plan screen.ouvrir pdf", r"Coût par an <count> € dont # €",
        **{"terminal_plan": (r"dont # € d'aide",), "pdf": (r"(?<!moyenne\. )(?<!commune\. )(?<!communes\. )Coût : <count> € par an, dont # €",)},
    ),
    _fact("plan_candidates", "count", "pdf", r"[Pp]armi # lieux?"),
    _fact("label_cost", "count", "html.arguments screen.ouvrir pdf", r"(?:moyenne|communes?)\. Coût : # €"),
    _fact("label_aid", "count", "html.arguments screen.ouvrir pdf", r"(?:moyenne|communes?)\. Coût : <count> € par an, dont # €"),
    *(
        fact
        for rank in (1, 2, 3)
        for fact in (
            _fact(
                f"label_{rank}_gain", "count", "terminal.plan html.arguments pdf",
                rf"{rank}\. <label_{rank}> \[[^]]*\] : # habitants rapprochés", rf"{rank}\. <label_{rank}> # habitants? passe",
                **{"pdf": (rf"{rank} <label_{rank}> # <count> (?:<minutes>|—)",)},
            ),
            _fact(
                f"label_{rank}_served", "count", "terminal.plan html.arguments pdf",
                rf"{rank}\. <label_{rank}> \[[^]]*\] : [^:]*?rapprochés, # servis",
                rf"{rank}\. <label_{rank}> <count> habitants? passe.{{0,200}}?plus proche de # habitant",
                **{"pdf": (rf"{rank} <label_{rank}> <count> # (?:<minutes>|—)",)},
            ),
            _fact(
                f"label_{rank}_saved", "minutes", "terminal.plan html.arguments pdf",
                rf"{rank}\. <label_{rank}> \[[^]]*\] : [^:]*?servis, # gagnées",
                rf"{rank}\. <label_{rank}> <count> habitants? passe.{{0,260}}?qui gagnent # en moyenne(?=\. Coût)",
                **{"pdf": (rf"{rank} <label_{rank}> <count> <count> #",)},
            ),
        )
    ),
)  # fmt: skip

COMPARISONS = tuple(
    fact
    for name, must in _COMPARED.items()
    for glob in (must,)
    for fact in (
        *(
            fact
            for limit, which in (("20", ""), ("30", "_30"))
            if name == "scenario" or limit == "20"
            for fact in (
                (f"{name}_gained{which}", "count", (rf"À {limit} min d'un site, habitants gagnés : #", rf"À {limit} min ou moins \+# -")),
                (f"{name}_lost{which}", "count", (rf"À {limit} min d'un site, habitants gagnés : <count> ; perdus : #", rf"À {limit} min ou moins \+<count> -#")),
                (f"{name}_share_after{which}", "share", (rf"À {limit} min d'un site, habitants gagnés[^.]*?avant, # après", *((r"# sont <near>, contre",) if limit == "20" else ()))),
            )
        ),
        (f"{name}_mean_before", "minutes", (r"Temps moyen : # avant", r"Trajet moyen <minutes> # aujourd'hui")),
        (f"{name}_mean_after", "minutes", (r"Temps moyen : <minutes> avant, # après", r"Trajet moyen # <minutes>")),
        (f"{name}_sooner", "count", (r"dont le trajet raccourcit : #", r"raccourcit pour # ")),
        (f"{name}_later", "count", (r"dont le trajet raccourcit : <count> ; s'allonge : #", r"s'allonge pour #")),
        (f"{name}_communes_better", "count", (r"À 20 min, communes qui ne sont plus sous-desservies : #",)),
        (f"{name}_communes_worse", "count", (r"À 20 min, communes qui ne sont plus sous-desservies : <count> ; qui le deviennent : #",)),
    )
    for fact in (Fact(fact[0], fact[1], tuple(glob.split()), {channel: fact[2] for channel in glob.split()}),)
)  # fmt: skip

FACTS = (*COVERAGE, *SITES, *PLAN, *COMPARISONS)

#: Name of the territory in a title.
IN_TITLE = re.compile(rf"{NAME}(?:, (?P<count>\d[\d ]*) communes?)?")
