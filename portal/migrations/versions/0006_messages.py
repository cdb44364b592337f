"""Messages: conversations, who has read what, drafts, attachments"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

# What every existing row gets; the models say it for new ones.
_ADDED = (
    ('organization', 'answer_days', sa.Integer(), '2'),
    ('practitioner', 'answer_days', sa.Integer(), '2'),
    ('user_account', 'message_letters', sa.String(length=40), 'soon'),
)


def upgrade() -> None:
    op.create_table('answer_template',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('body', sa.String(length=2000), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(practitioner_id IS NULL) <> (organization_id IS NULL)', name=op.f('ck_answer_template_of_one_owner')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_answer_template_created_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_answer_template_organization_id_organization')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_answer_template_practitioner_id_practitioner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_template'))
    )
    with op.batch_alter_table('answer_template', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_template_organization_id'), ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answer_template_practitioner_id'), ['practitioner_id'], unique=False)

    op.create_table('message_draft',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('slot', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('recipient', sa.String(length=40), nullable=False),
    sa.Column('need_id', sa.Uuid(), nullable=True),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_message_draft_author_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_message_draft_patient_id_patient')),
    sa.PrimaryKeyConstraint('patient_id', 'author_id', 'slot', 'kind', name=op.f('pk_message_draft'))
    )
    with op.batch_alter_table('message_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_draft_author_id_updated_at'), ['author_id', 'updated_at'], unique=False)

    op.create_table('thread',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('practitioner_id', sa.Uuid(), nullable=True),
    sa.Column('organization_id', sa.Uuid(), nullable=True),
    sa.Column('need_id', sa.Uuid(), nullable=True),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by', sa.Uuid(), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalation', sa.String(length=40), nullable=False),
    sa.Column('escalates_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_by', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_message_id', sa.Uuid(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_author_id', sa.Uuid(), nullable=False),
    sa.Column('snippet_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", name=op.f('ck_thread_waiting_has_a_promise')),
    sa.CheckConstraint("capacity <> ''", name=op.f('ck_thread_begun_as_something')),
    sa.CheckConstraint('(practitioner_id IS NULL) <> (organization_id IS NULL)', name=op.f('ck_thread_one_answers_for_it')),
    sa.CheckConstraint('(taken_by IS NULL) = (taken_at IS NULL)', name=op.f('ck_thread_taken_by_somebody')),
    sa.ForeignKeyConstraint(['last_author_id'], ['user_account.id'], name=op.f('fk_thread_last_author_id_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_thread_organization_id_organization')),
    sa.ForeignKeyConstraint(['patient_id', 'member_id'], ['care_team_member.patient_id', 'care_team_member.id'], name=op.f('fk_thread_patient_id_member_id_care_team_member')),
    sa.ForeignKeyConstraint(['patient_id', 'need_id'], ['need.patient_id', 'need.id'], name=op.f('fk_thread_patient_id_need_id_need')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_thread_patient_id_patient')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_thread_practitioner_id_practitioner')),
    sa.ForeignKeyConstraint(['started_by'], ['user_account.id'], name=op.f('fk_thread_started_by_user_account')),
    sa.ForeignKeyConstraint(['taken_by'], ['user_account.id'], name=op.f('fk_thread_taken_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_thread'))
    )
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.create_index('ix_thread_escalates_at', ['escalates_at'], unique=False, sqlite_where=sa.text('escalates_at IS NOT NULL'), postgresql_where=sa.text('escalates_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_thread_organization_id_state_last_at_id'), ['organization_id', 'state', 'last_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_organization_waiting', ['organization_id', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index(batch_op.f('ix_thread_patient_id_last_at_id'), ['patient_id', 'last_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_thread_practitioner_id_state_last_at_id'), ['practitioner_id', 'state', 'last_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_practitioner_waiting', ['practitioner_id', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('message',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('relationship', sa.String(length=20), nullable=False),
    sa.Column('relationship_text', sa.String(length=200), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("capacity <> ''", name=op.f('ck_message_written_as_something')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_message_author_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'thread_id'], ['thread.patient_id', 'thread.id'], name=op.f('fk_message_patient_id_thread_id_thread')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_message_patient_id_patient')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_message')),
    sa.UniqueConstraint('patient_id', 'author_id', 'key', name=op.f('uq_message_patient_id_author_id_key'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_patient_id_thread_id_id'), ['patient_id', 'thread_id', 'id'], unique=False)

    op.create_table('thread_event',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.String(length=40), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_thread_event_actor_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'thread_id'], ['thread.patient_id', 'thread.id'], name=op.f('fk_thread_event_patient_id_thread_id_thread')),
    sa.PrimaryKeyConstraint('patient_id', 'thread_id', 'id', name=op.f('pk_thread_event'))
    )
    op.create_table('thread_reader',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('thread_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('is_participant', sa.Boolean(), nullable=False),
    sa.Column('heard_late', sa.Boolean(), nullable=False),
    sa.Column('unread', sa.Integer(), nullable=False),
    sa.Column('last_read_id', sa.Uuid(), nullable=True),
    sa.Column('last_read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('unread >= 0', name=op.f('ck_thread_reader_counts_up')),
    sa.ForeignKeyConstraint(['patient_id', 'thread_id'], ['thread.patient_id', 'thread.id'], name=op.f('fk_thread_reader_patient_id_thread_id_thread')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_thread_reader_user_id_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'thread_id', 'user_id', name=op.f('pk_thread_reader'))
    )
    with op.batch_alter_table('thread_reader', schema=None) as batch_op:
        batch_op.create_index('ix_thread_reader_unread', ['user_id', 'patient_id', 'thread_id'], unique=False, sqlite_where=sa.text('unread > 0'), postgresql_where=sa.text('unread > 0'))
        batch_op.create_index('ix_thread_reader_late', ['user_id', 'patient_id', 'thread_id'], unique=False, sqlite_where=sa.text('heard_late = 1'), postgresql_where=sa.text('heard_late'))

    op.create_table('attachment',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('uploaded_by', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('page_count', sa.Integer(), nullable=True),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('alternative_text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'message_id'], ['message.patient_id', 'message.id'], name=op.f('fk_attachment_patient_id_message_id_message')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_attachment_patient_id_patient')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['user_account.id'], name=op.f('fk_attachment_uploaded_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_attachment'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_patient_id_message_id'), ['patient_id', 'message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_patient_id_uploaded_by_key'), ['patient_id', 'uploaded_by', 'key'], unique=False)

    op.create_table('attachment_content',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('attachment_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'attachment_id'], ['attachment.patient_id', 'attachment.id'], name=op.f('fk_attachment_content_patient_id_attachment_id_attachment')),
    sa.PrimaryKeyConstraint('patient_id', 'attachment_id', 'part', name=op.f('pk_attachment_content'))
    )

    for table, name, kind, value in _ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(name, server_default=None)

