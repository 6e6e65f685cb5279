using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Parlot;
using Parlot.Fluent;
using static Parlot.Fluent.Parsers;

namespace Crm.Platform.Queries;

/// <summary>
/// Reads conditions in the <c>$filter</c> language of OData v4: comparisons, <c>in</c>, <c>contains</c>, <c>startswith</c>,
/// <c>endswith</c>, <c>any</c>, <c>tolower</c>, and of our own <c>search('text')</c>, <c>@me</c> and relative dates such as <c>@today-7</c>. Names are checked against the
/// definitions; whether a kind of field knows an operator is the compiler's to say.
/// </summary>
public static partial class FilterParser
{
    internal const int MaxLength = 4000;
    internal const int MaxDepth = 20;
    internal const int MaxConditions = 200;
    internal const int MaxLookUps = 3;

    /// <summary>A level of the tree takes at most a "not" and a parenthesis.</summary>
    private const int MaxNesting = (2 * MaxDepth) + 1;

    /// <summary>What the language calls the operators; case does not matter when it is read.</summary>
    public static IReadOnlyDictionary<string, FilterOperator> Operators { get; } = new Dictionary<string, FilterOperator>(StringComparer.OrdinalIgnoreCase)
    {
        ["eq"] = FilterOperator.Equal,
        ["ne"] = FilterOperator.NotEqual,
        ["gt"] = FilterOperator.Greater,
        ["ge"] = FilterOperator.GreaterOrEqual,
        ["lt"] = FilterOperator.Less,
        ["le"] = FilterOperator.LessOrEqual,
        ["contains"] = FilterOperator.Contains,
        ["startswith"] = FilterOperator.StartsWith,
        ["endswith"] = FilterOperator.EndsWith,
    };

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly Parser<Bind> Grammar = Build();

    /// <summary>What the grammar makes of a condition: its names wait for the type that they belong to.</summary>
    private delegate Filter Bind(Scope scope);

    /// <param name="text">At most 4,000 characters, nested at most 20 deep, with at most 200 conditions.</param>
    /// <exception cref="QueryException">Says at which character, counted from 1, what was expected.</exception>
    public static Filter Parse(string text, ContentTypeDefinition root, DefinitionSet definitions)
    {
        if (text.Length > MaxLength)
            throw new QueryException("The filter is too long: at most {0} characters", MaxLength);
        var result = new ParseResult<Bind>();
        try
        {
            Grammar.Parse(new NestingContext(text.TrimEnd()), ref result);
        }
        catch (ParseException e)
        {
            var at = e.Position.Offset;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            throw Expected(at, e.Message);
        }
        return result.Value(new Scope(root, definitions, new Counter()));
    }

