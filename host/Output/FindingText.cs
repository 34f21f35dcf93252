using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>The texts that findings point into.</summary>
internal static class FindingText
{
    /// <summary>The text of a file by the name that a finding gives it; null where it cannot be read.</summary>
    public static string? Of(HubRoot root, string name)
    {
        try
        {
            var file = Path.GetFullPath(name, root.Path);
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
