"""The facts that are said of a change: a plan of labels, a scenario, a closure of many sites (see `facts`)."""

from tests.golden.notation import facts_of

_PLAN = r"""
plan_share_after share
must terminal.plan terminal.report screen.ouvrir screen.rapport html.arguments pdf svg.plan
# des habitants[^.;:%]{0,60} seraient <near>
part des habitants <near> d'un site reste de #
@screen.ouvrir À 20 min ou moins # <share> aujourd'hui

plan_gained count
must terminal.plan terminal.report screen.ouvrir screen.rapport html.arguments pdf svg.plan
\(# habitants? de plus\)
rapproche(?:raient|rait) # habitants? :
labels?, # habitants? de plus
Habitants rapprochés # sur
Objectif : # \(habitants
borne # ?:
# habitants rapprochés\.
@svg.plan # habitants? de plus

plan_communes_better count
must svg.plan pdf
@svg.*|pdf|html.*|terminal.plan|terminal.report|screen.ouvrir|screen.rapport # communes? (?:n'est|ne sont) plus sous-desservie

plan_mean_before minutes
must terminal.plan html.arguments pdf
temps moyen passerait d(?:e |')# à
temps moyen reste d(?:e |')#
temps moyen baisserait de <share> \(aujourd'hui : #\)

plan_mean_measured minutes
must terminal.plan html.arguments pdf
temps moyen passerait de <minutes> à #
temps moyen reste de #
temps moyen baisserait de <share> \(aujourd'hui : #\)

plan_mean_saved share
must terminal.plan html.arguments pdf
temps moyen baisserait de # \(aujourd'hui : <minutes>\)

plan_cost count
must terminal.plan screen.ouvrir pdf
Coût par an # €
@terminal.plan Coût : # €
@pdf Coût : # € par an, dont <count> € d'aide de l'État et

plan_aid count
must terminal.plan screen.ouvrir pdf
Coût par an <count> € dont # €
@terminal.plan dont # € d'aide
@pdf Coût : <count> € par an, dont # € d'aide de l'État et

plan_candidates count
must pdf
[Pp]armi # (?:lieux?|communes? candidates?)

plan_left count
must terminal.plan screen.ouvrir html.arguments
# habitants? restent? au-delà du seuil avec ce plan

plan_left_anyhow count
must terminal.plan screen.ouvrir html.arguments
au-delà du seuil avec ce plan, dont # quel que soit
# habitants? restent? au-delà du seuil avec ce plan, quel que soit

plan_bound count
must terminal.plan screen.ouvrir html.arguments pdf
aucun autre choix (?:de <count> lieux|d'un lieu) ne peut rapprocher plus de # habitant

plan_objective count
must terminal.plan screen.ouvrir html.arguments pdf
apporterait <count> au lieu de #

plan_without_rule count
must terminal.plan screen.ouvrir html.arguments pdf
apporterait # au lieu de

plan_rule_cost share
must terminal.plan screen.ouvrir html.arguments pdf
la règle coûte # du gain

plan_worst_share share
must terminal.plan screen.ouvrir html.arguments pdf
[Aa]u pire des variantes[^:%]*, ce plan apporte # du meilleur gain

label_cost count
must html.arguments screen.ouvrir pdf
Coût : # € par an, dont <count> € d'aide de l'État\.
Par an : # €, dont

label_aid count
must html.arguments screen.ouvrir pdf
Coût : <count> € par an, dont # € d'aide de l'État\.
Par an : <count> €, dont # € d'aide
"""

_LABEL = r"""
label_RANK_gain count
must terminal.plan html.arguments pdf
RANK\. <label_RANK> \[[^]]*\] : # habitants? rapprochés?
RANK\. <label_RANK> Commune de .{0,200}?\. # habitants? passe
@pdf RANK <label_RANK> # <count> (?:<minutes>|—)

label_RANK_served count
must terminal.plan html.arguments pdf
RANK\. <label_RANK> \[[^]]*\] : [^:]*?rapprochés?(?: \([^)]*\))?, # servis?
RANK\. <label_RANK> Commune de .{0,200}?\. <count> habitants? passe.{0,400}?plus proche de # habitant
@pdf RANK <label_RANK> <count> # (?:<minutes>|—)

label_RANK_saved minutes
must terminal.plan html.arguments pdf
RANK\. <label_RANK> \[[^]]*\] : [^:]*?servis?, # gagnées
RANK\. <label_RANK> Commune de .{0,200}?\. <count> habitants? passe[^€]{0,460}?qui gagnent # en moyenne
@pdf RANK <label_RANK> <count> <count> #
"""

