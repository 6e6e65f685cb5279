using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Crm.Platform.Localization;
using Fluid;
using Fluid.Ast;
using Fluid.Values;

namespace Crm.Email.Templates;

/// <summary>
/// Liquid as people write it. What a template can do takes neither the server's memory nor its time, so each place where
/// something can grow has an end: texts, lists, loops and what comes out.
/// </summary>
public static partial class BoundedLiquid
{
    /// <summary>Longest text that a template may make on its way.</summary>
    private const int LongestText = 500_000;

    private const int LongestList = 10_000;

    private const int LongestLoop = 1_000;

    /// <summary>Those that make texts as wide as they are told to.</summary>
    private static readonly string[] Refused = ["format_number", "format_string", "format_date"];

    /// <param name="steps">Most statements that one template runs.</param>
    public static TemplateOptions Options(int steps)
    {
        var options = new TemplateOptions { MaxSteps = steps, MaxRecursion = 20 };
        foreach (var (name, filter) in options.Filters.ToList())
            options.Filters.AddFilter(name, Bounded(name, filter));
        foreach (var name in Refused)
            options.Filters.Remove(name);
        return options;
    }

    /// <summary>What a template must not do, or null.</summary>
    public static Message? Problem(IFluidTemplate template)
    {
        var reader = new BoundsReader();
        reader.VisitTemplate(template);
        return reader.Problem;
    }

    /// <exception cref="TemplateException">More comes out than a message may have.</exception>
    public static async Task<string> RenderAsync(IFluidTemplate template, TemplateContext context, TextEncoder encoder)
    {
        await using var writer = new BoundedWriter();
        await template.RenderAsync(writer, encoder, context);
        return writer.ToString();
    }

    private static FilterDelegate Bounded(string name, FilterDelegate filter) => async (input, arguments, context) =>
    {
        Expect(name, input, arguments, context);
        var result = await filter(input, arguments, context);
        var size = result switch
        {
            StringValue text => text.ToStringValue().Length,
            ArrayValue list when list.Values.Count > LongestList => LongestText + 1,
            _ => 0,
        };
        return size <= LongestText ? result : throw TooLong();
    };

    /// <summary>What would multiply lengths is refused before it does.</summary>
    private static void Expect(string name, FluidValue input, FilterArguments arguments, TemplateContext context)
    {
        switch (name)
        {
            case "replace":
                var (text, sought) = (input.ToStringValue(), arguments.At(0).ToStringValue());
                long found = sought.Length == 0 ? text.Length + 1 : text.AsSpan().Count(sought);
                if (text.Length + (found * arguments.At(1).ToStringValue().Length) > LongestText)
                    throw TooLong();
                break;
            case "join" when input is ArrayValue list:
                if ((long)list.Values.Count * (arguments.At(0).ToStringValue().Length + 1) > LongestText)
                    throw TooLong();
                break;
            case "date" when Wide().IsMatch(arguments.At(0).ToStringValue()):
                throw TooLong();
        }
    }

    private static TemplateException TooLong() => new(new("The text becomes too long"));

    [GeneratedRegex(@"%[^A-Za-z%]*[0-9]{3}", RegexOptions.CultureInvariant)]
    private static partial Regex Wide();

    private sealed class BoundsReader : AstVisitor
    {
        public Message? Problem { get; private set; }

        protected override Statement VisitCaptureStatement(CaptureStatement captureStatement)
        {
            Problem ??= new("“{0}” cannot be used here", "capture");
            return base.VisitCaptureStatement(captureStatement);
        }

        protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
        {
            if (rangeExpression is not { From: LiteralExpression from, To: LiteralExpression to } || Math.Abs(Number(to) - Number(from)) > LongestLoop)
                Problem ??= new("A loop may count to {0} at most, between two plain numbers", LongestLoop);
            return base.VisitRangeExpression(rangeExpression);
        }

        private static decimal Number(LiteralExpression literal) => Math.Clamp(literal.Value.ToNumberValue(), int.MinValue, int.MaxValue);
    }

    private sealed class BoundedWriter() : StringWriter(System.Globalization.CultureInfo.InvariantCulture)
    {
        public override void Write(char value)
        {
            Expect(1);
            base.Write(value);
        }

        public override void Write(string? value)
        {
            Expect(value?.Length ?? 0);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Expect(count);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Expect(buffer.Length);
            base.Write(buffer);
        }

        private void Expect(int more)
        {
            if (GetStringBuilder().Length + more > 2 * LongestText)
                throw TooLong();
        }
    }
}
