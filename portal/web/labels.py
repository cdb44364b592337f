"""Codes in words. Professions and relations have a feminine and a masculine form."""

from portal.models.agenda import AppointmentKind
from portal.models.care import MemberFunction
from portal.models.directory import Gender, OrganizationKind, Profession
from portal.models.need import NeedCode
from portal.models.rights import GrantAction, GrantCategory, LegalStatus
from portal.web.i18n import gettext, pgettext


def npgettext_marker(_context: str, message: str) -> str:
    """Mark a message for extraction; it is translated later with the person's gender."""
    return message


def gettext_marker(message: str) -> str:
    """Mark a message for extraction; it is translated when it is shown."""
    return message


NP_ = npgettext_marker
N_ = gettext_marker

_PROFESSIONS = {
    Profession.MEDECIN: (NP_("male", "doctor"), NP_("female", "doctor")),
    Profession.INFIRMIER: (NP_("male", "nurse"), NP_("female", "nurse")),
    Profession.IPA: (
        NP_("male", "advanced practice nurse"),
        NP_("female", "advanced practice nurse"),
    ),
    Profession.PHARMACIEN: (NP_("male", "pharmacist"), NP_("female", "pharmacist")),
    Profession.KINESITHERAPEUTE: (NP_("male", "physiotherapist"), NP_("female", "physiotherapist")),
    Profession.DENTISTE: (NP_("male", "dentist"), NP_("female", "dentist")),
    Profession.SAGE_FEMME: (NP_("male", "midwife"), NP_("female", "midwife")),
    Profession.ORTHOPHONISTE: (NP_("male", "speech therapist"), NP_("female", "speech therapist")),
    Profession.ORTHOPTISTE: (NP_("male", "orthoptist"), NP_("female", "orthoptist")),
    Profession.PODOLOGUE: (NP_("male", "podiatrist"), NP_("female", "podiatrist")),
    Profession.AUDIOPROTHESISTE: (
        NP_("male", "hearing aid specialist"),
        NP_("female", "hearing aid specialist"),
    ),
    Profession.BIOLOGISTE: (NP_("male", "medical biologist"), NP_("female", "medical biologist")),
    Profession.TRANSPORTEUR: (NP_("male", "patient transport"), NP_("female", "patient transport")),
    Profession.DIETETICIEN: (NP_("male", "dietitian"), NP_("female", "dietitian")),
    Profession.ERGOTHERAPEUTE: (
        NP_("male", "occupational therapist"),
        NP_("female", "occupational therapist"),
    ),
    Profession.PSYCHOLOGUE: (NP_("male", "psychologist"), NP_("female", "psychologist")),
    Profession.ASSISTANT_SOCIAL: (NP_("male", "social worker"), NP_("female", "social worker")),
    Profession.AES: (NP_("male", "care assistant"), NP_("female", "care assistant")),
    Profession.AUXILIAIRE_DE_VIE: (NP_("male", "home helper"), NP_("female", "home helper")),
    Profession.MANDATAIRE: (NP_("male", "legal guardian"), NP_("female", "legal guardian")),
    Profession.COORDINATEUR: (NP_("male", "coordinator"), NP_("female", "coordinator")),
    Profession.PATIENT_EXPERT: (NP_("male", "patient expert"), NP_("female", "patient expert")),
}

_FUNCTIONS = {
    MemberFunction.MEDECIN_TRAITANT: (
        NP_("male", "regular doctor"),
        NP_("female", "regular doctor"),
    ),
    MemberFunction.REFERENT: (NP_("male", "main contact"), NP_("female", "main contact")),
    MemberFunction.COORDINATEUR: (NP_("male", "coordinator"), NP_("female", "coordinator")),
    MemberFunction.REMPLACANT: (NP_("male", "replacement"), NP_("female", "replacement")),
    MemberFunction.PATIENT_EXPERT: (NP_("male", "patient expert"), NP_("female", "patient expert")),
    MemberFunction.PERSONNE_DE_CONFIANCE: (
        NP_("male", "person of trust"),
        NP_("female", "person of trust"),
    ),
    MemberFunction.AIDANT_PRINCIPAL: (NP_("male", "main carer"), NP_("female", "main carer")),
    MemberFunction.CONTACT_URGENCE: (
        NP_("male", "emergency contact"),
        NP_("female", "emergency contact"),
    ),
}

