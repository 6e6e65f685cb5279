using Crm.Platform.Content;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crm.Platform.Display;

public static class Screens
{
    /// <summary>
    /// Whether the actor may open a type's list and records. Everybody sees the names of users and teams, but the
    /// administration's pages are for those who may change something there.
    /// </summary>
    public static bool CanOpen(this Actor actor, ContentTypeDefinition type)
        => !type.IsPart && actor.Can(type, ContentActions.View) && !actor.SeesNamesOnly(type);

    /// <summary>Whether a type, such as users, is there for the actor by the names of its records only: to look-ups and whoever reads through them, too.</summary>
    public static bool SeesNamesOnly(this Actor actor, ContentTypeDefinition type)
        => type.IsAdmin && !actor.Can(type, ContentActions.Edit) && !actor.Can(type, ContentActions.Create);

    /// <summary>Whether a field is there for the actor, whatever way it is reached and whatever it is asked for.</summary>
    public static bool Sees(this Actor actor, ContentTypeDefinition type, FieldDefinition field)
        => !actor.SeesNamesOnly(type) || field.Name is SystemFields.Id or SystemFields.DisplayText || field.Name == type.DisplayField;
}

/// <summary>The endpoint is a screen of the content type in its route.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireScreenAttribute : Attribute, IEndpointPermission
{
    public bool Allows(Actor actor, HttpContext context, DefinitionSet definitions)
        => context.GetRouteValue("type") is string type && definitions.Find(type) is { } definition && actor.CanOpen(definition);
}
