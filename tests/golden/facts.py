"""The facts that are said of a territory, by name: how each is read in words (`notation`), and where it must be found."""

import re

from tests.golden.changes import CHANGES
from tests.golden.notation import facts_of
from tests.golden.territories import NAME

#: Channels that say a share of the residents, or a mean over them: each says of whom.
_TERMINAL = ("diagnose", "walk", "bike", "scenario", "fragility", "closure", "hours", "access", "plan", "report")
_SCREENS = ("diagnostic", "walk", "bike", "ouvrir", "scenario", "fragilite", "horaires", "impots", "marge", "rapport")
_PICTURES = ("curve", "hours", "plan", "saved_minutes", "travel_time", "under_served")
SHARING = (
    *(f"terminal.{name}" for name in _TERMINAL),
    *(f"screen.{name}" for name in _SCREENS),
    *(f"svg.{name}" for name in _PICTURES),
    *("html.map", "html.walk", "html.bike", "html.arguments", "json.map", "pdf"),
)

#: Name of the territory in a title, with the communes of a part.
IN_TITLE = re.compile(rf"{NAME}(?:, (?P<count>\d[\d ]*) communes?)?")

_COVERAGE = r"""
residents_known count
must terminal.diagnose terminal.fragility screen.diagnostic html.map svg.travel_time svg.under_served json.map pdf
\(<count> sur (?:les )?#
<share> <count> sur (?:les )?#
sur les # habitants dont le trajet
sur les # autres habitants
Tous les habitants[^.;:%(]{0,40}\(#
[Aa]ucun des # habitants
@svg.* ensemble # / (?:<share>|<count>)
@json.map ensemble # / <share>
d.un seul site(?: :)? <count> \(?sur # habitants
@pdf ensemble 100 % ?#

residents_within count
must terminal.diagnose screen.diagnostic screen.fragilite html.map pdf
\(# sur (?:les )?<count>[^)]*\) sont <near>
(?:couverts|<near>) <share> # sur
sont <near>[^.;%]{0,60}\(# sur (?:les )?<count>
au moins un : #
(?:Vitesses du profil|Temps estimés) #(?: <share>)
Encore <near>(?: :)? <count> \(?habitants, contre #
Tous les habitants[^.;:%(]{0,40}\(#[^)]*\) sont <near>

share_within share
must terminal.diagnose terminal.scenario terminal.hours terminal.plan terminal.closure terminal.report
must screen.diagnostic screen.ouvrir screen.scenario screen.fragilite screen.horaires screen.rapport html.map
must html.arguments pdf svg.curve svg.plan svg.travel_time
# des habitants[^.;:%]{0,120}? sont <near>(?! d'un site France services ouvert)(?![^.;]{0,30}(?: \(temps estimés : [^)]*\))?, contre)
# des habitants[^.;:%]{0,60}? restent <near>
(?:couverts|Habitants <near>) #
# ont un site, ouvert ou non
# des habitants ont un site ouvert <near>, soit (?:presque )?tous ceux
Aucun habitant n'a de site <near> => 0 %
seraient <near>[^.;:%(]{0,30}(?: \(temps estimés : [^)]*\))?, au lieu de #
part des habitants <near> d'un site reste de #
<near>(?: \(temps estimés : [^)]*\))?, contre # aujourd'hui
(?:Vitesses du profil|Temps estimés) <count> #
(?:Tous les habitants|Le seul habitant)[^.;:%]{0,60} sont <near> => 100 %
@svg.curve \b20 min : #
@pdf \b20 min : #
@pdf au lieu de #
@screen.* À 20 min ou moins <share> # aujourd'hui

share_within_30 share
must terminal.scenario screen.scenario svg.curve
\b30 min : #
à 30 min ou moins(?: \(temps estimés : [^)]*\))?, contre # aujourd'hui
# des habitants restent à 30 min ou moins

class_0_share share
must svg.curve
@svg.curve \b10 min : #

residents_beyond count
must screen.ouvrir
sur # trop loin aujourd'hui

communes_under_served count
must terminal.diagnose terminal.report screen.diagnostic html.map pdf svg.travel_time svg.under_served json.map
# communes? (?:est|sont) (?:toutes )?sous-desservie
# communes? sur <count> (?:est|sont) sous
Communes sous- ?desservies # sur
Les # communes sous-desservies
(?:Vitesses du profil|Temps estimés) <count> <share> #
[Aa]ucune commune n'est sous-desservie => 0

communes_covered count
must screen.diagnostic pdf svg.under_served json.map
Communes sous- ?desservies <count> sur #
<count> communes? sur # (?:est|sont) sous

residents_under_served count
must terminal.report pdf svg.under_served svg.travel_time json.map
communes sous-desservies comptent # habitant
Communes sous- ?desservies <count> sur <count> ; # habitant
sont sous-desservies \(# habitant
@svg.travel_time plus de 20 min\) # / <share>
@pdf plus de 20 min\) <share> ?#
@pdf habitants? sur # ; toutes

share_under_served share
must terminal.report pdf svg.under_served svg.travel_time json.map
habitants, soit # de
habitants, # de la population
@svg.travel_time plus de 20 min\) <count> / #
@pdf plus de 20 min\) # ?<count>

residents_too_long count
must svg.under_served json.map
@svg.under_served|json.map plus de 20 min\) # / <share>

share_too_long share
must svg.under_served json.map
@svg.under_served|json.map plus de 20 min\) <count> / #

median_time minutes
must terminal.diagnose screen.diagnostic pdf
Temps médian :? ?#

communes_without_road count
must terminal.diagnose terminal.report screen.diagnostic html.map svg.travel_time pdf
dont # sans route
# communes? (?:est|sont) sous-desservies?, (?:toutes )?sans route
"""

