using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>When a <see cref="FailingSink"/> fails.</summary>
internal enum FailAt
{
    Nowhere,
    BeforeCommit,
    AfterCommit,
}

/// <summary>A sink that passes everything on to a real one and fails around one of its commits, as a process does that dies there.</summary>
internal sealed class FailingSink(Sink inner, FailAt when, int atCommit = 1) : Sink
{
    private int _commits;

    public override bool CanStartOver => inner.CanStartOver;

    public override bool TakesNewColumns => inner.TakesNewColumns;

    public override bool Replaces => inner.Replaces;

    public override DeliveryGuarantee Guarantee => inner.Guarantee;

    public override Upsert? Upsert => inner.Upsert;

    public override string TargetName => inner.TargetName;

    public override string TargetPath(ComponentContext context) => inner.TargetPath(context);

    public override string SideFolder(ComponentContext context, string name) => inner.SideFolder(context, name);

    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation) =>
        inner.ReadStateAsync(appId, context, cancellation);

    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        inner.OpenWriterAsync(schema, context, cancellation);

    public override ValueTask<SinkWriter> OpenReplacingWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        inner.OpenReplacingWriterAsync(schema, context, cancellation);

    public override async ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation)
    {
        var fails = ++_commits == atCommit;
        if (fails && when == FailAt.BeforeCommit) throw new InvalidOperationException("died before the commit");
        var version = await inner.CommitAsync(commit, context, cancellation);
        if (fails && when == FailAt.AfterCommit) throw new InvalidOperationException("died after the commit");
        return version;
    }
}
