"""Professions and kinds of places in the words of the lists that people keep."""

from portal.models.directory import Gender, OrganizationKind, Profession
from portal.models.search import search_words

_PROFESSIONS: dict[Profession, tuple[str, ...]] = {
    Profession.MEDECIN: ("docteur", "doctor", "medecin generaliste", "medecin traitant"),
    Profession.INFIRMIER: (
        *("infirmiere", "ide", "idel", "infirmier liberal", "infirmiere liberale", "nurse"),
        *("infirmier diplome d etat", "infirmiere diplomee d etat"),
    ),
    Profession.IPA: ("infirmier en pratique avancee", "infirmiere en pratique avancee"),
    Profession.PHARMACIEN: ("pharmacienne", "pharmacist"),
    Profession.KINESITHERAPEUTE: (
        *("kine", "masseur kinesitherapeute", "masseuse kinesitherapeute", "mk", "mkde"),
        "physiotherapist",
    ),
    Profession.DENTISTE: ("chirurgien dentiste", "chirurgienne dentiste", "dentist"),
    Profession.SAGE_FEMME: ("maieuticien", "midwife"),
    Profession.ORTHOPHONISTE: ("speech therapist",),
    Profession.ORTHOPTISTE: ("orthoptist",),
    Profession.PODOLOGUE: ("pedicure podologue", "pedicure", "podiatrist"),
    Profession.AUDIOPROTHESISTE: ("audioprothesistes",),
    Profession.BIOLOGISTE: ("biologiste medical", "biologiste medicale"),
    Profession.TRANSPORTEUR: ("transporteur sanitaire", "ambulancier", "ambulanciere", "taxi"),
    Profession.DIETETICIEN: ("dieteticienne", "dietitian"),
    Profession.ERGOTHERAPEUTE: ("ergo", "occupational therapist"),
    Profession.PSYCHOLOGUE: ("psychologist",),
    Profession.ASSISTANT_SOCIAL: (
        *("assistante sociale", "assistant de service social", "assistante de service social"),
        *("travailleur social", "social worker"),
    ),
    Profession.AES: ("accompagnant educatif et social", "accompagnante educative et sociale"),
    Profession.AUXILIAIRE_DE_VIE: ("aide a domicile", "avs", "home helper"),
    Profession.MANDATAIRE: ("mandataire judiciaire", "mjpm"),
    Profession.COORDINATEUR: ("coordinatrice", "coordonnateur", "coordonnatrice"),
    Profession.PATIENT_EXPERT: ("patiente experte", "patient partenaire"),
}
_SPECIALISTS = (
    *("allergologue", "anesthesiste", "cardiologue", "chirurgien", "dermatologue"),
    *("diabetologue", "endocrinologue", "gastro enterologue", "geriatre", "generaliste"),
    *("gynecologue", "nephrologue", "neurologue", "oncologue", "ophtalmologue", "pediatre"),
    *("pneumologue", "psychiatre", "radiologue", "rhumatologue", "urologue"),
)
_PLACES: dict[OrganizationKind, tuple[str, ...]] = {
    OrganizationKind.CABINET: ("cabinet medical", "cabinet liberal", "cabinet infirmier"),
    OrganizationKind.ESP: ("equipe de soins primaires",),
    OrganizationKind.MSP: ("maison de sante", "maison de sante pluriprofessionnelle"),
    OrganizationKind.ESS: ("equipe de soins specialises",),
    OrganizationKind.CENTRE_DE_SANTE: ("centre medical",),
    OrganizationKind.CPTS: ("communaute professionnelle territoriale de sante",),
    OrganizationKind.ESCAP: (),
    OrganizationKind.DAC: ("dispositif d appui a la coordination",),
    OrganizationKind.HOPITAL: ("centre hospitalier", "chu", "ch", "clinique", "hospital"),
    OrganizationKind.HAD: ("hospitalisation a domicile",),
    OrganizationKind.EHPAD: ("maison de retraite",),
    OrganizationKind.SAD: ("service autonomie a domicile", "ssiad", "saad", "aide a domicile"),
    OrganizationKind.CMP: ("centre medico psychologique",),
    OrganizationKind.PHARMACIE: ("officine", "pharmacy"),
    OrganizationKind.LABORATOIRE: ("labo", "laboratoire d analyses", "laboratory"),
    OrganizationKind.CCAS: ("centre communal d action sociale",),
    OrganizationKind.SPDA: ("service public departemental de l autonomie",),
    OrganizationKind.MDPH: ("maison departementale des personnes handicapees",),
    OrganizationKind.ASSOCIATION: ("asso",),
    OrganizationKind.OTHER: ("autre", "other"),
}
_PEOPLE = ("professionnel", "professionnelle", "professional", "personne", "pro", "p")
_STRUCTURES = ("structure", "etablissement", "lieu", "place", "organization", "s")
_WOMEN, _MEN = ("mme", "madame", "mlle", "ms", "mrs"), ("m", "mr", "monsieur")
_TITLES = {"dr": "Dr", "docteur": "Dr", "pr": "Pr", "professeur": "Pr"}


def folded(text: str) -> str:
    return " ".join(search_words(text))


_PROFESSION_OF = {
    folded(word): one for one, words in _PROFESSIONS.items() for word in (one.value, *words)
} | dict.fromkeys(_SPECIALISTS, Profession.MEDECIN)
_PLACE_OF = {folded(word): one for one, words in _PLACES.items() for word in (one.value, *words)}


def profession(text: str) -> Profession | None:
    return _PROFESSION_OF.get(folded(text))


def specialty(text: str) -> str:
    """What a profession says beyond its own word: `Cardiologue`, but nothing for `Médecin`."""
    return text if folded(text) in _SPECIALISTS else ""


def place_kind(text: str) -> OrganizationKind | None:
    return _PLACE_OF.get(folded(text))


def is_structure(text: str) -> bool | None:
    """None when it is neither a professional nor a place."""
    word = folded(text)
    if word in _PEOPLE or word in _STRUCTURES:
        return word in _STRUCTURES
    return None


def title(text: str) -> tuple[str, Gender]:
    """What stands before a name, and whose it is: `Mme` says both."""
    word = folded(text)
    if word in _WOMEN or word in _MEN:
        return text, Gender.FEMALE if word in _WOMEN else Gender.MALE
    return _TITLES.get(word, text), Gender.UNKNOWN
