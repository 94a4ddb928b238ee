namespace DataMesh.Formats.Compression;

/// <summary>A state of a finite state entropy decoder: the value it stands for and the way to the next state.</summary>
internal struct FseCell
{
    /// <summary>The smallest value; as many extra bits as <see cref="Extra"/> says are added.</summary>
    public uint Base;

    /// <summary>The smallest next state; as many bits as <see cref="Bits"/> says are added.</summary>
    public ushort Next;

    public byte Extra;
    public byte Bits;
}
