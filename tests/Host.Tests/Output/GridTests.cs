using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Tests.Output;

public sealed class GridTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_value_and_numbers_stand_at_the_right()
    {
        var grid = new Grid(
            [new("name"), new("rows", IsNumeric: true)],
            [
                ["a", "1"],
                ["bcd", "1 234"],
            ]
        );

        Assert.Equal(["name   rows", "───────────", "a         1", "bcd   1 234"], grid.Lines(80));
    }

    [Fact]
    public void The_widest_column_gives_way_first()
    {
        var grid = new Grid(
            [new("id"), new("text")],
            [
                ["12345678", new string('x', 40)],
            ]
        );

        var line = grid.Body(30).Single();

        Assert.Equal("12345678  " + new string('x', 19) + "…", line);
    }

    [Fact]
    public void Columns_that_find_no_place_are_named()
    {
        var columns = Enumerable.Range(1, 5).Select(i => new GridColumn($"column_{i}")).ToList();
        var grid = new Grid(
            columns,
            [
                ["aaaaaaaaaa", "b", "c", "d", "e"],
            ]
        );

        Assert.Equal("… and 2 more: column_4, column_5", grid.Body(32).Last());
        Assert.All(grid.Lines(32), line => Assert.True(Grid.CellsOf(line) <= 32, line));
    }

    [Fact]
    public void A_number_is_left_out_rather_than_cut()
    {
        var grid = new Grid(
            [new("text"), new("lowest", IsNumeric: true), new("highest", IsNumeric: true)],
            [
                [new string('x', 20), "1 234 567 890", "9 876 543 210"],
            ]
        );

        Assert.Equal(new string('x', 10) + "…  1 234 567 890  9 876 543 210", grid.Body(41).Single());
        Assert.Equal(["xxxxxxx…  1 234 567 890", "… and 1 more: highest"], grid.Body(30));
    }

    [Fact]
    public void Wide_characters_take_two_cells()
    {
        var grid = new Grid(
            [new("name"), new("n", IsNumeric: true)],
            [
                ["日本", "1"],
                ["abcd", "2"],
            ]
        );

        Assert.Equal(["日本  1", "abcd  2"], grid.Body(80));
        Assert.Equal("日…", Grid.Cut("日本", 3));
    }

    [Fact]
    public void A_line_end_inside_a_value_does_not_tear_the_grid()
    {
        var grid = new Grid(
            [new("note")],
            [
                ["two\nlines\tand a tab"],
            ]
        );

        Assert.Equal(["two↵lines⇥and a tab"], grid.Body(80));
    }
}
