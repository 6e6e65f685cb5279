using System.Net;
using System.Text.RegularExpressions;
using Crm.Contents.Lists;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Lists;

/// <summary>Whatever the bar makes, it also understands: text, chips and forms say the same.</summary>
public sealed class FilterBarTests
{
    [Fact]
    public async Task Change_AtRandom_IsReadBackToTheSameChipsAndForms()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        await using var scope = await site.OpenScopeAsync();
        var (form, chips, fields) = (scope.Services.GetRequiredService<FilterForm>(), scope.Services.GetRequiredService<FilterChips>(), scope.Services.GetRequiredService<ListFields>());
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var type in new[] { "customers", "contacts", "opportunities", "activities", "targets" }.Select(scope.Definitions.Current.Get))
        {
            var offered = fields.Groups(type).SelectMany(g => g.Fields).ToList();
            for (var run = 0; run < 60; run++)
            {
                Filter? filter = null;
                for (var n = random.Next(1, 8); n > 0; n--)
                {
                    var field = offered[random.Next(offered.Count)];
                    var into = random.Next(2) == 0 && filter is not null ? Place(random, FilterParts.Of(filter)) : null;
                    filter = form.Change(filter, type, Condition(random, field) with { Into = into });
                }
                var text = FilterWriter.Write(filter!);
                var context = $"seed {seed}, {type.Name}: {text}";
                var read = FilterParser.Parse(text, type, scope.Definitions.Current);
                Assert.True(text == FilterWriter.Write(FilterParts.Join(FilterParts.Of(read))!), context);
                var before = await chips.MakeAsync(type, filter, t => t ?? "", null, CancellationToken.None);
                var after = await chips.MakeAsync(type, read, t => t ?? "", null, CancellationToken.None);
                Assert.True(before.Select(Say).SequenceEqual(after.Select(Say)), context);
                Assert.DoesNotContain(after, c => c.Editor is null && c.Alternatives.Count == 0 && !c.Text.StartsWith("not (", StringComparison.Ordinal));
                // A form that is sent as it stands changes nothing.
                foreach (var chip in after.Concat(after.SelectMany(c => c.Alternatives).SelectMany(a => a.Conditions)).Where(c => c.Editor is not null))
                    Assert.True(text == FilterWriter.Write(form.Change(read, type, new(chip.Editor!.Field.Path, chip.Editor.Op, [.. chip.Editor.Values], At: chip.At))), $"{context}; chip {chip.At} as {chip.Editor.Op} {string.Join('|', chip.Editor.Values)}");
                // And it can be asked.
                await scope.Queries.CountAsync(type.Name, read, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task Editor_AskedWithWhatWasTyped_KeepsItAndSaysWhatIsWrong()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var client = await site.SignInAsync();
        // Two that hold together, or else two others: made, changed and taken apart again with the bar's own forms.
        var filter = await ChangeAsync("level eq 'a' and industry eq 'retail'", "field=level&op=eq&value=b&into=0%2B1");
        Assert.Equal("level eq 'a' and industry eq 'retail' or level eq 'b'", filter);
        filter = await ChangeAsync(filter, "field=employees&op=gt&value=500&into=0.1");
        Assert.Equal("level eq 'a' and industry eq 'retail' or level eq 'b' and employees gt 500", filter);
        filter = await ChangeAsync(filter, "field=industry&op=eq&value=finance&at=0.0.1");
        Assert.Equal("level eq 'a' and industry eq 'finance' or level eq 'b' and employees gt 500", filter);
        var bar = await client.PageAsync($"/customers?filter={Uri.EscapeDataString(filter)}");
        Assert.Equal(["", "0", "0.0", "0.1"], bar.QuerySelectorAll("#filter-into option").Select(o => o.GetAttribute("value")));
        Assert.Equal(["0.0.0", "0.0.1", "0.1.0", "0.1.1"], bar.QuerySelectorAll("#chip-0 [data-condition]").Select(c => c.GetAttribute("data-condition")));
        Assert.Equal("500", bar.QuerySelector("#number-0-1-1")!.GetAttribute("value"));
        var without = bar.QuerySelectorAll("#chip-0 .filter-condition > a").Select(a => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(a.GetAttribute("href")!.Split('?')[1])["filter"].ToString());
        Assert.Equal("industry eq 'finance' or level eq 'b' and employees gt 500", without.First());

        // A place that is no longer there: one condition more.
        foreach (var at in new[] { "7", "0.1.9", "x" })
            Assert.Equal("level eq 'a' and industry eq 'retail'", await ChangeAsync("level eq 'a'", $"field=industry&op=eq&value=retail&at={at}"));

        async Task<string> ChangeAsync(string filter, string change)
        {
            using var response = await client.GetAsync($"/customers?filter={Uri.EscapeDataString(filter)}&{change}");
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            return Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(response.Headers.Location!.OriginalString.Split('?')[1])["filter"].ToString();
        }

        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync("/customers/filter?field=annualRevenue&op=ge&value=1000")).StatusCode);
        // After the last day there is, there is none.
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync("/opportunities/filter?field=closeDate&op=gt&value=9999-12-31")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await client.GetAsync("/targets/filter?field=month&op=le&value=9999-12")).StatusCode);
        using var wrong = await client.GetAsync("/customers/filter?field=annualRevenue&op=between&value=1000&value=a+lot");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var html = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("or 1234.50 USD with a currency code", html, StringComparison.Ordinal);
        var inputs = Regex.Matches(html, "<input[^>]* id=\"(?:from|until)-new\"[^>]*>");
        Assert.Collection(inputs,
            from => { Assert.Contains("value=\"1000\"", from.Value, StringComparison.Ordinal); Assert.DoesNotContain("aria-invalid", from.Value, StringComparison.Ordinal); },
            until => { Assert.Contains("value=\"a lot\"", until.Value, StringComparison.Ordinal); Assert.Contains("aria-invalid=\"true\"", until.Value, StringComparison.Ordinal); });
        // Tags are chosen among those that there are, of the type that the field belongs to.
        Assert.Contains("data-lookup-url=\"/lookup/customers/tags\"", await client.Client.GetStringAsync("/contacts/filter?field=customer.tags"), StringComparison.Ordinal);
    }

    private static string Say(FilterChip chip) => $"{chip.At} {chip.Label} {chip.Text} {chip.RemoveUrl} {chip.Editor?.Op} {string.Join('|', chip.Editor?.Values ?? [])} {string.Join('|', chip.Alternatives.Select(a => $"{a.At} {a.Text} {string.Join('+', a.Conditions.Select(Say))}"))}";

    /// <summary>A part, several of them, an alternative of one, or what is none of these.</summary>
    private static string Place(Random random, IReadOnlyList<Filter> parts)
    {
        var part = random.Next(parts.Count);
        return random.Next(4) switch
        {
            0 => $"{part}",
            1 => string.Join('+', Enumerable.Range(0, parts.Count)),
            2 => $"{part}.{random.Next(3)}",
            _ => new[] { "9", "x", "0+9", "0.0.0.0", "-1" }[random.Next(5)],
        };
    }

    private static ConditionInput Condition(Random random, FilterField field)
    {
        string Day() => new DateOnly(2020, 1, 1).AddDays(random.Next(2000)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        string[] Options() => field.Field.Options.Count == 0 ? ["true"] : [.. field.Field.Options.Select(o => o.Key).OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
        (string Op, string[] Values)[] offers = field.Shape switch
        {
            FilterShape.Choice => [("eq", Options()), ("ne", Options())],
            FilterShape.Words => [("eq", ["vip", "x and y"]), ("ne", ["o'clock"]), ("contains", ["a'b (c)"]), ("startswith", ["%"])],
            FilterShape.Record => [("eq", [Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString()]), ("ne", [Guid.CreateVersion7().ToString()]), .. field.Kind.IsSeveral ? [] : new (string, string[])[] { ("contains", ["O'Neil"]) }],
            FilterShape.Number => [("ge", ["5"]), ("lt", ["12"]), ("between", ["1", "9"]), ("eq", ["7"])],
            FilterShape.Date => [("period", [FilterPeriods.All[random.Next(FilterPeriods.All.Count)].Key]), ("last", [random.Next(1, 400).ToString(System.Globalization.CultureInfo.InvariantCulture)]), ("next", ["7"]), ("ago", ["30"]), ("eq", [Day()]), ("ge", [Day()]), ("le", [Day()]), ("gt", [Day()]), ("lt", [Day()]), ("between", [Day(), Day()]), ("ge", ["@month-1"])],
            _ => [("contains", ["a'b (c)"]), ("eq", ["x and y"]), ("startswith", ["%"])],
        };
        offers = [.. offers, (FilterForm.Empty, []), (FilterForm.NotEmpty, [])];
        var (op, values) = offers[random.Next(offers.Length)];
        return new ConditionInput(field.Path, op, values);
    }
}