# HL7 v3-RoleCode, the related person seen from the patient → (male, female).
_RELATIONS = {
    **dict.fromkeys(
        ("SON", "DAU", "CHILD", "SONC", "DAUC", "CHLDADOPT"),
        (NP_("male", "son"), NP_("female", "daughter")),
    ),
    **dict.fromkeys(("HUSB", "WIFE", "SPS"), (NP_("male", "husband"), NP_("female", "wife"))),
    **dict.fromkeys(("DOMPART", "SIGOTHR"), (NP_("male", "partner"), NP_("female", "partner"))),
    **dict.fromkeys(("FTH", "MTH", "PRN"), (NP_("male", "father"), NP_("female", "mother"))),
    **dict.fromkeys(("BRO", "SIS", "SIB"), (NP_("male", "brother"), NP_("female", "sister"))),
    **dict.fromkeys(
        ("NEPHEW", "NIECE", "NIENEPH"), (NP_("male", "nephew"), NP_("female", "niece"))
    ),
    **dict.fromkeys(("UNCLE", "AUNT"), (NP_("male", "uncle"), NP_("female", "aunt"))),
    **dict.fromkeys(
        ("GRNDSON", "GRNDDAU", "GRNDCHILD"),
        (NP_("male", "grandson"), NP_("female", "granddaughter")),
    ),
    **dict.fromkeys(
        ("GRFTH", "GRMTH", "GRPRN"), (NP_("male", "grandfather"), NP_("female", "grandmother"))
    ),
    **dict.fromkeys(
        ("SONINLAW", "DAUINLAW", "CHLDINLAW"),
        (NP_("male", "son-in-law"), NP_("female", "daughter-in-law")),
    ),
    **dict.fromkeys(("COUSN",), (NP_("male", "cousin"), NP_("female", "cousin"))),
    **dict.fromkeys(("NBOR",), (NP_("male", "neighbour"), NP_("female", "neighbour"))),
    **dict.fromkeys(("FRND",), (NP_("male", "friend"), NP_("female", "friend"))),
    **dict.fromkeys(("GUARD",), (NP_("male", "guardian"), NP_("female", "guardian"))),
}
_IS_FEMALE = frozenset(
    ("DAU", "DAUC", "WIFE", "MTH", "SIS", "NIECE", "AUNT", "GRNDDAU", "GRMTH", "DAUINLAW")
)
_IS_MALE = frozenset(
    ("SON", "SONC", "HUSB", "FTH", "BRO", "NEPHEW", "UNCLE", "GRNDSON", "GRFTH", "SONINLAW")
)

