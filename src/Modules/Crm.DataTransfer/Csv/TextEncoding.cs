using System.Buffers;
using System.Text;
using System.Text.Unicode;
using UtfUnknown;

namespace Crm.DataTransfer.Csv;

/// <summary>
/// Finds out how a file's characters are written: by its mark, else UTF-8 when every byte agrees with it, else the
/// Chinese national standard when every byte lies where its common characters do, else by what its letters look like.
/// </summary>
internal static class TextEncoding
{
    private const float LeastConfidence = 0.5f;

    static TextEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>An encoding that refuses bytes that are not its own; null when none can be told. The stream is read to its end.</summary>
    public static Encoding? Detect(Stream stream)
    {
        if (Mark(stream) is { } marked)
            return marked;
        var (utf8, gb) = Look(stream);
        if (utf8)
            return Strict("utf-8");
        if (gb)
            return Strict("gb18030");
        // Few letters beyond ASCII leave the detector unsure, and a wrong guess would be stored as nonsense.
        stream.Position = 0;
        return CharsetDetector.DetectFromStream(stream).Detected is { Encoding: not null } found && found.Confidence >= LeastConfidence
            ? Strict(found.Encoding.WebName)
            : null;
    }

    private static Encoding Strict(string name) => Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static Encoding? Mark(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, 4, throwOnEndOfStream: false)];
        stream.Position = 0;
        return start switch
        {
            [0xEF, 0xBB, 0xBF, ..] => Strict("utf-8"),
            [0xFF, 0xFE, 0, 0] => Strict("utf-32"),
            [0xFF, 0xFE, ..] => Strict("utf-16"),
            [0xFE, 0xFF, ..] => Strict("utf-16BE"),
            [0x84, 0x31, 0x95, 0x33] => Strict("gb18030"),
            _ => null,
        };
    }

    private static (bool Utf8, bool Gb) Look(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            var (utf8, gb, kept, lead) = (true, true, 0, (byte)0);
            while (utf8 || gb)
            {
                var read = stream.Read(buffer, kept, buffer.Length - kept);
                if (read == 0)
                    break;
                if (gb)
                    gb = IsCommonChinese(buffer.AsSpan(kept, read), ref lead);
                if (utf8)
                    (utf8, kept) = CheckUtf8(buffer, kept + read);
                else
                    kept = 0;
            }
            return (utf8 && kept == 0, gb && lead == 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A character that is cut at the buffer's end is kept for the next look.</summary>
    private static (bool Valid, int Kept) CheckUtf8(byte[] buffer, int length)
    {
        for (var cut = 0; cut <= Math.Min(3, length); cut++)
        {
            if (!Utf8.IsValid(buffer.AsSpan(0, length - cut)))
                continue;
            buffer.AsSpan(length - cut, cut).CopyTo(buffer);
            return (true, cut);
        }
        return (false, 0);
    }

    /// <summary>Rows 1 to 9 (signs) and 16 to 87 (characters) of GB 2312, which the letters of Western code pages practically never keep to.</summary>
    private static bool IsCommonChinese(ReadOnlySpan<byte> bytes, ref byte lead)
    {
        foreach (var value in bytes)
        {
            if (lead != 0)
            {
                if (value is < 0xA1 or 0xFF)
                    return false;
                lead = 0;
            }
            else if (value >= 0x80)
            {
                if (value is not ((>= 0xA1 and <= 0xA9) or (>= 0xB0 and <= 0xF7)))
                    return false;
                lead = value;
            }
        }
        return true;
    }
}
