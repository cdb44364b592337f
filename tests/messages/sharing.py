"""What the patient said of sharing inside the équipe de soins."""

from sqlmodel import Session

from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from tests import factories
from tests.messaging.circle import WritingCircle


def say_of_sharing(session: Session, circle: WritingCircle, status: ConsentStatus) -> None:
    session.add(
        ConsentDecision(
            patient_id=circle.patient.id,
            purpose=ConsentPurpose.CARE_COORDINATION,
            status=status,
            text_version=1,
            text_locale="fr",
            text_hash="0" * 64,
            actor_id=circle.jeanne.id,
            capacity="self",
            channel="portal",
            decided_at=factories.LONG_AGO,
        )
    )
