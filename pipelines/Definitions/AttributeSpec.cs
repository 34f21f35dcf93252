namespace ServerlessHub.Pipelines.Definitions;

/// <summary>What an attribute's text means; decides how it is checked, and its type in the XSD.</summary>
public enum AttributeKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>An identifier: a letter or underscore, then letters, digits, <c>_</c>, <c>-</c> or <c>.</c>.</summary>
    Name,

    /// <summary>Names as <see cref="Name"/> has them, separated by commas.</summary>
    Names,

    /// <summary>The name of something that SQL refers to: a letter or underscore, then letters, digits or <c>_</c>.</summary>
    Identifier,

    /// <summary>The name of a dataset in scope.</summary>
    Dataset,

    /// <summary>Names of datasets in scope, separated by commas.</summary>
    Datasets,

    /// <summary>Column names, separated by commas; a name with a comma stands in double quotes.</summary>
    Columns,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number above zero.</summary>
    PositiveInteger,

    /// <summary>A whole number of zero or more.</summary>
    Integer,

    /// <summary>One of the attribute's choices.</summary>
    Choice,

    /// <summary>A path below the hub root, an address that is mounted, or a glob of either; <c>${parameter}</c> is replaced.</summary>
    Path,

    /// <summary>As <see cref="Path"/>, for what is written: <c>%Y/%m/%d/%H</c> are replaced by the parts of the run's time, see <see cref="RunTimeFormat"/>.</summary>
    TargetPath,

    /// <summary>A table: <c>layer.table</c> or <c>app.layer.table</c>.</summary>
    Table,

    /// <summary>Tables as <see cref="Table"/> has them, separated by commas.</summary>
    Tables,

    /// <summary>A schema file, Avro or JSON Schema.</summary>
    Schema,

    /// <summary>An SQL expression over the datasets in scope.</summary>
    Expression,

    /// <summary>A data type.</summary>
    Type,

    /// <summary>One character; <c>\t</c> is a tab.</summary>
    Character,

    /// <summary>An ISO 8601 duration of a fixed length, such as <c>PT2H</c> or <c>P1DT12H</c>.</summary>
    Duration,

    /// <summary>A cron expression of five fields.</summary>
    Cron,

    /// <summary>A time zone by its IANA name, such as <c>Europe/Zurich</c>.</summary>
    TimeZone,

    /// <summary>A moment in ISO 8601.</summary>
    Timestamp,

    /// <summary>A version: <c>major</c>, <c>major.minor</c> or <c>major.minor.patch</c>.</summary>
    Version,
}

/// <summary>The declaration of one attribute: its check, its place in the XSD and its row in the reference.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Kind">What its text means.</param>
/// <param name="Summary">What it does, in one sentence.</param>
public sealed record AttributeSpec(string Name, AttributeKind Kind, string Summary)
{
    /// <summary>Whether the element is wrong without it.</summary>
    public bool Required { get; init; }

    /// <summary>The value that holds when it is absent; null when absence means something of its own.</summary>
    public string? Default { get; init; }

    /// <summary>The values a <see cref="AttributeKind.Choice"/> may have.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether it may also be written as a child element that holds the value as its text.</summary>
    public bool OrChild { get; init; }
}
