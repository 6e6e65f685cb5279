using FluentMigrator;

namespace Crm.Workbench.Migrations;

[Migration(20261124154129, "Stars")]
internal sealed class StarsTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_stars")
            .WithColumn("user_id").AsGuid().PrimaryKey()
            .WithColumn("type").AsString(100).PrimaryKey()
            .WithColumn("record_id").AsGuid().PrimaryKey()
            .WithColumn("at").AsDateTimeOffset().NotNullable();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
