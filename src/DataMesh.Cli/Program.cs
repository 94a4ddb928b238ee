using System.CommandLine;
using System.CommandLine.Invocation;
using DataMesh.Cli;
using DataMesh.Cli.Verbs;
using DataMesh.Cli.Verbs.Silos;

(string Name, Func<Command> Create)[] verbs =
[
    ("init", InitVerb.Create),
    ("validate", ValidateVerb.Create),
    ("test", TestVerb.Create),
    ("plan", PlanVerb.Create),
    ("peek", PeekVerb.Create),
    ("profile", ProfileVerb.Create),
    ("run", RunVerb.Create),
    ("simulate", SimulateVerb.Create),
    ("dataset", DatasetVerb.Create),
    ("ledger", LedgerVerb.Create),
    ("drift", DriftVerb.Create),
    ("quarantine", QuarantineVerb.Create),
    ("explain", ExplainVerb.Create),
    ("schema", SchemaVerb.Create),
    ("doctor", DoctorVerb.Create),
    ("silo", SiloVerb.Create),
    ("submit", SubmitVerb.Create),
    ("list", ListVerb.Create),
    ("status", () => AskVerbs.Create("status")),
    ("top", TopVerb.Create),
    ("pause", () => AskVerbs.Create("pause")),
    ("resume", () => AskVerbs.Create("resume")),
    ("stop", () => AskVerbs.Create("stop")),
    ("restart", () => AskVerbs.Create("restart")),
    ("scale", () => AskVerbs.Create("scale")),
    ("remove", RemoveVerb.Create),
    ("logs", LogsVerb.Create),
    ("cluster", ClusterVerb.Create),
];
var root = new RootCommand("DataMesh runs data pipelines: from files to clean, typed tables, with every record accounted for.");
// Who names a verb waits for no other to be made.
var named = verbs.Where(verb => args.Length > 0 && verb.Name == args[0]).ToList();
foreach (var verb in named.Count > 0 ? named : [.. verbs]) root.Add(verb.Create());
root.Add(CommonOptions.Verbose);
Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (args.Length == 0) args = ["--help"];
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    Usage.Explain(root, parsed);
    return ExitCodes.Invalid;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
