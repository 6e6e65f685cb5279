namespace Crm.Platform.Display;

/// <summary>The design system's tone of an option's colour.</summary>
public static class Tones
{
    public static string Of(string? color) => color switch
    {
        "green" or "lime" or "teal" => "good",
        "yellow" or "orange" => "warn",
        "red" or "pink" => "bad",
        "blue" or "azure" or "cyan" => "info",
        "purple" => "plum",
        "indigo" => "accent",
        _ => "plain",
    };
}
