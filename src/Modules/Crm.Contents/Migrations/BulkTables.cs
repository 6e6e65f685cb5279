using FluentMigrator;

namespace Crm.Contents.Migrations;

/// <summary>What was asked of many records at once, and what has become of each.</summary>
[Migration(20261124223107, "Changes of many records")]
internal sealed class BulkTables : Migration
{
    public override void Up()
    {
        Create.Table("crm_bulk_batches")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("type").AsString(100).NotNullable()
            .WithColumn("action").AsString(100).NotNullable()
            .WithColumn("title").AsString(int.MaxValue).NotNullable()
            .WithColumn("settings").AsString(int.MaxValue).NotNullable()
            .WithColumn("filter").AsString(int.MaxValue).Nullable()
            .WithColumn("in_bin").AsBoolean().NotNullable()
            .WithColumn("status").AsString(20).NotNullable()
            .WithColumn("message").AsString(int.MaxValue).Nullable()
            .WithColumn("frozen_to").AsString(int.MaxValue).Nullable()
            .WithColumn("total").AsInt64().NotNullable()
            .WithColumn("changed").AsInt64().NotNullable()
            .WithColumn("same").AsInt64().NotNullable()
            .WithColumn("left_out").AsInt64().NotNullable()
            .WithColumn("undo_of").AsGuid().Nullable()
            .WithColumn("undone_by").AsGuid().Nullable()
            .WithColumn("job_id").AsGuid().Nullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("created_by").AsGuid().NotNullable()
            .WithColumn("updated_at").AsDateTimeOffset().NotNullable();
        Create.Index("ix_crm_bulk_batches_user").OnTable("crm_bulk_batches").OnColumn("created_by").Ascending().OnColumn("status").Ascending();

        Create.Table("crm_bulk_items")
            .WithColumn("batch_id").AsGuid().NotNullable().PrimaryKey()
            .WithColumn("position").AsInt64().NotNullable().PrimaryKey()
            .WithColumn("type").AsString(100).NotNullable()
            .WithColumn("record_id").AsGuid().NotNullable()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("reason").AsString(int.MaxValue).Nullable()
            .WithColumn("log_batch").AsGuid().Nullable()
            .WithColumn("undoes").AsGuid().Nullable();
        Create.Index("ix_crm_bulk_items_state").OnTable("crm_bulk_items").OnColumn("batch_id").Ascending().OnColumn("state").Ascending().OnColumn("position").Ascending();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
