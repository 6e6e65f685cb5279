using Crm.Platform.Content;
using Crm.Reports.Engine;

namespace Crm.Reports.Saved;

/// <summary>A saved report keeps only parameters that reports know.</summary>
internal sealed class CheckSavedReports : IContentHandler
{
    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != SavedReportType.Name)
            return ValueTask.CompletedTask;
        foreach (var save in saves)
        {
            if (!save.Changed.Contains("parameters") || save.After.Get<string>("parameters") is not { } text)
                continue;
            var known = ReportParameters.Parse(text).ToString();
            if (known.Length > ReportParameters.MaxLength)
                save.Error("parameters", new("The parameters are too long: at most {0} characters", ReportParameters.MaxLength));
            else
                save.Set("parameters", known);
        }
        return ValueTask.CompletedTask;
    }
}
