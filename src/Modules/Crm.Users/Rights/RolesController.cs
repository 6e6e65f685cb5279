using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>One permission in a role's matrix.</summary>
internal sealed record RightRow(Permission Permission, string Label, PermissionScope Now, PermissionScope Default)
{
    public bool IsChanged => Now != Default;
}

/// <param name="Actions">One for each of <see cref="ContentActions.All"/>.</param>
internal sealed record RightType(string Label, IReadOnlyList<RightRow> Actions);

/// <param name="IsAdmin">Only of the administration; comes last.</param>
internal sealed record RightModule(string Heading, IReadOnlyList<RightType> Types, IReadOnlyList<RightRow> Others, bool IsAdmin)
{
    public int Changed => Types.Sum(t => t.Actions.Count(a => a.IsChanged)) + Others.Count(o => o.IsChanged);

    public int Given => Types.Sum(t => t.Actions.Count(a => a.Now != PermissionScope.None)) + Others.Count(o => o.Now != PermissionScope.None);
}

/// <summary>Model of <c>_Rights</c>.</summary>
internal sealed record RightsModel(IReadOnlyList<RightModule> Modules, bool IsEditable);

/// <param name="IsFixed">An administrator's rights are not a choice.</param>
internal sealed record RolePage(Guid? Id, long Version, string Name, string? Description, bool IsStandard, bool IsFixed, IReadOnlyList<RightModule> Modules)
{
    public IReadOnlyDictionary<string, string> Errors { get; init; } = new Dictionary<string, string>();

    public string Action => Id is null ? "/admin/roles/new" : $"/admin/roles/{Id}/edit";

    public string CancelUrl => Id is null ? "/admin/roles" : $"/admin/roles/{Id}";
}

/// <summary>The form of a role: its name, and its rights as a matrix. Only what differs from the defaults is stored.</summary>
[Route("/admin/roles")]
internal sealed class RolesController(QueryEngine queries, IContentManager content, RightMatrix matrix, IStringLocalizer localizer) : Controller
{
    [HttpGet("new"), RequirePermission("roles.create")]
    public IActionResult New() => View("Edit", new RolePage(null, 0, "", null, false, false, matrix.Of("", null)));

    [HttpPost("new"), RequirePermission("roles.create")]
    public Task<IActionResult> Create(CancellationToken cancellationToken) => SaveAsync(null, cancellationToken);

    [HttpGet("{id:guid}/edit"), RequirePermission("roles.edit")]
    public async Task<IActionResult> Edit(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(SystemTypes.Roles, id, cancellationToken) is { } role
            ? View(Page(role, role.DisplayText, role.Get<string>("description"), role.Get<string>(UserFields.Permissions)))
            : NotFound();

    [HttpPost("{id:guid}/edit"), RequirePermission("roles.edit")]
    public async Task<IActionResult> Edit(Guid id, [FromForm] string? name, CancellationToken cancellationToken)
        => await queries.GetAsync(SystemTypes.Roles, id, cancellationToken) is { } role ? await SaveAsync(role, cancellationToken) : NotFound();

    private async Task<IActionResult> SaveAsync(ContentItem? role, CancellationToken cancellationToken)
    {
        var form = Request.Form;
        var name = role is not null && RightMatrix.IsStandard(role.DisplayText) ? role.DisplayText : form["name"].ToString().Trim();
        var description = form["description"].ToString();
        var permissions = matrix.Changed(role?.DisplayText ?? "", role?.Get<string>(UserFields.Permissions), form);
        var result = await content.SaveAsync(new ContentChange(SystemTypes.Roles)
        {
            Id = role?.Id,
            Version = role is null ? null : long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1,
            Texts = { [UserFields.Name] = name, ["description"] = description, [UserFields.Permissions] = permissions },
        }, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);
        if (result.Status is SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (result.Succeeded)
        {
            new Toast(localizer["“{0}” was saved.", name]).ShowOnNextPage(this);
            return Redirect($"/admin/roles/{result.Id}");
        }
        Response.StatusCode = result.Status == SaveStatus.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
        return View("Edit", Page(role, name, description, permissions) with
        {
            Errors = result.Errors.GroupBy(e => e.Field ?? "").ToDictionary(g => g.Key, g => g.First().Message.For(localizer)),
        });
    }

    private RolePage Page(ContentItem? role, string name, string? description, string? permissions)
        => new(role?.Id, role?.Version ?? 0, name, description, role is not null && RightMatrix.IsStandard(role.DisplayText),
            PermissionCatalog.IsAdministrator(name), matrix.Of(role?.DisplayText ?? "", permissions));
}
