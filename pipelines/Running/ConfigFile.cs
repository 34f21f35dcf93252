using System.Text.Json;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A JSON file of the hub's configuration.</summary>
internal static class ConfigFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads it; null where there is none.</summary>
    /// <exception cref="RunException">It is not what it should be, or cannot be read.</exception>
    public static T? Read<T>(string root, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(System.IO.File.ReadAllBytes(Path.Combine(root, file)), Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
        catch (JsonException e)
        {
            throw new RunException($"{file}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}: this is not the JSON expected here", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{file} cannot be read: {e.Message}", inner: e);
        }
    }
}
