using System.Globalization;
using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Settings;

namespace Crm.DataTransfer.Import;

/// <param name="Text">The name under which the content manager takes the text: the field's, or that of its part.</param>
/// <param name="Index">The column.</param>
internal sealed record MappedColumn(FieldDefinition Field, string Text, int Index)
{
    /// <summary>What stands for what, by folded text; null refuses the row.</summary>
    public Dictionary<string, string?> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>What the row says about the field.</summary>
    public string Cell(IReadOnlyList<string> cells)
    {
        var cell = FormulaGuard.Remove(cells[Index]);
        return Values.Count > 0 && Values.TryGetValue(FieldKind.Fold(cell.Trim()), out var meant) && meant is not null ? meant : cell;
    }

    /// <summary>Whether the row says nothing about the field, and nobody said what that means.</summary>
    public bool IsEmpty(IReadOnlyList<string> cells) => !Values.ContainsKey("") && string.IsNullOrWhiteSpace(FormulaGuard.Remove(cells[Index]));

    /// <summary>
    /// Whether the row names an option that could be added and is not to be: the row is out. Of a closed list the content manager
    /// says so, beside what else it finds, and the row counts as one of its record like others that fail.
    /// </summary>
    public bool Refuses(IReadOnlyList<string> cells)
        => Field.Open && Values.Count > 0 && Values.TryGetValue(FieldKind.Fold(FormulaGuard.Remove(cells[Index]).Trim()), out var meant) && meant is null;
}

/// <summary>Which column goes into which field.</summary>
/// <param name="Key">The field that identifies a record; null when each row is a new one.</param>
/// <param name="Ignored">Names of columns that no field takes.</param>
/// <param name="KeepsIds">A new record gets the id that its row has.</param>
/// <param name="EmptyCell">What an empty cell says of a record that is there already.</param>
internal sealed record ImportMapping(IReadOnlyList<MappedColumn> Columns, MappedColumn? Key, IReadOnlyList<string> Ignored, bool KeepsIds, EmptyCell EmptyCell);

/// <summary>Decides which column goes into which field: as the request says, else by the field's name, else by its label in any language.</summary>
public sealed class ImportMapper(ContentDefinitions definitions, FieldKinds kinds, Translations translations)
{
    /// <param name="guess">Whether what files call a field will do, too: for a proposal that somebody looks at.</param>
    /// <returns>Null when the request or the header will not do, which has then been reported.</returns>
    internal ImportMapping? Map(ContentTypeDefinition type, IReadOnlyList<string> headers, ImportRequest request, Action<RowProblem> report, bool guess = false)
    {
        var names = Names(type);
        var keyName = request.Key ?? (request.AsExported ? SystemFields.Id : null);
        var columns = new List<MappedColumn>();
        var problems = 0;
        foreach (var map in request.Map)
        {
            var index = Find(headers, map.Column);
            if (!names.TryGetValue(map.Field, out var at))
                Report(new("{0} has no field {1}", type.PluralLabel, map.Field));
            else if (index < 0)
                Report(new("The file has no column “{0}”; it has: {1}", map.Column, string.Join(", ", headers)));
            else if (columns.Any(c => c.Text == at.Text))
                Report(new("The field {0} is mapped twice", at.Text));
            else if (!IsSettable(at.Field, request) && !IsKey(at.Field))
                Report(new("{0} is set by the system", at.Field.Label));
            else
                columns.Add(new(at.Field, at.Text, index));
        }
        // First by names, then by labels, as long as neither the column nor the field is taken.
        for (var i = 0; i < headers.Count && !request.OnlyMapped; i++)
            if (names.TryGetValue(headers[i], out var at) && (IsSettable(at.Field, request) || IsKey(at.Field)))
                Take(at, i);
        for (var i = 0; i < headers.Count && !request.OnlyMapped; i++)
            if (names.Values.FirstOrDefault(n => n.Text == n.Field.Name && IsSettable(n.Field, request) && IsLabel(n.Field.Label, headers[i])) is { Field: not null } at)
                Take(at, i);
        foreach (var isCalled in guess ? (Func<FieldDefinition, string, bool>[])[IsWritten, IsAlias] : [])
            for (var i = 0; i < headers.Count; i++)
                if (Letters(headers[i]) is { Length: > 0 } called && names.Values.FirstOrDefault(n => n.Text == n.Field.Name && IsSettable(n.Field, request) && isCalled(n.Field, called)) is { Field: not null } at)
                    Take(at, i);
        if (problems == 0 && columns.Count == 0)
            Report(new("No column of the file is a field of {0}; it has: {1}", type.PluralLabel, string.Join(", ", headers)));
        var key = keyName is null ? null : columns.FirstOrDefault(c => string.Equals(c.Text, keyName, StringComparison.OrdinalIgnoreCase));
        if (keyName is not null && problems == 0)
        {
            if (!names.TryGetValue(keyName, out var at) || at.Text != at.Field.Name)
                Report(new("{0} has no field {1}", type.PluralLabel, keyName));
            else if (!CanBeKey(at.Field))
                Report(new("{0} cannot tell one record from another", at.Field.Label));
            else if (key is null)
                Report(new("No column of the file holds the key {0}", at.Field.Name));
        }
        foreach (var value in request.Values)
        {
            if (columns.FirstOrDefault(c => string.Equals(c.Text, value.Field, StringComparison.OrdinalIgnoreCase)) is { } column)
                column.Values[FieldKind.Fold(value.From.Trim())] = value.To;
            else if (problems == 0)
                Report(new("No column of the file is the field {0}, whose values are to be replaced", value.Field));
        }
        if (problems > 0)
            return null;
        var used = columns.Select(c => c.Index).ToHashSet();
        columns.RemoveAll(c => !IsSettable(c.Field, request));
        return new(columns, key, [.. headers.Where((h, i) => h.Length > 0 && !used.Contains(i))], request.AsExported && key?.Field.Name == SystemFields.Id, request.EmptyCell);

        void Report(Message message)
        {
            problems++;
            report(new(null, message));
        }

        void Take((FieldDefinition Field, string Text) at, int index)
        {
            if (columns.All(c => c.Index != index && c.Text != at.Text))
                columns.Add(new(at.Field, at.Text, index));
        }

        bool IsKey(FieldDefinition field) => string.Equals(field.Name, keyName, StringComparison.OrdinalIgnoreCase);

        bool IsLabel(LocalizedText label, string header)
            => header.Length > 0 && Labels(label).Any(l => string.Equals(l, header, StringComparison.OrdinalIgnoreCase));

        // "Email *" is the e-mail.
        bool IsWritten(FieldDefinition field, string called) => Labels(field.Label).Append(field.Name).Any(n => Letters(n) == called);

        // "Company" is the name of a customer and the look-up to one. A look-up to records of its own type is about another record, such as the parent company.
        bool IsAlias(FieldDefinition field, string called)
            => field.Aliases.Concat(field is { Kind: "lookUp", Target: { } name } && name != type.Name && definitions.Current.Find(name) is { } target ? target.Find(target.DisplayField)?.Aliases ?? [] : []).Any(n => Letters(n) == called);
    }