# The patient seen from the reader: the inverse of the reader's relation.
_YOUR = {
    **dict.fromkeys(
        ("SON", "DAU", "CHILD", "SONC", "DAUC", "CHLDADOPT"),
        (NP_("male", "your father"), NP_("female", "your mother")),
    ),
    **dict.fromkeys(
        ("HUSB", "WIFE", "SPS"), (NP_("male", "your husband"), NP_("female", "your wife"))
    ),
    **dict.fromkeys(
        ("DOMPART", "SIGOTHR"), (NP_("male", "your partner"), NP_("female", "your partner"))
    ),
    **dict.fromkeys(
        ("FTH", "MTH", "PRN"), (NP_("male", "your son"), NP_("female", "your daughter"))
    ),
    **dict.fromkeys(
        ("BRO", "SIS", "SIB"), (NP_("male", "your brother"), NP_("female", "your sister"))
    ),
    **dict.fromkeys(
        ("NEPHEW", "NIECE", "NIENEPH"), (NP_("male", "your uncle"), NP_("female", "your aunt"))
    ),
    **dict.fromkeys(("UNCLE", "AUNT"), (NP_("male", "your nephew"), NP_("female", "your niece"))),
    **dict.fromkeys(
        ("GRNDSON", "GRNDDAU", "GRNDCHILD"),
        (NP_("male", "your grandfather"), NP_("female", "your grandmother")),
    ),
    **dict.fromkeys(
        ("GRFTH", "GRMTH", "GRPRN"),
        (NP_("male", "your grandson"), NP_("female", "your granddaughter")),
    ),
    **dict.fromkeys(
        ("SONINLAW", "DAUINLAW", "CHLDINLAW"),
        (NP_("male", "your father-in-law"), NP_("female", "your mother-in-law")),
    ),
    **dict.fromkeys(("COUSN",), (NP_("male", "your cousin"), NP_("female", "your cousin"))),
    **dict.fromkeys(("NBOR",), (NP_("male", "your neighbour"), NP_("female", "your neighbour"))),
    **dict.fromkeys(("FRND",), (NP_("male", "your friend"), NP_("female", "your friend"))),
}

_KINDS = {
    AppointmentKind.CABINET: N_("At the practice"),
    AppointmentKind.HOSPITAL: N_("At the hospital"),
    AppointmentKind.ADMISSION: N_("Hospital stay"),
    AppointmentKind.DISCHARGE: N_("Going home"),
    AppointmentKind.TELECONSULTATION: N_("Video visit"),
    AppointmentKind.HOME_NURSING: N_("At home"),
    AppointmentKind.HOME_HELP: N_("At home"),
    AppointmentKind.HAD: N_("Hospital care at home"),
    AppointmentKind.PHYSIOTHERAPY: N_("Physiotherapy"),
    AppointmentKind.WORKSHOP: N_("Workshop"),
    AppointmentKind.LABORATORY: N_("Sample at home"),
    AppointmentKind.TRANSPORT: N_("Transport"),
    AppointmentKind.EQUIPMENT: N_("Delivery at home"),
    AppointmentKind.OTHER: N_("Appointment"),
}
_SEE = {
    GrantCategory.AGENDA: N_("See the agenda"),
    GrantCategory.CARE_TEAM: N_("See the care team"),
    GrantCategory.EDUCATION: N_("See the learning modules"),
    GrantCategory.MESSAGES: N_("Read the messages"),
    GrantCategory.TRANSITION: N_("See the return home plan"),
    GrantCategory.CONSENTS: N_("See the consents"),
    GrantCategory.ACCESS_LOG: N_("See who read the file"),
    GrantCategory.DOCUMENTS: N_("See the documents"),
}
_ACT = {
    GrantCategory.AGENDA: N_("See the agenda and answer appointments"),
    GrantCategory.CARE_TEAM: N_("See the care team and keep up to date who does what"),
    GrantCategory.EDUCATION: N_("Follow the learning modules"),
    GrantCategory.MESSAGES: N_("Read and write messages"),
    GrantCategory.TRANSITION: N_("See and update the return home plan"),
    GrantCategory.CONSENTS: N_("See and change the consents"),
    GrantCategory.ACCESS_LOG: N_("See who read the file"),
    GrantCategory.DOCUMENTS: N_("See and add documents"),
}

_LEGAL_STATUSES = {
    LegalStatus.PERSONNE_DE_CONFIANCE: N_("Person of trust"),
    LegalStatus.CURATEUR: N_("Curator"),
    LegalStatus.HABILITATION_ASSISTANCE: N_("Family authorization to assist"),
    LegalStatus.TUTEUR_PERSONNE: N_("Guardian of the person"),
    LegalStatus.HABILITATION_GENERALE: N_("General family authorization"),
    LegalStatus.TUTEUR_BIENS: N_("Guardian of the property only"),
    LegalStatus.MANDAT_PROTECTION_FUTURE: N_("Mandate for future protection, activated"),
    LegalStatus.AUTORITE_PARENTALE: N_("Parental authority"),
}

