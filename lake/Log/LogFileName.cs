using System.Globalization;

namespace ServerlessHub.Lake.Log;

/// <summary>What the name of a file in the log says; null parts are what its kind does not have.</summary>
/// <param name="Version">The version of the table that the commit makes, or the checkpoint holds.</param>
/// <param name="IsCheckpoint">Whether it is a checkpoint, or a part of one, rather than a commit.</param>
/// <param name="Part">The part's number, from 1, of a checkpoint in several parts.</param>
/// <param name="Parts">How many parts that checkpoint has.</param>
internal readonly record struct LogFileName(long Version, bool IsCheckpoint, int? Part = null, int? Parts = null)
{
    public const string Folder = "_delta_log";
    public const string Sidecars = "_sidecars";
    public const string LastCheckpoint = "_last_checkpoint";
    private const int Digits = 20;

    public static string Commit(long version) => $"{version:D20}.json";

    public static string Checkpoint(long version) => $"{version:D20}.checkpoint.parquet";

    /// <summary>The name of a checkpoint of the protocol's second kind.</summary>
    public static string Checkpoint(long version, Guid id) => $"{version:D20}.checkpoint.{id}.parquet";

    /// <summary>The first name that any file of the version can have.</summary>
    public static string First(long version) => $"{version:D20}";

    /// <summary>Reads a name; null for one that is no commit and no checkpoint, which a reader passes over.</summary>
    public static LogFileName? Parse(string name)
    {
        var parts = name.Split('.');
        if (parts[0].Length != Digits || !long.TryParse(parts[0], NumberStyles.None, null, out var version))
            return null;
        return parts[1..] switch
        {
            ["json"] => new(version, false),
            ["checkpoint", "parquet"] => new(version, true),
            ["checkpoint", var id, "json" or "parquet"] when Guid.TryParse(id, out _) => new(version, true),
            ["checkpoint", var part, var count, "parquet"] when Number(part) is { } o && Number(count) is { } p => new(version, true, o, p),
            _ => null,
        };
    }

    private static int? Number(string digits) =>
        digits.Length == 10 && int.TryParse(digits, NumberStyles.None, null, out var number) ? number : null;
}
