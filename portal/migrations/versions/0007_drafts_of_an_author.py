"""Drafts are found by their author, over all files"""

from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    with op.batch_alter_table('message_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_draft_author_id_updated_at'), ['author_id', 'updated_at'], unique=False)
