using FluentMigrator;

namespace Crm.Users.Migrations;

/// <summary>What proves who somebody is. Apart from the record of the user, so that no secret gets into the change log.</summary>
[Migration(20261123230000, "Credentials of users")]
internal sealed class CredentialsTable : Migration
{
    public override void Up()
        => Create.Table("crm_user_credentials")
            .WithColumn("user_id").AsGuid().PrimaryKey()
            .WithColumn("password_hash").AsString(500).Nullable()
            .WithColumn("security_stamp").AsString(100).NotNullable()
            .WithColumn("must_change_password").AsBoolean().NotNullable()
            .WithColumn("access_failed_count").AsInt64().NotNullable()
            .WithColumn("lockout_end").AsDateTimeOffset().Nullable()
            .WithColumn("last_sign_in_at").AsDateTimeOffset().Nullable();

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
