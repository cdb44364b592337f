"""`portal privacy-contact`: who answers the questions of patients about their access log."""

import click

from portal import create_app
from portal.cli.preparation import installed_config, says_what_is_wrong
from portal.db import transaction
from portal.identity import queries
from portal.identity.addresses import fold


@click.command("privacy-contact")
@click.argument("email")
@click.option("--end", is_flag=True, help="They do not answer any more.")
@says_what_is_wrong
def privacy_contact(email: str, end: bool) -> None:
    """Let the account EMAIL answer questions about who read which file."""
    with create_app(installed_config()).app_context(), transaction() as session:
        account = queries.user_named(session, fold(email))
        if account is None:
            raise click.ClickException(f"there is no account {email}")
        account.is_privacy_contact = not end
        session.add(account)
    said = "does not answer questions any more" if end else "answers questions: /privacy/questions"
    click.echo(f"{email} {said}")
