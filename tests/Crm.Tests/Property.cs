using FsCheck;
using FsCheck.Fluent;

namespace Crm.Tests;

/// <summary>Runs a test on values that are made up at random; a failure names the value and the seed that makes it again.</summary>
internal static class Property
{
    /// <summary>Characters that text handling gets wrong: quotes, marks, wide forms, half pairs, controls.</summary>
    private static readonly char[] Odd =
    [
        'a', 'Z', '0', ' ', '\'', '"', '\\', '%', '_', '/', '.', ',', '(', ')', '<', '>', ';', '@', '\0', '\n', '\t', '\u0301',
        'é', 'Ａ', '１', '中', '文', 'が', 'ß', 'İ', '\u2028', '\u3000', '\uD83D', '\uDE00', '\uFFFF',
    ];

    public static Gen<string> Text { get; } = Gen.ArrayOf(Gen.Elements(Odd)).Select(c => new string(c, 0, Math.Min(c.Length, 12)));

    public static void Holds<T>(Gen<T> values, Action<T> test, int runs = 300)
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs), Prop.ForAll(values.ToArbitrary(), test));
}
