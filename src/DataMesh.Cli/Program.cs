using System.CommandLine;
using System.CommandLine.Invocation;
using DataMesh.Cli;
using DataMesh.Cli.Verbs;
using DataMesh.Cli.Verbs.Silos;

var root = new RootCommand("DataMesh runs data pipelines: from files to clean, typed tables, with every record accounted for.")
{
    InitVerb.Create(),
    ValidateVerb.Create(),
    TestVerb.Create(),
    PlanVerb.Create(),
    PeekVerb.Create(),
    ProfileVerb.Create(),
    RunVerb.Create(),
    DatasetVerb.Create(),
    LedgerVerb.Create(),
    DriftVerb.Create(),
    QuarantineVerb.Create(),
    ExplainVerb.Create(),
    SchemaVerb.Create(),
    DoctorVerb.Create(),
    SiloVerb.Create(),
    SubmitVerb.Create(),
    ListVerb.Create(),
    TopVerb.Create(),
    LogsVerb.Create(),
    ClusterVerb.Create(),
};
foreach (var verb in AskVerbs.CreateAll()) root.Add(verb);
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
