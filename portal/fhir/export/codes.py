"""What codes of ours are in the tables that other software knows, with words for people.

Only where the meaning is the same: a code of ours stands beside, and alone where there is none.
Sources as in `portal/fhir/terminology.py`.
"""

from portal.fhir.elements import Json
from portal.fhir.own import APPOINTMENTS, FUNCTIONS, ORGANIZATIONS, PROFESSIONS
from portal.models.agenda import AppointmentKind
from portal.models.care import MemberFunction
from portal.models.directory import OrganizationKind, Profession
from portal.models.need import NeedCode

HL7 = "http://terminology.hl7.org/CodeSystem/"
_NOS = "https://mos.esante.gouv.fr/NOS/"
ROLE_CODE = f"{_NOS}TRE_R216-HL7RoleCode/FHIR/TRE-R216-HL7RoleCode"
ROLE_CLASS = f"{_NOS}TRE_R260-HL7RoleClass/FHIR/TRE-R260-HL7RoleClass"
_G15 = f"{_NOS}TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
_R66 = f"{_NOS}TRE_R66-CategorieEtablissement/FHIR/TRE-R66-CategorieEtablissement"
_R85 = f"{_NOS}TRE_R85-RolePriseCharge/FHIR/TRE-R85-RolePriseCharge"
_R94 = f"{_NOS}TRE_R94-ProfessionSocial/FHIR/TRE-R94-ProfessionSocial"
_R259 = f"{_NOS}TRE_R259-HL7ParticipationFunction/FHIR/TRE-R259-HL7ParticipationFunction"

_PROFESSIONS = {
    Profession.MEDECIN: ("10", "Médecin"),
    Profession.PHARMACIEN: ("21", "Pharmacien"),
    Profession.AUDIOPROTHESISTE: ("26", "Audioprothésiste"),
    Profession.DENTISTE: ("40", "Chirurgien-dentiste"),
    Profession.SAGE_FEMME: ("50", "Sage-femme"),
    Profession.INFIRMIER: ("60", "Infirmier"),
    Profession.KINESITHERAPEUTE: ("70", "Masseur-kinésithérapeute"),
    Profession.PODOLOGUE: ("80", "Pédicure-podologue"),
    Profession.ORTHOPHONISTE: ("91", "Orthophoniste"),
    Profession.ORTHOPTISTE: ("92", "Orthoptiste"),
    Profession.PSYCHOLOGUE: ("93", "Psychologue"),
    Profession.ERGOTHERAPEUTE: ("94", "Ergothérapeute"),
    Profession.DIETETICIEN: ("95", "Diététicien"),
}
_PROFESSION_WORDS = {
    Profession.IPA: "Infirmier en pratique avancée",
    Profession.BIOLOGISTE: "Biologiste médical",
    Profession.TRANSPORTEUR: "Transporteur sanitaire",
    Profession.ASSISTANT_SOCIAL: "Assistant de service social",
    Profession.AES: "Accompagnant éducatif et social",
    Profession.AUXILIAIRE_DE_VIE: "Auxiliaire de vie",
    Profession.MANDATAIRE: "Mandataire judiciaire",
    Profession.COORDINATEUR: "Coordinateur",
    Profession.PATIENT_EXPERT: "Patient expert",
}
_AT_HL7 = {
    Profession.MEDECIN: "doctor",
    Profession.INFIRMIER: "nurse",
    Profession.PHARMACIEN: "pharmacist",
}
_PLACES = {
    OrganizationKind.CENTRE_DE_SANTE: "124",
    OrganizationKind.HAD: "127",
    OrganizationKind.CMP: "156",
    OrganizationKind.EHPAD: "500",
    OrganizationKind.MSP: "603",
    OrganizationKind.CPTS: "604",
    OrganizationKind.LABORATOIRE: "611",
    OrganizationKind.PHARMACIE: "620",
}
_FUNCTION_WORDS = {
    MemberFunction.MEDECIN_TRAITANT: "Médecin traitant",
    MemberFunction.REFERENT: "Référent",
    MemberFunction.COORDINATEUR: "Coordinateur",
    MemberFunction.REMPLACANT: "Remplaçant",
    MemberFunction.PATIENT_EXPERT: "Patient expert",
    MemberFunction.PERSONNE_DE_CONFIANCE: "Personne de confiance",
    MemberFunction.AIDANT_PRINCIPAL: "Aidant principal",
    MemberFunction.CONTACT_URGENCE: "Personne à prévenir en cas d’urgence",
}
_FUNCTIONS = {
    MemberFunction.MEDECIN_TRAITANT: (_R259, "PCP"),
    MemberFunction.COORDINATEUR: (_R85, "330"),
    MemberFunction.PERSONNE_DE_CONFIANCE: (ROLE_CLASS, "QUAL"),
    MemberFunction.CONTACT_URGENCE: (ROLE_CLASS, "ECON"),
}
NEED_WORDS = {
    NeedCode.COORDINATION: "Coordination des soins",
    NeedCode.NEW_SYMPTOM: "Symptôme nouveau ou aggravé",
    NeedCode.PRESCRIPTIONS: "Ordonnances",
    NeedCode.DRESSING: "Pansement",
    NeedCode.INJECTIONS: "Injections",
    NeedCode.ANTICOAGULANT: "Anticoagulant",
    NeedCode.BLOOD_TESTS: "Prises de sang",
    NeedCode.PILL_BOX: "Pilulier",
    NeedCode.MEDICINES: "Médicaments",
    NeedCode.TOILET_HELP: "Aide à la toilette",
    NeedCode.GETTING_UP: "Lever et coucher",
    NeedCode.MEALS: "Repas",
    NeedCode.DIET: "Alimentation",
    NeedCode.HOUSEWORK: "Ménage",
    NeedCode.PHYSIOTHERAPY: "Kinésithérapie",
    NeedCode.FALLS: "Chutes",
    NeedCode.EQUIPMENT: "Matériel",
    NeedCode.TRANSPORT: "Transport",
    NeedCode.SOCIAL_RIGHTS: "Droits sociaux",
    NeedCode.MENTAL_HEALTH: "Santé mentale",
    NeedCode.PALLIATIVE_CARE: "Soins palliatifs",
    NeedCode.RESPITE: "Répit de l’aidant",
}


