using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.ContentTypes.Fields;

/// <summary>Between a field's definition and its form.</summary>
internal sealed class FieldForm(ContentDefinitions definitions, FieldKinds kinds, Translations translations, QueryEngine queries, RecordFinder records, SettingsStore settings, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    public async Task<FieldInput> FillAsync(ContentTypeDefinition type, FieldDefinition field, CancellationToken cancellationToken)
    {
        var (label, help, related) = (TwoTexts.Of(field.Label, translations), TwoTexts.Of(field.Help, translations), TwoTexts.Of(field.RelatedLabel, translations));
        return new FieldInput
        {
            Name = field.Name,
            LabelEn = label.En,
            LabelZh = label.Zh,
            HelpEn = help.En,
            HelpZh = help.Zh,
            RelatedEn = related.En,
            RelatedZh = related.Zh,
            Section = field.Section?.En,
            Required = field.Required,
            Unique = field.Unique,
            Default = await DefaultTextAsync(field, cancellationToken),
            MaxLength = field.MaxLength?.ToString(CultureInfo.CurrentCulture),
            Min = LimitText(field, field.Min, field.Earliest),
            Max = LimitText(field, field.Max, field.Latest),
            Decimals = field.Decimals,
            FileTypes = string.Join(", ", field.FileTypes),
            Target = field.Target,
            OnDelete = field.OnDelete,
            Pattern = field.Pattern,
            Open = field.Open,
            KnownOptions = string.Join('\n', field.Options.Select(o => o.Key)),
            OptionKey = [.. field.Options.Select(o => o.Key)],
            OptionEn = [.. field.Options.Select(o => TwoTexts.Of(o.Label, translations).En)],
            OptionZh = [.. field.Options.Select(o => TwoTexts.Of(o.Label, translations).Zh)],
            OptionColor = [.. field.Options.Select(o => o.Color)],
            OptionHidden = [.. field.Options.Select(o => o.Hidden ? "true" : "false")],
            OptionWeight = [.. field.Options.Select(o => o.Weight?.ToString(CultureInfo.InvariantCulture))],
            Seen = Fingerprint.Of(type, field, field.Options.Select(o => o.Key)),
            InList = type.ListColumns.Contains(field.Name),
            InSearch = type.QuickSearch.Contains(field.Name),
        };
    }

    public FieldPage Page(ContentTypeDefinition type, FieldDefinition? field, FieldKind kind, FieldInput input, IReadOnlyDictionary<string, string>? errors = null)
        => new(type, field, kind, input, errors ?? new Dictionary<string, string>())
        {
            Targets = [.. definitions.Current.Types.OrderBy(t => t.IsAdmin).ThenBy(t => t.PluralLabel.For(localizer), StringComparer.CurrentCulture).Select(t => (t.Name, t.PluralLabel.For(localizer)))],
            IsRequiredByModule = field is not null && definitions.Declared(type.Name, field.Name)?.Required == true,
            HasWeights = field is not null && (field.Options.Any(o => o.Weight is not null) || definitions.Declared(type.Name, field.Name)?.Options.Any(o => o.Weight is not null) == true),
            HasOptions = HasOptions(kind),
            CanBeSearched = (kind.ValueType == typeof(string) && kind.Name is not ("pickList" or "json")) || kind.Name is "tags" or "emails" or "phones" or "address",
        };

    /// <summary>The field that the form means; what is wrong with it is added to the errors, by input.</summary>
    public async Task<FieldDefinition> ReadAsync(ContentTypeDefinition type, FieldDefinition? before, FieldKind kind, FieldInput input, Dictionary<string, string> errors, CancellationToken cancellationToken)
    {
        var label = Texts(input.LabelEn, input.LabelZh).ToText(before?.Label, translations);
        if (label is null)
            errors["label"] = localizer["Give a label in at least one language"];
        var field = before ?? new FieldDefinition { Name = NewName(type, kind, input, errors), Kind = kind.Name, Label = label ?? "?", Order = NextOrder(type) };
        field = field with
        {
            Label = label ?? field.Label,
            Help = Texts(input.HelpEn, input.HelpZh).ToText(field.Help, translations),
            Section = Section(type, field, input),
            Required = input.Required || definitions.Declared(type.Name, field.Name)?.Required == true,
        };
        if (HasOptions(kind))
            field = field with { Options = await OptionsAsync(type, field, input, errors, cancellationToken), Open = input.Open && kind.Name == "pickList" };
        if (field.IsMade())
            field = Limits(field, kind, input, errors);
        if (errors.Count == 0 && kind.ValidateDefinition(field) is { } problem)
            errors[InputOf(kind, field)] = problem.For(localizer);
        return field.ReadOnly ? field : field with { Default = await DefaultAsync(before, field, kind, input, errors, cancellationToken) };
    }

    /// <summary>The input that settings of the kind stand in.</summary>
    private static string InputOf(FieldKind kind, FieldDefinition field) => kind.Name switch
    {
        "pickList" or "multiPickList" => "options",
        "lookUp" or "lookUps" => "target",
        "file" or "image" => kind.ValidateDefinition(field with { FileTypes = [] }) is null ? "fileTypes" : "max",
        "autoNumber" => "pattern",
        _ when FieldPage.TakesLimits(kind) => "min",
        _ => "maxLength",
    };

    private static bool HasOptions(FieldKind kind) => kind.Name is "pickList" or "multiPickList";

    private static TwoTexts Texts(string? en, string? zh) => new(en?.Trim() ?? "", zh?.Trim() ?? "");

    private static int NextOrder(ContentTypeDefinition type) => type.Fields.Where(f => !f.IsSystem).Select(f => f.Order).DefaultIfEmpty(0).Max() + 10;

    private string NewName(ContentTypeDefinition type, FieldKind kind, FieldInput input, Dictionary<string, string> errors)
    {
        var given = input.Name?.Trim() ?? "";
        if (given.Length == 0)
            return Names.Free(Names.From(input.LabelEn ?? "") ?? Names.Free(kind.Name + "1", n => type.Find(n) is not null), n => type.Find(n) is not null);
        if (given is not [>= 'a' and <= 'z', ..] || given.Length is < 2 or > 50 || !given.All(char.IsAsciiLetterOrDigit))
            errors["name"] = localizer["A name has 2 to 50 letters and digits and starts with a lower-case letter: {0}", given];
        else if (type.Find(given) is { } taken)
            errors["name"] = taken.DeletedAt is null ? localizer["There is a field named {0} already", given] : localizer["A deleted field has the name {0}: restore it, or remove it for good", given];
        return given;
    }

    private LocalizedText? Section(ContentTypeDefinition type, FieldDefinition field, FieldInput input) => input.Section switch
    {
        FieldInput.NewSection => Texts(input.SectionEn, input.SectionZh).ToText(null, translations),
        null or "" => null,
        var known => type.Fields.Select(f => f.Section).FirstOrDefault(s => s?.En == known) ?? field.Section,
    };

    private FieldDefinition Limits(FieldDefinition field, FieldKind kind, FieldInput input, Dictionary<string, string> errors)
    {
        var related = Texts(input.RelatedEn, input.RelatedZh).ToText(field.RelatedLabel, translations);
        return field with
        {
            Unique = kind.Name == "autoNumber" || input.Unique,
            MaxLength = Number(input.MaxLength, "maxLength", errors) is { } length ? (int)Math.Clamp(length, int.MinValue, int.MaxValue) : null,
            Min = FieldPage.IsDate(kind) ? null : kind.Name == "duration" ? Value(kind, field, input.Min, "min", errors) as decimal? : Number(input.Min, "min", errors),
            Max = FieldPage.IsDate(kind) ? null : kind.Name == "duration" ? Value(kind, field, input.Max, "max", errors) as decimal? : Number(input.Max, "max", errors),
            Earliest = FieldPage.IsDate(kind) && Value(kind, field, input.Min, "min", errors) is { } earliest ? kind.ToInvariant(field, earliest) : null,
            Latest = FieldPage.IsDate(kind) && Value(kind, field, input.Max, "max", errors) is { } latest ? kind.ToInvariant(field, latest) : null,
            Decimals = FieldPage.TakesDecimals(kind) ? input.Decimals : 0,
            Target = kind.Name switch { "user" => SystemTypes.Users, "team" => SystemTypes.Teams, "lookUp" or "lookUps" => string.IsNullOrEmpty(input.Target) ? null : input.Target, _ => field.Target },
            OnDelete = input.OnDelete,
            RelatedLabel = kind.Name is "lookUp" or "lookUps" ? related : null,
            FileTypes = [.. (input.FileTypes ?? "").Split([',', '，', '、', ';', '；', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => t.TrimStart('.').ToLowerInvariant()).Distinct()],
            Pattern = kind.Name == "autoNumber" ? input.Pattern?.Trim() : null,
            ReadOnly = kind.Name == "autoNumber",
            Indexed = kind.Name is "pickList" or "user" or "team" or "date" or "dateTime",
        };
    }

    private decimal? Number(string? text, string input, Dictionary<string, string> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.CurrentCulture, out var number))
            return number;
        errors[input] = localizer["This must be a number"];
        return null;
    }

    /// <summary>A limit as people type it. A date's is a day of its own: decision 18 says why.</summary>
    private object? Value(FieldKind kind, FieldDefinition field, string? text, string input, Dictionary<string, string> errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var (value, error) = RelativeDates.Matches(text.Trim()) ? FieldParse.Fail("A limit is a date of its own, not one such as {0}", text.Trim()) : kind.Parse(field, text, Context);
        if (error is not null)
            errors[input] = error.For(localizer);
        return value;
    }

    private string? LimitText(FieldDefinition field, decimal? number, string? date)
    {
        var kind = kinds.Of(field);
        if (date is null && kind.Name != "duration")
            return number?.ToString(CultureInfo.CurrentCulture);
        return (date is null ? number : kind.Parse(field, date, Context with { Culture = CultureInfo.InvariantCulture }).Value) is { } value
            ? kind.ToForm(field, value, new(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Region, localizer))[0] : null;
    }

    private ParseContext Context => new(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);

    /// <summary>Options by their labels and records by their names, as people know them.</summary>
    private async Task<string?> DefaultTextAsync(FieldDefinition field, CancellationToken cancellationToken)
    {
        if (field is { Target: { } target, Default: { } links and not "@me" } && definitions.Current.Find(target) is not null)
        {
            var ids = TextList.Split(links);
            var named = (await queries.ListAsync(new Query(target) { Where = Filter.In(SystemFields.Id, ids.Select(id => (object?)Guid.Parse(id))), Columns = [], Sort = [SystemFields.Id] }, cancellationToken)).Items.ToDictionary(i => i.Id.ToString("D"), i => i.DisplayText);
            return string.Join("; ", ids.Select(named.GetValueOrDefault).OfType<string>().Select(n => field.LeadsTo is null ? TextList.Join([n]) : n));
        }
        return field switch
        {
            { Default: { } key, Kind: "pickList" } => LabelOf(field, key),
            { Default: { } keys, Kind: "multiPickList" } => TextList.Join(TextList.Split(keys).Select(key => LabelOf(field, key))),
            _ => field.Default,
        };
    }

    private string LabelOf(FieldDefinition field, string key) => field.Options.FirstOrDefault(o => o.Key == key)?.Label.For(localizer) ?? key;

    /// <summary>The default in invariant form; relative dates and the user stay as they are written.</summary>
    private async Task<string?> DefaultAsync(FieldDefinition? before, FieldDefinition field, FieldKind kind, FieldInput input, Dictionary<string, string> errors, CancellationToken cancellationToken)
    {
        var text = input.Default?.Trim();
        if (string.IsNullOrEmpty(text) || !FieldPage.TakesDefault(kind))
            return null;
        // As it was: its option may have a new label since.
        if (before?.Default is { } kept && (text == kept || text == await DefaultTextAsync(before, cancellationToken))
            && (!HasOptions(kind) || TextList.Split(kept).All(k => field.Options.Any(o => o.Key == k))))
            return kept;
        if (text == "@me" && field.Target == SystemTypes.Users)
            return text;
        var parsed = kind.Parse(field, text, Context);
        if (parsed.Value is LookUpText or LookUpTexts)
            parsed = await NamedAsync(field, parsed.Value is LookUpTexts several ? several.Texts : [text], cancellationToken);
        // Such as JSON’s null.
        if (parsed == FieldParse.Empty)
            return null;
        var problem = parsed.Error ?? (parsed.Value is NewOption ? new Message("{0} has no option “{1}”", field.Label, text) : kind.Validate(field, parsed.Value!));
        if (problem is not null)
            errors["default"] = problem.For(localizer);
        return problem is not null || RelativeDates.Matches(text) ? text : kind.ToInvariant(field, parsed.Value!);
    }

    /// <summary>The records that texts name, each just one.</summary>
    private async Task<FieldParse> NamedAsync(FieldDefinition field, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(field.Target ?? "") is not { } target)
            return FieldParse.Fail("Choose what the look-up points to");
        var found = await records.FindAsync(target, texts, cancellationToken);
        var ids = new List<Guid>();
        foreach (var text in texts)
            if (Guid.TryParseExact(text, "D", out var id))
                ids.Add(id);
            else if (found[FieldKind.Fold(text)] is { Count: 1 } one)
                ids.Add(one.First());
            else
                return found[FieldKind.Fold(text)].Count is > 1 and var count
                    ? FieldParse.Fail("{0}: “{1}” is the name of {2} records; give its number instead", field.Label, text, count)
                    : FieldParse.Fail("{0}: there is no {1} “{2}”", field.Label, target.Label, text);
        return FieldParse.Ok(field.LeadsTo is null ? new ValueList<Guid>(ids) : ids[0]);
    }

    /// <summary>A form without weights leaves them as they are.</summary>
    private int? Weight(PickListOption? known, FieldInput input, int row, Dictionary<string, string> errors)
    {
        if (input.OptionWeight.Length == 0)
            return known?.Weight;
        if (input.OptionWeight.ElementAtOrDefault(row)?.Trim() is not { Length: > 0 } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight <= 100)
            return weight;
        errors["options"] = localizer["An option’s per cent must be between {0} and {1}", 0, 100];
        return known?.Weight;
    }

    private async Task<List<PickListOption>> OptionsAsync(ContentTypeDefinition type, FieldDefinition field, FieldInput input, Dictionary<string, string> errors, CancellationToken cancellationToken)
    {
        var before = field.Options.ToDictionary(o => o.Key, StringComparer.Ordinal);
        var options = new List<PickListOption>();
        for (var i = 0; i < Math.Min(input.OptionEn.Length, 1001); i++)
        {
            var texts = Texts(input.OptionEn[i], input.OptionZh.ElementAtOrDefault(i));
            var known = before.GetValueOrDefault(input.OptionKey.ElementAtOrDefault(i) ?? "");
            if (texts.ToText(known?.Label, translations) is not { } label)
                continue;
            if (label.En.Length > 100 || label.Zh?.Length > 100)
                errors["options"] = localizer["An option may have at most {0} characters", 100];
            if (options.Exists(o => string.Equals(o.Label.For(localizer), label.For(localizer), StringComparison.OrdinalIgnoreCase)))
                errors["options"] = localizer["The option {0} is there twice", label.For(localizer)];
            var key = known?.Key ?? Names.Free(Names.From(label.En) ?? label.En, k => before.ContainsKey(k) || options.Exists(o => string.Equals(o.Key, k, StringComparison.OrdinalIgnoreCase)));
            var color = input.OptionColor.ElementAtOrDefault(i);
            options.Add(new(key, label, string.IsNullOrEmpty(color) ? null : color, input.OptionHidden.ElementAtOrDefault(i) == "true", Weight(known, input, i, errors)));
        }
        // What others typed into an open list since the form was opened stays.
        var shown = input.ShownOptions.ToHashSet(StringComparer.Ordinal);
        options.AddRange(field.Options.Where(o => !shown.Contains(o.Key) && options.TrueForAll(n => n.Key != o.Key)));
        foreach (var gone in field.Options.Where(o => options.TrueForAll(n => n.Key != o.Key)))
        {
            if (definitions.Declared(type.Name, field.Name)?.Options.Any(o => o.Key == gone.Key) == true)
                errors["options"] = localizer["“{0}” belongs to the module; hide it instead", gone.Label.For(localizer)];
            // Whoever may see the records: none may be left with an option that is not there.
            else if ((await actor.AsSystemAsync(() => queries.CountAsync(type.Name, Filter.Eq(field.Name, gone.Key), cancellationToken, bin: RecycleBin.With))).Count is > 0 and var count)
                errors["options"] = localizer["“{0}” is used by {1} records; hide it instead", gone.Label.For(localizer), count];
        }
        if (options.Count == 0 && !input.Open)
            errors.TryAdd("options", localizer["Give at least one option"]);
        return options;
    }
}