_NEEDS = {
    NeedCode.COORDINATION: N_("Coordination of care"),
    NeedCode.NEW_SYMPTOM: N_("A new or worse symptom"),
    NeedCode.PRESCRIPTIONS: N_("Prescriptions"),
    NeedCode.DRESSING: N_("Dressing of a wound"),
    NeedCode.INJECTIONS: N_("Injections"),
    NeedCode.ANTICOAGULANT: N_("Anticoagulant"),
    NeedCode.BLOOD_TESTS: N_("Blood tests"),
    NeedCode.PILL_BOX: N_("Pill box"),
    NeedCode.MEDICINES: N_("Medicines"),
    NeedCode.TOILET_HELP: N_("Help with washing"),
    NeedCode.GETTING_UP: N_("Getting up and going to bed"),
    NeedCode.MEALS: N_("Meals"),
    NeedCode.DIET: N_("Diet"),
    NeedCode.HOUSEWORK: N_("Housework"),
    NeedCode.PHYSIOTHERAPY: N_("Physiotherapy"),
    NeedCode.FALLS: N_("Falls"),
    NeedCode.EQUIPMENT: N_("Equipment"),
    NeedCode.TRANSPORT: N_("Transport"),
    NeedCode.SOCIAL_RIGHTS: N_("Social rights"),
    NeedCode.MENTAL_HEALTH: N_("Mental health"),
    NeedCode.PALLIATIVE_CARE: N_("Palliative care"),
    NeedCode.RESPITE: N_("Rest for the carer"),
}

_ORGANIZATIONS = {
    OrganizationKind.CABINET: N_("Practice"),
    OrganizationKind.ESP: N_("Primary care team"),
    OrganizationKind.MSP: N_("Health house"),
    OrganizationKind.ESS: N_("Specialist care team"),
    OrganizationKind.CENTRE_DE_SANTE: N_("Health centre"),
    OrganizationKind.CPTS: N_("Health professionals of a territory"),
    OrganizationKind.ESCAP: N_("Care team around one patient"),
    OrganizationKind.DAC: N_("Support for complex situations"),
    OrganizationKind.HOPITAL: N_("Hospital"),
    OrganizationKind.HAD: N_("Hospital care at home service"),
    OrganizationKind.EHPAD: N_("Nursing home"),
    OrganizationKind.SAD: N_("Home help and care service"),
    OrganizationKind.CMP: N_("Mental health centre"),
    OrganizationKind.PHARMACIE: N_("Pharmacy"),
    OrganizationKind.LABORATOIRE: N_("Laboratory"),
    OrganizationKind.CCAS: N_("Social services of the town"),
    OrganizationKind.SPDA: N_("Autonomy services of the department"),
    OrganizationKind.MDPH: N_("House for people with disabilities"),
    OrganizationKind.ASSOCIATION: N_("Association"),
    OrganizationKind.OTHER: N_("Other organization"),
}
_COORDINATIONS = {
    **dict.fromkeys(
        (OrganizationKind.ESP, OrganizationKind.MSP, OrganizationKind.CENTRE_DE_SANTE),
        N_("Proximity coordination"),
    ),
    OrganizationKind.DAC: N_("Support coordination"),
}

