using FluentMigrator;

namespace Crm.Email.Migrations;

/// <summary>The ledger of all mail, one row for each recipient, and what the recipients of one mailing have in common.</summary>
[Migration(20261124152311, "Mail")]
internal sealed class MailTables : Migration
{
    public override void Up()
    {
        Create.Table("crm_mailings")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("record_type").AsString(100).NotNullable()
            .WithColumn("subject").AsString(int.MaxValue).NotNullable()
            .WithColumn("html").AsString(int.MaxValue).NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable()
            .WithColumn("from_name").AsString(200).Nullable()
            .WithColumn("from_address").AsString(254).Nullable()
            .WithColumn("site_url").AsString(int.MaxValue).NotNullable()
            .WithColumn("secret").AsString(100).NotNullable()
            .WithColumn("sender_id").AsGuid().Nullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable();

        Create.Table("crm_mail")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("key").AsString(200).NotNullable()
            .WithColumn("mailing_id").AsGuid().Nullable()
            .WithColumn("record_type").AsString(100).Nullable()
            .WithColumn("record_id").AsGuid().Nullable()
            .WithColumn("address").AsString(320).NotNullable()
            .WithColumn("name").AsString(int.MaxValue).Nullable()
            .WithColumn("subject").AsString(int.MaxValue).Nullable()
            .WithColumn("text").AsString(int.MaxValue).Nullable()
            .WithColumn("html").AsString(int.MaxValue).Nullable()
            .WithColumn("reply_to").AsString(320).Nullable()
            .WithColumn("about").AsString(int.MaxValue).Nullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("attempts").AsInt64().NotNullable()
            .WithColumn("next_at").AsDateTimeOffset().NotNullable()
            .WithColumn("reason").AsString(int.MaxValue).Nullable()
            .WithColumn("server_answer").AsString(int.MaxValue).Nullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("sent_at").AsDateTimeOffset().Nullable()
            .WithColumn("opened_at").AsDateTimeOffset().Nullable()
            .WithColumn("clicked_at").AsDateTimeOffset().Nullable()
            .WithColumn("clicked_url").AsString(int.MaxValue).Nullable()
            .WithColumn("unsubscribed_at").AsDateTimeOffset().Nullable()
            .WithColumn("opens").AsInt64().NotNullable()
            .WithColumn("clicks").AsInt64().NotNullable()
            .WithColumn("leased_by").AsString(100).Nullable()
            .WithColumn("leased_until").AsDateTimeOffset().Nullable()
            .WithColumn("news").AsBoolean().NotNullable();
        Create.Index("ux_crm_mail_key").OnTable("crm_mail").OnColumn("key").Ascending().WithOptions().Unique();
        Create.Index("ix_crm_mail_due").OnTable("crm_mail").OnColumn("state").Ascending().OnColumn("mailing_id").Ascending().OnColumn("next_at").Ascending();
        Create.Index("ix_crm_mail_mailing").OnTable("crm_mail").OnColumn("mailing_id").Ascending().OnColumn("id").Ascending();
        Create.Index("ix_crm_mail_record").OnTable("crm_mail").OnColumn("record_id").Ascending().OnColumn("id").Descending();
        // Almost no row has news, so the index stays small.
        Execute.Sql("CREATE INDEX ix_crm_mail_news ON crm_mail (id) WHERE news");
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
