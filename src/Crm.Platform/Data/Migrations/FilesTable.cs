using FluentMigrator;

namespace Crm.Platform.Data.Migrations;

[Migration(20261124220317, "Files of records")]
internal sealed class FilesTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_files")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("media_type").AsString(100).NotNullable()
            .WithColumn("size").AsInt64().NotNullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("created_by").AsGuid().Nullable()
            .WithColumn("record_id").AsGuid().Nullable()
            .WithColumn("released_at").AsDateTimeOffset().Nullable();
        Create.Index("ix_crm_files_record").OnTable("crm_files").OnColumn("record_id").Ascending().OnColumn("created_by").Ascending();
        Create.Index("ix_crm_files_released").OnTable("crm_files").OnColumn("released_at").Ascending();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
