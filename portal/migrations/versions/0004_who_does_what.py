"""Who does what: needs, absences, the directory and how it is kept"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

_NEW = {
    'care_team_member': ('sees', 'end_reason'),
    'organization': ('hours', 'is_open_on_holidays', 'holiday_region', 'on_call_phone', 'on_call_text', 'has_116117', 'search_key'),
    'patient': ('has_long_term_condition', 'search_key'),
    'practitioner': ('search_key',),
    'practitioner_role': ('is_open_on_holidays',),
}
_SEARCHED = {
    'patient': ('family_name', 'given_name'),
    'practitioner': ('family_name', 'given_name', 'profession_text', 'rpps'),
    'organization': ('name', 'address'),
}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})


def upgrade() -> None:
    op.create_table('need_type',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_need_type_organization_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_type')),
    sa.UniqueConstraint('organization_id', 'label', name=op.f('uq_need_type_organization_id_label'))
    )
    op.create_table('absence',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('replacement_id', sa.Uuid(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_absence_begins_before_it_ends')),
    sa.CheckConstraint('replacement_id <> practitioner_id', name=op.f('ck_absence_somebody_else')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_absence_created_by_user_account')),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioner.id'], name=op.f('fk_absence_practitioner_id_practitioner')),
    sa.ForeignKeyConstraint(['replacement_id'], ['practitioner.id'], name=op.f('fk_absence_replacement_id_practitioner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_practitioner_id_ends_on'), ['practitioner_id', 'ends_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_replacement_id'), ['replacement_id'], unique=False)

    op.create_table('directory_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('total_bytes', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('refusal', sa.String(length=200), nullable=False),
    sa.Column('dialect', sa.JSON(), nullable=False),
    sa.Column('next_byte', sa.Integer(), nullable=False),
    sa.Column('next_line', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_directory_import_created_by_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_import'))
    )
    with op.batch_alter_table('directory_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_import_status'), ['status'], unique=False)

    op.create_table('directory_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('merged_id', sa.Uuid(), nullable=False),
    sa.Column('merged', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_directory_merge_actor_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_merge'))
    )
    with op.batch_alter_table('directory_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_directory_merge_kept_id'), ['kept_id'], unique=False)

    op.create_table('directory_import_chunk',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['directory_import.id'], name=op.f('fk_directory_import_chunk_import_id_directory_import')),
    sa.PrimaryKeyConstraint('import_id', 'position', name=op.f('pk_directory_import_chunk'))
    )
    op.create_table('directory_import_problem',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(length=50), nullable=False),
    sa.Column('problem', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['directory_import.id'], name=op.f('fk_directory_import_problem_import_id_directory_import')),
    sa.PrimaryKeyConstraint('import_id', 'line', name=op.f('pk_directory_import_problem'))
    )
    op.create_table('need',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('need_type_id', sa.Uuid(), nullable=True),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('deputy_id', sa.Uuid(), nullable=True),
    sa.Column('contact_text', sa.String(length=200), nullable=False),
    sa.Column('frequency', sa.String(length=100), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(code <> '' AND need_type_id IS NULL) OR (code = '' AND need_type_id IS NOT NULL)", name=op.f('ck_need_one_kind_of_need')),
    sa.CheckConstraint('owner_id IS NULL OR deputy_id <> owner_id', name=op.f('ck_need_two_people')),
    sa.ForeignKeyConstraint(['need_type_id'], ['need_type.id'], name=op.f('fk_need_need_type_id_need_type')),
    sa.ForeignKeyConstraint(['patient_id', 'deputy_id'], ['care_team_member.patient_id', 'care_team_member.id'], name=op.f('fk_need_patient_id_deputy_id_care_team_member')),
    sa.ForeignKeyConstraint(['patient_id', 'owner_id'], ['care_team_member.patient_id', 'care_team_member.id'], name=op.f('fk_need_patient_id_owner_id_care_team_member')),
    sa.ForeignKeyConstraint(['patient_id'], ['care_team.patient_id'], name=op.f('fk_need_patient_id_care_team')),
    sa.PrimaryKeyConstraint('patient_id', 'id', name=op.f('pk_need'))
    )
    with op.batch_alter_table('need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_need_patient_id_deputy_id'), ['patient_id', 'deputy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_need_patient_id_owner_id'), ['patient_id', 'owner_id'], unique=False)

    op.create_table('need_change',
    sa.Column('patient_id', sa.Uuid(), nullable=False),
    sa.Column('need_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('capacity', sa.String(length=40), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('owner_name', sa.String(length=200), nullable=False),
    sa.Column('deputy_id', sa.Uuid(), nullable=True),
    sa.Column('deputy_name', sa.String(length=200), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('contact_text', sa.String(length=200), nullable=False),
    sa.Column('frequency', sa.String(length=100), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('is_ended', sa.Boolean(), nullable=False),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_need_change_actor_id_user_account')),
    sa.ForeignKeyConstraint(['patient_id', 'need_id'], ['need.patient_id', 'need.id'], name=op.f('fk_need_change_patient_id_need_id_need')),
    sa.PrimaryKeyConstraint('patient_id', 'need_id', 'version', name=op.f('pk_need_change'))
    )
    with op.batch_alter_table('care_team_member', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sees', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('end_reason', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('successor_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_care_team_member_patient_id_successor_id_care_team_member'), 'care_team_member', ['patient_id', 'successor_id'], ['patient_id', 'id'])

    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.add_column(sa.Column('finess', sa.String(length=9), nullable=True))
        batch_op.add_column(sa.Column('hours', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('is_open_on_holidays', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('holiday_region', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('on_call_phone', sa.String(length=50), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('on_call_text', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('has_116117', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('search_key', sa.String(length=500), nullable=False, server_default=''))
        batch_op.create_unique_constraint(batch_op.f('uq_organization_finess'), ['finess'])

    with op.batch_alter_table('patient', schema=None) as batch_op:
        batch_op.add_column(sa.Column('has_long_term_condition', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('search_key', sa.String(length=500), nullable=False, server_default=''))
        batch_op.drop_index(batch_op.f('ix_patient_organization_id'))
        batch_op.create_index(batch_op.f('ix_patient_birth_date'), ['birth_date'], unique=False)
        batch_op.create_index(batch_op.f('ix_patient_organization_id_family_name_given_name_id'), ['organization_id', 'family_name', 'given_name', 'id'], unique=False)

    with op.batch_alter_table('practitioner', schema=None) as batch_op:
        batch_op.add_column(sa.Column('search_key', sa.String(length=500), nullable=False, server_default=''))

    with op.batch_alter_table('practitioner_role', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_open_on_holidays', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f('ix_practitioner_role_organization_id'), ['organization_id'], unique=False)

    for table, names in _NEW.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.alter_column(name, server_default=None)
    for table, names in _SEARCHED.items():
        _fill(table, names)


def _fill(table: str, names: tuple[str, ...]) -> None:
    """What people and places that are already there are found by."""
    rows = sa.table(table, sa.column('id', sa.Uuid()), sa.column('search_key', sa.String()),
                    *(sa.column(name, sa.String()) for name in names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).mappings().all():
        key = _key(*(row[name] for name in names))
        connection.execute(rows.update().where(rows.c.id == row['id']).values(search_key=key))


def _key(*texts: str | None) -> str:
    joined = ' '.join(text for text in texts if text).lower().translate(_LIGATURES)
    plain = ''.join(c for c in unicodedata.normalize('NFKD', joined) if not unicodedata.combining(c))
    return ''.join(f' {word}' for word in re.split('[^a-z0-9]+', plain) if word)[:500]

