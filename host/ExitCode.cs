namespace ServerlessHub.Host;

/// <summary>What the command line tells whoever started it. Every code it ends with stands here.</summary>
internal enum ExitCode
{
    /// <summary>It was done.</summary>
    Done = 0,

    /// <summary>The run or a test failed.</summary>
    Failed = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>A document is not valid.</summary>
    Invalid = 3,

    /// <summary>The hub root, document, table or file is not there.</summary>
    NotFound = 4,

    /// <summary>An error in the hub itself.</summary>
    Internal = 70,

    /// <summary>It was cancelled.</summary>
    Cancelled = 130,
}

/// <summary>The codes in words, for help and reference.</summary>
internal static class ExitCodes
{
    /// <summary>What a code means.</summary>
    public static string Meaning(this ExitCode code) =>
        code switch
        {
            ExitCode.Done => "done",
            ExitCode.Failed => "the run or a test failed; what it says on stderr or in the report tells why",
            ExitCode.Usage => "the command line is wrong",
            ExitCode.Invalid => "a document, a schema or a parameter is not valid",
            ExitCode.NotFound => "the hub root, a document, a table or a file is not there",
            ExitCode.Internal => "an error in the hub itself; the details were written to a file",
            ExitCode.Cancelled => "cancelled (Ctrl-C); nothing half-written is visible",
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
        };
}
