namespace DataMesh.Runtime.Groups.Remote;

/// <summary>The group that an instance belongs to has ended, and nothing of its epoch counts: the instance ends without a word.</summary>
internal sealed class GroupOverException() : Exception("The epoch was given up.");

/// <summary>An instance was started anew in the middle of what it had begun: the epoch begins anew on all of them.</summary>
internal sealed class PartLostException() : Exception("A task was started anew in the middle of what it had begun.");

/// <summary>A part was handed in, and it is not known what became of it: its files must stay.</summary>
internal sealed class VerdictUnknownException(Exception cause) : Exception(cause.Message, cause);
