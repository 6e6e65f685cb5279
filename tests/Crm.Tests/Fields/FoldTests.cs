using Crm.Platform.Fields;
using FsCheck.Fluent;

namespace Crm.Tests.Fields;

/// <summary>By what short texts are compared, sorted and kept unique.</summary>
public sealed class FoldTests
{
    [Theory]
    [InlineData("ABC", "abc")]
    [InlineData("Ａｂｃ１２３", "abc123")]
    [InlineData("Société Générale", "societe generale")]
    [InlineData("MÜLLER", "muller")]
    [InlineData("Mu\u0308ller", "muller")]
    [InlineData("微软（中国）", "微软(中国)")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("か", "か")]
    [InlineData("が", "が")]
    [InlineData("น้ำ", "น\u0e49\u0e4dา")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("😀", "😀")]
    [InlineData("", "")]
    public void Fold_Text_DropsWidthCaseAndAccents(string text, string folded) => Assert.Equal(folded, FieldKind.Fold(text));

    [Fact]
    public void Fold_HalfASurrogatePair_IsReplaced() => Assert.Equal("a\uFFFDe", FieldKind.Fold("A\uD83DÉ"));

    [Fact]
    public void Fold_Twice_IsFoldOnce()
        => Property.Holds(Property.Text, text => Assert.Equal(FieldKind.Fold(text), FieldKind.Fold(FieldKind.Fold(text))), runs: 2000);

    [Fact]
    public void Fold_OtherCase_IsTheSame()
        => Property.Holds(Property.Text.Where(t => !t.Contains('ß') && !t.Contains('İ')), text => Assert.Equal(FieldKind.Fold(text), FieldKind.Fold(text.ToUpperInvariant())));
}
