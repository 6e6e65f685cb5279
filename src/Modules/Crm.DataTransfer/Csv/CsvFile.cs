using System.Text;
using Crm.Platform.Localization;
using Sylvan.Data.Csv;

namespace Crm.DataTransfer.Csv;

/// <param name="Row">As a spreadsheet counts: the header is row 1. Null when the file as a whole is at fault.</param>
/// <param name="Field">Name of the field at fault; null when it is the row as a whole.</param>
public sealed record RowProblem(long? Row, Message Message, string? Field = null);

/// <summary>One row below the header; as many cells as the header has.</summary>
internal readonly record struct CsvRow(long Number, string[] Cells);

/// <summary>A CSV file (RFC 4180) with a header: encoding and delimiter are found out, nothing else is guessed.</summary>
internal sealed class CsvFile
{
    public const int MaxColumns = 500;

    /// <summary>Characters of one cell.</summary>
    public const int MaxCell = 1 << 20;

    private const int MaxRecord = 1 << 24;
    private const int MaxProblems = 100;

    private readonly Stream _stream;
    private readonly Encoding _encoding;
    private readonly char _delimiter;

    private CsvFile(Stream stream, Encoding encoding, char delimiter) => (_stream, _encoding, _delimiter) = (stream, encoding, delimiter);

    public IReadOnlyList<string> Headers { get; private set; } = [];

    /// <summary>Whether cells stand between semicolons, as where spreadsheets write decimals with a comma.</summary>
    public bool HasSemicolons => _delimiter == ';';

    /// <param name="stream">Must be able to seek: the file is read more than once.</param>
    public static CsvFile? Open(Stream stream, Action<RowProblem> report)
    {
        if (IsArchive(stream))
        {
            report(new(null, new("This is an archive, not a CSV or Excel file")));
            return null;
        }
        if (TextEncoding.Detect(stream) is not { } encoding)
        {
            report(new(null, new("The file's encoding cannot be told. Save it as UTF-8")));
            return null;
        }
        try
        {
            using var text = Text(stream, encoding);
            var file = new CsvFile(stream, encoding, Delimiter(text));
            return file.ReadHeader(report) ? file : null;
        }
        catch (DecoderFallbackException)
        {
            report(new(1, NotDecodable(encoding)));
            return null;
        }
    }

    /// <summary>Reads the file to its end and reports what is broken. Only a file that is whole should be imported at all.</summary>
    /// <param name="look">Sees each row below the header.</param>
    /// <returns>Whether all is well.</returns>
    public bool Check(Action<RowProblem> report, Action<CsvRow>? look)
    {
        var problems = 0;
        long row = 0;
        try
        {
            using var reader = Reader();
            while (reader.Read())
            {
                row = reader.RowNumber;
                if (Problem(reader) is { } problem)
                {
                    report(new(row, problem));
                    if (++problems == MaxProblems)
                        break;
                }
                else if (row > 1 && look is not null && !IsBlank(reader))
                {
                    look(new(row, Cells(reader)));
                }
            }
        }
        catch (CsvFormatException e) when (e is CsvRecordTooLargeException)
        {
            report(new(row + 1, new("A row may have at most {0} characters; is a quote missing?", MaxRecord)));
            problems++;
        }
        catch (CsvFormatException)
        {
            report(new(row + 1, new("A quote is not closed, or is not doubled inside a quoted cell")));
            problems++;
        }
        catch (DecoderFallbackException)
        {
            report(new(row + 1, NotDecodable(_encoding)));
            problems++;
        }
        return problems == 0;
    }

    /// <summary>The rows below the header, blank ones left out. To be called after <see cref="Check"/> found nothing.</summary>
    public IEnumerable<CsvRow> Rows()
    {
        using var reader = Reader();
        while (reader.Read())
            if (reader.RowNumber > 1 && !IsBlank(reader))
                yield return new(reader.RowNumber, Cells(reader));
    }

