using FluentMigrator;

namespace Crm.Notifications.Migrations;

[Migration(20261124150000, "Notifications")]
internal sealed class NotificationsTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_notifications")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("user_id").AsGuid().NotNullable()
            .WithColumn("key").AsString(200).NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable()
            .WithColumn("arguments").AsString(int.MaxValue).NotNullable()
            .WithColumn("url").AsString(int.MaxValue).NotNullable()
            .WithColumn("at").AsDateTimeOffset().NotNullable()
            .WithColumn("read_at").AsDateTimeOffset().Nullable();
        Create.Index("ux_crm_notifications_key").OnTable("crm_notifications").OnColumn("user_id").Ascending().OnColumn("key").Ascending().WithOptions().Unique();
        Create.Index("ix_crm_notifications_user").OnTable("crm_notifications").OnColumn("user_id").Ascending().OnColumn("id").Descending();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
