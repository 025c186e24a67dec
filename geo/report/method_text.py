"""How the figures of a report are made and what they cannot say, in French."""

from typing import Final

METHOD: Final = (
    (
        "Le temps de trajet va du domicile vers le lieu, en voiture, par la route la plus rapide ; les sens uniques "
        "sont respectés dans ce sens. Le trajet entre le domicile et la rue la plus proche est ajouté."
    ),
    (
        "Le temps d'une commune est la moyenne de celui de ses habitants. Un habitant dont aucune route ne mène à un "
        "lieu n'entre dans aucune moyenne ; il compte parmi ceux qui sont au-delà du seuil."
    ),
    "Les lieux et les routes des territoires voisins comptent, jusqu'à 55 km, s'ils sont dans les fichiers fournis.",
    "Un site « ouvert » l'est au début de la demi-heure, une semaine ordinaire, sans jours fériés.",
    "La fermeture d'un site est mesurée seule, tous les autres restant ouverts.",
)
LIMITS: Final = (
    (
        "Circulation ordinaire : ni bouchons, ni neige, ni recherche d'une place. Deux moteurs d'itinéraires reconnus "
        "diffèrent de 20 % environ sur les mêmes routes : une commune à quelques minutes du seuil peut être d'un côté "
        "ou de l'autre."
    ),
    "Seule la voiture est comptée : les personnes sans voiture ne sont pas décrites ici.",
    "Être proche ne dit rien de l'attente, ni des démarches traitées.",
    "Les communes fusionnent : des fichiers d'années différentes peuvent ne pas se correspondre tout à fait.",
)
AGAIN: Final = (
    "Les mêmes fichiers donnent le même rapport. La commande, les versions et l'empreinte de chaque fichier lu et "
    "écrit sont dans manifest.json."
)
