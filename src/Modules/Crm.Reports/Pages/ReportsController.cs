using System.Globalization;
using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Reports.Engine;
using Crm.Reports.Export;
using Crm.Reports.Saved;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Pages;

/// <summary>The overview, one report, and its files.</summary>
[Route("/reports"), RequirePermission(ReportPermissions.View)]
internal sealed class ReportsController(
    IEnumerable<IReportType> reports,
    ReportInputs inputs,
    ReportRunner runner,
    ReportFormat formats,
    SavedReports savedReports,
    QueryEngine queries,
    FilterPicker picker,
    ContentDefinitions definitions,
    ActorContext actor,
    TimeProvider clock,
    IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken)
    {
        var offered = reports.Where(inputs.IsOffered).OrderBy(r => r.Group).ThenBy(r => r.Order).ToList();
        var kept = (await savedReports.ListAsync(cancellationToken))
            .Select(item => (Item: item, Report: offered.Find(r => r.Name == item.Get<string>("report"))))
            .Where(s => s.Report is { Type: not null } || (s.Report is not null && inputs.CanRead(ReportParameters.Parse(s.Item.Get<string>("parameters") ?? "").Type ?? "")))
            .Select(s => new SavedLink(s.Item.Id, s.Item.DisplayText, s.Report!.Label.For(localizer), s.Report.Icon,
                s.Item.Get<string>("visibility") == SavedReportType.Shared, s.Item.DisplayOf(SystemFields.Owner), s.Item.Owner == actor.Current.UserId));
        return View(new OverviewPage([.. offered.GroupBy(r => r.Group)], [.. kept], actor.Current.Can($"{SavedReportType.Name}.{ContentActions.View}")));
    }

    /// <summary>A saved report is the report with its parameters in the address.</summary>
    [HttpGet("saved/{id:guid}")]
    public async Task<IActionResult> Open(Guid id, CancellationToken cancellationToken)
        => await savedReports.FindAsync(id, cancellationToken) is { } item
            ? Redirect(ReportParameters.Parse(item.Get<string>("parameters") ?? "").Address($"/reports/{item.Get<string>("report")}", ("saved", id.ToString("D"))))
            : NotFound();

    [HttpGet("{name}")]
    public async Task<IActionResult> Show(string name, ReportParameters parameters, Guid? saved, AddedFilter added, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } report)
            return NotFound();
        if (!inputs.IsOffered(report))
            return StatusCode(StatusCodes.Status403Forbidden);
        var (input, form) = inputs.Read(report, parameters);
        if (!string.IsNullOrEmpty(added.Field) && report.TakesFilter)
            return Redirect(Added(input, parameters, added).Address($"/reports/{report.Name}", ("saved", saved?.ToString("D"))));
        var plan = report.Plan(input);
        var table = await RunAsync(plan, input, form, cancellationToken);
        var item = saved is { } id ? await savedReports.FindAsync(id, cancellationToken) : null;
        var type = definitions.Current.Get(SavedReportType.Name);
        Response.StatusCode = form.Errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        return View("Report", new ReportPage(report, parameters, input, form, table, report.Type is null ? inputs.Types : [], report.TakesPeople ? await PeopleAsync(input, cancellationToken) : new(null, null, false))
        {
            Saved = item?.Get<string>("report") == report.Name ? item : null,
            CanChangeSaved = item is not null && actor.Current.Can(type, ContentActions.Edit, item),
            CanSave = actor.Current.Can(type, ContentActions.Create),
            Kind = plan.Chart.Kind,
            Chart = table is null || table.IsEmpty ? null : Chart.Of(plan, table, formats, count => localizer["The other {0}", count]),
        });
    }

    [HttpGet("{name}/export")]
    public async Task<IActionResult> Export(string name, string? format, ReportParameters parameters, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } report)
            return NotFound();
        if (!inputs.IsOffered(report))
            return StatusCode(StatusCodes.Status403Forbidden);
        var (input, form) = inputs.Read(report, parameters);
        if (await RunAsync(report.Plan(input), input, form, cancellationToken) is not { } table || form.Errors.Count > 0)
            return new ContentResult { StatusCode = StatusCodes.Status400BadRequest, ContentType = "text/plain; charset=utf-8", Content = string.Join('\n', form.Errors.Values) };
        var today = actor.Current.Today(clock).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return format == "xlsx"
            ? File(ReportFile.Xlsx(table, localizer), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", $"{report.Name}-{today}.xlsx")
            : File(ReportFile.Csv(table, localizer), "text/csv; charset=utf-8", $"{report.Name}-{today}.csv");
    }

    /// <summary>The "add filter" form's inputs become part of the address.</summary>
    private ReportParameters Added(ReportInput input, ReportParameters parameters, AddedFilter added)
    {
        try
        {
            return parameters with { Filter = FilterWriter.Write(picker.Add(input.Filter, input.Type, added.Field!, added.Op, added.Value ?? [], added.At, added.Into)) };
        }
        catch (QueryException e)
        {
            new Toast(e.Reason.For(localizer), IsBad: true).ShowOnNextPage(this);
            return parameters;
        }
    }

    private IReportType? Find(string name) => reports.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What only the database can tell, such as an option that is not there, is said beside the filter as well.</summary>
    private async Task<ReportTable?> RunAsync(ReportPlan plan, ReportInput input, ReportForm form, CancellationToken cancellationToken)
    {
        try
        {
            return await runner.RunAsync(plan, input, cancellationToken);
        }
        catch (QueryException e)
        {
            form.Errors[input.Filter is null ? "by" : "filter"] = e.Reason.For(localizer);
            return null;
        }
    }

    private async Task<ReportPeople> PeopleAsync(ReportInput input, CancellationToken cancellationToken) => new(
        input.Person is Guid person ? (await queries.GetAsync(SystemTypes.Users, person, cancellationToken))?.DisplayText : null,
        input.Team is { } team ? (await queries.GetAsync(SystemTypes.Teams, team, cancellationToken))?.DisplayText : null,
        (await queries.CountAsync(SystemTypes.Teams, null, cancellationToken)).Count > 0);
}

/// <summary>What the "add filter" form sends.</summary>
internal sealed class AddedFilter
{
    public string? Field { get; set; }

    public string? Op { get; set; }

    public string?[]? Value { get; set; }

    public string? At { get; set; }

    public string? Into { get; set; }
}
