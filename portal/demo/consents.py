"""What Jeanne answered, on paper and in the portal."""

from datetime import date, time
from typing import Any

from portal.consents.texts import current_text
from portal.demo.cast import Cast
from portal.demo.days import instant, later
from portal.models.consent import ConsentChannel, ConsentDecision, ConsentPurpose, ConsentStatus


def decisions(cast: Cast, *, today: date) -> list[ConsentDecision]:
    return [
        _decision(
            cast,
            ConsentPurpose.CARE_COORDINATION,
            day=later(today, -81),
            actor="claire",
            capacity="coordinator",
            channel=ConsentChannel.PAPER,
            paper_note="Signé à domicile",
            signed_on=later(today, -81),
        ),
        _decision(
            cast,
            ConsentPurpose.OUTSIDE_CARE_TEAM,
            day=later(today, -41),
            practitioner_id=cast.practitioners["karim"].id,
            actor="jeanne",
            capacity="self",
            channel=ConsentChannel.PORTAL,
        ),
    ]


def _decision(
    cast: Cast, purpose: ConsentPurpose, *, day: date, actor: str, **fields: Any
) -> ConsentDecision:
    text = current_text(purpose, locale="fr")
    return ConsentDecision(
        patient_id=cast.patients["jeanne"].id,
        purpose=purpose,
        status=ConsentStatus.GIVEN,
        text_version=text.version,
        text_locale=text.locale,
        text_hash=text.sha256,
        actor_id=cast.users[actor].id,
        decided_at=instant(day, time(10, 30)),
        **fields,
    )
