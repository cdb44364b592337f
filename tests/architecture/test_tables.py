"""Tables: one patient's rows lie together, and migrations make exactly what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, UniqueConstraint

from portal.db import Database
from portal.models import metadata

# Tables that name a patient without being one patient's own.
NOT_THE_PATIENTS = {
    "invitation": "belongs to an e-mail address; three of its five kinds name no patient",
    "calendar_feed": "belongs to an account; a subscription to all of its people names no patient",
    "fhir_resource": "keeps what was received, also of resources about nobody",
}
# Indexes that start elsewhere, and the question that they answer.
STARTS_ELSEWHERE = {
    "ix_care_team_member_practitioner_id": "which patients does this professional see",
    "ix_care_link_user_id": "which people does this account follow",
    "ix_appointment_practitioner_id_starts_at": "whom does this professional see today",
    "ix_appointment_workshop_id": "who comes to this workshop",
    "ix_appointment_series_written_until_patient_id_id": "which rules have to be written further",
    "ix_reminder_choice_user_id_patient_id": "of what did this person choose to be reminded",
    "ix_thread_practitioner_waiting": "what does this professional have to answer first",
    "ix_thread_organization_waiting": "what does this team have to answer first",
    "ix_thread_practitioner_id_state_last_at_id": "what did this professional answer or close",
    "ix_thread_organization_id_state_last_at_id": "what did this team answer or close",
    "ix_thread_escalates_at": "which answers are late",
    "ix_thread_reader_unread": "what is new for this account",
    "ix_module_progress_module_id_patient_id_user_id": "whom does a correction reach",
    "ix_thread_reader_late": "of which late answers did this professional hear",
    "ix_message_draft_author_id_updated_at": "what did this account begin to write, and not send",
    "ix_reminder_sent_starts_at": "which reminders are old enough to be forgotten",
}


def _own_tables() -> list[Table]:
    return [
        table
        for table in metadata.sorted_tables
        if "patient_id" in table.columns and table.name not in NOT_THE_PATIENTS
    ]


def test_exceptions_exist() -> None:
    assert NOT_THE_PATIENTS.keys() <= metadata.tables.keys()
    indexes = {index.name for table in _own_tables() for index in table.indexes}
    assert STARTS_ELSEWHERE.keys() <= indexes


@pytest.mark.parametrize("table", _own_tables(), ids=lambda table: table.name)
def test_the_patient_leads_every_key_of_the_patients_tables(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "patient_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "patient_id", constraint.name
    for index in table.indexes:
        leads = next(iter(index.columns)).name == "patient_id"
        assert leads != (index.name in STARTS_ELSEWHERE), index.name


def test_the_patients_tables_are_the_ones_we_think(  # a new one joins the rule by itself
) -> None:
    names = {table.name for table in _own_tables()}
    assert {"appointment", "care_link", "carer_grant", "care_team_member"} <= names


def test_every_reference_between_the_patients_tables_carries_the_patient() -> None:
    own = {table.name for table in _own_tables()}
    for table in _own_tables():
        for key in table.foreign_key_constraints:
            if key.referred_table.name in own:
                columns = [element.parent.name for element in key.elements]
                assert columns[0] == "patient_id", key.name


def test_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_constraint_has_a_name_that_a_migration_can_drop(database: Database) -> None:
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)
