using System.Diagnostics.CodeAnalysis;

namespace Crm.Platform.Content;

/// <summary>A record, or the part of it that was asked for: values by field name, in the CLR types of their kinds.</summary>
public sealed class ContentItem(string contentType)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string?> _displays = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Guid, string> _names = [];

    public string ContentType { get; } = contentType;

    public Guid Id { get => Get<Guid>(SystemFields.Id); internal set => this[SystemFields.Id] = value; }

    public string DisplayText { get => Get<string>(SystemFields.DisplayText) ?? ""; internal set => this[SystemFields.DisplayText] = value; }

    public Guid? Owner => Get<Guid?>(SystemFields.Owner);

    public Guid? Team => Get<Guid?>(SystemFields.Team);

    public long Version { get => (long)Get<decimal>(SystemFields.Version); internal set => this[SystemFields.Version] = (decimal)value; }

    public bool IsDeleted => this[SystemFields.DeletedAt] is not null;

    public IReadOnlyDictionary<string, object?> Values => _values;

    public object? this[string field]
    {
        get => _values.GetValueOrDefault(field);
        internal set => _values[field] = value;
    }

    [return: MaybeNull]
    public T Get<T>(string field) => _values.GetValueOrDefault(field) is T value ? value : default;

    /// <summary>The display text of the record that a look-up points to, when the query asked for the look-up.</summary>
    /// <remarks>Of a look-up to many, the display texts of those that the reader may see, with semicolons between them.</remarks>
    public string? DisplayOf(string field) => _displays.GetValueOrDefault(field);

    /// <summary>The display text of one of the records that a look-up to many points to; null when the reader may not see it.</summary>
    public string? NameOf(Guid linked) => _names.GetValueOrDefault(linked);

    internal void SetDisplay(string field, string? text) => _displays[field] = text;

    internal void SetNames(string field, IReadOnlyList<(Guid Id, string Name)> linked)
    {
        if (linked.Count > 0)
            _displays[field] = string.Join("; ", linked.Select(l => l.Name));
        foreach (var (id, name) in linked)
            _names[id] = name;
    }

    internal ContentItem Copy()
    {
        var copy = new ContentItem(ContentType);
        foreach (var (field, value) in _values)
            copy._values[field] = value;
        foreach (var (field, text) in _displays)
            copy._displays[field] = text;
        foreach (var (id, name) in _names)
            copy._names[id] = name;
        return copy;
    }
}
