namespace Crm.Setup;

/// <summary>One input of the set-up page: model of <c>_Answer</c>.</summary>
internal sealed record Answer(SetupPage Page, string Name, string Label, string? Value)
{
    public string Type { get; init; } = "text";

    public string? Hint { get; init; }

    public string? Placeholder { get; init; }

    public string? AutoComplete { get; init; }

    public bool IsWide { get; init; }

    public bool HasFocus { get; init; }

    public string? Error => Page.Errors.GetValueOrDefault(Name);

    public string? DescribedBy => (Error, Hint) switch
    {
        (null, null) => null,
        (null, _) => $"{Name}-hint",
        (_, null) => $"{Name}-error",
        _ => $"{Name}-error {Name}-hint",
    };
}
