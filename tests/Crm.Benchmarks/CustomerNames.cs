using System.Globalization;
using System.Text;
using Bogus;

namespace Crm.Benchmarks;

/// <summary>Made-up customers, half of them Chinese, the same for the same seed.</summary>
internal sealed class CustomerNames
{
    private static readonly string[] Places = ["北京", "上海", "深圳", "杭州", "成都", "武汉", "苏州", "青岛", "西安", "厦门"];
    private static readonly string[] Trades = ["贸易", "科技", "电子", "食品", "物流", "医疗器械", "建材", "服装", "信息技术", "新能源"];
    private static readonly string[] Industries = ["software", "technology", "retail", "finance", "medical", "marketing", "entertainment", "services", "telecommunications", "manufacturing"];

    private readonly Faker _western = new("en");
    private readonly Faker _chinese = new("zh_CN");
    private readonly Randomizer _random = new(20260101);

    public CustomerNames() => _western.Random = _chinese.Random = _random;

    public string[] Next(int number)
    {
        var name = number % 2 == 0
            ? $"{_random.ArrayElement(Places)}{_chinese.Name.LastName()}{_chinese.Name.FirstName()}{_random.ArrayElement(Trades)}有限公司"
            : _western.Company.CompanyName();
        return
        [
            $"{name} {number.ToString(CultureInfo.InvariantCulture)}",
            _random.ArrayElement(["A", "B", "C", "D"]),
            _random.ArrayElement(Industries),
            _random.Number(1, 20_000).ToString(CultureInfo.InvariantCulture),
            $"{_random.Number(10_000, 90_000_000).ToString(CultureInfo.InvariantCulture)}.50",
            number % 2 == 0 ? $"+86138{_random.Number(10_000_000, 99_999_999)}" : $"+1202555{_random.Number(1000, 9999)}",
            $"info{number.ToString(CultureInfo.InvariantCulture)}@example.com",
        ];
    }

    /// <summary>Writes an import file.</summary>
    public async Task WriteAsync(string path, int count)
    {
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await file.WriteLineAsync("name,level,industry,employees,annualRevenue,phone,email");
        for (var i = 0; i < count; i++)
            await file.WriteLineAsync(string.Join(',', Next(i).Select(c => $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
    }
}
