"""Education: modules, their versions with all that belongs to them, how far people read"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'

_PARTS = (
    'module_step',
    'module_question',
    'module_answer',
    'module_source',
    'module_term',
    'module_image',
)
_CONTENT = (
    'id',
    'module_id',
    'locale',
    'number',
    'title',
    'goal',
    'summary',
    'has_easy_reading',
    'step_count',
    'minutes',
    'author_id',
    'created_at',
    'submitted_at',
    'peer_id',
    'peer_read_at',
    'readability',
    'published_at',
    'is_urgent',
)
"""What of a published version never changes; its state does, and its review is renewed."""
_FROZEN = 'a published version never changes'
_NO_AUTHOR = 'published by a patient expert only'
_NO_REVIEWER = 'published after the review of a professional only'
_NO_STEP = 'published with something to read only'
_NO_SOURCE = 'published with sources only'
_NO_QUIZ = 'published with questions that are explained, and asked again differently, only'
_NOT_WRITTEN = 'published after it was written only'
_GATES = (
    (
        _NO_AUTHOR,
        'NOT EXISTS (SELECT 1 FROM user_account AS u'
        ' WHERE u.id = NEW.author_id AND u.is_patient_expert)',
    ),
    (
        _NO_REVIEWER,
        'NOT EXISTS (SELECT 1 FROM user_account AS u'
        ' WHERE u.id = NEW.reviewer_id AND u.practitioner_id IS NOT NULL)',
    ),
    (_NO_STEP, 'NOT EXISTS (SELECT 1 FROM module_step AS s WHERE s.version_id = NEW.id)'),
    (_NO_SOURCE, 'NOT EXISTS (SELECT 1 FROM module_source AS s WHERE s.version_id = NEW.id)'),
    (_NO_QUIZ, 'NOT EXISTS (SELECT 1 FROM module_question AS q WHERE q.version_id = NEW.id)'),
    (
        _NO_QUIZ,
        'EXISTS (SELECT 1 FROM module_question AS q WHERE q.version_id = NEW.id AND ('
        ' (SELECT count(*) FROM module_question AS r'
        ' WHERE r.version_id = q.version_id AND r.number = q.number) <> 2'
        ' OR (SELECT count(*) FROM module_answer AS a WHERE a.version_id = q.version_id'
        ' AND a.number = q.number AND a.round = q.round) < 2'
        ' OR NOT EXISTS (SELECT 1 FROM module_answer AS a WHERE a.version_id = q.version_id'
        ' AND a.number = q.number AND a.round = q.round AND a.is_right)))',
    ),
)


def upgrade() -> None:
    op.create_table('module_image_content',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_module_image_content'))
    )
    op.create_table('module',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('theme', sa.String(length=40), nullable=False),
    sa.Column('audience', sa.String(length=40), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retracted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retracted_by', sa.Uuid(), nullable=True),
    sa.Column('retraction_reason', sa.String(length=500), nullable=False),
    sa.CheckConstraint("(retracted_at IS NULL) = (retraction_reason = '')", name=op.f('ck_module_retracted_for_a_reason')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_module_created_by_user_account')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_module_organization_id_organization')),
    sa.ForeignKeyConstraint(['retracted_by'], ['user_account.id'], name=op.f('fk_module_retracted_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_module')),
    sa.UniqueConstraint('slug', name=op.f('uq_module_slug'))
    )
    with op.batch_alter_table('module', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_organization_id'), ['organization_id'], unique=False)

    op.create_table('module_version',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('module_id', sa.Uuid(), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('goal', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('has_easy_reading', sa.Boolean(), nullable=False),
    sa.Column('step_count', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('peer_id', sa.Uuid(), nullable=True),
    sa.Column('peer_read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewer_id', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_due', sa.Date(), nullable=True),
    sa.Column('readability', sa.Float(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(published_at IS NOT NULL) = (state IN ('published', 'replaced', 'withdrawn'))", name=op.f('ck_module_version_published_since')),
    sa.CheckConstraint('peer_id IS NULL OR peer_id <> author_id', name=op.f('ck_module_version_another_peer_reads')),
    sa.CheckConstraint("published_at IS NULL OR (reviewer_id IS NOT NULL AND reviewer_id <> author_id AND reviewed_at IS NOT NULL AND review_due IS NOT NULL AND (readability IS NOT NULL OR locale <> 'fr'))", name=op.f('ck_module_version_published_with_provenance')),
    sa.CheckConstraint('reviewer_id IS NULL OR reviewer_id <> author_id', name=op.f('ck_module_version_another_reviews')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_module_version_author_id_user_account')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_module_version_module_id_module')),
    sa.ForeignKeyConstraint(['peer_id'], ['user_account.id'], name=op.f('fk_module_version_peer_id_user_account')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user_account.id'], name=op.f('fk_module_version_reviewer_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_module_version')),
    sa.UniqueConstraint('module_id', 'locale', 'number', name=op.f('uq_module_version_module_id_locale_number'))
    )
    with op.batch_alter_table('module_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_version_author_id_id'), ['author_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_module_version_state_review_due'), ['state', 'review_due'], unique=False)
        batch_op.create_index('uq_module_version_in_work', ['module_id', 'locale'], unique=True, sqlite_where=sa.text('published_at IS NULL'), postgresql_where=sa.text('published_at IS NULL'))
        batch_op.create_index('uq_module_version_published', ['module_id', 'locale'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))

    op.create_table('module_image',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('alternative_text', sa.String(length=500), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint("alternative_text <> ''", name=op.f('ck_module_image_said_in_words')),
    sa.ForeignKeyConstraint(['digest'], ['module_image_content.digest'], name=op.f('fk_module_image_digest_module_image_content')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_image_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'name', name=op.f('pk_module_image'))
    )
    with op.batch_alter_table('module_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_image_digest'), ['digest'], unique=False)

    op.create_table('module_progress',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('module_id', sa.Uuid(), nullable=False),
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('has_question', sa.Boolean(), nullable=True),
    sa.CheckConstraint('step >= 0', name=op.f('ck_module_progress_counts_up')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_module_progress_module_id_module')),
    sa.ForeignKeyConstraint(['patient_id'], ['patient.id'], name=op.f('fk_module_progress_patient_id_patient')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_module_progress_user_id_user_account')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_progress_version_id_module_version')),
    sa.PrimaryKeyConstraint('patient_id', 'user_id', 'module_id', name=op.f('pk_module_progress'))
    )
    with op.batch_alter_table('module_progress', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_module_progress_patient_id_user_id_updated_at'), ['patient_id', 'user_id', 'updated_at'], unique=False)

    op.create_table('module_question',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=300), nullable=False),
    sa.Column('explanation', sa.String(length=1000), nullable=False),
    sa.CheckConstraint("round = 0 OR explanation <> ''", name=op.f('ck_module_question_explained_again')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_question_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'number', 'round', name=op.f('pk_module_question'))
    )
    op.create_table('module_source',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('publisher', sa.String(length=200), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.CheckConstraint("publisher <> ''", name=op.f('ck_module_source_published_by_somebody')),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_source_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'number', name=op.f('pk_module_source'))
    )
    op.create_table('module_step',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('body', sa.String(length=20000), nullable=False),
    sa.Column('easy_body', sa.String(length=10000), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_step_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'number', name=op.f('pk_module_step'))
    )
    op.create_table('module_term',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('term', sa.String(length=80), nullable=False),
    sa.Column('meaning', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['module_version.id'], name=op.f('fk_module_term_version_id_module_version')),
    sa.PrimaryKeyConstraint('version_id', 'term', name=op.f('pk_module_term'))
    )
    op.create_table('module_answer',
    sa.Column('version_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('is_right', sa.Boolean(), nullable=False),
    sa.Column('explanation', sa.String(length=1000), nullable=False),
    sa.CheckConstraint("explanation <> ''", name=op.f('ck_module_answer_explained')),
    sa.ForeignKeyConstraint(['version_id', 'number', 'round'], ['module_question.version_id', 'module_question.number', 'module_question.round'], name=op.f('fk_module_answer_version_id_number_round_module_question')),
    sa.PrimaryKeyConstraint('version_id', 'number', 'round', 'position', name=op.f('pk_module_answer'))
    )
    with op.batch_alter_table('module_answer', schema=None) as batch_op:
        batch_op.create_index('uq_module_answer_right', ['version_id', 'number', 'round'], unique=True, sqlite_where=sa.text('is_right = 1'), postgresql_where=sa.text('is_right'))

    if op.get_bind().dialect.name == 'sqlite':
        _triggers_of_sqlite()
    else:
        _triggers_of_postgresql()


def _is_published(row: str) -> str:
    return (
        'EXISTS (SELECT 1 FROM module_version AS v'
        f' WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)'
    )


def _triggers_of_sqlite() -> None:
    _sqlite_trigger('module_version_written', 'INSERT ON module_version', 'NEW.published_at IS NOT NULL', _NOT_WRITTEN)
    _sqlite_trigger('module_version_kept', 'DELETE ON module_version', 'OLD.published_at IS NOT NULL', _FROZEN)
    changed = ' OR '.join(f'NEW.{name} IS NOT OLD.{name}' for name in _CONTENT)
    _sqlite_trigger('module_version_frozen', 'UPDATE ON module_version', f'OLD.published_at IS NOT NULL AND ({changed})', _FROZEN)
    for number, (message, problem) in enumerate(_GATES):
        is_publishing = 'NEW.published_at IS NOT NULL AND OLD.published_at IS NULL'
        _sqlite_trigger(f'module_version_gate_{number}', 'UPDATE ON module_version', f'{is_publishing} AND {problem}', message)
    for part in _PARTS:
        for act, row in (('INSERT', 'NEW'), ('UPDATE', 'NEW'), ('DELETE', 'OLD')):
            _sqlite_trigger(f'{part}_frozen_{act.lower()}', f'{act} ON {part}', _is_published(row), _FROZEN)
        _sqlite_trigger(f'{part}_frozen_away', f'UPDATE ON {part}', _is_published('OLD'), _FROZEN)


def _sqlite_trigger(name: str, when: str, problem: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {when} WHEN {problem}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _triggers_of_postgresql() -> None:
    changed = ' OR '.join(f'NEW.{name} IS DISTINCT FROM OLD.{name}' for name in _CONTENT)
    gates = ''.join(f"IF {problem} THEN RAISE '{message}' USING ERRCODE = 'check_violation'; END IF; " for message, problem in _GATES)
    op.execute(
        'CREATE FUNCTION module_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF TG_OP = 'INSERT' THEN IF NEW.published_at IS NOT NULL THEN RAISE '{_NOT_WRITTEN}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END IF; "
        f"IF TG_OP = 'DELETE' THEN IF OLD.published_at IS NOT NULL THEN RAISE '{_FROZEN}' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END IF; "
        f"IF OLD.published_at IS NOT NULL AND ({changed}) THEN RAISE '{_FROZEN}' USING ERRCODE = 'check_violation'; END IF; "
        f'IF NEW.published_at IS NOT NULL AND OLD.published_at IS NULL THEN {gates}END IF; '
        'RETURN NEW; END $$'
    )
    op.execute(
        'CREATE TRIGGER module_version_guard BEFORE INSERT OR UPDATE OR DELETE ON module_version'
        ' FOR EACH ROW EXECUTE FUNCTION module_version_guard()'
    )
    op.execute(
        'CREATE FUNCTION module_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF TG_OP <> 'INSERT' THEN IF {_is_published('OLD')} THEN RAISE '{_FROZEN}' USING ERRCODE = 'check_violation'; END IF; END IF; "
        f"IF TG_OP <> 'DELETE' THEN IF {_is_published('NEW')} THEN RAISE '{_FROZEN}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END IF; "
        'RETURN OLD; END $$'
    )
    for part in _PARTS:
        op.execute(
            f'CREATE TRIGGER {part}_guard BEFORE INSERT OR UPDATE OR DELETE ON {part}'
            ' FOR EACH ROW EXECUTE FUNCTION module_part_guard()'
        )
