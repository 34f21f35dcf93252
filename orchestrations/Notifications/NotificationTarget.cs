namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>Who is told of a job's runs.</summary>
/// <param name="On">Of what.</param>
public abstract record NotificationTarget(IReadOnlyCollection<NotificationKind> On)
{
    /// <summary>Whether a notification of this kind is for it.</summary>
    public bool Wants(NotificationKind kind) =>
        On.Contains(kind)
        || kind switch
        {
            NotificationKind.Success or NotificationKind.Failure => On.Contains(NotificationKind.Completion),
            NotificationKind.SlaPredicted => On.Contains(NotificationKind.Sla),
            _ => false,
        };
}

/// <summary>People, by e-mail.</summary>
/// <param name="To">Their addresses; each may hold <c>${secret:…}</c> and <c>${env:…}</c>.</param>
/// <param name="On">Of what.</param>
public sealed record EmailTarget(IReadOnlyList<string> To, IReadOnlyCollection<NotificationKind> On) : NotificationTarget(On)
{
    /// <summary>The connection of the mail server, a file <c>resources/&lt;name&gt;.json</c> of the layer or of <c>config/common</c>.</summary>
    public string ConnectionRef { get; init; } = "smtp";
}

/// <summary>A program, by HTTP.</summary>
/// <param name="Url">Its address; it may hold <c>${secret:…}</c> and <c>${env:…}</c>, since the addresses of chat systems are secrets.</param>
/// <param name="On">Of what.</param>
public sealed record WebhookTarget(string Url, IReadOnlyCollection<NotificationKind> On) : NotificationTarget(On)
{
    /// <summary>The secret with which the message is signed; null for no signature.</summary>
    public string? SecretRef { get; init; }

    /// <summary>What the message looks like; null to go by the address.</summary>
    public WebhookFormat? Format { get; init; }
}
