"""Foreign codes whose meaning is certain, and the words of ours that they stand for.

Sources: the French nomenclature of health terminologies (TRE_G15, TRE_R66, TRE_R85, TRE_R94,
TRE_R95, TRE_R259, TRE_R260) and HL7 Terminology (v2-0131, v3-RoleCode, v3-RoleClass,
v3-ParticipationFunction, practitioner-role). What is not here is kept as text.
"""

import unicodedata
from collections.abc import Iterable

from portal.fhir.own import APPOINTMENTS, FUNCTIONS, ORGANIZATIONS, PROFESSIONS
from portal.models.agenda import AppointmentKind
from portal.models.care import MemberFunction
from portal.models.directory import OrganizationKind, Profession

_NOS = "https://mos.esante.gouv.fr/NOS/"
_SNOMED = "http://snomed.info/sct"
_HL7 = "http://terminology.hl7.org/CodeSystem/"


def _nos(name: str) -> str:
    return f"{_NOS}{name.replace('-', '_', 1)}/FHIR/{name}"


_PROFESSION_G15 = {
    "10": Profession.MEDECIN,
    "21": Profession.PHARMACIEN,
    "26": Profession.AUDIOPROTHESISTE,
    "40": Profession.DENTISTE,
    "50": Profession.SAGE_FEMME,
    "60": Profession.INFIRMIER,
    "69": Profession.INFIRMIER,
    "70": Profession.KINESITHERAPEUTE,
    "80": Profession.PODOLOGUE,
    "91": Profession.ORTHOPHONISTE,
    "92": Profession.ORTHOPTISTE,
    "93": Profession.PSYCHOLOGUE,
    "94": Profession.ERGOTHERAPEUTE,
    "95": Profession.DIETETICIEN,
}
_PROFESSIONS: dict[str, dict[str, Profession]] = {
    _nos("TRE-G15-ProfessionSante"): _PROFESSION_G15,
    _nos("TRE-R94-ProfessionSocial"): {"41": Profession.ASSISTANT_SOCIAL},
    _nos("TRE-R95-UsagerTitre"): {"93": Profession.PSYCHOLOGUE},
    PROFESSIONS: {profession.value: profession for profession in Profession},
    _HL7 + "practitioner-role": {
        "doctor": Profession.MEDECIN,
        "nurse": Profession.INFIRMIER,
        "pharmacist": Profession.PHARMACIEN,
    },
    _SNOMED: {
        "309343006": Profession.MEDECIN,
        "158965000": Profession.MEDECIN,
        "62247001": Profession.MEDECIN,
        "41672002": Profession.MEDECIN,
        "46255001": Profession.PHARMACIEN,
        "106289002": Profession.DENTISTE,
        "36682004": Profession.KINESITHERAPEUTE,
        "40127002": Profession.DIETETICIEN,
    },
}

_HOSPITALS = dict.fromkeys(("101", "106", "114", "131", "292", "355"), OrganizationKind.HOPITAL)
_ORGANIZATIONS: dict[str, dict[str, OrganizationKind]] = {
    ORGANIZATIONS: {kind.value: kind for kind in OrganizationKind},
    _nos("TRE-R66-CategorieEtablissement"): _HOSPITALS
    | {
        "124": OrganizationKind.CENTRE_DE_SANTE,
        "127": OrganizationKind.HAD,
        "156": OrganizationKind.CMP,
        "209": OrganizationKind.SAD,
        "354": OrganizationKind.SAD,
        "460": OrganizationKind.SAD,
        "500": OrganizationKind.EHPAD,
        "603": OrganizationKind.MSP,
        "604": OrganizationKind.CPTS,
        "611": OrganizationKind.LABORATOIRE,
        "620": OrganizationKind.PHARMACIE,
    },
    _HL7 + "v3-RoleCode": {"HOSP": OrganizationKind.HOPITAL, "PHARM": OrganizationKind.PHARMACIE},
    _SNOMED: {
        "22232009": OrganizationKind.HOPITAL,
        "405608006": OrganizationKind.HOPITAL,
        "264372000": OrganizationKind.PHARMACIE,
    },
}

_ROLE_CODE = {_HL7 + "v3-RoleCode", _nos("TRE-R216-HL7RoleCode")}
_PERSONAL = (
    "FAMMEMB CHILD CHLDADOPT DAUADOPT SONADOPT CHLDFOST DAUFOST SONFOST DAUC DAU STPDAU "
    "NCHILD SON SONC STPSON STPCHLD EXT AUNT MAUNT PAUNT COUSN MCOUSN PCOUSN GGRPRN "
    "GGRFTH GGRMTH GRNDCHILD GRNDDAU GRNDSON GRPRN GRFTH GRMTH MGRFTH MGRMTH MGRPRN "
    "PGRFTH PGRMTH PGRPRN INLAW CHLDINLAW DAUINLAW SONINLAW PRNINLAW FTHINLAW MTHINLAW "
    "SIBINLAW BROINLAW SISINLAW NIENEPH NEPHEW NIECE UNCLE MUNCLE PUNCLE PRN ADOPTP "
    "ADOPTF ADOPTM FTH MTH NPRN NFTH NMTH PRNFOST FTHFOST MTHFOST STPPRN STPFTH STPMTH "
    "SIB BRO HBRO NBRO STPBRO TWINBRO SIS HSIS NSIS STPSIS TWINSIS TWIN HSIB NSIB STPSIB "
    "SIGOTHR DOMPART FMRSPS SPS HUSB WIFE FRND NBOR ROOM"
)
_RELATIONSHIPS = frozenset(_PERSONAL.split())

