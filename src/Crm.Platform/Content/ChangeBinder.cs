using System.Globalization;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Records;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Content;

/// <summary>
/// Turns the texts and values of changes into values of records: parses, finds the records that look-ups mean (one
/// query per target type, however many records), and takes up new options of open pick-lists.
/// </summary>
internal sealed class ChangeBinder(
    DbSession session,
    ContentDefinitions definitions,
    FieldKinds kinds,
    QueryEngine queries,
    RecordFinder finder,
    FileRows files,
    SettingsStore settings,
    ActorContext actor,
    TimeProvider clock,
    IStringLocalizer localizer)
{
    /// <param name="Wanted">Ids, and texts that name records.</param>
    /// <param name="IsStart">Nobody has asked for it: where it cannot be, nothing stands there instead.</param>
    private sealed record PendingLookUp(PendingSave Save, FieldDefinition Field, string Target, IReadOnlyList<object> Wanted, bool IsStart = false);

    private sealed record PendingFile(PendingSave Save, FieldDefinition Field, Guid Id);

    private sealed record PendingOption(PendingSave Save, FieldDefinition Field, string Text);

    public void ApplyDefaults(ContentTypeDefinition type, ContentItem item)
    {
        var context = Context(CultureInfo.InvariantCulture);
        foreach (var field in type.Fields.Where(f => f.Default is not null))
            item[field.Name] = field.Default == "@me" ? Me(field) : kinds.Of(field).Parse(field, field.Default!, context).Value;
        if (actor.Current.Teams is [var first, ..] && type.Find(SystemFields.Team) is { Hidden: false })
            item[SystemFields.Team] = first;
    }

    public async Task BindAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CultureInfo culture, CancellationToken cancellationToken)
    {
        var lookUps = new List<PendingLookUp>();
        var options = new List<PendingOption>();
        var uploads = new List<PendingFile>();
        var context = Context(culture);
        foreach (var save in saves.Where(s => s.Refused is null))
        {
            BindValues(type, save, lookUps, uploads);
            BindTexts(type, save, context, lookUps, uploads, options);
            if (save.IsNew)
                lookUps.AddRange(from field in type.Fields
                                 where field is { Default: not (null or "@me"), Target: not null } && !save.Gives(field.Name)
                                 let ids = LinkedRecords.IdsOf(save.After[field.Name])
                                 where ids.Count > 0
                                 select new PendingLookUp(save, field, field.Target!, [.. ids.Cast<object>()], IsStart: true));
        }
        await BindOptionsAsync(type, options, cancellationToken);
        await BindFilesAsync(uploads, cancellationToken);
        foreach (var group in lookUps.GroupBy(l => l.Target, StringComparer.OrdinalIgnoreCase))
        {
            if (definitions.Current.Find(group.Key) is { } target)
                await BindLookUpsAsync(type, target, [.. group], saves, cancellationToken);
            else
                foreach (var lookUp in group)
                    lookUp.Save.Error(lookUp.Field.Name, new("There is no content type {0}", group.Key));
        }
    }

    private ParseContext Context(CultureInfo culture)
        => new(culture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, Now, localizer);

    /// <summary>What <c>@me</c> stands for in a look-up to users.</summary>
    private object? Me(FieldDefinition field) => field.LeadsTo is null && actor.Current.UserId is { } me ? new ValueList<Guid>([me]) : actor.Current.UserId;

    private DateTime Now => clock.Now();

    private void BindValues(ContentTypeDefinition type, PendingSave save, List<PendingLookUp> lookUps, List<PendingFile> uploads)
    {
        foreach (var (name, value) in save.Change.Values)
        {
            if (type.Find(name) is not { } field)
            {
                save.Error(name, new("{0} has no field {1}", type.PluralLabel, name));
                continue;
            }
            var kind = kinds.Of(field);
            var converted = value is int or long && kind.ValueType == typeof(decimal) ? Convert.ToDecimal(value, CultureInfo.InvariantCulture) : value;
            if (converted is not null && converted.GetType() != kind.ValueType)
                save.Error(field.Name, new("{0} cannot be “{1}”", field.Label, converted));
            else if (IsSettable(field, save))
                Bind(save, field, converted is null ? null : kind.Clean(field, converted), lookUps, uploads);
        }
    }

    private void BindTexts(ContentTypeDefinition type, PendingSave save, ParseContext context, List<PendingLookUp> lookUps, List<PendingFile> uploads, List<PendingOption> options)
    {
        var texts = save.Change.Texts;
        if (texts.Count == 0)
            return;
        var used = 0;
        foreach (var field in type.Fields.Where(f => !f.Hidden))
        {
            var kind = kinds.Of(field);
            var parts = new string?[kind.Parts.Count];
            var given = 0;
            for (var i = 0; i < parts.Length; i++)
                if (texts.TryGetValue(field.Name + kind.Parts[i], out parts[i]))
                    given++;
            used += given;
            if (given == 0 || !(kind.TakesAnyPart || texts.ContainsKey(field.Name)) || !IsSettable(field, save))
                continue;
            if (given < parts.Length && kind.TakesAnyPart && save.Before?[field.Name] is { } known)
                for (var i = 0; i < parts.Length; i++)
                    parts[i] = texts.ContainsKey(field.Name + kind.Parts[i]) ? parts[i] : kind.SplitParts(field, known)[i];
            var text = kind.JoinParts(parts);
            if (string.IsNullOrWhiteSpace(text))
            {
                save.Set(field.Name, null);
                continue;
            }
            if (text == "@me" && field.Target == SystemTypes.Users)
            {
                save.Set(field.Name, Me(field));
                continue;
            }
            var usual = save.Before?[field.Name] is Money money ? context with { Currency = money.Currency } : context;
            var parsed = kind.Parse(field, text, usual);
            if (parsed.Error is { } error)
                save.Error(field.Name, error, parsed.At);
            else if (parsed.Value is NewOption option)
                options.Add(new(save, field, option.Text));
            else
                Bind(save, field, parsed.Value, lookUps, uploads);
        }
        if (used < texts.Count)
            foreach (var name in texts.Keys.Where(t => !type.Fields.Any(f => !f.Hidden && kinds.Of(f).Parts.Any(p => string.Equals(f.Name + p, t, StringComparison.OrdinalIgnoreCase)))))
                save.Error(name, new("{0} has no field {1}", type.PluralLabel, name));
    }

    /// <summary>What people only read, the system sets: a use case that acts as it, and a recipe that tells what was before.</summary>
    private bool IsSettable(FieldDefinition field, PendingSave save)
    {
        if (!field.ReadOnly || (field.Kind == "autoNumber" ? save.IsNew : field.IsSystem ? actor.Current.IsSystem && save.PutsBack && SystemFields.Stamps.Contains(field.Name) : actor.Current.IsSystem || save.PutsBack))
            return true;
        save.Error(field.Name, new("{0} is set by the system", field.Label));
        return false;
    }

    private static void Bind(PendingSave save, FieldDefinition field, object? value, List<PendingLookUp> lookUps, List<PendingFile> uploads)
    {
        // A link that stays as it is needs no look: what it points to may be out of the user's sight.
        var isNew = !Equals(save.Before?[field.Name], value);
        switch (value)
        {
            case LookUpText text when field.Target is { } target:
                lookUps.Add(new(save, field, target, [text.Text]));
                break;
            case LookUpTexts several when field.Target is { } target:
                lookUps.Add(new(save, field, target, [.. several.Texts.Select(t => Guid.TryParseExact(t, "D", out var id) ? (object)id : t)]));
                break;
            case Guid or ValueList<Guid> when field.Target is { } target && isNew:
                lookUps.Add(new(save, field, target, [.. LinkedRecords.IdsOf(value).Cast<object>()]));
                break;
            case RecordLink link when isNew:
                lookUps.Add(new(save, field, link.Type, [link.Id]));
                break;
            case StoredFile file when isNew:
                uploads.Add(new(save, field, file.Id));
                break;
            case RecordLinkText link:
                lookUps.Add(new(save, field, link.Type, [link.Text]));
                break;
            default:
                save.Set(field.Name, value);
                break;
        }
    }

    private async Task BindOptionsAsync(ContentTypeDefinition type, List<PendingOption> options, CancellationToken cancellationToken)
    {
        foreach (var group in options.GroupBy(o => o.Field.Name))
        {
            if (!actor.Current.Can(type, ContentActions.AddOptions))
            {
                foreach (var refused in group)
                    refused.Save.Error(refused.Field.Name, new("{0} has no option “{1}”, and you may not add one", refused.Field.Label, refused.Text));
                continue;
            }
            var keys = group.Select(o => o.Text).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (group.First().Field.Options.Count + keys.Count > 1000)
            {
                foreach (var refused in group)
                    refused.Save.Error(refused.Field.Name, new("A pick-list may have at most {0} options", 1000));
                continue;
            }
            var added = await definitions.AddOptionsAsync(type.Name, group.Key, keys, cancellationToken);
            foreach (var option in group)
                option.Save.Set(group.Key, added[option.Text]);
        }
    }

    /// <summary>Of a file only the id is taken from the change. It must be the actor's own upload, or one that the record had before.</summary>
    private async Task BindFilesAsync(List<PendingFile> uploads, CancellationToken cancellationToken)
    {
        var known = uploads.Count == 0 ? null : await files.FindAsync([.. uploads.Select(u => u.Id)], cancellationToken);
        foreach (var (save, field, id) in uploads)
            if (known!.TryGetValue(id, out var row) && (row.Record is { } record ? record == save.After.Id : actor.Current.IsSystem || row.CreatedBy == actor.Current.UserId))
                save.Set(field.Name, row.File);
            else
                save.Error(field.Name, FileRows.Lost(field));
    }

    private async Task BindLookUpsAsync(ContentTypeDefinition type, ContentTypeDefinition target, List<PendingLookUp> lookUps, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var byText = await finder.FindAsync(target, lookUps.SelectMany(l => l.Wanted).OfType<string>(), cancellationToken);
        var found = new HashSet<Guid>();
        foreach (var ids in lookUps.SelectMany(l => l.Wanted).OfType<Guid>().Distinct().Chunk(500))
            await foreach (var item in queries.StreamAsync(new Query(target.Name) { Where = Filter.In(SystemFields.Id, ids.Select(i => (object?)i)), Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
                found.Add(item.Id);
        var links = new List<(PendingSave Save, FieldDefinition Field, IReadOnlyList<Guid> Ids, bool IsStart)>();
        foreach (var (save, field, _, wanted, isStart) in lookUps)
        {
            var unknown = wanted.OfType<string>().FirstOrDefault(t => byText[FieldKind.Fold(t)].Count != 1);
            if (unknown is null)
                links.Add((save, field, [.. wanted.Select(w => w is Guid id ? id : byText[FieldKind.Fold((string)w)].First())], isStart));
            else if (byText[FieldKind.Fold(unknown)].Count is > 1 and var count)
                save.Error(field.Name, new("{0}: “{1}” is the name of {2} records; give its number instead", field.Label, unknown, count));
            else
                save.Error(field.Name, new("{0}: there is no {1} “{2}”", field.Label, target.Label, unknown));
        }
        found.UnionWith(byText.Values.SelectMany(ids => ids));
        await LockAsync(target, links.SelectMany(l => l.Ids).Where(found.Contains).ToHashSet(), found, cancellationToken);
        if (string.Equals(target.Name, type.Name, StringComparison.OrdinalIgnoreCase))
            found.UnionWith(saves.Where(s => s.IsNew).Select(s => s.After.Id));
        foreach (var (save, field, all, isStart) in links)
        {
            IReadOnlyList<Guid> ids = isStart ? [.. all.Where(found.Contains)] : all;
            if (ids.Count == 0)
            {
                save.Set(field.Name, null);
                continue;
            }
            // One of several that stays may be out of the user's sight.
            var kept = LinkedRecords.IdsOf(save.Before?[field.Name]);
            if (ids.Any(id => !found.Contains(id) && !kept.Contains(id)))
                save.Error(field.Name, new("{0}: the record is gone or you may not see it", field.Label));
            else if (ids.Contains(save.After.Id))
                save.Error(field.Name, new("{0} cannot be the record itself", field.Label));
            else
                save.Set(field.Name, field.Kind == RecordLink.Kind ? new RecordLink(target.Name, ids[0]) : field.LeadsTo is null ? kinds.Of(field).Clean(field, new ValueList<Guid>(ids)) : ids[0]);
        }
    }

    /// <summary>
    /// Keeps the targets from being deleted until this transaction ends, and forgets those that somebody deleted between
    /// our look and our lock. SQLite has one writer anyway.
    /// </summary>
    private async Task LockAsync(ContentTypeDefinition target, HashSet<Guid> ids, HashSet<Guid> found, CancellationToken cancellationToken)
    {
        if (session.Dialect.ForUpdate.Length == 0 || ids.Count == 0)
            return;
        var sql = new SqlText($"SELECT id FROM {Columns.Table(target)} WHERE deleted_at IS NULL AND id IN (").AppendList(ColumnType.Uuid, ids.Cast<object?>());
        found.ExceptWith(ids);
        await session.ReadAsync(sql.Append($") ORDER BY id{session.Dialect.ForShare}"), row => found.Add((Guid)session.Dialect.Read(row, 0, ColumnType.Uuid)!), cancellationToken);
    }
}
