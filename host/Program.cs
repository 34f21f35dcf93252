using ServerlessHub.Host;
using ServerlessHub.Host.Output;

var terminal = Terminal.OfProcess();
using var interruption = new Interruption(() => terminal.Error.WriteLine("\nhub: cancelling … (press Ctrl-C again to end at once)"));
var code = CommandLine.Run(args, terminal, interruption.Token);
terminal.Output.Flush();
return (int)code;
