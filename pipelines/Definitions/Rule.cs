using System.Reflection;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>A kind of finding. Every rule stands in this one list; the reference page is generated from it.</summary>
/// <param name="Id">The stable id, such as <c>HUB2001</c>: 1xxx form, 2xxx names, 3xxx types and expressions, 4xxx places, 5xxx meaning.</param>
/// <param name="Severity">How bad a finding of this kind is.</param>
/// <param name="Title">What the rule says, in one sentence.</param>
public sealed record Rule(string Id, Severity Severity, string Title)
{
    // Form: what can be seen without knowing what a name means.
    public static readonly Rule MalformedXml = Error("HUB1001", "The document is not well-formed XML.");
    public static readonly Rule DocumentTooLarge = Error("HUB1002", "The document is larger or nested deeper than a document may be.");
    public static readonly Rule DtdRefused = Error("HUB1003", "A document carries no DTD: entities could reach files and exhaust memory.");
    public static readonly Rule UnknownElement = Error("HUB1004", "The element is not known here.");
    public static readonly Rule UnknownAttribute = Error("HUB1005", "The attribute is not known on this element.");
    public static readonly Rule MissingAttribute = Error("HUB1006", "A required attribute is missing.");
    public static readonly Rule MissingElement = Error("HUB1007", "A required element is missing.");
    public static readonly Rule RepeatedElement = Error("HUB1008", "The element may stand here only once.");
    public static readonly Rule BadValue = Error("HUB1009", "The value is not one the attribute takes.");
    public static readonly Rule UnexpectedText = Error("HUB1010", "Text stands where none is expected.");
    public static readonly Rule ConflictingAttributes = Error("HUB1011", "Attributes are given that exclude or require each other.");
    public static readonly Rule LayerMismatch = Error("HUB1012", "The layer attribute and the document's folder disagree.");
    public static readonly Rule ElementOrder = Error("HUB1013", "The elements stand in another order than they must.");

    // Names: what a name refers to.
    public static readonly Rule UnknownDataset = Error("HUB2001", "No dataset has this name.");
    public static readonly Rule DatasetBoundLater = Error("HUB2002", "The dataset is only bound further down.");
    public static readonly Rule DuplicateName = Error("HUB2003", "The name is already taken.");
    public static readonly Rule UnknownColumn = Error("HUB2004", "The dataset has no such column.");
    public static readonly Rule DuplicateColumn = Error("HUB2005", "A column name would come twice.");
    public static readonly Rule UnknownParameter = Error("HUB2006", "No parameter has this name.");
    public static readonly Rule UnknownTable = Error("HUB2007", "There is no such table.");
    public static readonly Rule UnknownDocument = Error("HUB2008", "There is no such document.");
    public static readonly Rule UnusedSource = new("HUB2009", Severity.Warning, "No target needs this source, so it is never read.");
    public static readonly Rule AmbiguousName = Error("HUB2010", "The name means more than one thing.");

    public static readonly Rule UnknownNode = Error("HUB2011", "The job has no node of this name.");
    public static readonly Rule UnknownDriver = Error("HUB2012", "The stream has no driver of this name.");

    // Types and expressions.
    public static readonly Rule BadExpression = Error("HUB3001", "The expression does not parse.");
    public static readonly Rule UnboundExpression = Error("HUB3002", "The expression does not fit the columns in scope.");
    public static readonly Rule ForbiddenExpression = Error(
        "HUB3003",
        "The expression reaches for a file, a setting, or a statement of its own."
    );
    public static readonly Rule TypeMismatch = Error("HUB3004", "The types do not fit each other.");
    public static readonly Rule BadType = Error("HUB3005", "The type is not known.");
    public static readonly Rule BadSchema = Error("HUB3006", "The schema file does not parse as Avro or JSON Schema.");
    public static readonly Rule SchemaDrift = Error("HUB3007", "What is read or written does not fit its schema.");
    public static readonly Rule SchemaDriftSeen = new(
        "HUB3008",
        Severity.Warning,
        "What is read does not fit its schema; the policy lets it pass."
    );
    public static readonly Rule NotChecked = new("HUB3009", Severity.Note, "This part could not be checked.");

    public static readonly Rule ConditionTooEarly = Error(
        "HUB3010",
        "The condition looks at a node that need not have ended when it is asked."
    );

    // Places: files, tables, connections, secrets.
    public static readonly Rule MissingFile = Error("HUB4001", "The file is not there or cannot be read.");
    public static readonly Rule PathRefused = Error("HUB4002", "The path leaves the hub root or is absolute.");
    public static readonly Rule NotMounted = Error("HUB4003", "No mount covers this address.");
    public static readonly Rule MissingConnection = Error("HUB4004", "The connection is not known or not complete.");
    public static readonly Rule MissingSecret = Error("HUB4005", "The secret is not there.");
    public static readonly Rule NoFiles = Error("HUB4006", "No file matches the path.");

    public static readonly Rule FileChanged = new("HUB4007", Severity.Warning, "A file that an earlier run has read has changed since.");

    public static readonly Rule MaskingKeyMade = new(
        "HUB4008",
        Severity.Warning,
        "The hub had no masking key and has made one: keep a copy, and on another machine use the same."
    );

    // Meaning: each part is right, the whole is not.
    public static readonly Rule TargetsCollide = Error("HUB5001", "Two targets would overwrite one place.");
    public static readonly Rule BadParameter = Error("HUB5002", "The parameter is missing, unknown, or of the wrong type.");
    public static readonly Rule Unsupported = Error("HUB5003", "This combination is not supported.");

    public static readonly Rule DependencyCycle = Error("HUB5004", "Nodes of the job wait for each other in a circle.");
    public static readonly Rule UselessFallback = Error("HUB5005", "The fallback can never run, or the policy that needs one has none.");
    public static readonly Rule BrokenReference = Error("HUB5006", "The document that is referred to is not valid.");
    public static readonly Rule JobInsideItself = Error("HUB5007", "The job is a part of itself.");
    public static readonly Rule TableTaken = Error("HUB5008", "A table of a stream has no other writer.");

    /// <summary>All rules, by id.</summary>
    public static IReadOnlyList<Rule> All { get; } =
        typeof(Rule)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(Rule))
            .Select(f => (Rule)f.GetValue(null)!)
            .OrderBy(r => r.Id, StringComparer.Ordinal)
            .ToArray();

    private static Rule Error(string id, string title) => new(id, Severity.Error, title);
}
