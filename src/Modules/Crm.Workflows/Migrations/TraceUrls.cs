using FluentMigrator;

namespace Crm.Workflows.Migrations;

[Migration(20261124184127, "Links in workflow traces")]
internal sealed class TraceUrls : Migration
{
    public override void Up() => Alter.Table("crm_workflow_trace").AddColumn("url").AsString(500).Nullable();

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
