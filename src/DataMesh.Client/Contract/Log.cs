namespace DataMesh.Client.Contract;

/// <summary>A line of a pipeline's log.</summary>
/// <param name="Sequence">Its number: lines are replayed in this order.</param>
/// <param name="At">When it happened.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What happened.</param>
public sealed record LogLine(long Sequence, DateTimeOffset At, string Level, string Message);

/// <summary>A piece of a pipeline's log.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Next">Ask for lines after this one to go on.</param>
public sealed record LogPage(IReadOnlyList<LogLine> Lines, long Next);
