using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using FsCheck;
using FsCheck.Fluent;

namespace Crm.Tests.Queries;

public sealed class FilterParserTests
{
    private static readonly DefinitionSet Definitions = Define(
        new ContentTypeDefinition
        {
            Name = "customers",
            Label = "Customer",
            PluralLabel = "Customers",
            DisplayField = "name",
            Fields =
            [
                Field.Text("name", "Name"), Field.PickList("industry", "Industry"), Field.Number("employees", "Employees"),
                Field.Money("revenue", "Revenue"), Field.YesNo("active", "Active"), Field.Date("founded", "Founded"),
                Field.LookUp("parent", "Parent", "customers"), Field.Text("notes", "Notes"), Field.Text("inCity", "City"),
                Field.Text("secret", "Secret") with { Hidden = true },
            ],
        },
        new ContentTypeDefinition
        {
            Name = "contacts",
            Label = "Contact",
            PluralLabel = "Contacts",
            DisplayField = "name",
            Fields = [Field.Text("name", "Name"), Field.PickList("role", "Role"), Field.LookUp("customer", "Customer", "customers")],
        },
        new ContentTypeDefinition
        {
            Name = "opportunities",
            Label = "Opportunity",
            PluralLabel = "Opportunities",
            DisplayField = "name",
            Fields =
            [
                Field.Text("name", "Name"), Field.LookUp("customer", "Customer", "customers"), Field.LookUp("partner", "Partner", "customers"),
                Field.LookUp("contact", "Contact", "contacts"), Field.LookUp("rival", "Rival", "customers") with { Hidden = true },
            ],
        },
        new ContentTypeDefinition { Name = "users", Label = "User", PluralLabel = "Users", DisplayField = "name", Fields = [Field.Text("name", "Name")] });

    [Theory]
    [InlineData("name eq 'Acme'", "(name Equal String:Acme)")]
    [InlineData("  name\teq\n'Acme'  ", "(name Equal String:Acme)")]
    [InlineData("NAME EQ 'Acme'", "(name Equal String:Acme)")]
    [InlineData("name eq 'O''Neill'", "(name Equal String:O'Neill)")]
    [InlineData("name eq ''''", "(name Equal String:')")]
    [InlineData("name eq ''", "(name Equal String:)")]
    [InlineData("name eq '微软（中国）有限公司 😀'", "(name Equal String:微软（中国）有限公司 😀)")]
    [InlineData(@"name eq 'C:\new'", @"(name Equal String:C:\new)")]
    [InlineData("name eq null", "(name Equal null)")]
    [InlineData("owner eq @me", "(owner Equal String:@me)")]
    [InlineData("active eq true", "(active Equal Boolean:True)")]
    [InlineData("active ne false", "(active NotEqual Boolean:False)")]
    [InlineData("employees gt 12", "(employees Greater Decimal:12)")]
    [InlineData("revenue ge -0.5", "(revenue GreaterOrEqual Decimal:-0.5)")]
    [InlineData("revenue lt 1e3", "(revenue Less Decimal:1000)")]
    [InlineData("founded le 2026-03-31", "(founded LessOrEqual DateOnly:2026-03-31)")]
    [InlineData("createdAt ge 2026-03-31T10:00:00Z", "(createdAt GreaterOrEqual DateTime:2026-03-31T10:00:00.0000000Z)")]
    [InlineData("createdAt ge 2026-03-31T10:00:00.125+08:00", "(createdAt GreaterOrEqual DateTime:2026-03-31T02:00:00.1250000Z)")]
    [InlineData("createdAt ge 2026-03-31T10:00-05:30", "(createdAt GreaterOrEqual DateTime:2026-03-31T15:30:00.0000000Z)")]
    [InlineData("parent eq 0198c1c2-0000-7000-8000-00000000000a", "(parent Equal Guid:0198c1c2-0000-7000-8000-00000000000a)")]
    [InlineData("parent/Industry eq 'IT'", "(parent.industry Equal String:IT)")]
    [InlineData("parent.parent/parent.name eq 'x'", "(parent.parent.parent.name Equal String:x)")]
    [InlineData("contains(name,'x')", "(name Contains String:x)")]
    [InlineData("StartsWith( name , 'x' )", "(name StartsWith String:x)")]
    [InlineData("endswith(parent/name,'x')", "(parent.name EndsWith String:x)")]
    [InlineData("industry in ('a','b',null)", "(industry In String:a, String:b, null)")]
    [InlineData("industry in ()", "(industry In )")]
    [InlineData("search('acme')", "(Search acme)")]
    [InlineData("true", "And()")]
    [InlineData("false", "Or()")]
    [InlineData("notes eq 'a'", "(notes Equal String:a)")]
    [InlineData("inCity eq 'a'", "(inCity Equal String:a)")]
    [InlineData("not notes eq 'a'", "Not((notes Equal String:a))")]
    [InlineData("not(notes eq 'a')", "Not((notes Equal String:a))")]
    [InlineData("not not search('a')", "Not(Not((Search a)))")]
    public void Parse_Condition_GivesIt(string text, string expected) => Assert.Equal(expected, Describe(Parse(text)));