_CLASS = r"""
class_NUMBER_residents count
must svg.travel_time svg.plan pdf
@svg.travel_time : (?:.*?, )??LABEL # / <share>
@svg.plan (?:: |, )LABEL # / <count>
@pdf LABEL <share> ?#
@pdf LABEL # <share>

class_NUMBER_share share
must svg.travel_time pdf
@svg.travel_time LABEL <count> / #
@pdf LABEL # ?<count>
@pdf LABEL <count> # <count>
"""
_CLASSES = ("10 min ou moins", "10 à 15 min", "15 à 20 min", "20 à 30 min", "30 à 45 min", "plus de 45 min")

_SITES = r"""
second_share share
must terminal.fragility screen.fragilite pdf
# des habitants[^.;:%]{0,120}? ont un deuxième site
(?:Ont|Avec) un deuxième site(?: :)? #
[Aa]ucun (?:des <count> )?habitants?[^.;:%]{0,60} n'a de deuxième site => 0 %
Tous les habitants[^.;:%]{0,60} ont un deuxième site => 100 %

second_residents count
must terminal.fragility screen.fragilite pdf
\(# sur (?:les )?<count>[^)]*\) ont un deuxième
un deuxième site <near>[^.;%]{0,60}\(# sur (?:les )?<count>
; # habitants? en (?:a|ont) deux ou plus

single_residents count
must screen.fragilite pdf
Dépendent d'un seul site(?: :)? #
# habitants?[^.;:]{0,20} n'(?:a|ont) qu'un seul site

single_share share
must pdf
habitants? \(#\) n'(?:a|ont) qu'un seul site

most_passing count
must terminal.fragility screen.fragilite pdf
s'il fermait, #
: # habitants? passer(?:ait|aient) au-delà du seuil

best_hour_share share
must terminal.hours screen.horaires pdf svg.hours
Au mieux(?:,? [^.;%]{0,60}?| \([^)]*\))?, # des habitants
au meilleur moment[^.;%]{0,40}, #

saturday_share share
must terminal.hours screen.horaires pdf svg.hours
[Ll]e samedi, au plus #
le samedi, # au plus
ouvert le samedi #
le samedi, aucun => 0 %

evening_share share
must terminal.hours screen.horaires pdf
[Ee]n semaine à 18 h, au plus #
[Ee]n semaine à 18 h, # au plus
[Ee]n semaine à 18 h, aucun => 0 %

open_hours decimal
must screen.horaires
Heures ouvertes à portée # h

blank_hours hours
must terminal.hours screen.horaires pdf
de 8 h à 19 h, # (?:est|sont) creuses?

half_day_hours count
must terminal.hours screen.horaires pdf
le plus ici :[^×]*? : # heures × habitants

sites_hours_unknown count
must terminal.hours screen.horaires pdf
Sites sans horaires connus : # sur
# sites? sur <count> n'(?:a|ont) pas d'horaires

sites_known count
must terminal.fragility screen.fragilite
Sites sans remplaçant(?: :)? [^( ]+ \(?sur #
sites? sur # n'(?:a|ont) pas d'horaires

capacity_median decimal
must terminal.access screen.marge
habitants ont (?:au plus )?# heures? d'agent

residents_without_capacity count
must terminal.access screen.marge
sans (?:rien|capacité connue) à 30 min ou moins : #

low_share share
must terminal.access screen.marge pdf
Entre # et <share>
Au moins #
<count> \(# à <share>\)
tous plus longs <count> #

high_share share
must terminal.access screen.marge pdf
Entre <share> et #
Au plus # (?:vitesses|trajets|temps)
<count> \(<share> à #\)
tous plus courts <count> #

low_residents count
must terminal.access screen.marge pdf
\(# à <count>\) ont un site
sont entre # et
tous plus longs :? ?# (?:habitants|<share>)

high_residents count
must terminal.access screen.marge pdf
\(<count> à #\) ont un site
sont entre <count> et #
tous plus courts :? ?# (?:habitants|<share>)

communes_flipping count
must terminal.access screen.marge pdf
dépend de l'hypothèse : #
Communes près du seuil #
; # communes? passe(?:nt)? d'un côté

residents_flipping count
must screen.marge
Communes près du seuil <count> # habitants

saved_mean minutes
must terminal.access screen.impots pdf svg.saved_minutes
plus (?:court|long) de # que
est à # de (?:moins|plus) que
un (?:habitant|trajet) (?:gagne|perd) #

saved_median minutes
must screen.impots
(?:Gain médian|Perte médiane) #

saved_sooner count
must terminal.access screen.impots pdf
[Pp]lus près d'un site :? ?#
au moins pour # habitants?,

saved_later count
must terminal.access screen.impots pdf
d'un service des impôts : #
Plus près des impôts #
plus loin pour # habitant
"""

