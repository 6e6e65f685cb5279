using FluentMigrator;

namespace Crm.Api.Migrations;

/// <summary>Tokens of users, as hashes. Not records: no secret gets into the change log, nor does every use.</summary>
[Migration(20261124221937, "Tokens of the API")]
internal sealed class TokensTable : Migration
{
    public override void Up()
    {
        Create.Table("crm_api_tokens")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("user_id").AsGuid().NotNullable()
            .WithColumn("name").AsString(100).NotNullable()
            .WithColumn("prefix").AsString(20).NotNullable()
            .WithColumn("hash").AsString(64).NotNullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("expires_at").AsDateTimeOffset().NotNullable()
            .WithColumn("last_used_at").AsDateTimeOffset().Nullable();
        Create.Index("ux_crm_api_tokens_hash").OnTable("crm_api_tokens").OnColumn("hash").Unique();
        Create.Index("ix_crm_api_tokens_user").OnTable("crm_api_tokens").OnColumn("user_id");
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