    [Theory]
    [InlineData("name eq '1' or name eq '2' and name eq '3'", "Or((name Equal String:1), And((name Equal String:2), (name Equal String:3)))")]
    [InlineData("(name eq '1' or name eq '2') and name eq '3'", "And(Or((name Equal String:1), (name Equal String:2)), (name Equal String:3))")]
    [InlineData("name eq '1' and name eq '2' and name eq '3'", "And((name Equal String:1), (name Equal String:2), (name Equal String:3))")]
    [InlineData("not name eq '1' and name eq '2'", "And(Not((name Equal String:1)), (name Equal String:2))")]
    [InlineData("((name eq '1'))", "(name Equal String:1)")]
    public void Parse_SeveralConditions_BindsNotBeforeAndBeforeOr(string text, string expected) => Assert.Equal(expected, Describe(Parse(text)));

    [Theory]
    [InlineData("contacts/any()", "Has(contacts.customer)")]
    [InlineData("contacts.customer/any()", "Has(contacts.customer)")]
    [InlineData("Contacts/Customer/any()", "Has(contacts.customer)")]
    [InlineData("contacts/any(c: c/role eq 'buyer')", "Has(contacts.customer (role Equal String:buyer))")]
    [InlineData("contacts/any(c:c/role eq 'a' or c/customer/name eq 'b')", "Has(contacts.customer Or((role Equal String:a), (customer.name Equal String:b)))")]
    [InlineData("opportunities.partner/any(o: o/name eq 'x')", "Has(opportunities.partner (name Equal String:x))")]
    [InlineData("not contacts/any(c: c/opportunities/any(o: search('x')))", "Not(Has(contacts.customer Has(opportunities.contact (Search x))))")]
    public void Parse_Any_FindsTheLookUp(string text, string expected) => Assert.Equal(expected, Describe(Parse(text)));