#: On foot and by bicycle: what is said by car is another fact.
_ACTIVE = r"""
MODE_residents count
must terminal.MODE screen.MODE html.MODE pdf
\(# sur <count>\) sont à 20 min ou moins BY
Habitants à 20 min ou moins BY <share> # sur
Tous les habitants \(#\) sont à 20 min ou moins BY

MODE_share share
must terminal.MODE screen.MODE html.MODE pdf
# des habitants \(<count> sur <count>\) sont à 20 min ou moins BY
Habitants à 20 min ou moins BY #
Tous les habitants \(<count>\) sont à 20 min ou moins BY => 100 %

MODE_communes_without count
must screen.MODE terminal.MODE html.MODE
Personne n'est à 20 min ou moins BY dans # communes?
Le centre de # communes? sur <count>(?: \(<count> habitants?\))? est à plus de 20 min BY
Personne n'est à 20 min ou moins BY dans la seule commune => 1
Le centre de la seule commune(?: \(<count> habitants?\))? est à plus de 20 min BY => 1
@screen.MODE Communes (?:où personne|dont le centre) ne l'est(?: pas)? #
"""

FACTS = (
    *facts_of(_COVERAGE),
    *(
        fact
        for number, label in enumerate(_CLASSES)
        for fact in facts_of(_CLASS.replace("NUMBER", str(number)).replace("LABEL", label))
    ),
    *facts_of(_SITES),
    *(
        fact
        for mode, by in (("walk", "à pied"), ("bike", "à vélo"))
        for fact in facts_of(_ACTIVE.replace("MODE", mode).replace("BY", by))
    ),
    *CHANGES,
)