    private static Parser<Bind> Build()
    {
        var open = Terms.Char('(');
        var close = Terms.Char(')').ElseError(")");
        var comma = Terms.Char(',');

        // 'it''s' is the chunks 'it' and 's' with nothing between them.
        var chunk = Literals.Char('\'').SkipAnd(ZeroOrOne(Literals.NoneOf("'"))).AndSkip(Literals.Char('\'').ElseError("the closing quote"));
        var quoted = SkipWhiteSpace(OneOrMany(chunk)).Then<object?>(chunks => string.Join('\'', chunks.Select(c => c.Length == 0 ? "" : c.ToString())));
        var bare = Terms.Pattern(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or ':' or '.' or '@')
            .When((context, span) => TryValue(span.ToString(), out _))
            .Then<object?>(span => TryValue(span.ToString(), out var value) ? value : null);
        var value = quoted.Or(bare).ElseError("a value: a text in single quotes, a number, a date, an id, true, false, null or @me");
        var path = Terms.Pattern(c => char.IsLetterOrDigit(c) || c is '_' or '/' or '.');

        // Comparisons of texts ignore case anyway, so these change nothing.
        path = OneOf(Terms.Keyword("tolower", true), Terms.Keyword("toupper", true)).AndSkip(open).And(path).AndSkip(close).Then(f => f.Item2).Or(path);

        var condition = Deferred<Bind>();
        var unary = Deferred<Bind>();

        var group = open.SkipAnd(new Nested<Bind>(condition)).AndSkip(close);
        var not = Terms.Keyword("not", true).SkipAnd(new Nested<Bind>(unary.ElseError("a condition")))
            .Then<Bind>(inner => scope => new NotFilter(inner(scope.Deeper())));
        var constant = Terms.Keyword("true", true).Then<Bind>(_ => _ => new AndFilter([]))
            .Or(Terms.Keyword("false", true).Then<Bind>(_ => _ => new OrFilter([])));
        var function = OneOf(Terms.Keyword("contains", true), Terms.Keyword("startswith", true), Terms.Keyword("endswith", true)).AndSkip(open)
            .And(path.ElseError("a field")).AndSkip(comma.ElseError(",")).And(value).AndSkip(close)
            .Then<Bind>(f => scope => new CompareFilter(scope.Field(f.Item2), Operators[f.Item1], f.Item3));
        var search = Terms.Keyword("search", true).AndSkip(open).And(quoted.ElseError("a text in single quotes")).AndSkip(close)
            .Then<Bind>((_, start, _, f) => scope =>
            {
                scope.Count(start);
                return new QuickSearchFilter((string)f.Item2!);
            });

        var body = path.ElseError("a name for the record, such as c in any(c: ...), or )").AndSkip(Terms.Char(':').ElseError(":"))
            .And(new Nested<Bind>(condition)).AndSkip(close)
            .Then<(TextSpan Variable, Bind? Where)>(b => (b.Item1, b.Item2));
        var any = path.When((context, span) => span.Span.EndsWith("/any", StringComparison.OrdinalIgnoreCase)).AndSkip(open)
            .And(Terms.Char(')').Then<(TextSpan Variable, Bind? Where)>(_ => default).Or(body))
            .Then<Bind>(f => scope =>
            {
                var (type, lookUp) = scope.Collection(f.Item1);
                return new HasFilter(type.Name, lookUp, f.Item2.Where?.Invoke(scope.Inside(type, f.Item2.Variable.ToString()!)));
            });

        var values = value.And(ZeroOrMany(comma.SkipAnd(value))).Then<IReadOnlyList<object?>>(v => [v.Item1, .. v.Item2]);
        var list = Terms.Keyword("in", true).SkipAnd(open.ElseError("(")).SkipAnd(Terms.Char(')').Then<IReadOnlyList<object?>>(_ => []).Or(values.AndSkip(Terms.Char(')').ElseError(", or )"))))
            .Then<Func<string, Filter>>(v => field => new InFilter(field, v));
        var comparison = OneOf([.. Operators.Keys.Where(o => o.Length == 2).Select(o => Terms.Keyword(o, true))]).And(value)
            .Then<Func<string, Filter>>(c => field => new CompareFilter(field, Operators[c.Item1], c.Item2));
        var field = path.And(comparison.Or(list).ElseError("eq, ne, gt, ge, lt, le or in"))
            .Then<Bind>(f => scope => f.Item2(scope.Field(f.Item1)));

        unary.Parser = OneOf(group, not, constant, function, search, any, field);
        var and = Joined(unary.ElseError("a condition"), "and", all => new AndFilter(all));
        condition.Parser = Joined(and, "or", all => new OrFilter(all));
        return condition.AndSkip(Always().Eof().ElseError("and, or, or the end"));
    }

    private static Parser<Bind> Joined(Parser<Bind> operand, string word, Func<IReadOnlyList<Filter>, Filter> join)
        => operand.And(ZeroOrMany(Terms.Keyword(word, true).SkipAnd(operand)))
            .Then<Bind>(all => all.Item2.Count == 0
                ? all.Item1
                : scope => join([.. all.Item2.Prepend(all.Item1).Select(bind => bind(scope.Deeper()))]));

