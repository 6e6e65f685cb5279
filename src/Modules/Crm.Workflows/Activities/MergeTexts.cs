using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Email.Templates;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Fluid;

namespace Crm.Workflows;

/// <summary>
/// Texts with merge fields in Liquid, such as <c>Call {{ record.customer.name }}</c>. What a path leads to is read by one
/// query, in the site's language and time zone; markup is not escaped, as these texts are plain.
/// </summary>
public sealed partial class MergeTexts(QueryEngine queries, ContentDefinitions definitions, FieldViews views)
{
    private const int MaxParsed = 1000;

    private static readonly FluidParser Parser = new();
    private static readonly TemplateOptions Options = BoundedLiquid.Options(10_000);
    private static readonly ConcurrentDictionary<string, IFluidTemplate> Parsed = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a text, or null.</summary>
    public Message? Check(string text, ContentTypeDefinition? type)
    {
        if (!Parser.TryParse(Flatten(text), out var template, out var problem))
            return new("The merge fields are wrong: {0}", problem);
        if (BoundedLiquid.Problem(template) is { } refused)
            return refused;
        foreach (var path in Paths(text))
        {
            if (type is null)
                return new("There is no record here to take {0} from", $"record.{path}");
            if (Problem(type, path) is { } message)
                return message;
        }
        return null;
    }

    public async Task<string> RenderAsync(string text, ActivityRun run, CancellationToken cancellationToken)
    {
        if (!text.Contains("{{", StringComparison.Ordinal) && !text.Contains("{%", StringComparison.Ordinal))
            return text;
        if (Parsed.Count > MaxParsed)
            Parsed.Clear();
        var template = Parsed.GetOrAdd(Flatten(text), flat => !Parser.TryParse(flat, out var parsed, out var problem) ? throw new ActivityRefusedException("The merge fields are wrong: {0}", problem)
            : BoundedLiquid.Problem(parsed) is { } refused ? throw new ActivityRefusedException(refused) : parsed);
        var context = new TemplateContext(Options) { CultureInfo = CultureInfo.CurrentCulture, TimeZone = run.Workflow.Zone };
        context.SetValue("record", await ValuesAsync(text, run, cancellationToken));
        try
        {
            return await BoundedLiquid.RenderAsync(template, context, NullEncoder.Default);
        }
        catch (TemplateException e)
        {
            throw new ActivityRefusedException("The merge fields are wrong: {0}", e.Reason);
        }
    }

    private async Task<Dictionary<string, object>> ValuesAsync(string text, ActivityRun run, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        if (run is not { Record: { } record, Type: { } type })
            return values;
        var paths = Paths(text).Where(p => Problem(type, p) is null).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var read = (await queries.ListAsync(new Query(type.Name) { Where = Filter.Eq(SystemFields.Id, record.Id), Columns = paths, Sort = [SystemFields.Id], Take = 1 }, cancellationToken)).Items;
        foreach (var path in paths)
            if (read is [var item])
                values[path] = views.Display(type, item, path)?.Text ?? "";
        return values;
    }

    private Message? Problem(ContentTypeDefinition type, string path)
    {
        var names = path.Split('.');
        for (var i = 0; i < names.Length; i++)
        {
            if (type.Find(names[i]) is not { Hidden: false } field)
                return new("{0} has no field {1}", type.PluralLabel, names[i]);
            if (i == names.Length - 1)
                return null;
            if (field.LeadsTo is null || definitions.Current.Find(field.LeadsTo) is not { } target)
                return new("{0} is not a look-up, so {1} leads nowhere", field.Label, path);
            type = target;
        }
        return null;
    }

    private static IEnumerable<string> Paths(string text) => Record().Matches(text).Select(m => m.Groups["path"].Value);

    /// <summary>A path becomes one key, so that a look-up can be shown and also followed.</summary>
    private static string Flatten(string text) => Record().Replace(text, m => $"record[\"{m.Groups["path"].Value}\"]");

    [GeneratedRegex(@"(?<=\{[\{%][^\}]*)\brecord\.(?<path>[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*){0,3})", RegexOptions.CultureInvariant)]
    private static partial Regex Record();
}
