using FluentMigrator;

namespace Crm.Platform.Data.Migrations;

[Migration(20261123000000, "Tables of the platform")]
internal sealed class PlatformTables : Migration
{
    public override void Up()
    {
        Create.Table("crm_settings")
            .WithColumn("name").AsString(100).PrimaryKey()
            .WithColumn("value").AsString(int.MaxValue).NotNullable();

        Create.Table("crm_content_definitions")
            .WithColumn("version").AsInt64().PrimaryKey()
            .WithColumn("type").AsString(100).NotNullable()
            .WithColumn("field").AsString(100).NotNullable()
            .WithColumn("settings").AsString(int.MaxValue).NotNullable()
            .WithColumn("modified_at").AsDateTimeOffset().NotNullable()
            .WithColumn("modified_by").AsGuid().Nullable();

        Create.Table("crm_sequences")
            .WithColumn("name").AsString(200).PrimaryKey()
            .WithColumn("value").AsInt64().NotNullable();

        Create.Table("crm_change_log")
            .WithColumn("seq").AsInt64().PrimaryKey().Identity()
            .WithColumn("at").AsDateTimeOffset().NotNullable()
            .WithColumn("user_id").AsGuid().Nullable()
            .WithColumn("source").AsString(50).NotNullable()
            .WithColumn("batch_id").AsGuid().NotNullable()
            .WithColumn("type").AsString(100).NotNullable()
            .WithColumn("record_id").AsGuid().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("changes").AsString(int.MaxValue).NotNullable();
        Create.Index("ix_crm_change_log_record").OnTable("crm_change_log").OnColumn("record_id").Ascending().OnColumn("seq").Ascending();
        Create.Index("ix_crm_change_log_batch").OnTable("crm_change_log").OnColumn("batch_id").Ascending().OnColumn("seq").Ascending();

        Create.Table("crm_consumers")
            .WithColumn("name").AsString(100).PrimaryKey()
            .WithColumn("position").AsInt64().NotNullable()
            .WithColumn("leased_by").AsString(100).Nullable()
            .WithColumn("leased_until").AsDateTimeOffset().Nullable();

        Create.Table("crm_jobs")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("task").AsString(100).NotNullable()
            .WithColumn("data").AsString(int.MaxValue).NotNullable()
            .WithColumn("status").AsString(20).NotNullable()
            .WithColumn("done").AsInt64().NotNullable()
            .WithColumn("total").AsInt64().Nullable()
            .WithColumn("message").AsString(int.MaxValue).Nullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("created_by").AsGuid().Nullable()
            .WithColumn("updated_at").AsDateTimeOffset().NotNullable();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
