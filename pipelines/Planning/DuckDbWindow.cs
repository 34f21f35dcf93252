using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Writes windows of time in DuckDB's SQL: a FROM term that adds the columns <c>window_start</c> and <c>window_end</c>.</summary>
internal static class DuckDbWindow
{
    /// <summary>The FROM term with each row's window; a row without a time is in none and falls away.</summary>
    public static string Write(TimeWindow window, string from)
    {
        var zone = Sql.Literal(window.TimeZone);
        // Windows follow the clock of their zone: the bounds are computed in its local time and turned back into moments.
        var local = $"timezone({zone}, {Sql.Identifier(window.TimeColumn)}::TIMESTAMPTZ)";
        var (start, end) = window.Calendar is { } unit
            ? ($"date_trunc({Sql.Literal(unit)}, {local})", $"date_trunc({Sql.Literal(unit)}, {local}) + INTERVAL 1 {unit}")
            : (
                $"time_bucket(INTERVAL {Sql.Literal(window.Fixed!)}, {local})",
                $"time_bucket(INTERVAL {Sql.Literal(window.Fixed!)}, {local}) + INTERVAL {Sql.Literal(window.Fixed!)}"
            );
        return $"(SELECT *, timezone({zone}, {start}) AS {Aggregate.WindowStart}, timezone({zone}, {end}) AS {Aggregate.WindowEnd} FROM {from} WHERE {Sql.Identifier(window.TimeColumn)} IS NOT NULL)";
    }
}
