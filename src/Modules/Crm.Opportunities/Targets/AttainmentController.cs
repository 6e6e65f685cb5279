using System.Globalization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Opportunities.Targets;

[RequirePermission("targets.view")]
internal sealed class AttainmentController(Attainment attainment, ActorContext actor, TimeProvider clock) : Controller
{
    /// <param name="month">Such as <c>2026-03</c>; this month when it is none.</param>
    [HttpGet("/targets/attainment")]
    public async Task<IActionResult> Index(string? month, CancellationToken cancellationToken)
    {
        var today = actor.Current.Today(clock);
        var first = DateOnly.TryParseExact($"{month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked.Year is > 1900 and < 9000
            ? asked
            : new DateOnly(today.Year, today.Month, 1);
        return View(await attainment.ReadAsync(first, cancellationToken));
    }
}
