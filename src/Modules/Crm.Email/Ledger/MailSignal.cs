using Crm.Platform.Changes;

namespace Crm.Email.Ledger;

/// <summary>Wakes the sender of this site when there is new mail. Other processes look every few seconds.</summary>
public sealed class MailSignal : Signal;