    private bool ReadHeader(Action<RowProblem> report)
    {
        try
        {
            using var reader = Reader();
            if (!reader.Read() || IsBlank(reader))
            {
                report(new(1, new("The first row must name the columns")));
                return false;
            }
            Headers = [.. Enumerable.Range(0, reader.RowFieldCount).Select(i => reader.GetString(i).Trim())];
        }
        catch (CsvFormatException)
        {
            report(new(1, new("A quote is not closed, or is not doubled inside a quoted cell")));
            return false;
        }
        if (Headers.Count > MaxColumns)
            report(new(1, new("The file has {0} columns; at most {1} are possible", Headers.Count, MaxColumns)));
        var twice = Headers.Where(h => h.Length > 0).GroupBy(h => h, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).ToList();
        foreach (var name in twice)
            report(new(1, new("There are {0} columns named “{1}”", name.Count(), name.Key)));
        return Headers.Count <= MaxColumns && twice.Count == 0;
    }

    private Message? Problem(CsvDataReader reader)
    {
        if (IsBlank(reader))
            return null;
        if (reader.RowFieldCount != Headers.Count)
            return new("The row has {0} cells, the header {1}", reader.RowFieldCount, Headers.Count);
        var raw = reader.GetRawRecordSpan();
        if (raw.Contains('"') && HasStrayQuote(raw))
            return new("A cell that contains a quote must stand in quotes, and the quote must be doubled");
        if (raw.Length > MaxCell)
            for (var i = 0; i < reader.RowFieldCount; i++)
                if (reader.GetFieldSpan(i).Length > MaxCell)
                    return new("“{0}” has more than {1} characters", Headers[i], MaxCell);
        return null;
    }

    /// <summary>A quote inside a cell that does not begin with one; the parser would take it as it stands.</summary>
    private bool HasStrayQuote(ReadOnlySpan<char> record)
    {
        var (quoted, atStart) = (false, true);
        foreach (var character in record)
        {
            if (character == '"')
            {
                if (!quoted && !atStart)
                    return true;
                quoted = !quoted;
                // A second quote right behind a closing one opens again: "" is one quote.
                atStart = !quoted;
            }
            else
            {
                atStart = !quoted && character == _delimiter;
            }
        }
        return false;
    }

    private static bool IsBlank(CsvDataReader reader) => reader.RowFieldCount == 1 && reader.GetFieldSpan(0).IsWhiteSpace();

    private static string[] Cells(CsvDataReader reader)
    {
        var cells = new string[reader.RowFieldCount];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = reader.GetString(i);
        return cells;
    }

    private CsvDataReader Reader() => CsvDataReader.Create(Text(_stream, _encoding), new CsvDataReaderOptions
    {
        HasHeaders = false,
        Delimiter = _delimiter,
        CsvStyle = CsvStyle.Standard,
        // A name may begin with #: no line of a table is a comment.
        Comment = '\0',
        ResultSetMode = ResultSetMode.SingleResult,
        BufferSize = 1 << 16,
        MaxBufferSize = MaxRecord,
        OwnsReader = true,
    });

    private static StreamReader Text(Stream stream, Encoding encoding)
    {
        stream.Position = 0;
        return new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
    }

    /// <summary>The one of , ; and tab that stands most often in the header, outside quotes.</summary>
    private static char Delimiter(StreamReader text)
    {
        var (commas, semicolons, tabs, quoted) = (0, 0, 0, false);
        for (var read = text.Read(); read >= 0 && (quoted || read is not ('\n' or '\r')); read = text.Read())
        {
            if (read == '"')
                quoted = !quoted;
            else if (!quoted)
                (commas, semicolons, tabs) = (commas + (read == ',' ? 1 : 0), semicolons + (read == ';' ? 1 : 0), tabs + (read == '\t' ? 1 : 0));
        }
        return commas >= semicolons && commas >= tabs ? ',' : semicolons >= tabs ? ';' : '\t';
    }

    private static bool IsArchive(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PK\u0003\u0004"u8);
    }

    private static Message NotDecodable(Encoding encoding) => new("The file contains bytes that are not {0}. Save it as UTF-8", encoding.WebName.ToUpperInvariant());
}