    private static bool TryValue(string text, out object? value)
    {
        value = text.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            "@me" => "@me",
            ['@', ..] when RelativeDates.Matches(text) => text,
            _ => null,
        };
        if (value is not null || text.Equals("null", StringComparison.OrdinalIgnoreCase))
            return true;
        if (Number().IsMatch(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            value = number;
        else if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            value = date;
        else if (Offset().IsMatch(text) && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            value = time.UtcDateTime;
        else if (Guid.TryParseExact(text, "D", out var id))
            value = id;
        return value is not null;
    }

    private static QueryException Expected(int offset, string what)
        => new("The filter is wrong at position {0}: expected {1}", offset + 1, new LocalizedText(what));

    [GeneratedRegex("^-?[0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    /// <summary>Without a zone, nobody could tell which moment is meant.</summary>
    [GeneratedRegex("T.*(Z|[+-][0-9]{2}:[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();

    /// <summary>What names in a condition refer to.</summary>
    /// <param name="Variable">The name that <c>any</c> gives to the record: paths begin with it. Null outside.</param>
    private sealed record Scope(ContentTypeDefinition Type, DefinitionSet Definitions, Counter Counter, int Depth = 0, string? Variable = null)
    {
        public Scope Deeper() => this with { Depth = Depth + 1 };

        public Scope Inside(ContentTypeDefinition type, string variable) => this with { Type = type, Variable = variable, Depth = Depth + 1 };

        public void Count(int offset)
        {
            if (Depth > MaxDepth)
                throw TooDeep(offset);
            if (++Counter.Conditions > MaxConditions)
                throw new QueryException("The filter is wrong at position {0}: it has more than {1} conditions", offset + 1, MaxConditions);
        }

        /// <summary>The path in the definitions' own spelling; each use is one condition.</summary>
        public string Field(TextSpan span)
        {
            Count(span.Offset);
            var names = Names(span);
            if (names.Length > MaxLookUps + 1)
                throw new QueryException("The filter is wrong at position {0}: the path {1} has more than {2} look-ups", span.Offset + 1, span.ToString()!, MaxLookUps);
            var type = Type;
            for (var i = 0; ; i++)
            {
                var field = i < names.Length - 1 ? type.FindLink(names[i]) : type.FindColumn(names[i]);
                if (field is null || field.Hidden)
                    throw new QueryException("The filter is wrong at position {0}: {1} has no field {2}", span.Offset + 1, type.PluralLabel, names[i]) { Field = names[i] };
                names[i] = field.Name;
                if (i == names.Length - 1)
                    return string.Join('.', names);
                type = (field.LeadsTo is { } target ? Definitions.Find(target) : null)
                    ?? throw new QueryException("The filter is wrong at position {0}: {1} is not a look-up", span.Offset + 1, field.Label);
            }
        }

        /// <summary>The type that <c>contacts/any</c> or <c>contacts.customer/any</c> speaks of, and its look-up to this type.</summary>
        public (ContentTypeDefinition Type, string LookUp) Collection(TextSpan span)
        {
            Count(span.Offset);
            var names = Names(span)[..^1];
            if (names is [var name] && Definitions.Find(name) is null)
                names = name.Split('_');
            if (names.Length is 0 or > 2)
                throw Expected(span.Offset, "a content type before /any, or type.lookUp");
            if (Definitions.Find(names[0]) is not { } type)
                throw new QueryException("The filter is wrong at position {0}: there is no content type {1}", span.Offset + 1, names[0]);
            var named = type.Fields.Where(f => !f.Hidden && (names.Length == 1 || string.Equals(f.Name, names[1], StringComparison.OrdinalIgnoreCase))).ToList();
            var lookUps = named.Where(f => string.Equals(f.Target, Type.Name, StringComparison.OrdinalIgnoreCase)).ToList();
            // A link to any record leads to this type as well; a look-up made for it comes first.
            if (lookUps.Count == 0)
                lookUps = [.. named.Where(f => f.Kind == RecordLink.Kind)];
            return lookUps.Count switch
            {
                1 => (type, lookUps[0].Name),
                0 when names.Length == 2 => throw new QueryException("The filter is wrong at position {0}: {1} has no look-up {2} to {3}",
                    span.Offset + 1, type.PluralLabel, names[1], Type.PluralLabel),
                0 => throw new QueryException("The filter is wrong at position {0}: {1} has no look-up to {2}", span.Offset + 1, type.PluralLabel, Type.PluralLabel),
                _ => throw new QueryException("The filter is wrong at position {0}: {1} has several look-ups to {2}, so name one of them: {3}",
                    span.Offset + 1, type.PluralLabel, Type.PluralLabel, string.Join(", ", lookUps.Select(f => $"{type.Name}.{f.Name}"))),
            };
        }

        private string[] Names(TextSpan span)
        {
            var names = span.ToString()!.Split('/', '.');
            if (Variable is null)
                return names;
            return names.Length > 1 && names[0] == Variable
                ? names[1..]
                : throw new QueryException("The filter is wrong at position {0}: inside any(...), names begin with {1}/", span.Offset + 1, Variable);
        }
    }

    private sealed class Counter
    {
        public int Conditions { get; set; }
    }

    private static QueryException TooDeep(int offset)
        => new("The filter is wrong at position {0}: it is nested more than {1} levels deep", offset + 1, MaxDepth);

    private sealed class NestingContext(string text) : Parlot.Fluent.ParseContext(new Scanner(text))
    {
        public int Nesting { get; set; }
    }

    /// <summary>Refuses to go deeper before the stack would end.</summary>
    private sealed class Nested<T>(Parser<T> inner) : Parser<T>
    {
        public override bool Parse(Parlot.Fluent.ParseContext context, ref ParseResult<T> result)
        {
            var nesting = (NestingContext)context;
            if (++nesting.Nesting > MaxNesting)
                throw TooDeep(context.Scanner.Cursor.Offset);
            var found = inner.Parse(context, ref result);
            nesting.Nesting--;
            return found;
        }
    }
}
