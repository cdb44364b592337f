"""Who can see what: legal status, consents, blocks, hidden items, the access log"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('access_event',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=True),
    sa.Column('decision', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('request_id', sa.String(length=64), nullable=False),
    sa.Column('previous_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_access_event_actor_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_access_event_patient_id_patient')),
    sa.PrimaryKeyConstraint('patient_id', 'sequence', name=op.f('pk_access_event'))
    )
    op.create_table('block',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_block_created_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_block_patient_id_patient')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_block_practitioner_id_practitioner')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_block'))
    )
    with op.batch_alter_table('block', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_block_patient_id_practitioner_id'), ['patient_id', 'practitioner_id'], unique=False)

    op.create_table('consent_decision',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('text_version', sa.Integer(), nullable=False),
    sa.Column('text_locale', sa.String(length=10), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('paper_note', sa.String(length=300), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_consent_decision_actor_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_consent_decision_patient_id_patient')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_consent_decision_practitioner_id_practitioner')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_consent_decision'))
    )
    with op.batch_alter_table('consent_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_decision_patient_id_purpose_decided_at'), ['patient_id', 'purpose', 'decided_at'], unique=False)

    op.create_table('emergency_access',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_emergency_access_patient_id_patient')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_emergency_access_user_id_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_emergency_access'))
    )
    with op.batch_alter_table('emergency_access', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_emergency_access_patient_id_user_id'), ['patient_id', 'user_id'], unique=False)

    op.create_table('access_question',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('message_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_access_question_answered_by_user_account')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_access_question_asked_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'sequence'], ['access_event.patient_id', 'access_event.sequence'], name=op.f('fk_access_question_patient_id_sequence_access_event')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_access_question'))
    )
    with op.batch_alter_table('access_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_question_patient_id_sequence'), ['patient_id', 'sequence'], unique=False)

    op.create_table('grant_request',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('care_link_id', sa.Uuid(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_granted', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['patient_id', 'care_link_id'], ['care_link.patient_id', 'care_link.id'], name=op.f('fk_grant_request_patient_id_care_link_id_care_link')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_grant_request'))
    )
    with op.batch_alter_table('grant_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grant_request_patient_id_care_link_id'), ['patient_id', 'care_link_id'], unique=False)

    op.create_table('hidden_item',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('care_link_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_hidden_item_created_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'care_link_id'], ['care_link.patient_id', 'care_link.id'], name=op.f('fk_hidden_item_patient_id_care_link_id_care_link')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_hidden_item_patient_id_patient')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_hidden_item'))
    )
    with op.batch_alter_table('hidden_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hidden_item_patient_id_item_id'), ['patient_id', 'item_id'], unique=False)

    op.create_table('mandate',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('care_link_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('scope', sa.String(length=400), nullable=False),
    sa.Column('proof_kind', sa.String(length=100), nullable=False),
    sa.Column('proof_reference_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('issued_by', sa.String(length=200), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by', sa.Uuid(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'care_link_id'], ['care_link.patient_id', 'care_link.id'], name=op.f('fk_mandate_patient_id_care_link_id_care_link')),
    sa.ForeignKeyConstraint(['verified_by'], ['user_account.id'], name=op.f('fk_mandate_verified_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_mandate'))
    )
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mandate_patient_id_care_link_id'), ['patient_id', 'care_link_id'], unique=False)

    with op.batch_alter_table('care_link', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('care_team_member', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_outside_care_team', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_privacy_contact', sa.Boolean(), nullable=False, server_default=sa.false()))

    # Rows that were there have the value; new ones say it themselves.
    with op.batch_alter_table('care_team_member', schema=None) as batch_op:
        batch_op.alter_column('is_outside_care_team', server_default=None)
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.alter_column('is_privacy_contact', server_default=None)
