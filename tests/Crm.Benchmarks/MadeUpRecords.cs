using System.Globalization;
using System.Text;
using Bogus;

namespace Crm.Benchmarks;

/// <summary>Made-up customers and their contacts, half of them Chinese, the same for the same seed.</summary>
internal sealed class MadeUpRecords
{
    private static readonly string[] Places = ["北京", "上海", "深圳", "杭州", "成都", "武汉", "苏州", "青岛", "西安", "厦门"];
    private static readonly string[] Trades = ["贸易", "科技", "电子", "食品", "物流", "医疗器械", "建材", "服装", "信息技术", "新能源"];
    private static readonly string[] Industries = ["software", "technology", "retail", "finance", "medical", "marketing", "entertainment", "services", "telecommunications", "manufacturing"];

    private readonly Faker _western = new("en");
    private readonly Faker _chinese = new("zh_CN");
    private readonly Randomizer _random = new(20260101);

    public MadeUpRecords() => _western.Random = _chinese.Random = _random;

    /// <summary>Writes the files <c>customers.csv</c> and <c>contacts.csv</c> to import.</summary>
    public async Task WriteAsync(string folder, int customers, int contacts)
    {
        var names = new string[customers];
        await WriteAsync(Path.Combine(folder, "customers.csv"), "name,level,industry,employees,annualRevenue,phone,email,owner,team,paymentTerms,score", customers, i =>
        {
            names[i] = Company(i);
            return
            [
                names[i], _random.ArrayElement(["A", "B", "C", "D"]), _random.ArrayElement(Industries), Number(1, 20_000), $"{Number(10_000, 90_000_000)}.50",
                Phone(i), $"info{i.ToString(CultureInfo.InvariantCulture)}@example.com", .. Whose(),
                _random.ArrayElement(["prepaid", "net30", "net60", ""]), _random.Number(9) == 0 ? "" : Number(1, 1000),
            ];
        });
        await WriteAsync(Path.Combine(folder, "contacts.csv"), "name,customer,role,jobTitle,phone,email,owner,team", contacts, i =>
        [
            i % 2 == 0 ? ChineseName() : $"{_western.Name.FirstName()} {_western.Name.LastName()}", _random.ArrayElement(names),
            _random.ArrayElement(["decisionMaker", "buyer", "user", "finance", "technical"]), _random.ArrayElement(["Engineer", "Buyer", "采购经理", "Director", ""]),
            Phone(i), $"p{i.ToString(CultureInfo.InvariantCulture)}@example.com", .. Whose(),
        ]);
    }

    private string Company(int number)
    {
        var name = number % 2 == 0 ? $"{_random.ArrayElement(Places)}{ChineseName()}{_random.ArrayElement(Trades)}有限公司" : _western.Company.CompanyName();
        return $"{name.Replace(",", "", StringComparison.Ordinal)} {number.ToString(CultureInfo.InvariantCulture)}";
    }

    private string ChineseName() => _chinese.Name.LastName() + _chinese.Name.FirstName();

    private string Phone(int number) => number % 2 == 0 ? $"+86138{_random.Number(10_000_000, 99_999_999)}" : $"+1202555{Number(1000, 9999)}";

    /// <summary>A small team, a larger one, and nobody's.</summary>
    private string[] Whose() => _random.Number(99) switch
    {
        < 2 => ["lina", "North"],
        < 4 => ["sunwei", "South"],
        < 9 => ["chenjing", "North"],
        < 24 => ["chenjing", "South"],
        _ => ["admin", ""],
    };

    private string Number(int from, int to) => _random.Number(from, to).ToString(CultureInfo.InvariantCulture);

    private static async Task WriteAsync(string path, string header, int count, Func<int, IEnumerable<string>> row)
    {
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await file.WriteLineAsync(header);
        for (var i = 0; i < count; i++)
            await file.WriteLineAsync(string.Join(',', row(i).Select(c => $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
    }
}
