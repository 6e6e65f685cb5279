using FluentMigrator;

namespace Crm.Contents.Migrations;

[Migration(20261130003800, "Quick searches of changes of many records")]
internal sealed class BulkSearch : Migration
{
    public override void Up() => Alter.Table("crm_bulk_batches").AddColumn("search").AsString(int.MaxValue).Nullable();

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
