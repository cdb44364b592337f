"""The circles of the demo: who takes part, for what, since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from portal.demo.cast import Cast
from portal.demo.days import instant, later
from portal.demo.directory import PHARMACY_HOURS, Hours
from portal.models.care import CareTeam, CareTeamMember, MemberFunction

_SINCE = -83


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`professional`, `organization` or `relative` holds the place, by its key."""

    professional: str = ""
    organization: str = ""
    """With a professional: the place that is named beside them."""
    relative: str = ""
    function: MemberFunction | None = None
    role: str = ""
    contact_for: str
    availability: str = ""
    hours: Hours | None = None
    is_outside: bool = False
    """Outside the équipe de soins: sees the file by the patient's consent."""
    since: int = _SINCE
    until: int | None = None
    """Like `since`, days from today; the place ends when that day begins."""


def _coordinator(contact_for: str) -> Member:
    return Member(
        professional="claire", function=MemberFunction.COORDINATEUR, contact_for=contact_for
    )


def _doctor(contact_for: str, *, key: str = "legoff") -> Member:
    return Member(
        professional=key, function=MemberFunction.MEDECIN_TRAITANT, contact_for=contact_for
    )


def _nurse(contact_for: str) -> Member:
    return Member(professional="nadia", contact_for=contact_for)


def _cardiologist(contact_for: str) -> Member:
    return Member(professional="haddad", organization="hospital", contact_for=contact_for)


def _pharmacy(contact_for: str) -> Member:
    return Member(
        organization="pharmacy",
        role="Mme Tran, pharmacienne",
        contact_for=contact_for,
        hours=PHARMACY_HOURS,
    )


JEANNE = (
    _coordinator("Organiser les visites, régler un souci, savoir à qui parler."),
    _doctor("Un symptôme nouveau, le traitement, les ordonnances."),
    Member(
        relative="paul",
        function=MemberFunction.AIDANT_PRINCIPAL,
        contact_for="Rendez-vous, messages et réponses aux soignants.",
    ),
    Member(
        relative="sylvie",
        role="aidante",
        contact_for="Accompagne aux visites. Ne lit pas les messages.",
        availability="Plutôt le soir et le mardi",
    ),
    _nurse("Pansements, prises de sang, pilulier."),
    _cardiologist("Le cœur, le souffle, le poids qui monte."),
    Member(
        professional="karim",
        contact_for="La marche, les exercices, les chutes.",
        is_outside=True,
        since=-41,
        until=8,
    ),
    _pharmacy("Médicaments, livraison, effets gênants."),
    Member(professional="lucie", contact_for="Les repas, le sel.", is_outside=True, since=-2),
    Member(
        professional="julie",
        function=MemberFunction.REMPLACANT,
        contact_for="Les soins pendant les congés de Nadia.",
        since=-61,
        until=-30,
    ),
)

CIRCLES: dict[str, tuple[Member, ...]] = {
    "jeanne": JEANNE,
    "marcel": (
        _coordinator("Organiser les visites, poser une question."),
        _doctor("La tension, le traitement, les ordonnances."),
        Member(relative="paul", role="aidant", contact_for="Rendez-vous et trajets."),
        _nurse("Prises de sang, pilulier."),
        _pharmacy("Médicaments, livraison."),
    ),
    "paul": (_doctor("Un souci de santé, les ordonnances."),),
    "monique": (
        _doctor("Un symptôme nouveau, les ordonnances."),
        _cardiologist("Le cœur, le souffle."),
    ),
    "ahmed": (
        _coordinator("Organiser les visites, poser une question."),
        _doctor("La douleur, les ordonnances."),
        Member(relative="samira", role="aidante", contact_for="Conduit aux rendez-vous."),
        Member(professional="karim", contact_for="Le genou, la marche."),
    ),
    "louise": (
        _coordinator("Organiser les passages, changer un jour."),
        _doctor("Un symptôme nouveau, le traitement."),
        Member(
            relative="ines",
            function=MemberFunction.AIDANT_PRINCIPAL,
            contact_for="Les décisions de tous les jours.",
        ),
        _nurse("Pilulier, surveillance de la peau."),
        Member(
            organization="home-help",
            role="Aide à domicile",
            contact_for="La toilette, le lever, les repas.",
        ),
    ),
    "georges": (
        _coordinator("Organiser les visites, poser une question."),
        _nurse("La cicatrice, les pansements."),
        _cardiologist("Le cœur, la reprise des efforts."),
        Member(
            relative="henri",
            function=MemberFunction.CONTACT_URGENCE,
            contact_for="A les clés, habite en face.",
        ),
    ),
    "lucette": (
        _coordinator("Garder le lien à distance, poser une question."),
        _cardiologist("Le cœur, le souffle, par vidéo."),
    ),
    "yvonne": (),
    "robert": (_doctor("Un symptôme nouveau, le traitement.", key="riou"),),
}


def circle_rows(cast: Cast, *, today: date) -> Iterator[CareTeam | CareTeamMember]:
    """Each circle, then its members in the order in which they are shown."""
    for patient, members in CIRCLES.items():
        yield CareTeam(patient_id=cast.patients[patient].id, period_start=later(today, _SINCE))
        for rank, member in enumerate(members, start=1):
            yield _member(member, patient=patient, position=10 * rank, cast=cast, today=today)


def _member(
    member: Member, *, patient: str, position: int, cast: Cast, today: date
) -> CareTeamMember:
    row = CareTeamMember(
        patient_id=cast.patients[patient].id,
        role_text=member.role,
        functions=[member.function] if member.function else [],
        contact_for=member.contact_for,
        hours=member.hours,
        availability_text=member.availability,
        is_outside_care_team=member.is_outside,
        position=position,
        period_start=_midnight(today, member.since),
        period_end=None if member.until is None else _midnight(today, member.until),
    )
    if member.professional:
        row.practitioner_id = cast.practitioners[member.professional].id
        row.practitioner_role_id = cast.roles[member.professional].id
    if member.organization:
        row.organization_id = cast.organizations[member.organization].id
    if member.relative:
        row.related_person_id = cast.relatives[patient, member.relative].id
    return row


def _midnight(today: date, days: int) -> datetime:
    return instant(later(today, days), time(0))
