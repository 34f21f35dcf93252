namespace ServerlessHub.Pipelines.Planning;

/// <summary>The form of the engine error by which a lookup says that a key has more than one match, so that the run can name it in its own words.</summary>
internal static class LookupMessage
{
    /// <summary>Begins the message.</summary>
    public const string Prefix = "hub:lookup:";

    /// <summary>Stands between the reference and the key.</summary>
    public const string Separator = ": more than one match for the key ";
}
