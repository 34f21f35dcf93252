using ServerlessHub.Benchmarks.Lake;

// benchmarks/lake starts this program once for each measurement: what to do, the folder of the table's lake, and what else it takes.
string[] rest = args.Length > 2 ? args[2..] : [];
using var work = new Work(args[1]);
switch (args[0])
{
    case "make":
        work.Make(long.Parse(rest[0]), rest is [_, "vectors"]);
        break;
    case "make-small":
        work.MakeSmall(long.Parse(rest[0]), int.Parse(rest[1]));
        break;
    case "optimize":
        work.Open();
        Measured.Print(work.Optimize);
        break;
    case "optimize-plain":
        work.Open();
        Measured.Print(work.OptimizePlain);
        break;
    case "delete":
        work.Delete(int.Parse(rest[0]));
        break;
    case "make-log":
        work.MakeLog(int.Parse(rest[0]), int.Parse(rest[1]));
        break;
    case "open":
        Measured.Print(work.Open);
        break;
    case "open-plain":
        Measured.Print(work.OpenPlain);
        break;
    case "append":
        work.Open();
        Measured.Print(() => work.Append(rest[0], int.Parse(rest[1])));
        break;
    case "checkpoints":
        work.Open();
        work.AppendAndWatch(int.Parse(rest[0]));
        break;
    case "merge":
        work.Open();
        Measured.Print(() => work.Merge(int.Parse(rest[0])));
        break;
    case "merge-plain":
        work.Open();
        Measured.Print(() => work.MergePlain(int.Parse(rest[0])));
        break;
    case "scan":
        work.Open();
        Measured.Print(work.Scan);
        break;
    case "scan-plain":
        work.Open();
        Measured.Print(work.ScanPlain);
        break;
    default:
        Console.Error.WriteLine($"There is no '{args[0]}' to measure.");
        return 2;
}
return 0;