KIND_GROUPS = {
    AppointmentKind.CABINET: "practice",
    AppointmentKind.HOSPITAL: "hospital",
    AppointmentKind.ADMISSION: "hospital",
    AppointmentKind.DISCHARGE: "hospital",
    AppointmentKind.TELECONSULTATION: "video",
    AppointmentKind.HOME_NURSING: "home",
    AppointmentKind.HOME_HELP: "home",
    AppointmentKind.HAD: "home",
    AppointmentKind.PHYSIOTHERAPY: "practice",
    AppointmentKind.WORKSHOP: "workshop",
    AppointmentKind.LABORATORY: "home",
    AppointmentKind.TRANSPORT: "other",
    AppointmentKind.EQUIPMENT: "home",
    AppointmentKind.OTHER: "other",
}
"""The six looks of a tag; the words beside it stay exact."""


def profession(code: str, text: str, gender: Gender) -> str:
    """`infirmière`; the sender's own words when they say more or the code is unknown."""
    if text:
        return _within_a_sentence(text)
    return profession_word(code, gender)


def profession_word(code: str, gender: Gender) -> str:
    """One word for the drawn circle: `infirmière`; empty when the code is unknown."""
    known = _profession(code)
    return _gendered(_PROFESSIONS[known], gender) if known else ""


def _within_a_sentence(text: str) -> str:
    """`Infirmière à domicile` → `infirmière à domicile`; `IDE` stays."""
    first_word = text.split(maxsplit=1)[0]
    return text if first_word.isupper() else text[:1].lower() + text[1:]


def _profession(code: str) -> Profession | None:
    return Profession(code) if code in Profession.__members__.values() else None


def member_function(code: str, gender: Gender) -> str:
    """`médecin traitant`; the code itself when it is not ours."""
    known = code in MemberFunction.__members__.values()
    return _gendered(_FUNCTIONS[MemberFunction(code)], gender) if known else code


def relation(code: str, text: str, gender: Gender) -> str:
    """The related person seen from the patient: `fils`, `voisine`; free words as they came."""
    return _gendered(_RELATIONS.get(code), gender_of(code, gender)) or text


def your_relative(code: str, text: str, gender: Gender) -> str:
    """The patient seen from the reader: `votre mère`; empty when the relation is unknown."""
    forms = _YOUR.get(code)
    if gender not in (Gender.MALE, Gender.FEMALE):
        # "votre père" of a woman would be worse than nothing.
        return ""
    return _gendered(forms, gender)


def gender_of(code: str, gender: Gender) -> Gender:
    """`DAU` says it where the record does not."""
    if code in _IS_FEMALE:
        return Gender.FEMALE
    return Gender.MALE if code in _IS_MALE else gender


def _gendered(forms: tuple[str, str] | None, gender: Gender) -> str:
    if forms is None:
        return ""
    if gender is Gender.FEMALE:
        return pgettext("female", forms[1])
    return pgettext("male", forms[0])


def appointment_kind(kind: AppointmentKind) -> str:
    """`À domicile`, `Téléconsultation`."""
    return gettext(_KINDS[kind])


def right(category: GrantCategory, action: GrantAction) -> str:
    """A carer's right in words: `Voir l'agenda`."""
    return gettext((_ACT if action is GrantAction.ACT else _SEE)[category])


def legal_status(status: LegalStatus) -> str:
    """`Autorité parentale`, `Tutrice ou tuteur à la personne`."""
    return gettext(_LEGAL_STATUSES[status])


def need_label(code: str, type_label: str | None = None) -> str:
    """`Pilulier`; the organization's own words for a type that it added."""
    known = code in NeedCode.__members__.values()
    return gettext(_NEEDS[NeedCode(code)]) if known else type_label or code


def organization_kind(kind: OrganizationKind, kind_text: str = "") -> str:
    """`Maison de santé`; the sender's own words where the kind is none of the French ones."""
    if kind is OrganizationKind.OTHER and kind_text:
        return kind_text
    return gettext(_ORGANIZATIONS[kind])


def coordination(kind: OrganizationKind) -> str:
    """Which of the two coordinations such an organization does; empty for all others."""
    return gettext(_COORDINATIONS[kind]) if kind in _COORDINATIONS else ""
