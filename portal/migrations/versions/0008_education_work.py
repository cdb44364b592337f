"""How modules are written, reviewed, translated and found; the education programme of a patient"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

_PUBLISHING = 'OLD.published_at IS NULL AND NEW.published_at IS NOT NULL'
_GATES = (
    (
        'published after the review of somebody who wrote none of it only',
        '(EXISTS (SELECT 1 FROM module_coauthor AS c'
        ' WHERE c.module_id = NEW.module_id AND c.user_id = NEW.reviewer_id)'
        ' OR EXISTS (SELECT 1 FROM module_revision AS r'
        ' WHERE r.version_id = NEW.id AND r.written_by = NEW.reviewer_id))',
    ),
    (
        'published after the review of no patient expert only',
        'EXISTS (SELECT 1 FROM user_account AS u JOIN practitioner AS p ON p.id = u.practitioner_id'
        " WHERE u.id = NEW.reviewer_id AND p.profession = 'patient_expert')",
    ),
)
"""Migration 0007 holds the others: who wrote along is known since this one."""


def upgrade() -> None:
    op.create_table('education_member',
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['user_account.id'], name=op.f('fk_education_member_added_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_education_member_organization_id_organization')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_education_member_user_id_user_account')),
    sa.PrimaryKeyConstraint('organization_id', 'user_id', 'role', name=op.f('pk_education_member'))
    )
    with op.batch_alter_table('education_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_education_member_user_id_organization_id'), ['user_id', 'organization_id'], unique=False)

    op.create_table('education_programme',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('title_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shares_progress', sa.Boolean(), nullable=False),
    sa.Column('ended_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_education_programme_answered_by_user_account')),
    sa.ForeignKeyConstraint(['ended_by'], ['user_account.id'], name=op.f('fk_education_programme_ended_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_education_programme_organization_id_organization')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_education_programme_patient_id_patient')),
    sa.ForeignKeyConstraint(['proposed_by'], ['user_account.id'], name=op.f('fk_education_programme_proposed_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_education_programme'))
    )
    with op.batch_alter_table('education_programme', schema=None) as batch_op:
        batch_op.create_index('uq_education_programme_current', ['patient_id'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'accepted')"), postgresql_where=sa.text("state IN ('proposed', 'accepted')"))

    op.create_table('module_coauthor',
    sa.Column('module_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('added_by', sa.Uuid(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['user_account.id'], name=op.f('fk_module_coauthor_added_by_user_account')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_module_coauthor_module_id_module')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_module_coauthor_user_id_user_account')),
    sa.PrimaryKeyConstraint('module_id', 'user_id', name=op.f('pk_module_coauthor'))
    )
    with op.batch_alter_table('module_coauthor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_coauthor_user_id'), ['user_id'], unique=False)

    op.create_table('programme_assessment',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'programme_id'], ['education_programme.patient_id', 'education_programme.id'], name='fk_programme_assessment_programme'),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_programme_assessment_written_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'programme_id', 'number', name=op.f('pk_programme_assessment'))
    )
    op.create_table('programme_evaluation',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['patient_id', 'programme_id'], ['education_programme.patient_id', 'education_programme.id'], name='fk_programme_evaluation_programme'),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_programme_evaluation_written_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'programme_id', name=op.f('pk_programme_evaluation'))
    )
    op.create_table('programme_goal',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('set_by', sa.Uuid(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.Column('outcome_by', sa.Uuid(), nullable=True),
    sa.Column('outcome_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['outcome_by'], ['user_account.id'], name=op.f('fk_programme_goal_outcome_by_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'programme_id'], ['education_programme.patient_id', 'education_programme.id'], name='fk_programme_goal_programme'),
    sa.ForeignKeyConstraint(['set_by'], ['user_account.id'], name=op.f('fk_programme_goal_set_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_programme_goal'))
    )
    with op.batch_alter_table('programme_goal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_goal_patient_id_programme_id_position'), ['patient_id', 'programme_id', 'position'], unique=False)

    op.create_table('programme_item',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('module_id', sa.Uuid(), nullable=True),
    sa.Column('workshop_id', sa.Uuid(), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(module_id IS NULL) <> (workshop_id IS NULL)', name=op.f('ck_programme_item_is_one_thing')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_programme_item_answered_by_user_account')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_programme_item_module_id_module')),
    sa.ForeignKeyConstraint(['patient_id', 'programme_id'], ['education_programme.patient_id', 'education_programme.id'], name='fk_programme_item_programme'),
    sa.ForeignKeyConstraint(['proposed_by'], ['user_account.id'], name=op.f('fk_programme_item_proposed_by_user_account')),
    sa.ForeignKeyConstraint(['workshop_id'], ['workshop.id'], name=op.f('fk_programme_item_workshop_id_workshop')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_programme_item'))
    )
    with op.batch_alter_table('programme_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_item_patient_id_programme_id_position'), ['patient_id', 'programme_id', 'position'], unique=False)

    op.create_table('programme_synthesis',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('programme_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shared_by', sa.Uuid(), nullable=True),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['patient_id', 'programme_id'], ['education_programme.patient_id', 'education_programme.id'], name='fk_programme_synthesis_programme'),
    sa.ForeignKeyConstraint(['shared_by'], ['user_account.id'], name=op.f('fk_programme_synthesis_shared_by_user_account')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_programme_synthesis_written_by_user_account')),
    sa.PrimaryKeyConstraint('patient_id', 'programme_id', 'number', name=op.f('pk_programme_synthesis'))
    )
    op.create_table('module_notice',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_notice_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'kind', name=op.f('pk_module_notice'))
    )
    op.create_table('module_remark',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=40), nullable=False),
    sa.Column('quote', sa.String(length=300), nullable=False),
    sa.Column('body', sa.String(length=1000), nullable=False),
    sa.Column('answer', sa.String(length=1000), nullable=False),
    sa.Column('settled_by', sa.Uuid(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("body <> ''", name=op.f('ck_module_remark_says_something')),
    sa.CheckConstraint('(settled_at IS NULL) = (settled_by IS NULL)', name=op.f('ck_module_remark_settled_by_somebody')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_module_remark_author_id_user_account')),
    sa.ForeignKeyConstraint(['settled_by'], ['user_account.id'], name=op.f('fk_module_remark_settled_by_user_account')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_remark_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'id', name=op.f('pk_module_remark'))
    )
    op.create_table('module_review_request',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_module_review_request_asked_by_user_account')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user_account.id'], name=op.f('fk_module_review_request_reviewer_id_user_account')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_review_request_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'reviewer_id', name=op.f('pk_module_review_request'))
    )
    with op.batch_alter_table('module_review_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_review_request_reviewer_id'), ['reviewer_id'], unique=False)

    op.create_table('module_revision',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_revision_version_id_module_version')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_module_revision_written_by_user_account')),
    sa.PrimaryKeyConstraint('version_id', 'number', name=op.f('pk_module_revision'))
    )
    op.create_table('module_search_word',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('stem', sa.String(length=40), nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_search_word_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'stem', name=op.f('pk_module_search_word'))
    )
    with op.batch_alter_table('module_search_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_search_word_stem_version_id'), ['stem', 'version_id'], unique=False)

    op.create_table('module_translation',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['module_version.id'], name=op.f('fk_module_translation_source_id_module_version')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_translation_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', name=op.f('pk_module_translation'))
    )
    with op.batch_alter_table('module_translation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_translation_source_id'), ['source_id'], unique=False)

    op.create_table('module_image_width',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['module_image_content.digest'], name=op.f('fk_module_image_width_digest_module_image_content')),
    sa.PrimaryKeyConstraint('digest', 'width', name=op.f('pk_module_image_width'))
    )
    op.create_index(op.f('ix_module_progress_module_id_patient_id_user_id'), 'module_progress', ['module_id', 'patient_id', 'user_id'], unique=False)

    if op.get_bind().dialect.name == 'sqlite':
        for message, problem in _GATES:
            op.execute(
                f"CREATE TRIGGER {_named(message)} BEFORE UPDATE ON module_version"
                f" WHEN {_PUBLISHING} AND {problem}"
                f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
    else:
        gates = ''.join(f"IF {problem} THEN RAISE '{message}' USING ERRCODE = 'check_violation'; END IF; " for message, problem in _GATES)
        op.execute(
            'CREATE FUNCTION module_version_reviewed() RETURNS trigger AS $$ BEGIN '
            f'IF {_PUBLISHING} THEN {gates}END IF; RETURN NEW; END $$ LANGUAGE plpgsql'
        )
        op.execute(
            'CREATE TRIGGER module_version_reviewed BEFORE UPDATE ON module_version'
            ' FOR EACH ROW EXECUTE FUNCTION module_version_reviewed()'
        )


def _named(message: str) -> str:
    return 'module_version_' + message.replace(' ', '_').replace(',', '')
