using FluentMigrator;

namespace Crm.Notifications.Migrations;

/// <summary>The bell asks on every page how many are unread.</summary>
[Migration(20261124153517, "Unread notifications")]
internal sealed class UnreadNotifications : Migration
{
    public override void Up()
        => Create.Index("ix_crm_notifications_unread").OnTable("crm_notifications").OnColumn("user_id").Ascending().OnColumn("read_at").Ascending();

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
