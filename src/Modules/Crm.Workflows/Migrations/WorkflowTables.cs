using FluentMigrator;

namespace Crm.Workflows.Migrations;

[Migration(20261124151741, "Workflows")]
internal sealed class WorkflowTables : Migration
{
    public override void Up()
    {
        Create.Table("crm_workflow_versions")
            .WithColumn("workflow").AsGuid().PrimaryKey()
            .WithColumn("number").AsInt64().PrimaryKey()
            .WithColumn("definition").AsString(int.MaxValue).NotNullable()
            .WithColumn("saved_at").AsDateTimeOffset().NotNullable()
            .WithColumn("saved_by").AsGuid().Nullable();

        Create.Table("crm_workflow_instances")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("workflow").AsGuid().NotNullable()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("event").AsString(200).NotNullable()
            .WithColumn("record_type").AsString(100).Nullable()
            .WithColumn("record_id").AsGuid().Nullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("activity").AsString(100).Nullable()
            .WithColumn("step").AsInt64().NotNullable()
            .WithColumn("attempts").AsInt64().NotNullable()
            .WithColumn("depth").AsInt64().NotNullable()
            .WithColumn("due_at").AsDateTimeOffset().Nullable()
            .WithColumn("leased_until").AsDateTimeOffset().Nullable()
            .WithColumn("error").AsString(int.MaxValue).Nullable()
            .WithColumn("created_at").AsDateTimeOffset().NotNullable()
            .WithColumn("finished_at").AsDateTimeOffset().Nullable();
        // What makes a trigger start a workflow once, however often the change log is read.
        Create.Index("ux_crm_workflow_instances_event").OnTable("crm_workflow_instances").OnColumn("workflow").Ascending().OnColumn("event").Ascending().WithOptions().Unique();
        Create.Index("ix_crm_workflow_instances_due").OnTable("crm_workflow_instances").OnColumn("state").Ascending().OnColumn("due_at").Ascending();
        Create.Index("ix_crm_workflow_instances_record").OnTable("crm_workflow_instances").OnColumn("record_id").Ascending().OnColumn("id").Descending();
        Create.Index("ix_crm_workflow_instances_workflow").OnTable("crm_workflow_instances").OnColumn("workflow").Ascending().OnColumn("id").Descending();

        Create.Table("crm_workflow_trace")
            .WithColumn("id").AsGuid().PrimaryKey()
            .WithColumn("instance").AsGuid().NotNullable()
            .WithColumn("step").AsInt64().NotNullable()
            .WithColumn("activity").AsString(100).NotNullable()
            .WithColumn("kind").AsString(100).NotNullable()
            .WithColumn("at").AsDateTimeOffset().NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable()
            .WithColumn("is_error").AsBoolean().NotNullable();
        Create.Index("ix_crm_workflow_trace_instance").OnTable("crm_workflow_trace").OnColumn("instance").Ascending().OnColumn("id").Ascending();

        // Up to when a workflow that is started by the clock has been looked at.
        Create.Table("crm_workflow_clocks")
            .WithColumn("workflow").AsGuid().PrimaryKey()
            .WithColumn("checked_until").AsDateTimeOffset().NotNullable();

        // Whose turn it is where users are taken in turn.
        Create.Table("crm_workflow_turns")
            .WithColumn("key").AsString(200).PrimaryKey()
            .WithColumn("turn").AsInt64().NotNullable();
    }

    public override void Down() => throw new NotSupportedException("Migrations go forward only; restore a backup instead.");
}
