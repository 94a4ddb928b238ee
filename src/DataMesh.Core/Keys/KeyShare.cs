namespace DataMesh.Core.Keys;

/// <summary>
/// The keys that one of several tasks has. A key belongs to a group for good, and groups go to tasks in runs of nearly equal length, so that what is kept by
/// group outlives a change of the number of tasks.
/// </summary>
/// <param name="Task">Number of the task.</param>
/// <param name="Tasks">How many tasks the keys are divided among.</param>
public readonly record struct KeyShare(int Task, int Tasks)
{
    /// <summary>How many groups of keys there are. Results and state files depend on it: never change it.</summary>
    public const int Groups = 64;

    /// <summary>All keys.</summary>
    public static KeyShare All => new(0, 1);

    /// <summary>The task that a group belongs to.</summary>
    public static int TaskOf(int group, int tasks) => group * Math.Min(tasks, Groups) / Groups;

    /// <summary>The group of a key given by a well-mixed hash.</summary>
    public static int GroupOf(ulong hash) => (int)(hash % Groups);

    /// <summary>The group of a key given by its hash.</summary>
    public static int GroupOf(in Hash128 hash) => (int)(hash.High * 0x9e3779b97f4a7c15 >> 58);

    /// <summary>Whether a group is part of the share.</summary>
    public bool Holds(int group) => TaskOf(group, Tasks) == Task;
}
