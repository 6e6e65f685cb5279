using FluentMigrator;

namespace Crm.Notifications.Migrations;

[Migration(20261124223741, "Follows")]
internal sealed class FollowsTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_follows")
            .WithColumn("record_id").AsGuid().PrimaryKey()
            .WithColumn("user_id").AsGuid().PrimaryKey()
            .WithColumn("type").AsString(100).NotNullable()
            .WithColumn("at").AsDateTimeOffset().NotNullable();
        Create.Index("ix_crm_follows_user").OnTable("crm_follows").OnColumn("user_id").Ascending();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
