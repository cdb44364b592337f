"""`portal invite`: the first invitations, from a terminal."""

from uuid import UUID

import click
from sqlmodel import Session

from portal import create_app
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.clock import now
from portal.crypto import KeyRing
from portal.db import transaction
from portal.errors import NotFoundError
from portal.identity import invitation_sheets, invitations
from portal.identity.addresses import is_address
from portal.identity.invitations import Place
from portal.models.account import InvitationKind
from portal.models.rights import GrantAction, GrantCategory

_RIGHTS = [f"{category}:{action}" for category in GrantCategory for action in GrantAction]


@click.command()
@click.argument("email", required=False)
@click.option(
    "--paper",
    nargs=2,
    metavar="GIVEN FAMILY",
    help="For somebody without e-mail, instead of EMAIL: prints a link and a short code.",
)
@click.option("--patient", type=click.UUID, help="The account of this patient themself.")
@click.option("--carer-of", type=click.UUID, help="A relative or friend of this patient.")
@click.option("--professional", type=click.UUID, help="This practitioner.")
@click.option("--coordinator", type=click.UUID, help="A coordinator of this organization.")
@click.option("--operator", is_flag=True, help="An operator: accounts, no health data.")
@click.option(
    "--relationship",
    default="",
    help="Of a carer: HL7 code such as SON, DAU, NBOR, or words in lower case.",
)
@click.option(
    "--grant",
    "grants",
    multiple=True,
    type=click.Choice(_RIGHTS),
    help="What a carer may do; repeat it. Without it: agenda:see and care_team:see.",
)
@says_what_is_wrong
def invite(
    email: str | None,
    paper: tuple[str, str] | None,
    patient: UUID | None,
    carer_of: UUID | None,
    professional: UUID | None,
    coordinator: UUID | None,
    operator: bool,
    relationship: str,
    grants: tuple[str, ...],
) -> None:
    """Print an invitation link for EMAIL, or for a name on paper. Valid 14 days, once."""
    _check_invitee(email, paper)
    places = [
        Place(InvitationKind.PATIENT, patient_id=patient) if patient else None,
        _carer_place(carer_of, relationship, grants) if carer_of else None,
        Place(InvitationKind.PROFESSIONAL, practitioner_id=professional) if professional else None,
        Place(InvitationKind.COORDINATOR, organization_id=coordinator) if coordinator else None,
        Place(InvitationKind.OPERATOR) if operator else None,
    ]
    chosen = [place for place in places if place is not None]
    if len(chosen) != 1:
        raise click.UsageError(
            "say one of --patient, --carer-of, --professional, --coordinator, --operator"
        )
    config = installed_config()
    app = create_app(config)
    with app.app_context():
        try:
            with transaction() as session:
                lines = _lines(session, app.extensions["keys"], email, paper, chosen[0])
        except NotFoundError as error:
            raise click.ClickException(
                f"there is no {error}: take the id that import-fhir printed"
            ) from None
    if chosen[0].grants:
        click.echo(f"They will be able to: {', '.join(chosen[0].grants)}, for 12 months.", err=True)
    click.echo(f"{config.base_url}{lines[0]}")
    for line in lines[1:]:
        click.echo(f"{config.base_url}/invitation/code  {line}")


def _lines(
    session: Session,
    keys: KeyRing,
    email: str | None,
    paper: tuple[str, str] | None,
    place: Place,
) -> list[str]:
    """The path of the link, and on paper the short code."""
    if paper is None:
        token = invitations.invite(session, email=email or "", place=place, at=now())
        return [f"/invitation/{token}"]
    sheet = invitation_sheets.invite_on_paper(
        session, keys=keys, names=paper, place=place, invited_by=None, at=now()
    )
    return [sheet.path, sheet.code]


def _check_invitee(email: str | None, paper: tuple[str, str] | None) -> None:
    if bool(email) == bool(paper):
        raise click.UsageError("say an e-mail address, or --paper with a first and a last name")
    if paper and (not all(name.strip() for name in paper) or max(map(len, paper)) > 100):
        raise click.BadParameter("write a first name and a last name, of 100 characters at most")
    if email and not is_address(email.strip()):
        raise click.BadParameter("write the whole address, such as jeanne@example.org")


def _carer_place(patient_id: UUID, relationship: str, grants: tuple[str, ...]) -> Place:
    return Place(
        InvitationKind.CARER,
        patient_id=patient_id,
        relationship=relationship,
        grants=grants or invitations.USUAL_GRANTS,
    )
