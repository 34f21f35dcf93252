using ServerlessHub.Benchmarks.Durable;

// benchmarks/durable starts this program once for each measurement: what to do, the store's folder, and how many instances of how many activities.
var (what, folder) = (args[0], args[1]);
var numbers = args[2..].Select(int.Parse).ToArray();
switch (what)
{
    case "chains":
        await Work.Run(folder, "chain", numbers[0], numbers[1]);
        break;
    case "fans":
        await Work.Run(folder, "fan", numbers[0], numbers[1]);
        break;
    case "hand":
        await Baseline.ByHand(numbers[0], numbers[1]);
        break;
    case "files":
        await Baseline.FilePerInstance(folder, numbers[0], numbers[1]);
        break;
    case "wait":
        await Work.MakeWaiting(folder, numbers[0]);
        break;
    case "restart":
        await Work.Restart(folder);
        break;
    case "pipelines":
        await Jobs.ByHand(folder, numbers[0]);
        break;
    case "runs":
        await Jobs.Alone(folder, numbers[0]);
        break;
    case "job":
        await Jobs.Together(folder, numbers[0]);
        break;
    default:
        Console.Error.WriteLine($"There is no '{what}' to measure.");
        return 2;
}
return 0;
