using System.Text;

namespace ServerlessHub.Host.Output;

/// <summary>A node of a graph that is drawn.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Inputs">The ids of the nodes it reads, all drawn before it.</param>
/// <param name="Symbol">The character it is drawn as.</param>
internal sealed record LaneNode(string Id, IReadOnlyList<string> Inputs, char Symbol);

/// <summary>
/// Draws a graph without cycles downwards, one line a node and at most one line between two nodes: each node that is still to be read keeps a lane,
/// lanes that are read together run into one.
/// </summary>
internal static class GraphLanes
{
    /// <summary>The lines, top to bottom; a line with a node carries its id, the others null.</summary>
    /// <param name="nodes">The nodes, each after those it reads.</param>
    public static IReadOnlyList<(string Drawing, string? Id)> Draw(IReadOnlyList<LaneNode> nodes)
    {
        var readers = nodes.SelectMany(n => n.Inputs.Distinct()).GroupBy(i => i).ToDictionary(g => g.Key, g => g.Count());
        var lanes = new List<string?>();
        var lines = new List<(string, string?)>();
        foreach (var node in nodes)
        {
            var inputs = node.Inputs.Distinct().Select(i => lanes.IndexOf(i)).Order().ToArray();
            var ending = inputs.Where(i => --readers[lanes[i]!] == 0).ToArray();
            var own = ending.Length > 0 ? ending[0] : FreeLane(lanes, inputs);
            if (inputs.Any(i => i != own))
                lines.Add((Connection(lanes, inputs, ending, own), null));
            foreach (var lane in ending)
                lanes[lane] = null;
            lanes[own] = node.Id;
            lines.Add((Row(lanes, own, node.Symbol), node.Id));
            if (!readers.ContainsKey(node.Id))
                lanes[own] = null;
            while (lanes.Count > 0 && lanes[^1] is null)
                lanes.RemoveAt(lanes.Count - 1);
        }
        return lines;
    }

    // A node that ends no lane begins one: to the right of what it reads, where it must not cross a lane that ends elsewhere.
    private static int FreeLane(List<string?> lanes, int[] inputs)
    {
        var after = inputs.Length == 0 ? -1 : inputs[0];
        var free = lanes.FindIndex(after + 1, l => l is null);
        if (free >= 0)
            return free;
        lanes.Add(null);
        return lanes.Count - 1;
    }

    private static string Row(List<string?> lanes, int own, char symbol)
    {
        var line = new StringBuilder();
        for (var i = 0; i < lanes.Count; i++)
            line.Append(
                    i == own ? symbol
                    : lanes[i] is null ? ' '
                    : '│'
                )
                .Append(' ');
        return line.ToString().TrimEnd();
    }

    /// <summary>The line that leads the lanes of a node's inputs to the node's own.</summary>
    private static string Connection(List<string?> lanes, int[] inputs, int[] ending, int own)
    {
        var left = Math.Min(own, inputs[0]);
        var right = Math.Max(own, inputs[^1]);
        var line = new StringBuilder();
        for (var i = 0; i < lanes.Count; i++)
        {
            var up = lanes[i] is not null;
            var joined = i == own || inputs.Contains(i);
            var down = i == own || (up && !ending.Contains(i));
            line.Append(
                joined
                    ? Corner(up, down, i > left, i < right)
                    : (up, i > left && i < right) switch
                    {
                        (true, _) => '│',
                        (false, true) => '─',
                        _ => ' ',
                    }
            );
            line.Append(i >= left && i < right ? '─' : ' ');
        }
        return line.ToString().TrimEnd();
    }

    private static char Corner(bool up, bool down, bool left, bool right) =>
        (up, down, left, right) switch
        {
            (true, true, false, true) => '├',
            (true, true, true, false) => '┤',
            (true, true, true, true) => '┼',
            (true, false, true, false) => '╯',
            (true, false, false, true) => '╰',
            (true, false, true, true) => '┴',
            (false, true, true, false) => '╮',
            (false, true, false, true) => '╭',
            (false, true, true, true) => '┬',
            _ => '│',
        };
}
