using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>The files that a source's path names, and which of them a run reads.</summary>
internal static class SourceFiles
{
    /// <summary>The attribute of sources that can read only what is new.</summary>
    public static AttributeSpec Incremental { get; } =
        new(
            "incremental",
            AttributeKind.Choice,
            "`files`: reads only files that no earlier successful run has read; one that changed since is read again."
        )
        {
            Choices = ["files"],
        };

    /// <summary>The files there are; null where the path is refused or holds a parameter without a value, which is reported.</summary>
    public static IReadOnlyList<SourceFile>? Find(Element source, ConnectorContext context)
    {
        var at = source.LocationOf("path");
        if (source.IsOpen)
        {
            context.Findings.Add(
                Rule.NotChecked,
                at,
                $"the path '{source["path"]}' depends on parameters of the run, so the files could not be looked at"
            );
            return null;
        }
        try
        {
            return context.Root.Source(source["path"]!, at, context.Findings)?.Files();
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.PathRefused, at, e.Message, e.Hint);
            return null;
        }
    }

    /// <summary>Says that no file is there: a mistake when there is a run, something to know before.</summary>
    public static void ReportNone(Element source, ConnectorContext context)
    {
        var isRun = context.Values.IsKnown("runId") && source["incremental"] is null;
        context.Findings.Add(
            isRun ? Rule.NoFiles : Rule.NotChecked,
            source.LocationOf("path"),
            $"no file matches '{source["path"]}'",
            isRun ? "check the path, and what is mounted; wildcards are * ? ** [ ] { }" : null
        );
    }

    /// <summary>The files that a run reads. An incremental source reads those that are new or have changed, and notes how far that is.</summary>
    public static IReadOnlyList<SourceFile> Open(Element source, RunContext context)
    {
        var files = context.Root.Source(source["path"]!).Files();
        if (source["incremental"] is null)
            return files;
        var id = source["id"]!;
        var done = context.State.Done<Dictionary<string, string>>(id) ?? [];
        var repeats = context.State.Repeats<Dictionary<string, string>>(id);
        foreach (var changed in files.Where(f => done.TryGetValue(f.Name, out var tag) && tag != Tag(f)))
            context.Findings.Add(
                Rule.FileChanged,
                source.LocationOf("path"),
                $"'{changed.Name}' has changed since it was read, and is read again"
            );
        var fresh = files.Where(f => !done.TryGetValue(f.Name, out var tag) || tag != Tag(f));
        // A run that is done again reads what it read before, not what has come since.
        if (repeats is not null)
            fresh = fresh.Where(f => repeats.ContainsKey(f.Name));
        var read = fresh.ToArray();
        var next = new Dictionary<string, string>(done);
        foreach (var file in read)
            next[file.Name] = Tag(file);
        context.State.Advance(id, next);
        return read;
    }

    /// <summary>What tells a file's content from an earlier one under the same name: its length and the moment it was written.</summary>
    private static string Tag(SourceFile file) => $"{file.Length}-{file.Modified.UtcTicks}";
}
