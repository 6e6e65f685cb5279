using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Crm.Platform.Localization;
using Fluid;
using Fluid.Ast;

namespace Crm.Email.Templates;

/// <summary>A text with merge fields such as <c>{{ contact.name }}</c> (Liquid), ready to be filled in.</summary>
internal sealed partial class TemplateText
{
    private static readonly FluidParser Parser = new();

    /// <summary>Bounds on what a template may do: it comes from a person.</summary>
    private static readonly TemplateOptions Options = BoundedLiquid.Options(20_000);

    /// <summary>Chinese as it is, not as entities.</summary>
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly IFluidTemplate _template;

    private TemplateText(IFluidTemplate template) => _template = template;

    /// <exception cref="TemplateException">With the line that is wrong.</exception>
    public static TemplateText Parse(string source)
    {
        if (Parser.TryParse(source, out var template, out var error))
            return BoundedLiquid.Problem(template) is { } problem ? throw new TemplateException(problem) : new(template);
        var at = Position().Match(error);
        var line = at.Success ? int.Parse(at.Groups["line"].Value, CultureInfo.InvariantCulture) : 1;
        throw new TemplateException(new("Line {0}: a tag or a merge field is not closed, or not written rightly ({1})", line, at.Success ? error[..at.Index].Trim().TrimEnd('.') : error));
    }

    /// <summary>Names that the template reads, such as <c>contact.name</c>, without those that it makes itself.</summary>
    public IReadOnlyList<string> Names()
    {
        var reader = new NameReader();
        reader.VisitTemplate(_template);
        return reader.Names;
    }

    /// <param name="encode">Whether values become HTML: what a customer typed never becomes markup.</param>
    public async Task<string> RenderAsync(IReadOnlyDictionary<string, object?> values, CultureInfo culture, bool encode)
    {
        var context = new TemplateContext(Options) { CultureInfo = culture };
        foreach (var (name, value) in values)
            context.SetValue(name, value ?? "");
        try
        {
            return await BoundedLiquid.RenderAsync(_template, context, encode ? Html : NullEncoder.Default);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or DivideByZeroException or FluidException or FileNotFoundException)
        {
            throw new TemplateException(new("The template cannot be filled in: {0}", e.Message));
        }
    }

    [GeneratedRegex(@"\(?(?:at )?\(?(?<line>\d+):\d+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Position();

    private sealed class NameReader : AstVisitor
    {
        private readonly HashSet<string> _own = new(StringComparer.OrdinalIgnoreCase) { "forloop", "tablerowloop" };
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names => [.. _names.Where(n => !_own.Contains(n.Split('.')[0])).Distinct(StringComparer.OrdinalIgnoreCase)];

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            _names.Add(string.Join('.', memberExpression.Segments.TakeWhile(s => s is IdentifierSegment).Select(s => ((IdentifierSegment)s).Identifier)));
            return base.VisitMemberExpression(memberExpression);
        }

        protected override Statement VisitAssignStatement(AssignStatement assignStatement)
        {
            _own.Add(assignStatement.Identifier);
            return base.VisitAssignStatement(assignStatement);
        }

        protected override Statement VisitForStatement(ForStatement forStatement)
        {
            _own.Add(forStatement.Identifier);
            return base.VisitForStatement(forStatement);
        }
    }
}

/// <summary>A template that cannot be used, with the reason for whoever wrote it.</summary>
public sealed class TemplateException(Message reason) : Exception(reason.ToString())
{
    public Message Reason { get; } = reason;
}
