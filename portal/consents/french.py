"""The texts in French."""

from portal.consents.words import Words
from portal.models.consent import ConsentPurpose

_WITHDRAWAL = (
    "Vous changez d'avis quand vous voulez, sans donner de raison.",
    "Dans Relais, l'effet est immédiat.",
    "Vous pouvez aussi le dire sur papier à la personne qui coordonne vos soins.",
    "Ce qui a déjà été lu ne peut pas être repris.",
)
_EMERGENCY = "En urgence, un soignant peut ouvrir le dossier une heure. Vous le voyez aussitôt."

WORDS = {
    (ConsentPurpose.CARE_COORDINATION, 1): Words(
        title="Coordonner mes soins",
        sentence="Mon équipe partage mes rendez-vous et la liste de ses membres.",
        what=(
            "Vos rendez-vous, leur lieu et ce qu'il faut préparer.",
            "La liste des personnes de votre équipe, avec leur téléphone.",
            "La loi permet ce partage dans l'équipe de soins, sauf si vous dites non.",
        ),
        recipients=(
            "Les soignants de votre équipe de soins, chacun avec son propre compte.",
            "Ni assureur, ni employeur, ni publicité.",
        ),
        duration=(
            "Tant que le soignant fait partie de votre équipe.",
            "Et seulement jusqu'à ce que vous disiez non.",
        ),
        refusal=(
            "Les soignants ne voient plus votre agenda ni votre équipe dans Relais.",
            "Vous devrez répéter vos informations à chacun.",
            "Vos rendez-vous restent valables. Vos soins continuent.",
            "La personne qui coordonne vos soins voit encore votre équipe et ces choix.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.OUTSIDE_CARE_TEAM, 1): Words(
        title="Partager avec un professionnel hors de mon équipe de soins",
        sentence="Ce professionnel voit mes rendez-vous et la liste de mon équipe.",
        what=(
            "Vos rendez-vous, leur lieu et ce qu'il faut préparer.",
            "La liste des personnes de votre équipe, avec leur téléphone.",
        ),
        recipients=(
            "Ce professionnel seul, avec son propre compte.",
            "Une réponse pour un professionnel ne vaut pas pour un autre.",
        ),
        duration=(
            "Tant que ce professionnel fait partie de votre cercle.",
            "Et seulement jusqu'à ce que vous disiez non.",
        ),
        refusal=(
            "Ce professionnel ne voit rien de votre dossier dans Relais.",
            "Vous pouvez toujours lui donner vos informations vous-même.",
            "Vos soins continuent.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.SOCIAL_SERVICES, 1): Words(
        title="Partager avec une aide sociale",
        sentence="Cette personne voit mes rendez-vous et la liste de mon équipe.",
        what=(
            "Vos rendez-vous, leur lieu et ce qu'il faut préparer.",
            "La liste des personnes de votre équipe, avec leur téléphone.",
            "Elle s'occupe de l'aide à domicile, de vos droits ou de vos papiers.",
        ),
        recipients=(
            "Cette personne seule, avec son propre compte.",
            "Ni son administration, ni les autres services sociaux.",
        ),
        duration=(
            "Tant que cette personne fait partie de votre cercle.",
            "Et seulement jusqu'à ce que vous disiez non.",
        ),
        refusal=(
            "Cette personne ne voit rien de votre dossier dans Relais.",
            "Elle devra vous demander les jours et les heures à chaque fois.",
            "Vos aides et vos soins continuent.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.EDUCATION_PROGRAMME, 1): Words(
        title="Participer à un programme d'éducation",
        sentence="Je suis un programme que mon équipe prépare avec moi.",
        what=(
            "Ce que vous aimeriez pouvoir faire, et vos réponses à votre équipe.",
            "Le bilan que vous écrivez ensemble, et ses changements.",
            "Vos lectures restent à vous, sauf si vous choisissez de les montrer.",
        ),
        recipients=(
            "Les soignants de votre équipe à qui cette partie du dossier est ouverte.",
            "Les proches à qui vous avez ouvert cette partie de votre dossier.",
            "Votre médecin lit une synthèse seulement après votre lecture et votre accord.",
            "Ni assureur, ni employeur, ni publicité.",
        ),
        duration=(
            "Jusqu'à la fin du programme, ou jusqu'à ce que vous disiez non.",
            "Ce qui a été écrit reste ensuite dans votre dossier.",
        ),
        refusal=(
            "Rien ne change dans vos soins, ni dans vos remboursements.",
            "Votre équipe ne suit pas de programme avec vous.",
            "Vous pouvez toujours lire tous les modules.",
        ),
        withdrawal=(
            "Vous arrêtez quand vous voulez, sans donner de raison.",
            "Dans Relais, l'effet est immédiat : le programme prend fin.",
            "Vous pouvez aussi le dire sur papier à la personne qui coordonne vos soins.",
            "Ce qui a déjà été lu ne peut pas être repris.",
        ),
    ),
}
