using System.Globalization;
using Crm.Platform.Fields;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Display;

/// <summary>
/// How values of the plain kinds are shown, of which a list has hundreds. Where the kind's module or a theme has a
/// template <c>Views/Shared/Fields/Display/&lt;kind&gt;.cshtml</c>, that is used instead.
/// </summary>
public sealed class FieldDisplays(Moments moments, IStringLocalizer localizer)
{
    public IHtmlContent Of(FieldDisplay display) => display.Kind switch
    {
        PickListField when display.Field.Options.FirstOrDefault(o => o.Key == (string)display.Value)?.Color is { } color
            => Html("<span class=\"pill\" data-tone=\"{0}\">{1}</span>", Tones.Of(color), display.Text),
        PickListField => Text(display),
        PhoneField => Html("<a class=\"nowrap\" href=\"tel:{0}\">{1}</a>", display.Value, display.Text),
        // Where the line is too short, it breaks after the @, and not within a name.
        EmailField when display.Text.IndexOf('@') + 1 is var at => Html("<a href=\"mailto:{0}\">{1}<wbr>{2}</a>", display.Value, display.Text[..at], display.Text[at..]),
        DateField => Date(display, (DateOnly)display.Value),
        DateTimeField => DateTime(display, (DateTime)display.Value),
        UserField when display.Text.Length > 0 => Html("<span class=\"row-line\"><span class=\"face\" data-tone=\"{0}\" aria-hidden=\"true\">{1}</span><span class=\"truncate\">{2}</span></span>",
            Faces.Tone(display.Text), Faces.Initials(display.Text), display.Text),
        LookUpField and not IdField => LookUp(display),
        _ when display.InList => Html("<span class=\"clip\">{0}</span>", display.Text),
        _ => Text(display),
    };

    private HtmlFormattableString LookUp(FieldDisplay display)
    {
        if (display.Text.Length == 0)
            return Html("<span class=\"muted\">{0}</span>", localizer["Not visible to you"].Value);
        return display.Url is null ? Text(display) : Html("<a href=\"{0}\">{1}</a>", display.Url, display.Text);
    }

    private HtmlFormattableString Date(FieldDisplay display, DateOnly date)
        => DateField.IsMonth(display.Field)
            ? Time(display, display.Text, display.Text, display.IsDeadline && moments.IsPast(date.AddMonths(1).AddDays(-1)))
            : Time(display, moments.Of(date), date.ToLongDateString(), display.IsDeadline && moments.IsPast(date));

    private HtmlFormattableString DateTime(FieldDisplay display, DateTime at)
        => Time(display, moments.Of(at), moments.Exact(at), display.IsDeadline && moments.IsPast(at));

    private HtmlFormattableString Time(FieldDisplay display, string text, string exact, bool isLate)
        => Html(isLate ? "<span class=\"late\"><time datetime=\"{0}\" title=\"{1}\">{2}</time>{3}</span>" : "<time datetime=\"{0}\" title=\"{1}\">{2}</time>",
            display.Kind.ToInvariant(display.Field, display.Value), exact, text, localizer[", overdue"].Value);

    private static HtmlFormattableString Text(FieldDisplay display) => Html("{0}", display.Text);

    /// <param name="arguments">Are encoded.</param>
    private static HtmlFormattableString Html(string format, params object[] arguments) => new(CultureInfo.InvariantCulture, format, arguments);
}
