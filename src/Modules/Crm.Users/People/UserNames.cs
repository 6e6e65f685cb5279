using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>A user without a user name is given one, from the e-mail address or else the full name, that nobody has yet.</summary>
internal sealed class UserNames(QueryEngine queries, ActorContext actor) : IContentHandler
{
    /// <summary>Leaves room for a number behind it.</summary>
    private const int MaxLength = 40;

    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != SystemTypes.Users)
            return;
        var open = saves.Where(s => string.IsNullOrWhiteSpace(s.After.Get<string>(UserFields.UserName))).ToList();
        var given = saves.Except(open).Select(s => NameFolding.Fold(s.After.Get<string>(UserFields.UserName)!)).ToHashSet();
        for (var number = 1; open.Count > 0; number++)
        {
            var wanted = open.Select(s => (Save: s, Name: Base(s.After) + (number == 1 ? "" : number.ToString(CultureInfo.InvariantCulture)))).ToList();
            given.UnionWith(await TakenAsync(wanted.Select(w => w.Name), cancellationToken));
            open = [];
            foreach (var (save, name) in wanted)
            {
                if (given.Add(NameFolding.Fold(name)))
                    save.Set(UserFields.UserName, name);
                else
                    open.Add(save);
            }
        }
    }

    /// <summary>Such as <c>darcel.schlecht</c>: letters and digits in small plain form, words joined by dots.</summary>
    internal static string Base(ContentItem user)
    {
        foreach (var text in new[] { user.Get<string>(UserFields.Email)?.Split('@')[0], user.Get<string>(UserFields.Name) })
        {
            var plain = FieldKind.Fold(text ?? "").Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' ? c : '.').ToArray();
            var words = new string(plain).Split('.', StringSplitOptions.RemoveEmptyEntries);
            var name = string.Join('.', words);
            if (name.Any(char.IsLetterOrDigit))
                return name.Length <= MaxLength ? name : name[..MaxLength].TrimEnd('.');
        }
        return "user";
    }

    private async Task<IEnumerable<string>> TakenAsync(IEnumerable<string> names, CancellationToken cancellationToken)
        // Names must differ from those of users whom the actor may not see, too.
        => await actor.AsSystemAsync(async () =>
        {
            var taken = new List<string>();
            foreach (var chunk in names.Distinct().Chunk(500))
                await foreach (var user in queries.StreamAsync(new Query(SystemTypes.Users) { Where = Filter.In(UserFields.UserName, chunk), Columns = [UserFields.UserName], Sort = [SystemFields.Id] }, cancellationToken))
                    taken.Add(NameFolding.Fold(user.Get<string>(UserFields.UserName)!));
            return taken;
        });
}
