using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessHub.Host.Cases;

/// <summary>What <c>case.json</c> may say; a case without the file runs its document once.</summary>
internal sealed record CaseSettings
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "case.json";

    /// <summary>The pipeline of the surrounding hub root that is tested, where the case has no <c>pipeline.xml</c> of its own.</summary>
    public string? Pipeline { get; set; }

    /// <summary>The stream of the surrounding hub root that is tested, where the case has no <c>stream.xml</c> of its own.</summary>
    public string? Stream { get; set; }

    /// <summary>The application the case's document belongs to; <c>test</c> unless given.</summary>
    public string App { get; set; } = "test";

    /// <summary>Parameters of every run, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    /// <summary>The runs, one after the other; before the second, <c>input.2/</c> is laid over the root, and so on. One unless given.</summary>
    public IReadOnlyList<CaseRunSettings> Runs { get; set; } = [new()];

    /// <summary>Reads the settings of a case.</summary>
    /// <exception cref="CommandException">The file is not as it should be.</exception>
    public static CaseSettings Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            return new CaseSettings();
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), CaseJson.Default.CaseSettings) ?? new CaseSettings();
        }
        catch (JsonException e)
        {
            throw new CommandException(
                ExitCode.Invalid,
                $"{file}:{e.LineNumber + 1}: {e.Message.Split(" Path:")[0]}",
                "hub test --help says what it may hold"
            );
        }
    }
}

/// <summary>One run of a case.</summary>
internal sealed record CaseRunSettings
{
    /// <summary>Another pipeline than the case's, by <c>app/layer/id</c>.</summary>
    public string? Pipeline { get; set; }

    /// <summary>The run's id; that of an earlier run means that run again.</summary>
    public string? RunId { get; set; }

    /// <summary>Parameters of this run, which win over those of every run.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(CaseSettings))]
internal sealed partial class CaseJson : JsonSerializerContext;
