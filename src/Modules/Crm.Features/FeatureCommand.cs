using System.CommandLine;
using Crm.Platform.Commands;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.Features;

/// <summary><c>feature list</c>, <c>feature enable</c> and <c>feature disable</c>. A running server follows within seconds.</summary>
internal sealed class FeatureCommand : SiteCommand
{
    private readonly Argument<string[]> _features = new("feature") { Description = "Ids of features", Arity = ArgumentArity.OneOrMore };
    private readonly Command _list = new("list", "Lists features and whether they are on");
    private readonly Command _enable;

    public FeatureCommand()
    {
        _enable = new Command("enable", "Enables features with all they depend on") { _features };
        Definition = new Command("feature", "Features") { _list, _enable, new Command("disable", "Disables features with all that depend on them") { _features } };
    }

    public override Command Definition { get; }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var process = run.Services.GetRequiredService<CrmProcess>();
        var command = run.Arguments.CommandResult.Command;
        if (command == _list)
        {
            var list = FeatureList.Of(process, run.Services.GetRequiredService<EnabledFeatures>());
            foreach (var feature in list.All)
                await run.Output.WriteLineAsync($"{(list.IsOn(feature) ? "on " : "off")}  {feature.Id}");
            foreach (var error in process.ModuleErrors)
                await run.Error.WriteLineAsync(error.ToString());
            return process.ModuleErrors.Count == 0 ? 0 : 1;
        }
        var sites = run.Services.GetRequiredService<SiteHost>();
        var features = run.Arguments.GetRequiredValue(_features);
        await (command == _enable ? sites.EnableAsync(features, cancellationToken) : sites.DisableAsync(features, cancellationToken));
        await run.Output.WriteLineAsync(command == _enable ? "Enabled." : "Disabled.");
        return 0;
    }
}
