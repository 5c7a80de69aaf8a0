"""What is known of a token's life, and the audit log, to which rows are only added."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Whoever owns the table can undo all of this, but not by mistake, and not by an injected statement.
GUARD = """
CREATE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.happened_at < now() - interval '90 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$
"""
FORGET = """
CREATE FUNCTION forget_audit_entries(days integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (
        DELETE FROM audit_entry WHERE happened_at < now() - greatest(days, 90) * interval '1 day' RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    dependencies = [("pilah", "0007_spellings")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("token_id", fields.BigIntField(null=True)),
                ("subject", fields.TextField(null=True, unique=False)),
                ("operation", fields.TextField(unique=False)),
                ("object_kind", fields.TextField(null=True, unique=False)),
                ("object_id", fields.BigIntField(null=True)),
                ("outcome", fields.TextField(unique=False)),
                ("problem", fields.TextField(null=True, unique=False)),
                ("request_id", fields.TextField(null=True, unique=False)),
                ("happened_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "audit_entry",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`token_id` is whose token it was, or `subject` whom an identity provider named; neither was the operator.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Token",
            name="expires_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Token",
            name="last_used_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(
            [
                "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_pkey",
                "ALTER TABLE audit_entry ALTER COLUMN id DROP DEFAULT",
                "DROP SEQUENCE audit_entry_id_seq",
                "ALTER TABLE audit_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                "ALTER TABLE audit_entry ADD PRIMARY KEY (workspace_id, id)",
                "ALTER TABLE audit_entry ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                "CREATE INDEX audit_entry_object ON audit_entry (workspace_id, object_kind, object_id, id)",
                "CREATE INDEX audit_entry_token ON audit_entry (workspace_id, token_id, id)",
                "CREATE INDEX audit_entry_subject ON audit_entry (workspace_id, subject, id) WHERE subject IS NOT NULL",
                "CREATE INDEX audit_entry_age ON audit_entry USING brin (happened_at)",
                GUARD,
                "CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry "
                "FOR EACH ROW EXECUTE FUNCTION keep_audit_entry()",
                "CREATE TRIGGER audit_entry_whole BEFORE TRUNCATE ON audit_entry "
                "FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry()",
                FORGET,
                "REVOKE ALL ON FUNCTION forget_audit_entries FROM PUBLIC",
            ]
        ),
    ]
