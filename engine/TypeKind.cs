namespace ServerlessHub.Engine;

/// <summary>What sort of value a <see cref="LogicalType"/> describes. The numbers are those of DuckDB's C header.</summary>
public enum TypeKind
{
    /// <summary>Not known, for instance the type of a parameter nothing tells about.</summary>
    Unknown = 0,

    /// <summary>True or false; a byte.</summary>
    Boolean = 1,

    /// <summary>8 bits, signed.</summary>
    TinyInt = 2,

    /// <summary>16 bits, signed.</summary>
    SmallInt = 3,

    /// <summary>32 bits, signed.</summary>
    Integer = 4,

    /// <summary>64 bits, signed.</summary>
    BigInt = 5,

    /// <summary>8 bits, unsigned.</summary>
    UTinyInt = 6,

    /// <summary>16 bits, unsigned.</summary>
    USmallInt = 7,

    /// <summary>32 bits, unsigned.</summary>
    UInteger = 8,

    /// <summary>64 bits, unsigned.</summary>
    UBigInt = 9,

    /// <summary>IEEE 754, 32 bits.</summary>
    Float = 10,

    /// <summary>IEEE 754, 64 bits.</summary>
    Double = 11,

    /// <summary>Date and time without a zone; microseconds since 1970-01-01.</summary>
    Timestamp = 12,

    /// <summary>Days since 1970-01-01.</summary>
    Date = 13,

    /// <summary>Microseconds since midnight.</summary>
    Time = 14,

    /// <summary>Months, days and microseconds; <see cref="Engine.Interval"/>.</summary>
    Interval = 15,

    /// <summary>128 bits, signed.</summary>
    HugeInt = 16,

    /// <summary>UTF-8 text.</summary>
    Varchar = 17,

    /// <summary>Bytes.</summary>
    Blob = 18,

    /// <summary>A whole number of 16, 32, 64 or 128 bits and a fixed number of decimal places.</summary>
    Decimal = 19,

    /// <summary>Seconds since 1970-01-01.</summary>
    TimestampS = 20,

    /// <summary>Milliseconds since 1970-01-01.</summary>
    TimestampMs = 21,

    /// <summary>Nanoseconds since 1970-01-01.</summary>
    TimestampNs = 22,

    /// <summary>One of a fixed list of texts, held as its index.</summary>
    Enum = 23,

    /// <summary>Any number of values of one type.</summary>
    List = 24,

    /// <summary>Named fields.</summary>
    Struct = 25,

    /// <summary>Keys, each with a value.</summary>
    Map = 26,

    /// <summary>A UUID; 128 bits with the highest one inverted.</summary>
    Uuid = 27,

    /// <summary>One of several named types.</summary>
    Union = 28,

    /// <summary>A string of bits.</summary>
    Bit = 29,

    /// <summary>A time of day with an offset from UTC; <see cref="Engine.ZonedTime"/>.</summary>
    TimeTz = 30,

    /// <summary>An instant; microseconds since 1970-01-01 UTC.</summary>
    TimestampTz = 31,

    /// <summary>128 bits, unsigned.</summary>
    UHugeInt = 32,

    /// <summary>A fixed number of values of one type.</summary>
    Array = 33,

    /// <summary>Any type: only for the parameters of a <see cref="ScalarFunction"/>.</summary>
    Any = 34,

    /// <summary>A whole number of any size.</summary>
    BigNum = 35,

    /// <summary>The type of a bare NULL.</summary>
    Null = 36,

    /// <summary>The type of a text literal before anything fixes it.</summary>
    StringLiteral = 37,

    /// <summary>The type of a number literal before anything fixes it.</summary>
    IntegerLiteral = 38,

    /// <summary>Nanoseconds since midnight.</summary>
    TimeNs = 39,

    /// <summary>A geometry, as well-known binary.</summary>
    Geometry = 40,

    /// <summary>A value that carries its own type; cast it in SQL to read it.</summary>
    Variant = 41,
}