_ROLE_CLASS = (_HL7 + "v3-RoleClass", _nos("TRE-R260-HL7RoleClass"))
_FUNCTIONS: dict[tuple[str, str], MemberFunction] = {
    **{(FUNCTIONS, function.value): function for function in MemberFunction},
    (_HL7 + "v2-0131", "C"): MemberFunction.CONTACT_URGENCE,
    (_HL7 + "v2-0131", "EP"): MemberFunction.CONTACT_URGENCE,
    **{(system, "ECON"): MemberFunction.CONTACT_URGENCE for system in _ROLE_CLASS},
    # Only in the French table: at HL7, NOK is the next of kin.
    (_nos("TRE-R260-HL7RoleClass"), "NOK"): MemberFunction.PERSONNE_DE_CONFIANCE,
    (_nos("TRE-R260-HL7RoleClass"), "QUAL"): MemberFunction.PERSONNE_DE_CONFIANCE,
    (_nos("TRE-R259-HL7ParticipationFunction"), "PCP"): MemberFunction.MEDECIN_TRAITANT,
    (_nos("TRE-R259-HL7ParticipationFunction"), "ATTPHYS"): MemberFunction.REFERENT,
    (_nos("TRE-R85-RolePriseCharge"), "330"): MemberFunction.COORDINATEUR,
}
_FUNCTION_WORDS = {
    "medecin traitant": MemberFunction.MEDECIN_TRAITANT,
    "referent": MemberFunction.REFERENT,
    "referente": MemberFunction.REFERENT,
    "coordinateur": MemberFunction.COORDINATEUR,
    "coordinatrice": MemberFunction.COORDINATEUR,
    "coordonnateur de parcours": MemberFunction.COORDINATEUR,
    "remplacant": MemberFunction.REMPLACANT,
    "remplacante": MemberFunction.REMPLACANT,
    "patient expert": MemberFunction.PATIENT_EXPERT,
    "patiente experte": MemberFunction.PATIENT_EXPERT,
    "personne de confiance": MemberFunction.PERSONNE_DE_CONFIANCE,
    "aidant principal": MemberFunction.AIDANT_PRINCIPAL,
    "aidante principale": MemberFunction.AIDANT_PRINCIPAL,
    "contact d'urgence": MemberFunction.CONTACT_URGENCE,
    "personne a prevenir en cas d'urgence": MemberFunction.CONTACT_URGENCE,
}

_APPOINTMENTS: dict[tuple[str, str], AppointmentKind] = {
    **{(APPOINTMENTS, kind.value): kind for kind in AppointmentKind},
    (_HL7 + "v3-ActCode", "VR"): AppointmentKind.TELECONSULTATION,
    (_HL7 + "v3-RoleCode", "HOSP"): AppointmentKind.HOSPITAL,
    (_HL7 + "v3-RoleCode", "AMB"): AppointmentKind.TRANSPORT,
    (_HL7 + "location-physical-type", "vi"): AppointmentKind.TELECONSULTATION,
}

Codes = Iterable[tuple[str, str]]


def profession(codes: Codes) -> Profession | None:
    found = (_PROFESSIONS.get(system, {}).get(code) for system, code in codes)
    return next(filter(None, found), None)


def is_plain_profession(codes: Codes) -> bool:
    """A code that says the profession and nothing more, unlike a specialty of SNOMED CT."""
    return any(code in _PROFESSIONS.get(system, {}) for system, code in codes if system != _SNOMED)


def organization_kind(codes: Codes) -> OrganizationKind | None:
    found = (_ORGANIZATIONS.get(system, {}).get(code) for system, code in codes)
    return next(filter(None, found), None)


def relationship(codes: Codes) -> str:
    """A code of HL7 v3-RoleCode that says who the person is to the patient, else nothing."""
    found = (code for system, code in codes if system in _ROLE_CODE and code in _RELATIONSHIPS)
    return next(found, "")


def member_function(codes: Codes, words: str) -> MemberFunction | None:
    """By code, else by the French words themselves."""
    found = filter(None, map(_FUNCTIONS.get, codes))
    return next(found, None) or _FUNCTION_WORDS.get(_plain(words))


def appointment_kind(codes: Codes) -> AppointmentKind:
    return next(filter(None, map(_APPOINTMENTS.get, codes)), AppointmentKind.OTHER)


def _plain(words: str) -> str:
    split = unicodedata.normalize("NFKD", words.casefold().replace("’", "'"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))
