"""`portal export-fhir`: one circle as a file for other software."""

import json
import sys
from pathlib import Path
from uuid import UUID

import click

from portal import create_app
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.clock import now
from portal.db import current_session
from portal.errors import NotFoundError
from portal.fhir.export import Profile, export_circle


@click.command("export-fhir")
@click.argument("patient_id", type=click.UUID)
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    default=Profile.FRENCH.value,
    show_default=True,
    help="The national guide of circles of care, or HL7's plain resources.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A new file.")
@says_what_is_wrong
def export_fhir(patient_id: UUID, profile: str, output: Path | None) -> None:
    """Write circle and agenda of PATIENT_ID as FHIR R4, whole: to hand over, not to keep."""
    with create_app(installed_config()).app_context():
        try:
            bundle = export_circle(
                current_session(),
                patient_id=patient_id,
                profile=Profile(profile),
                is_full=True,
                has_agenda=True,
                at=now(),
            )
        except NotFoundError:
            raise click.ClickException(f"there is no patient {patient_id}") from None
    text = json.dumps(bundle, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    _write_new(output, text)
    click.echo(f"{len(bundle['entry'])} resources: {output}")


def _write_new(output: Path, text: str) -> None:
    """For its owner alone, and never over another file."""
    try:
        output.touch(mode=0o600, exist_ok=False)
        output.write_text(text, encoding="utf-8")
    except FileExistsError:
        raise click.ClickException(f"{output} is there already") from None
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
