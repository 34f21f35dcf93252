namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class WindowTests : IDisposable
{
    private readonly StepBench bench = new();

    [Theory]
    [InlineData("hourly", "2024-02-28 23:00:00|2024-02-29 00:00:00")]
    [InlineData("daily", "2024-02-28 00:00:00|2024-02-29 00:00:00")]
    [InlineData("weekly", "2024-02-26 00:00:00|2024-03-04 00:00:00")]
    [InlineData("monthly", "2024-02-01 00:00:00|2024-03-01 00:00:00")]
    [InlineData("PT15M", "2024-02-28 23:45:00|2024-02-29 00:00:00")]
    [InlineData("PT7H", "2024-02-28 17:00:00|2024-02-29 00:00:00")]
    [InlineData("P1D", "2024-02-28 00:00:00|2024-02-29 00:00:00")]
    [InlineData("P1W", "2024-02-26 00:00:00|2024-03-04 00:00:00")]
    [InlineData("P3D", "2024-02-26 00:00:00|2024-02-29 00:00:00")]
    [InlineData("0 6 * * *", "2024-02-28 06:00:00|2024-02-29 06:00:00")]
    [InlineData("0 0 1 1 *", "2024-01-01 00:00:00|2025-01-01 00:00:00")]
    public void A_row_is_in_the_window_that_holds_its_time(string window, string bounds) =>
        Assert.Equal([$"{bounds}|1"], Windows("TIMESTAMP '2024-02-28 23:59:59.999999'", window));

    [Theory]
    [InlineData("hourly", "2024-02-28 23:00:00")]
    [InlineData("daily", "2024-02-28 00:00:00")]
    [InlineData("PT15M", "2024-02-28 23:45:00")]
    [InlineData("*/15 * * * *", "2024-02-28 23:45:00")]
    public void A_window_holds_its_start_but_not_its_end(string window, string start)
    {
        Assert.StartsWith(start, Windows($"TIMESTAMP '{start}'", window).Single());
        Assert.StartsWith("2024-02-29 00:00:00", Windows("TIMESTAMP '2024-02-29'", window).Single());
    }

    [Fact]
    public void Times_before_1970_have_windows_too() =>
        Assert.Equal(
            ["1969-12-29 00:00:00|1970-01-05 00:00:00|1", "1969-12-31 23:00:00|1970-01-01 00:00:00|1"],
            new[] { "weekly", "hourly" }.Select(w => Windows("TIMESTAMP '1969-12-31 23:59:59.999999'", w).Single())
        );

    // In Zurich, clocks went from 02:00 to 03:00 on 2024-03-31 and from 03:00 to 02:00 on 2024-10-27, both at 01:00 UTC.
    [Theory]
    [InlineData("daily", "2024-03-31 12:00:00", "2024-03-30 23:00:00|2024-03-31 22:00:00")]
    [InlineData("daily", "2024-10-27 12:00:00", "2024-10-26 22:00:00|2024-10-27 23:00:00")]
    [InlineData("weekly", "2024-03-31 12:00:00", "2024-03-24 23:00:00|2024-03-31 22:00:00")]
    [InlineData("monthly", "2024-10-27 12:00:00", "2024-09-30 22:00:00|2024-10-31 23:00:00")]
    [InlineData("hourly", "2024-10-27 00:30:00", "2024-10-27 00:00:00|2024-10-27 01:00:00")]
    [InlineData("hourly", "2024-10-27 01:30:00", "2024-10-27 01:00:00|2024-10-27 02:00:00")]
    [InlineData("P2D", "2024-03-31 12:00:00", "2024-03-29 23:00:00|2024-03-31 22:00:00")]
    [InlineData("PT6H", "2024-03-31 12:00:00", "2024-03-31 12:00:00|2024-03-31 18:00:00")]
    [InlineData("30 2 * * *", "2024-03-31 12:00:00", "2024-03-31 01:00:00|2024-04-01 00:30:00")]
    [InlineData("30 2 * * *", "2024-10-27 12:00:00", "2024-10-27 00:30:00|2024-10-28 01:30:00")]
    [InlineData("30 * * * *", "2024-10-27 01:45:00", "2024-10-27 01:30:00|2024-10-27 02:30:00")]
    public void Windows_follow_the_clock_of_the_pipelines_zone(string window, string time, string bounds)
    {
        bench.InZone("Europe/Zurich");
        Assert.Equal([$"{bounds}|1"], Windows($"TIMESTAMPTZ '{time}+00'", window));
    }

    [Fact]
    public void Hours_begin_with_those_of_a_zone_that_is_half_an_hour_off()
    {
        bench.InZone("Asia/Kolkata");
        Assert.Equal(["2024-01-01 00:30:00|2024-01-01 01:30:00|1"], Windows("TIMESTAMPTZ '2024-01-01 01:15:00+00'", "hourly"));
    }

    [Fact]
    public void A_date_is_its_own_day_in_every_zone()
    {
        bench.InZone("America/New_York");
        Assert.Equal(["2024-01-02 05:00:00|2024-01-03 05:00:00|1"], Windows("DATE '2024-01-02'", "daily"));
    }

    [Fact]
    public void Rows_without_a_time_make_a_group_without_a_window() => Assert.Equal(["∅|∅|1"], Windows("NULL::TIMESTAMP", "daily"));

    [Theory]
    [InlineData("P3D", "P1D", "2024-02-26|2024-02-29, 2024-02-27|2024-03-01, 2024-02-28|2024-03-02")]
    [InlineData("P1W", "P3D", "2024-02-23|2024-03-01, 2024-02-26|2024-03-04")]
    [InlineData("P5D", "P2D", "2024-02-25|2024-03-01, 2024-02-27|2024-03-03")]
    public void Windows_that_slide_count_a_row_in_each_that_holds_it(string window, string slide, string windows) =>
        Assert.Equal(
            windows.Split(", ").Select(w => w.Replace("|", " 00:00:00|") + " 00:00:00|1"),
            Windows("TIMESTAMP '2024-02-28 12:00:00'", window, slide).Order()
        );

    [Fact]
    public void A_day_of_hours_that_slides_over_a_change_of_clocks_holds_all_its_rows()
    {
        bench.InZone("Europe/Zurich");
        var windows = Windows("TIMESTAMPTZ '2024-10-27 22:30:00+00'", "daily", "PT1H");
        Assert.Equal(25, windows.Count);
        Assert.All(
            windows,
            w =>
                Assert.True(
                    string.CompareOrdinal(w[..19], "2024-10-27 22:30:00") <= 0
                        && string.CompareOrdinal(w[20..39], "2024-10-27 22:30:00") > 0
                )
        );
    }

    [Fact]
    public void Rows_without_a_time_come_once_where_windows_slide() => Assert.Equal(["∅|∅|1"], Windows("NULL::TIMESTAMP", "P1D", "PT1H"));

    [Fact]
    public void Groups_are_divided_by_windows()
    {
        bench.Table(
            "a",
            "FROM (VALUES ('x', TIMESTAMP '2024-01-01 01:00:00', 1), ('x', '2024-01-01 02:00:00', 2), ('y', '2024-01-01 01:00:00', 4), ('x', '2024-01-02', 8)) t(g, moment, n)"
        );
        Assert.Equal(
            [
                "x|2024-01-01 00:00:00|2024-01-02 00:00:00|3",
                "x|2024-01-02 00:00:00|2024-01-03 00:00:00|8",
                "y|2024-01-01 00:00:00|2024-01-02 00:00:00|4",
            ],
            bench.Run("<aggregate source='a' groupBy='g' metrics='sum:n' window='daily'/>", "a").Order()
        );
    }

    [Theory]
    [InlineData("timeColumn='at' window='«dayly'", "« HUB1009: window cannot be 'dayly'; did you mean 'daily'?")]
    [InlineData(
        "timeColumn='at' window='«P1M'",
        "« HUB1009: window cannot be 'P1M'; a duration has weeks, days, hours, minutes and seconds; for months say window=\"monthly\""
    )]
    [InlineData(
        "timeColumn='at' window='«0 6 * *'",
        "« HUB1009: window cannot be '0 6 * *'; a cron expression has five fields (minute, hour, day of month, month, day of week), not 4"
    )]
    [InlineData(
        "window='daily' timeColumn='«g'",
        "« HUB3004: 'g' is VARCHAR, but a window goes by a date or a timestamp; convert it first: <derive …><column name=\"g\" type=\"timestamp\">g</column></derive>"
    )]
    [InlineData("window='«daily'", "« HUB1011: a window needs a timeColumn that places rows in it; dates and timestamps here: at, day")]
    [InlineData("timeColumn='«at'", "« HUB1011: timeColumn is given without a window; add window=, such as window=\"daily\"")]
    [InlineData(
        "window='P1D' timeColumn='at' slide='«P1D'",
        "« HUB1009: slide=\"P1D\" is no shorter than the window, so rows between windows would be lost; make it shorter, or leave it out"
    )]
    [InlineData(
        "window='monthly' timeColumn='at' slide='«PT1S'",
        "« HUB1009: each row would be in 2685600 windows; at most 1000 may overlap; make slide longer or the window shorter"
    )]
    [InlineData(
        "window='0 6 * * *' timeColumn='at' slide='«PT1H'",
        "« HUB1009: windows from one cron time to the next cannot slide; use a duration, such as window=\"P1D\""
    )]
    public void A_window_that_means_nothing_is_reported(string attributes, string finding)
    {
        bench.Table("a", "SELECT 'x' AS g, TIMESTAMP '2024-01-01' AS at, DATE '2024-01-01' AS day");
        Assert.Equal(finding, bench.Findings($"<aggregate source='a' metrics='count:n' {attributes}/>"));
    }

    public void Dispose() => bench.Dispose();

    private IReadOnlyList<string> Windows(string time, string window, string? slide = null) =>
        bench
            .Table("a", $"SELECT {time} AS at")
            .Run(
                $"<aggregate source='a' metrics='count:n' window='{window}' timeColumn='at'{(slide is null ? "" : $" slide='{slide}'")}/>",
                "a"
            );
}
