using System.Globalization;
using System.Text;
using Crm.Platform.Fields;

namespace Crm.Search.Words;

/// <summary>A text folded as the index folds it, with the place in the text that each folded character came from.</summary>
internal sealed class FoldedText
{
    private readonly List<int> _origins = [];

    public FoldedText(string source)
    {
        var folded = new StringBuilder(source.Length);
        for (var elements = StringInfo.GetTextElementEnumerator(source); elements.MoveNext();)
        {
            folded.Append(FieldKind.Fold(elements.GetTextElement()));
            while (_origins.Count < folded.Length)
                _origins.Add(elements.ElementIndex);
        }
        _origins.Add(source.Length);
        Text = folded.ToString();
    }

    public string Text { get; }

    /// <summary>The part of the source that became a part of <see cref="Text"/>: whole characters, as people see them.</summary>
    public (int Start, int End) SourceOf(int start, int end)
    {
        var last = _origins[end - 1];
        while (_origins[end] == last)
            end++;
        return (_origins[start], _origins[end]);
    }
}