def profession(code: str, *, is_french: bool) -> Json:
    """The concept of a code of `Profession`."""
    known = Profession(code)
    number, words = _PROFESSIONS.get(known, ("", _PROFESSION_WORDS.get(known, "")))
    codings = [_coding(PROFESSIONS, known)]
    if number:
        codings.append(_coding(_G15, number))
    if known is Profession.ASSISTANT_SOCIAL:
        codings.append(_coding(_R94, "41"))
    if known in _AT_HL7 and not is_french:
        codings.append(_coding(HL7 + "practitioner-role", _AT_HL7[known]))
    return {"coding": codings, "text": words}


def organization_kind(kind: OrganizationKind) -> Json:
    codings = [_coding(ORGANIZATIONS, kind)]
    if number := _PLACES.get(kind):
        codings.append(_coding(_R66, number))
    return {"coding": codings}


def member_function(code: str) -> Json:
    known = MemberFunction(code)
    codings = [_coding(FUNCTIONS, known)]
    if known in _FUNCTIONS:
        codings.append(_coding(*_FUNCTIONS[known]))
    return {"coding": codings, "text": _FUNCTION_WORDS[known]}


def appointment_kind(kind: AppointmentKind) -> Json:
    codings = [_coding(APPOINTMENTS, kind)]
    if kind is AppointmentKind.TELECONSULTATION:
        codings.append(_coding(HL7 + "v3-ActCode", "VR"))
    return {"coding": codings}


def takes_part(code: str) -> list[Json]:
    """As what somebody takes part: `ATND` for who receives, `ESC` for an escort."""
    return [{"coding": [_coding(HL7 + "v3-ParticipationType", code)]}]


def relationship(code: str, *, is_french: bool) -> Json:
    """Of a code of HL7 v3-RoleCode, which the French table repeats."""
    return {"coding": [_coding(ROLE_CODE if is_french else HL7 + "v3-RoleCode", code)]}


def emergency_contact(*, is_french: bool) -> Json:
    system, code = (ROLE_CLASS, "ECON") if is_french else (HL7 + "v2-0131", "C")
    return {"coding": [_coding(system, code)]}


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": str(code)}
