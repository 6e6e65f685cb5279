using System.Globalization;
using System.Text;

namespace Crm.Platform.Data;

/// <summary>SQL under construction together with its parameters, so that a value never becomes part of the text.</summary>
public sealed class SqlText
{
    private readonly StringBuilder _text = new();
    private readonly List<(ColumnType Type, object? Value)> _parameters = [];

    public SqlText()
    {
    }

    public SqlText(string text) => _text.Append(text);

    public IReadOnlyList<(ColumnType Type, object? Value)> Parameters => _parameters;

    public SqlText Append(string text)
    {
        _text.Append(text);
        return this;
    }

    public SqlText Append(ColumnType type, object? value)
    {
        _parameters.Add((type, value));
        _text.Append("@p").Append((_parameters.Count - 1).ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Appends parameters with commas between them.</summary>
    public SqlText AppendList(ColumnType type, IEnumerable<object?> values)
    {
        var comma = "";
        foreach (var value in values)
        {
            Append(comma).Append(type, value);
            comma = ", ";
        }
        return this;
    }

    /// <summary>Appends text in which each <c>{}</c> stands for the next parameter.</summary>
    public SqlText Append(string text, params ReadOnlySpan<(ColumnType Type, object? Value)> parameters)
    {
        var start = 0;
        foreach (var (type, value) in parameters)
        {
            var at = text.IndexOf("{}", start, StringComparison.Ordinal);
            _text.Append(text, start, at - start);
            Append(type, value);
            start = at + 2;
        }
        _text.Append(text, start, text.Length - start);
        return this;
    }

    /// <summary>Appends another piece with its parameters.</summary>
    public SqlText Append(SqlText other)
    {
        var text = other._text.ToString();
        var start = 0;
        for (var i = 0; i < other._parameters.Count; i++)
        {
            var marker = $"@p{i.ToString(CultureInfo.InvariantCulture)}";
            var at = text.IndexOf(marker, start, StringComparison.Ordinal);
            _text.Append(text, start, at - start);
            Append(other._parameters[i].Type, other._parameters[i].Value);
            start = at + marker.Length;
        }
        _text.Append(text, start, text.Length - start);
        return this;
    }

    public override string ToString() => _text.ToString();
}
