"""One agenda: series, workshops, requests and answers, subscriptions, reminders"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'

_NEW = ('version', 'is_stay', 'is_question', 'companion_confirmed', 'needs_companion', 'transport', 'preparation', 'source_name',
        'external_revision')


def upgrade() -> None:
    op.create_table('appointment_series',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rrule', sa.String(length=300), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('at', sa.Time(), nullable=False),
    sa.Column('time_zone', sa.String(length=50), nullable=False),
    sa.Column('window_minutes', sa.Integer(), nullable=True),
    sa.Column('duration_minutes', sa.Integer(), nullable=True),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.Column('skips_holidays', sa.Boolean(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('performer_text', sa.String(length=300), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('phone', sa.String(length=50), nullable=False),
    sa.Column('video_url', sa.String(length=500), nullable=False),
    sa.Column('needs_companion', sa.Boolean(), nullable=False),
    sa.Column('transport', sa.String(length=300), nullable=False),
    sa.Column('preparation', sa.String(length=2000), nullable=False),
    sa.Column('instructions', sa.String(length=4000), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ended_rrule', sa.String(length=300), nullable=False),
    sa.Column('written_until', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('window_minutes IS NULL OR window_minutes > 0', name=op.f('ck_appointment_series_window_has_length')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_appointment_series_created_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_appointment_series_organization_id_organization')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_appointment_series_patient_id_patient')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_appointment_series_practitioner_id_practitioner')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_appointment_series'))
    )
    with op.batch_alter_table('appointment_series', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appointment_series_written_until_patient_id_id'), ['written_until', 'patient_id', 'id'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('patient_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('is_detailed', sa.Boolean(), nullable=False),
    sa.Column('alarm_minutes', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_program', sa.String(length=100), nullable=False),
    sa.Column('content_hash', sa.LargeBinary(), nullable=True),
    sa.Column('content_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('logged_on', sa.JSON(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_calendar_feed_patient_id_patient')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_calendar_feed_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_feed_user_id_id'), ['user_id', 'id'], unique=False)

    op.create_table('reminder_choice',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('evening_before', sa.Time(), nullable=True),
    sa.Column('minutes_before', sa.Integer(), nullable=True),
    sa.Column('only_accompanied', sa.Boolean(), nullable=False),
    sa.Column('is_detailed', sa.Boolean(), nullable=False),
    sa.Column('allows_details', sa.Boolean(), nullable=False),
    sa.Column('quiet_from', sa.Time(), nullable=True),
    sa.Column('quiet_until', sa.Time(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_reminder_choice_patient_id_patient')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_reminder_choice_user_id_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'user_id', name=op.f('pk_reminder_choice'))
    )
    with op.batch_alter_table('reminder_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_choice_user_id_patient_id'), ['user_id', 'patient_id'], unique=False)

    op.create_table('workshop',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('description', sa.String(length=2000), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('time_zone', sa.String(length=50), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('phone', sa.String(length=50), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('host_text', sa.String(length=300), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('places_taken', sa.Integer(), nullable=False),
    sa.Column('respond_before', sa.Date(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancellation_reason', sa.String(length=300), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('capacity > 0', name=op.f('ck_workshop_has_places')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_workshop_ordered')),
    sa.CheckConstraint('places_taken >= 0 AND places_taken <= capacity', name=op.f('ck_workshop_never_too_full')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_workshop_created_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_workshop_organization_id_organization')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_workshop_practitioner_id_practitioner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workshop'))
    )
    with op.batch_alter_table('workshop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_workshop_organization_id_starts_at_id'), ['organization_id', 'starts_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_workshop_practitioner_id_starts_at'), ['practitioner_id', 'starts_at'], unique=False)

    op.create_table('appointment_change',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('act', sa.String(length=40), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_appointment_change_actor_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'appointment_id'], ['appointment.patient_id', 'appointment.id'], name=op.f('fk_appointment_change_patient_id_appointment_id_appointment')),
    sa.PrimaryKeyConstraint('patient_id', 'appointment_id', 'id', name=op.f('pk_appointment_change'))
    )
    op.create_table('appointment_note',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('audience', sa.String(length=40), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_appointment_note_author_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'appointment_id'], ['appointment.patient_id', 'appointment.id'], name=op.f('fk_appointment_note_patient_id_appointment_id_appointment')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_appointment_note'))
    )
    with op.batch_alter_table('appointment_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appointment_note_patient_id_appointment_id_id'), ['patient_id', 'appointment_id', 'id'], unique=False)

    op.create_table('change_request',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('parts_of_day', sa.JSON(), nullable=False),
    sa.Column('moments', sa.JSON(), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_text', sa.String(length=1000), nullable=False),
    sa.Column('proposed_start', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposed_end', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposed_is_window', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_change_request_answered_by_user_account')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_change_request_asked_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'appointment_id'], ['appointment.patient_id', 'appointment.id'], name=op.f('fk_change_request_patient_id_appointment_id_appointment')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_change_request'))
    )
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_request_patient_id_appointment_id_id'), ['patient_id', 'appointment_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_request_patient_id_state_id'), ['patient_id', 'state', 'id'], unique=False)

    op.create_table('preparation_tick',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.String(length=300), nullable=False),
    sa.Column('done_by', sa.Uuid(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['done_by'], ['user_account.id'], name=op.f('fk_preparation_tick_done_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'appointment_id'], ['appointment.patient_id', 'appointment.id'], name=op.f('fk_preparation_tick_patient_id_appointment_id_appointment')),
    sa.PrimaryKeyConstraint('patient_id', 'appointment_id', 'line', name=op.f('pk_preparation_tick'))
    )
    op.create_table('reminder_sent',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('occasion', sa.String(length=10), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'appointment_id'], ['appointment.patient_id', 'appointment.id'], name=op.f('fk_reminder_sent_patient_id_appointment_id_appointment')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_reminder_sent_user_id_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'appointment_id', 'user_id', 'occasion', 'starts_at', name=op.f('pk_reminder_sent'))
    )
    with op.batch_alter_table('reminder_sent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_sent_starts_at'), ['starts_at'], unique=False)
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('series_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('recurrence_start', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('workshop_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('is_stay', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('is_question', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('companion_confirmed', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('needs_companion', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('transport', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('preparation', sa.String(length=2000), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('source_name', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('external_uid', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('external_revision', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('created_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('created_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_appointment_practitioner_id_starts_at'), ['practitioner_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_appointment_stays', ['patient_id', 'is_stay', 'starts_at', 'id'], unique=False, sqlite_where=sa.text('is_stay = 1'), postgresql_where=sa.text('is_stay'))
        batch_op.create_index('ix_appointment_questions', ['patient_id', 'is_question', 'starts_at'], unique=False, sqlite_where=sa.text('is_question = 1'), postgresql_where=sa.text('is_question'))
        batch_op.create_index(batch_op.f('ix_appointment_workshop_id'), ['workshop_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_appointment_patient_id_series_id_recurrence_start'), ['patient_id', 'series_id', 'recurrence_start'])
        batch_op.create_unique_constraint(batch_op.f('uq_appointment_patient_id_source_external_uid'), ['patient_id', 'source', 'external_uid'])
        batch_op.create_unique_constraint(batch_op.f('uq_appointment_patient_id_workshop_id'), ['patient_id', 'workshop_id'])
        batch_op.create_foreign_key(batch_op.f('fk_appointment_workshop_id_workshop'), 'workshop', ['workshop_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_appointment_created_by_user_account'), 'user_account', ['created_by'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_appointment_patient_id_series_id_appointment_series'), 'appointment_series', ['patient_id', 'series_id'], ['patient_id', 'id'])

    _find_stays()
    op.execute(f"UPDATE appointment SET is_question = {sa.true().compile(dialect=op.get_bind().dialect)} WHERE status IN ('proposed', 'pending', 'waitlist')")
    # When the rows that are already there were written is not known: no later than their last change.
    op.execute('UPDATE appointment SET created_at = updated_at')
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.alter_column('created_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in _NEW:
            batch_op.alter_column(name, server_default=None)


def _find_stays() -> None:
    """What lasts longer than two days, among the rows that are already there."""
    rows = sa.table('appointment', sa.column('patient_id', sa.Uuid()), sa.column('id', sa.Uuid()),
                    sa.column('starts_at', sa.DateTime(timezone=True)), sa.column('ends_at', sa.DateTime(timezone=True)),
                    sa.column('is_stay', sa.Boolean()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows).where(rows.c.ends_at.is_not(None))).mappings().all():
        if row['ends_at'] - row['starts_at'] > timedelta(days=2):
            connection.execute(rows.update().where(rows.c.patient_id == row['patient_id'], rows.c.id == row['id']).values(is_stay=True))
