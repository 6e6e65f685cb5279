using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using Crm.Tickets.Conversation;
using Crm.Tickets.Feedback;
using Crm.Tickets.Figures;
using Crm.Tickets.Mail;
using Crm.Tickets.Notices;
using Crm.Tickets.Portal;
using Crm.Tickets.Rules;

namespace Crm.Tickets;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<TicketType>();
        services.AddContentTypes<TicketReplyType>();
        services.AddContentTypes<FeedbackType>();
        services.AddPermissions<TicketPermissions>();
        services.AddMenu<TicketsMenu>();
        services.AddScoped<IMenuBadge, MyOpenTickets>();

        services.AddScoped<IContentHandler, RefuseInactiveAssignees>();
        services.AddScoped<IContentHandler, CompleteRequesters>();
        services.AddScoped<IContentHandler, WithdrawLinks>();
        services.AddScoped<IContentHandler, TicketTimes>();
        services.AddScoped<IContentHandler, MoveTicketsOn>();
        services.AddScoped<IContentHandler, FeedbackAnswers>();
        services.AddScoped<IBackgroundTask, CloseSolvedTickets>();
        services.AddScoped<IBackgroundTask, ForgetLinks>();

        services.AddScoped<ConversationReader>();
        services.AddScoped<AddMessage>();
        services.AddScoped<MessageForms>();
        services.AddScoped<ISlotPart, ConversationPart>();
        services.AddScoped<ISlotPart, TicketActionsPart>();
        services.AddScoped<ISlotPart, FeedbackPart>();
        services.AddScoped<ISlotPart, TimesOfTicket>();
        services.AddScoped<ISlotPart, OpenTicketsOfCustomer>();
        services.AddScoped<ISlotPart, OpenTicketsOnHome>();

        services.AddScoped<ITimelineSource, ServiceTimeline>();

        services.AddScoped<FollowLinks>();
        services.AddScoped<Requesters>();
        services.AddScoped<Submissions>();
        services.AddScoped<PortalWords>();
        services.AddSingleton<SubmissionLimit>();
    }
}

/// <summary>Mail to customers, as far as there is mail.</summary>
[RequireFeatures("Crm.Email")]
internal sealed class MailStartup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<CustomerMail>();
        services.AddScoped<IContentHandler, MailReplies>();
        services.AddScoped<IContentHandler, MailTickets>();
        services.AddScoped<IContentHandler, MailFeedbackAnswers>();
    }
}

[RequireFeatures("Crm.Notifications")]
internal sealed class NotificationsStartup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services) => services.AddScoped<IContentHandler, NotifyAssignees>();
}
