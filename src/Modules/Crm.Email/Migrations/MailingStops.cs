using FluentMigrator;

namespace Crm.Email.Migrations;

/// <summary>Mailings say why they stopped and in whose right they are sent; single messages have their own sender and way to unsubscribe.</summary>
[Migration(20261124190137, "Stopped mailings, senders of single messages")]
internal sealed class MailingStops : Migration
{
    public override void Up()
    {
        Alter.Table("crm_mailings")
            .AddColumn("built_at").AsDateTimeOffset().Nullable()
            .AddColumn("problem").AsString(int.MaxValue).Nullable()
            .AddColumn("stopped_since").AsDateTimeOffset().Nullable()
            .AddColumn("rights_of").AsGuid().Nullable()
            .AddColumn("leased_by").AsString(100).Nullable()
            .AddColumn("leased_until").AsDateTimeOffset().Nullable();
        // Until now only mailings with all their recipients left the state of building.
        Execute.Sql("UPDATE crm_mailings SET built_at = created_at, rights_of = sender_id WHERE state <> 'building'");

        Alter.Table("crm_mail")
            .AddColumn("from_name").AsString(200).Nullable()
            .AddColumn("from_address").AsString(254).Nullable()
            .AddColumn("site_url").AsString(int.MaxValue).Nullable()
            .AddColumn("secret").AsString(100).Nullable();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
