using Crm.Contents.Bulk;
using Crm.Contents.Bulk.Actions;
using Crm.Contents.Forms;
using Crm.Contents.Home;
using Crm.Contents.Inline;
using Crm.Contents.Lists;
using Crm.Contents.LookUps;
using Crm.Contents.Records;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;

namespace Crm.Contents;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddMenu<HomeMenu>();
        services.AddPermissions<ContentsPermissions>();
        services.AddContentTypes<ViewType>();
        services.AddScoped<ListFields>();
        services.AddScoped<ListColumns>();
        services.AddScoped<ListCells>();
        services.AddScoped<ListGroups>();
        services.AddScoped<ListReader>();
        services.AddScoped<SavedViews>();
        services.AddScoped<FilterForm>();
        services.AddScoped<FilterWords>();
        services.AddScoped<FilterChips>();
        services.AddScoped<QuickFilters>();
        services.AddScoped<Boards.Boards>();
        services.AddScoped(p => new FilterPicker(p.GetRequiredService<FilterForm>(), p.GetRequiredService<FilterChips>(), p.GetRequiredService<FilterWords>(), p.GetRequiredService<ListFields>(), p.GetRequiredService<Platform.Display.ModuleTemplates>()));
        services.AddScoped<RecordNames>();
        AddBulk(services);
        services.AddScoped<InlineEdit>();
        services.AddScoped<History>();
        services.AddScoped<ITimelineSource, HistoryTimeline>();
        services.AddScoped<RelatedLists>();
        services.AddScoped<ListPlace>();
        services.AddScoped<IContentHandler, Relations.NameRelations>();
        services.AddScoped<RecordForm>();
        services.AddScoped<FormUploads>();
        services.AddScoped<EditConflicts>();
        services.AddScoped<UnkeptWords>();
        services.AddScoped(p => new NewRecordForm(p.GetRequiredService<ContentDefinitions>(), p.GetRequiredService<IContentManager>(), p.GetRequiredService<RecordForm>(), p.GetRequiredService<FormParts>(), p.GetRequiredService<Microsoft.Extensions.Localization.IStringLocalizer>()));
    }

    private static void AddBulk(IServiceCollection services)
    {
        services.AddScoped<BulkStore>();
        services.AddScoped<BulkBatches>();
        services.AddScoped(p => new BatchUndo(p.GetRequiredService<BulkBatches>(), p.GetRequiredService<Platform.Security.ActorContext>()));
        services.AddScoped<BulkStep>();
        services.AddScoped<BulkSaves>();
        services.AddScoped<DeleteRecords>();
        services.AddScoped<RestoreRecords>();
        services.AddScoped<UndoChanges>();
        services.AddScoped<IBulkAction, ChangeField>();
        services.AddScoped<IBulkAction, AssignRecords>();
        services.AddScoped<IBulkAction, AddValues>();
        services.AddScoped<IBulkAction, RemoveValues>();
        services.AddScoped<IBulkAction>(p => p.GetRequiredService<DeleteRecords>());
        services.AddScoped<IBulkAction>(p => p.GetRequiredService<RestoreRecords>());
        services.AddScoped<IBulkAction, PurgeRecords>();
        services.AddScoped<IBulkAction>(p => p.GetRequiredService<UndoChanges>());
        services.AddScoped<IBackgroundTask, BulkTask>();
        services.AddScoped<IBackgroundTask, ForgetBulk>();
        services.AddScoped<BulkChoices>();
        services.AddScoped<ISlotPart>(p => p.GetRequiredService<BulkChoices>());
        services.AddScoped<ISlotPart, BulkRunning>();
    }
}
