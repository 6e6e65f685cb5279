using FluentMigrator;

namespace Crm.Tickets.Migrations;

[Migration(20261124153117, "Links with which customers follow tickets")]
internal sealed class TicketLinksTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_ticket_links")
            .WithColumn("hash").AsString(64).PrimaryKey()
            .WithColumn("ticket_id").AsGuid().NotNullable()
            .WithColumn("at").AsDateTimeOffset().NotNullable();
        Create.Index("ix_crm_ticket_links_ticket").OnTable("crm_ticket_links").OnColumn("ticket_id");
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