    [Theory]
    [InlineData("", 1, "a condition")]
    [InlineData("   ", 4, "a condition")]
    [InlineData("name", 5, "eq, ne, gt, ge, lt, le or in")]
    [InlineData("name = 'x'", 6, "eq, ne, gt, ge, lt, le or in")]
    [InlineData("name eq ", 9, "a value")]
    [InlineData("name eq Acme", 9, "a value")]
    [InlineData("name eq \"Acme\"", 9, "a value")]
    [InlineData("name eq 'Acme", 14, "the closing quote")]
    [InlineData("name eq 'a' name eq 'b'", 13, "and, or, or the end")]
    [InlineData("name eq 'a' and", 16, "a condition")]
    [InlineData("name eq 'a' or or name eq 'b'", 19, "eq, ne, gt")]
    [InlineData("(name eq 'a'", 13, ")")]
    [InlineData("name eq 'a')", 12, "and, or, or the end")]
    [InlineData("not", 4, "a condition")]
    [InlineData("()", 2, "a condition")]
    [InlineData("name in 'a'", 9, "(")]
    [InlineData("name in ('a' 'b')", 14, ", or )")]
    [InlineData("name in ('a',)", 14, "a value")]
    [InlineData("contains(name)", 14, ",")]
    [InlineData("contains('x', name)", 10, "a field")]
    [InlineData("search(acme)", 8, "a text in single quotes")]
    [InlineData("contacts/any(c c/role eq 'x')", 16, ":")]
    [InlineData("contacts/any(c: )", 17, "a condition")]
    [InlineData("contacts/any(c: role eq 'x')", 17, "names begin with c/")]
    [InlineData("contacts/any(c: d/role eq 'x')", 17, "names begin with c/")]
    [InlineData("opportunities/any()", 1, "several look-ups to Customers, so name one of them: opportunities.customer, opportunities.partner")]
    [InlineData("opportunities.rival/any()", 1, "no look-up rival")]
    [InlineData("users/any()", 1, "no look-up to Customers")]
    [InlineData("robots/any()", 1, "no content type robots")]
    [InlineData("parent/contacts/any()", 1, "no content type parent")]
    [InlineData("name eq 'a' and colour eq 'b'", 17, "Customers has no field colour")]
    [InlineData("secret eq 'a'", 1, "Customers has no field secret")]
    [InlineData("parent/secret eq 'a'", 1, "Customers has no field secret")]
    [InlineData("name/x eq 'a'", 1, "Name is not a look-up")]
    [InlineData("parent/parent/parent/parent/name eq 'a'", 1, "more than 3 look-ups")]
    [InlineData("parent//name eq 'a'", 1, "has no field")]
    [InlineData("founded eq 2026-02-30", 12, "a value")]
    [InlineData("createdAt eq 2026-03-31T10:00:00", 14, "a value")]
    [InlineData("employees eq 1e99", 14, "a value")]
    [InlineData("employees eq 1.", 14, "a value")]
    [InlineData("owner eq @you", 10, "a value")]
    public void Parse_WrongInput_SaysWhereAndWhatIsExpected(string text, int position, string expected)
    {
        var message = Assert.Throws<QueryException>(() => Parse(text)).Message;
        Assert.Contains($"position {position}:", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name eq 'a'; DROP TABLE customers")]
    [InlineData("name eq 'a' -- comment")]
    [InlineData("name eq 'a' UNION SELECT 1")]
    [InlineData("name\" eq 'a'")]
    [InlineData("1 eq 1")]
    [InlineData("name eq name")]
    [InlineData("deleted_at eq null")]
    [InlineData("name eq 'a' /* x */")]
    [InlineData("name\0eq 'a'")]
    public void Parse_LooksLikeInjection_IsRefused(string text) => Assert.Throws<QueryException>(() => Parse(text));

    [Fact]
    public void Parse_InjectionInsideQuotes_StaysText()
        => Assert.Equal("(name Equal String:'; DROP TABLE customers; --)", Describe(Parse("name eq '''; DROP TABLE customers; --'")));

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("not(")]
    [InlineData("contacts/any(c: ")]
    [InlineData("'")]
    [InlineData("name in (")]
    [InlineData("name eq ")]
    [InlineData("/")]
    public void Parse_FourThousandCharactersOfOneSort_IsRefused(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, FilterParser.MaxLength / piece.Length));
        Assert.Contains("position", Assert.Throws<QueryException>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TwentyLevels_IsTheMost()
    {
        Assert.Equal(20, Describe(Parse(Nots(20))).Split("Not").Length - 1);
        Assert.Contains("more than 20 levels", Assert.Throws<QueryException>(() => Parse(Nots(21))).Message, StringComparison.Ordinal);

        static string Nots(int count) => string.Concat(Enumerable.Repeat("not ", count)) + "name eq 'a'";
    }

    [Fact]
    public void Parse_TwoHundredConditions_IsTheMost()
    {
        Assert.Equal(200, ((OrFilter)Parse(Ors(200))).Filters.Count);
        Assert.Contains("more than 200 conditions", Assert.Throws<QueryException>(() => Parse(Ors(201))).Message, StringComparison.Ordinal);

        static string Ors(int count) => string.Join(" or ", Enumerable.Repeat("name eq 'a'", count));
    }

    [Fact]
    public void Parse_TooLong_IsRefused()
    {
        var longest = $"name eq '{new string('a', FilterParser.MaxLength - 10)}'";
        Assert.IsType<CompareFilter>(Parse(longest));
        Assert.Contains("at most 4000", Assert.Throws<QueryException>(() => Parse(longest + " ")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyText_GivesAFilterOrAQueryException()
        => Property.Holds(Gen.ListOf(Gen.Elements("name", "parent/name", "eq", "in", "and", "not", "(", ")", "'a'", "'", ",", "null", "1", "contacts/any(", "c:", "c/role", "@me", " ", "\0", "é"))
            .Select(words => string.Join(' ', words)), text =>
            {
                try
                {
                    Assert.NotNull(Parse(text));
                }
                catch (QueryException e)
                {
                    Assert.StartsWith("The filter is wrong at position ", e.Message, StringComparison.Ordinal);
                }
            }, runs: 2000);

    [Fact]
    public void Write_AnyFilter_IsReadBackTheSame()
        => Property.Holds(Filters("customers", 3), filter => Assert.Equal(Describe(filter), Describe(Parse(FilterWriter.Write(filter)))), runs: 1000);

    [Fact]
    public void Write_GroupOfOne_IsTheOne()
        => Assert.Equal("name eq 'a'", FilterWriter.Write(new AndFilter([new OrFilter([Filter.Eq("name", "a")])])));

    [Fact]
    public void Write_MoneyAndWholeNumbers_AreNumbers()
        => Assert.Equal("revenue gt 1.50 and employees eq 3",
            FilterWriter.Write(Filter.And(new CompareFilter("revenue", FilterOperator.Greater, new Money(1.50m, "CNY")), Filter.Eq("employees", 3))));

    [Fact]
    public void Write_TooDeep_IsRefused()
    {
        Filter filter = new QuickSearchFilter("a");
        for (var i = 0; i < 100_000; i++)
            filter = new NotFilter(filter);
        Assert.Throws<QueryException>(() => FilterWriter.Write(filter));
    }

    [Fact]
    public void Write_TwentyLevelsOfEverySort_IsReadBackTheSame()
    {
        Filter filter = Filter.Eq("name", "a");
        for (var i = 0; i < 20; i++)
            filter = (i % 3) switch
            {
                0 => new NotFilter(filter),
                1 => new AndFilter([filter, Filter.Eq("name", "b")]),
                _ => new OrFilter([Filter.Eq("name", "c"), filter]),
            };
        Assert.Equal(Describe(filter), Describe(Parse(FilterWriter.Write(filter))));
    }

    private static Filter Parse(string text) => FilterParser.Parse(text, Definitions.Get("customers"), Definitions);

    private static DefinitionSet Define(params ContentTypeDefinition[] types)
        => new(1, types.ToDictionary(t => t.Name, t => t with { Fields = [.. t.Fields, .. SystemFields.All] }, StringComparer.OrdinalIgnoreCase));

    private static Gen<Filter> Filters(string type, int depth)
    {
        var path = Gen.Elements(type == "customers"
            ? new[] { "name", "industry", "parent", "parent.name", "parent.parent.parent.name", "owner.name", "createdAt", "revenue" }
            : ["name", "owner", "customer.parent.name"]);
        var values = Gen.OneOf(
            Property.Text.Select(t => (object?)t),
            Gen.Elements<object?>(null, "@me", true, false, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, DateOnly.MinValue, DateTime.UnixEpoch, Guid.Empty, "null", "2026-03-31"),
            Gen.Choose(int.MinValue, int.MaxValue).Select(n => (object?)(n / 10_000m)),
            Gen.Choose(0, 3_000_000).Select(n => (object?)DateOnly.FromDayNumber(n)),
            Gen.Choose(0, int.MaxValue).Select(n => (object?)DateTime.UnixEpoch.AddTicks((long)n * 1_234_567)));
        var compare = from p in path from o in Gen.Elements(Enum.GetValues<FilterOperator>()) from v in values select (Filter)new CompareFilter(p, o, v);
        var list = from p in path from n in Gen.Choose(0, 3) from v in Gen.ArrayOf(values, n) select (Filter)new InFilter(p, v);
        var leaf = Gen.OneOf(compare, compare, list, Property.Text.Select(t => (Filter)new QuickSearchFilter(t)), Gen.Elements<Filter>(new AndFilter([]), new OrFilter([])));
        if (depth == 0)
            return leaf;
        var many = from n in Gen.Choose(2, 3) from all in Gen.ArrayOf(Filters(type, depth - 1), n) select all;
        var has = type == "customers"
            ? from at in Gen.Elements(("contacts", "customer"), ("opportunities", "partner"))
              from inner in Filters(at.Item1, depth - 1)
              from bare in Gen.Elements(true, false)
              select (Filter)new HasFilter(at.Item1, at.Item2, bare ? null : inner)
            : leaf;
        return Gen.OneOf(leaf, has, many.Select(f => (Filter)new AndFilter(f)), many.Select(f => (Filter)new OrFilter(f)), Filters(type, depth - 1).Select(f => (Filter)new NotFilter(f)));
    }

    /// <summary>The whole tree as text: records compare lists by reference.</summary>
    private static string Describe(Filter filter) => filter switch
    {
        AndFilter and => $"And({string.Join(", ", and.Filters.Select(Describe))})",
        OrFilter or => $"Or({string.Join(", ", or.Filters.Select(Describe))})",
        NotFilter not => $"Not({Describe(not.Inner)})",
        CompareFilter compare => $"({compare.Path} {compare.Operator} {Describe(compare.Value)})",
        InFilter list => $"({list.Path} In {string.Join(", ", list.Values.Select(Describe))})",
        HasFilter has => $"Has({has.Type}.{has.LookUp}{(has.Where is null ? "" : " " + Describe(has.Where))})",
        QuickSearchFilter search => $"(Search {search.Text})",
        _ => throw new ArgumentException("Unknown", nameof(filter)),
    };

    private static string Describe(object? value) => value switch
    {
        null => "null",
        DateTime time => $"DateTime:{time.ToString("O", CultureInfo.InvariantCulture)}",
        DateOnly date => $"DateOnly:{date.ToString("O", CultureInfo.InvariantCulture)}",
        _ => $"{value.GetType().Name}:{Convert.ToString(value, CultureInfo.InvariantCulture)}",
    };
}
