namespace ServerlessHub.Engine;

/// <summary>What a statement does. The numbers are those of DuckDB's C header.</summary>
public enum StatementKind
{
    /// <summary>Nothing DuckDB knows.</summary>
    Invalid = 0,

    /// <summary>SELECT, FROM, VALUES and everything else that reads.</summary>
    Select = 1,

    /// <summary>INSERT</summary>
    Insert = 2,

    /// <summary>UPDATE</summary>
    Update = 3,

    /// <summary>EXPLAIN</summary>
    Explain = 4,

    /// <summary>DELETE</summary>
    Delete = 5,

    /// <summary>PREPARE</summary>
    Prepare = 6,

    /// <summary>CREATE of a table, view, schema, type, index or sequence.</summary>
    Create = 7,

    /// <summary>EXECUTE</summary>
    Execute = 8,

    /// <summary>ALTER</summary>
    Alter = 9,

    /// <summary>BEGIN, COMMIT, ROLLBACK</summary>
    Transaction = 10,

    /// <summary>COPY</summary>
    Copy = 11,

    /// <summary>ANALYZE</summary>
    Analyze = 12,

    /// <summary>SET VARIABLE</summary>
    VariableSet = 13,

    /// <summary>CREATE FUNCTION</summary>
    CreateFunction = 14,

    /// <summary>DROP</summary>
    Drop = 15,

    /// <summary>EXPORT DATABASE</summary>
    Export = 16,

    /// <summary>PRAGMA</summary>
    Pragma = 17,

    /// <summary>VACUUM</summary>
    Vacuum = 18,

    /// <summary>CALL</summary>
    Call = 19,

    /// <summary>SET and RESET of a setting.</summary>
    Set = 20,

    /// <summary>LOAD and INSTALL</summary>
    Load = 21,

    /// <summary>A relation built by an API.</summary>
    Relation = 22,

    /// <summary>A statement an extension parses.</summary>
    Extension = 23,

    /// <summary>A plan built by an API.</summary>
    LogicalPlan = 24,

    /// <summary>ATTACH</summary>
    Attach = 25,

    /// <summary>DETACH</summary>
    Detach = 26,

    /// <summary>Several statements in one, such as a PIVOT that looks up its columns.</summary>
    Multi = 27,

    /// <summary>COPY FROM DATABASE</summary>
    CopyDatabase = 28,

    /// <summary>UPDATE EXTENSIONS</summary>
    UpdateExtensions = 29,

    /// <summary>MERGE INTO</summary>
    MergeInto = 30,
}