    private IEnumerable<string> Labels(LocalizedText label)
        => SiteSettings.Cultures.Select(c => label.Zh is null ? translations.Find(CultureInfo.GetCultureInfo(c), label.En) : label.Zh).OfType<string>().Append(label.En);

    private static string Letters(string text) => string.Concat(FieldKind.Fold(text).Where(char.IsLetterOrDigit));

    /// <summary>Fields that can tell which record a row is.</summary>
    internal IReadOnlyList<FieldDefinition> Keys(ContentTypeDefinition type)
        => [.. type.Fields.Where(f => !f.Hidden && CanBeKey(f) && (IsSettable(f) || f.Name == SystemFields.Id))];

    /// <summary>The field, or part of one, that each column goes into by its name or by what files call it; null for none.</summary>
    internal IReadOnlyList<string?> Propose(ContentTypeDefinition type, IReadOnlyList<string> headers)
    {
        var mapping = Map(type, headers, new ImportRequest(type.Name, Stream.Null), _ => { }, guess: true);
        return [.. headers.Select((_, i) => mapping?.Columns.FirstOrDefault(c => c.Index == i)?.Text)];
    }

    /// <summary>Fields and parts of fields that a column may go into, the id as a key among them.</summary>
    internal IReadOnlyList<(string Text, FieldDefinition Field)> Targets(ContentTypeDefinition type)
        => [.. Names(type).Values.Where(n => IsSettable(n.Field) || n.Field.Name == SystemFields.Id).Select(n => (n.Text, n.Field))];

    private bool IsSettable(FieldDefinition field, ImportRequest request)
        => request.AsExported ? kinds.Of(field).IsTransferred && (!field.IsSystem || !field.ReadOnly || SystemFields.Stamps.Contains(field.Name)) : IsSettable(field);

    /// <summary>Automatic numbers are taken for new records; a file has no text to be made from.</summary>
    private bool IsSettable(FieldDefinition field) => kinds.Of(field).IsTransferred && (!field.ReadOnly || field.Kind == "autoNumber");

    /// <summary>A kind that is compared as a whole and differs from record to record; the id finds records, but makes none.</summary>
    private bool CanBeKey(FieldDefinition field)
        => field.Name == SystemFields.Id || (kinds.Of(field) is { IsSortable: true, Parts.Count: 1 } kind && (field.Unique || field.Kind is "text" or "autoNumber" or "email" or "phone" or "url") && kind.Operators.Contains(FilterOperator.Equal));

    private Dictionary<string, (FieldDefinition Field, string Text)> Names(ContentTypeDefinition type)
    {
        var names = new Dictionary<string, (FieldDefinition, string)>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in type.Fields.Where(f => !f.Hidden))
            foreach (var part in kinds.Of(field).Parts)
                names.TryAdd(field.Name + part, (field, field.Name + part));
        return names;
    }

    private static int Find(IReadOnlyList<string> headers, string column)
    {
        for (var i = 0; i < headers.Count; i++)
            if (string.Equals(headers[i], column.Trim(), StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }
}
