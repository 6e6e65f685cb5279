using FluentMigrator;

namespace Crm.Tickets.Migrations;

[Migration(20261124190517, "Which links were mailed to whoever asked")]
internal sealed class MailedTicketLinks : Migration
{
    public override void Up()
        => Alter.Table("crm_ticket_links").AddColumn("mailed").AsBoolean().NotNullable().WithDefaultValue(false);

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