_VISITORS = r"""
label_RANK_brought count
must terminal.plan screen.ouvrir html.arguments pdf
RANK\. <label_RANK> (?:\[|Commune de).{0,700}? ; # de ses <count> visiteurs? cesse
- <label_RANK> : prend surtout [^;]{0,200} ; # de ses <count> visiteurs? cesse

label_RANK_from_one_site share
must terminal.plan screen.ouvrir html.arguments pdf
RANK\. <label_RANK> (?:\[|Commune de)[^%]{0,600}?d'un site : # des siens viennent
- <label_RANK> : prend surtout les visiteurs d'un site : # des siens viennent

label_RANK_lost_by_it share
must terminal.plan screen.ouvrir html.arguments pdf
RANK\. <label_RANK> (?:\[|Commune de)[^%]{0,600}?d'un site : <share> des siens viennent de .{0,80}?, qui en perdrait #
- <label_RANK> : prend surtout .{0,120}?, qui en perdrait #

label_RANK_retained count
must terminal.plan html.arguments pdf
RANK\. <label_RANK> \[[^]]*\] : .{0,200}?retenu # fois sur
RANK\. <label_RANK> Commune de .{0,200}?retenu # fois sur
@pdf RANK <label_RANK> <count> <count> (?:<minutes>|—) retenu # fois sur

label_RANK_mean_gain count
must terminal.plan html.arguments pdf
RANK\. <label_RANK> \[[^]]*\] : <count> habitants? rapprochés? \(# en moyenne
RANK\. <label_RANK> Commune de .{0,300}?grâce à ce label[^%€]{0,90}?# en moyenne sur la fourchette
"""

#: What comes before the communes that pass a side at 20 min: the sentence has more thresholds.
_AT_20 = r"(?:<near>(?: \(temps estimés : [^)]*\))?, contre <share> aujourd'hui ;|restent <near> d'un site ;|À 20 min,)"
_CHANGE = rf"""
NAME_gained count
must MUST
@ALL # habitants? passe(?:nt)? <near> d'un site
@ALL À 20 min ou moins \+# -

NAME_lost count
must MUST
@ALL # habitants? passe(?:nt)? à plus de 20 min d'un site
@ALL passe(?:nt)? <near> d'un site et # passe(?:nt)? au-delà
@ALL À 20 min ou moins \+<count> -#

NAME_share_after share
must MUST
@ALL # des habitants sont <near>(?: \(temps estimés : [^)]*\))?, contre
@ALL # des habitants restent <near>

NAME_mean_before minutes
must MUST
@ALL Temps moyen : # avant
@ALL Temps moyen : [^(:]* \(avant : #\)
@ALL Trajet moyen <minutes> # aujourd'hui
@ALL Trajet moyen (?:baisse de <share>|augmente de <share>|ne change pas) # aujourd'hui

NAME_mean_measured minutes
must MUST
@ALL Temps moyen : <minutes> avant, # après
@ALL Trajet moyen # <minutes>

NAME_mean_changed share
must MUST
@ALL Temps moyen : (?:baisse|augmente) de # \(avant
@ALL Trajet moyen (?:baisse|augmente) de #

NAME_sooner count
must MUST
@ALL raccourcit pour #

NAME_later count
must MUST
@ALL s'allonge pour #

NAME_communes_better count
must MUST
@ALL {_AT_20} # communes? (?:n'est|ne sont) plus sous-desservie

NAME_without_road_before count
must MUST
@ALL Habitants sans route vers un site : # avant

NAME_without_road_after count
must MUST
@ALL Habitants sans route vers un site : <count> avant, # après

NAME_communes_worse count
must MUST
@ALL {_AT_20} (?:<count> communes? (?:n'est|ne sont) plus sous-desservies? et )?# communes? devien(?:t|nent) sous
"""

_CHANGED = {
    "scenario": ("terminal.scenario", "screen.scenario"),
    "closure": ("terminal.closure", "screen.fragilite"),
}
_CHANGE_FURTHER = r"""
NAME_gained_30 count
must MUST
@ALL # habitants? passe(?:nt)? à 30 min ou moins d'un site
@ALL À 30 min ou moins \+# -

NAME_lost_30 count
must MUST
@ALL # habitants? passe(?:nt)? à plus de 30 min d'un site
@ALL passe(?:nt)? à 30 min ou moins d'un site et # passe(?:nt)? au-delà
@ALL À 30 min ou moins \+<count> -#

NAME_share_after_30 share
must MUST
@ALL # des habitants sont à 30 min ou moins(?: \(temps estimés : [^)]*\))?, contre
@ALL # des habitants restent à 30 min ou moins
"""

_CLOSURE = r"""
closure_sites count
must terminal.closure screen.fragilite
Sites fermés :? ?#

closure_open count
must terminal.closure screen.fragilite
# (?:reste ouvert|restent ouverts)

closure_concerned count
must terminal.closure screen.fragilite
sur # habitants? dont le site ferme
dont le site le plus proche ferme : #

closure_reached count
must terminal.closure screen.fragilite
Joignables à distance :? ?#
peuvent encore le joindre : #
"""


def _of_a_change(name: str, written: str) -> str:
    channels = _CHANGED[name]
    return written.replace("NAME", name).replace("MUST", " ".join(channels)).replace("@ALL", "@" + "|".join(channels))


CHANGES = (
    *facts_of(_PLAN),
    *(fact for rank in (1, 2, 3) for fact in facts_of((_LABEL + _VISITORS).replace("RANK", str(rank)))),
    *facts_of(_CLOSURE),
    *(fact for name in _CHANGED for fact in facts_of(_of_a_change(name, _CHANGE + _CHANGE_FURTHER))),
)
