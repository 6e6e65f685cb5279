using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Crm.Platform.Display;

/// <summary>A short message on the next page, already in the user's language.</summary>
/// <param name="UndoUrl">Where a POST takes the action back; null when there is nothing to take back.</param>
public sealed record Toast(string Text, string? UndoUrl = null, bool IsBad = false)
{
    private const string Key = "toast";

    public static Toast? Take(ITempDataDictionary data)
        => data[Key] is string json ? JsonSerializer.Deserialize<Toast>(json) : null;

    public void ShowOnNextPage(Controller controller) => controller.TempData[Key] = JsonSerializer.Serialize(this);
}
