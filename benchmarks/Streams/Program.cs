using System.Globalization;
using ServerlessHub.Benchmarks.Streams;
using ServerlessHub.Tests.Shared;

// benchmarks/streams starts this program once for each measurement: what to do, where, and with how much.
var (what, place) = (args[0], args.ElementAtOrDefault(1) ?? "");
int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
switch (what)
{
    case "phases":
        Phases.Run(place, Number(2), Number(3), args.Contains("schema"), args.Contains("ids"));
        break;
    case "small":
        Phases.RunSmall(place, Number(2), Number(3));
        break;
    case "duckdb":
        DuckDbAlone.Run(place, Number(2));
        break;
    case "broker":
        return MockCluster.Run();
    case "produce":
        Topic.Produce(place, Number(2), Number(3), Number(4));
        break;
    case "consume":
        Topic.Consume(place, Number(2), Number(3));
        break;
    case "worker":
        Worker.CatchUp(place, args[2], Number(3), args.Contains("raw"));
        break;
    case "goOn":
        Worker.GoOn(place, args[2], Number(3));
        break;
    case "latency":
        Worker.Follow(place, args[2], Number(3));
        break;
    default:
        Console.Error.WriteLine($"There is no '{what}' to measure.");
        return 2;
}
return 0;
