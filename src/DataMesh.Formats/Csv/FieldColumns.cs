using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Makes the parser of a column by its type.</summary>
internal static class FieldColumns
{
    static FieldColumns()
    {
        DigitText.Prepare();
        CivilDate.Prepare();
    }

    /// <summary>The parser of <paramref name="column"/>, which stands at <paramref name="field"/> of the file's records (-1: it is not there).</summary>
    public static FieldColumn Create(Field column, int field, CsvDialect dialect)
    {
        var type = column.Type;
        if (field < 0) return new MissingColumn(type);
        var context = new FieldContext(column.Name, field, dialect);
        return type.Kind switch
        {
            TypeKind.Null => new NullFieldColumn(context),
            TypeKind.Bool => new BoolFieldColumn(context),
            TypeKind.Int64 => new FixedFieldColumn<long, Int64Parser>(context, type, default),
            TypeKind.Float64 => new FixedFieldColumn<double, Float64Parser>(context, type, default),
            TypeKind.Date => new FixedFieldColumn<int, DateParser>(context, type, new DateParser(context.Layout)),
            TypeKind.Timestamp => new FixedFieldColumn<long, TimestampParser>(context, type, new TimestampParser(context.Layout, context.Zone)),
            TypeKind.Decimal => new FixedFieldColumn<Int128, DecimalParser>(context, type, new DecimalParser(type.Precision, type.Scale)),
            _ => new TextFieldColumn(context, type),
        };
    }
}
