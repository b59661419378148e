"""The bank grows: categories, shares, comments, media, searches, imports; groups of people; files of candidates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

from examhall.bank.content.wording import fingerprint_of, words_of
from examhall.storage.records import Exact, Moment
from examhall.storage.rls import protect

revision = "0002"
down_revision = "0001"

TABLES = (
    "attempt_files",
    "bank_shares",
    "bulk_actions",
    "categories",
    "group_members",
    "groups",
    "imports",
    "media",
    "question_comments",
    "saved_filters",
)
FILLED = ("banks", "questions", "question_versions", "sections")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    make_tables()
    add_columns()
    if postgresql:
        # Forced row level security would hide every row from the migration, which speaks for no tenant.
        for table in FILLED:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    fill_columns()
    if postgresql:
        for table in FILLED:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    tie_columns()
    make_search(postgresql)
    if postgresql:
        for table in TABLES:
            for statement in protect(table):
                op.execute(statement)


def make_tables() -> None:
    op.create_table(
        "groups",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_groups")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_groups_tenant_id_name")),
    )
    op.create_table(
        "media",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_media")),
        sa.UniqueConstraint("tenant_id", "digest", name=op.f("uq_media_tenant_id_digest")),
    )
    op.create_table(
        "bank_shares",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("access", sa.String(10), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_bank_shares_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.id"],
            name=op.f("fk_bank_shares_tenant_id_group_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bank_shares")),
        sa.UniqueConstraint(
            "tenant_id", "bank_id", "role", "group_id", name=op.f("uq_bank_shares_tenant_id_bank_id_role_group_id")
        ),
    )
    op.create_table(
        "bulk_actions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_bulk_actions_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bulk_actions")),
    )
    with op.batch_alter_table("bulk_actions") as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_actions_tenant_id_bank_id"), ["tenant_id", "bank_id"], unique=False)

    op.create_table(
        "categories",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_categories_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["categories.tenant_id", "categories.id"],
            name=op.f("fk_categories_tenant_id_parent_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_categories")),
        sa.UniqueConstraint("tenant_id", "bank_id", "path", name=op.f("uq_categories_tenant_id_bank_id_path")),
    )
    with op.batch_alter_table("categories") as batch_op:
        batch_op.create_index(batch_op.f("ix_categories_tenant_id_parent_id"), ["tenant_id", "parent_id"], unique=False)

    op.create_table(
        "group_members",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.id"],
            name=op.f("fk_group_members_tenant_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_group_members_tenant_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_group_members")),
        sa.UniqueConstraint(
            "tenant_id", "group_id", "user_id", name=op.f("uq_group_members_tenant_id_group_id_user_id")
        ),
    )
    with op.batch_alter_table("group_members") as batch_op:
        batch_op.create_index(batch_op.f("ix_group_members_tenant_id_user_id"), ["tenant_id", "user_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("written", sa.JSON(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("committed_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_imports_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports") as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_tenant_id_bank_id"), ["tenant_id", "bank_id"], unique=False)

    op.create_table(
        "saved_filters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "bank_id"],
            ["banks.tenant_id", "banks.id"],
            name=op.f("fk_saved_filters_tenant_id_bank_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_saved_filters_tenant_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "bank_id", "name", name=op.f("uq_saved_filters_tenant_id_user_id_bank_id_name")
        ),
    )
    op.create_table(
        "attempt_files",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "attempt_id"],
            ["attempts.tenant_id", "attempts.id"],
            name=op.f("fk_attempt_files_tenant_id_attempt_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attempt_files")),
    )
    with op.batch_alter_table("attempt_files") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attempt_files_tenant_id_attempt_id"), ["tenant_id", "attempt_id"], unique=False
        )

    op.create_table(
        "question_comments",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "question_id"],
            ["questions.tenant_id", "questions.id"],
            name=op.f("fk_question_comments_tenant_id_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_question_comments")),
    )
    with op.batch_alter_table("question_comments") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_comments_tenant_id_question_id"), ["tenant_id", "question_id"], unique=False
        )


def add_columns() -> None:
    """What rows there are take the defaults; new ones get theirs from the models."""
    with op.batch_alter_table("attempts") as batch:
        batch.add_column(sa.Column("pending", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("banks") as batch:
        batch.add_column(sa.Column("owner_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("questions") as batch:
        batch.add_column(sa.Column("category_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("difficulty", sa.String(10), nullable=False, server_default=""))
        batch.add_column(sa.Column("language", sa.String(35), nullable=False, server_default=""))
        batch.add_column(sa.Column("points", Exact(8, 2), nullable=False, server_default="1.00"))
        batch.add_column(sa.Column("status_at", Moment(), nullable=True))
        batch.add_column(sa.Column("status_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("author_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("ready_version_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("fingerprint", sa.String(32), nullable=False, server_default=""))
        batch.add_column(sa.Column("import_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("section_questions") as batch:
        batch.add_column(sa.Column("version_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("sections") as batch:
        batch.add_column(sa.Column("draw_category_id", sa.Uuid(), nullable=True))


def fill_columns() -> None:
    """Give every path of categories its rows, and every question what is known of it."""
    connection = op.get_bind()
    metadata = sa.MetaData()
    questions, versions, sections, categories = (
        sa.Table(name, metadata, autoload_with=connection)
        for name in ("questions", "question_versions", "sections", "categories")
    )
    for table in (questions, versions, sections, categories):
        for column in table.columns:
            if column.name == "id" or column.name.endswith(("_id", "_by")):
                column.type = sa.Uuid()
            elif column.name.endswith("_at"):
                column.type = Moment()
    places = set(connection.execute(sa.select(questions.c.tenant_id, questions.c.bank_id, questions.c.category)))
    places |= set(connection.execute(sa.select(sections.c.tenant_id, sections.c.bank_id, sections.c.draw_category)))
    moment = sa.func.current_timestamp()
    made = {}
    for tenant_id, bank_id, path in sorted((place for place in places if place[1] and place[2]), key=str):
        parent = None
        steps = path.split("/")
        for depth, name in enumerate(steps, start=1):
            above = "/".join(steps[:depth])
            if (tenant_id, bank_id, above) not in made:
                made[tenant_id, bank_id, above] = id_ = uuid7()
                connection.execute(
                    categories.insert().values(
                        tenant_id=tenant_id, id=id_, bank_id=bank_id, parent_id=parent, name=name[:200], path=above,
                        external_id="", description="", created_at=moment, updated_at=moment, revision=1,
                    )
                )  # fmt: skip
            parent = made[tenant_id, bank_id, above]
    for (tenant_id, bank_id, path), id_ in made.items():
        for table, name in ((questions, "category"), (sections, "draw_category")):
            here = sa.and_(table.c.tenant_id == tenant_id, table.c.bank_id == bank_id, table.c[name] == path)
            connection.execute(table.update().where(here).values({f"{name}_id": id_}))
    first = sa.select(versions.c.created_by).where(
        versions.c.tenant_id == questions.c.tenant_id, versions.c.question_id == questions.c.id, versions.c.number == 1
    )
    connection.execute(
        questions.update().values(
            status_at=questions.c.updated_at,
            author_id=first.scalar_subquery(),
            ready_version_id=sa.case((questions.c.status != "draft", questions.c.latest_version_id)),
        )
    )
    latest = sa.select(questions.c.tenant_id, questions.c.id, questions.c.name, versions.c.body).join(
        versions,
        sa.and_(versions.c.tenant_id == questions.c.tenant_id, versions.c.id == questions.c.latest_version_id),
    )
    for tenant_id, id_, name, body in connection.execute(latest).all():
        connection.execute(
            questions.update()
            .where(questions.c.tenant_id == tenant_id, questions.c.id == id_)
            .values(words=words_of(name, body), fingerprint=fingerprint_of(body))
        )


def tie_columns() -> None:
    """What holds only now that the columns are filled."""
    with op.batch_alter_table("attempts") as batch:
        batch.alter_column("pending", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("banks") as batch:
        batch.alter_column("open", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("questions") as batch:
        for name, type_ in (
            ("difficulty", sa.String(10)), ("language", sa.String(35)), ("points", Exact(8, 2)), ("words", sa.Text()),
            ("fingerprint", sa.String(32)),
        ):  # fmt: skip
            batch.alter_column(name, existing_type=type_, server_default=None)
        batch.alter_column("status_at", existing_type=Moment(), nullable=False)
        batch.create_index(
            batch.f("ix_questions_tenant_id_bank_id_fingerprint"), ["tenant_id", "bank_id", "fingerprint"]
        )
        batch.create_index(batch.f("ix_questions_tenant_id_category_id"), ["tenant_id", "category_id"])
        batch.create_index(batch.f("ix_questions_tenant_id_import_id"), ["tenant_id", "import_id"])
        narrowing = ["status", "type", "difficulty", "language", "author_id", "category_id", "updated_at"]
        batch.create_index("ix_questions_list", ["tenant_id", "bank_id", "created_at", "id", *narrowing])
        batch.create_index("ix_questions_changed", ["tenant_id", "bank_id", "updated_at", "id"])
        batch.create_index("ix_questions_name", ["tenant_id", "bank_id", "name", "id"])
        batch.create_foreign_key(
            batch.f("fk_questions_tenant_id_category_id"), "categories", ["tenant_id", "category_id"],
            ["tenant_id", "id"], ondelete="RESTRICT",
        )  # fmt: skip
    with op.batch_alter_table("section_questions") as batch:
        batch.create_foreign_key(
            batch.f("fk_section_questions_tenant_id_version_id"), "question_versions", ["tenant_id", "version_id"],
            ["tenant_id", "id"], ondelete="RESTRICT",
        )  # fmt: skip
    with op.batch_alter_table("sections") as batch:
        batch.create_foreign_key(
            batch.f("fk_sections_tenant_id_draw_category_id"), "categories", ["tenant_id", "draw_category_id"],
            ["tenant_id", "id"], ondelete="RESTRICT",
        )  # fmt: skip
        batch.drop_column("draw_category")


def make_search(postgresql: bool) -> None:
    """What `filing.search` asks, kept by the database itself. A later migration that makes `questions` anew on SQLite,
    as batch operations do, loses the triggers and has to call this part of it again.
    """
    if postgresql:
        words = "array_remove(string_to_array(words, ' '), '')"
        tags = "array_remove(string_to_array(replace(tags, '|', chr(31) || '|'), chr(31)), '')"
        op.execute(
            "ALTER TABLE questions ADD COLUMN question_search tsvector "
            f"GENERATED ALWAYS AS (array_to_tsvector({words} || {tags})) STORED"
        )
        op.execute("CREATE INDEX question_search ON questions USING gin (question_search)")
        return
    # The words come apart by single spaces already (`bank.content.wording`), which this tokenizer leaves as they are
    op.execute("CREATE VIRTUAL TABLE question_search USING fts5 (question_id, scope, words, tags, tokenize = 'ascii')")
    op.execute(
        "INSERT INTO question_search (question_id, scope, words, tags) "
        "SELECT id, tenant_id || ' ' || bank_id, words, tags FROM questions ORDER BY created_at, id"
    )
    # No rowid of `questions` is sure to stay through VACUUM, so a row is found by the ids among its words
    row = (
        "rowid = (SELECT rowid FROM question_search WHERE question_search MATCH "
        "'question_id : ' || old.id || ' AND scope : ' || old.tenant_id)"
    )
    for trigger in (
        "insert AFTER INSERT ON questions BEGIN "
        "INSERT INTO question_search (question_id, scope, words, tags) "
        "VALUES (new.id, new.tenant_id || ' ' || new.bank_id, new.words, new.tags)",
        "update AFTER UPDATE OF words, tags, bank_id ON questions "  # noqa: S608  # `row` stands above
        "WHEN old.words <> new.words OR old.tags <> new.tags OR old.bank_id <> new.bank_id BEGIN "
        "UPDATE question_search SET scope = new.tenant_id || ' ' || new.bank_id, words = new.words, tags = new.tags "
        "WHERE " + row,
        "delete AFTER DELETE ON questions BEGIN DELETE FROM question_search WHERE " + row,  # noqa: S608
    ):
        op.execute(f"CREATE TRIGGER question_search_{trigger}; END")
