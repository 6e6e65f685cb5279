using System.Globalization;
using Crm.Platform.Localization;

namespace Crm.ContentTypes;

/// <summary>A text in both languages as a form shows and posts it.</summary>
internal sealed record TwoTexts(string En, string Zh)
{
    public static TwoTexts None { get; } = new("", "");

    /// <summary>A module's text is shown with its translation.</summary>
    public static TwoTexts Of(LocalizedText? text, Translations translations)
        => text is null ? None : new(text.En, text.Zh ?? translations.Find(CultureInfo.GetCultureInfo("zh-CN"), text.En) ?? "");

    public bool IsEmpty => En.Length == 0 && Zh.Length == 0;

    /// <summary>The text to keep; null for none. What was not touched stays the module's, translation included.</summary>
    public LocalizedText? ToText(LocalizedText? before, Translations translations)
    {
        if (IsEmpty)
            return null;
        if (before is not null && Of(before, translations) == this)
            return before;
        return new(En.Length > 0 ? En : Zh, Zh.Length > 0 ? Zh : null);
    }
}

/// <summary>Model of <c>_TwoTexts</c>: a label above an input for each language.</summary>
internal sealed record TwoTextsInput(string Name, string Label, TwoTexts Texts, int MaxLength)
{
    public bool Required { get; init; }

    public string? Hint { get; init; }

    public string? Error { get; init; }
}
