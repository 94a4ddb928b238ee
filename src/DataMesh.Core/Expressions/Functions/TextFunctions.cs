using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Functions of texts. Characters are Unicode code points and count from 1.</summary>
internal static class TextFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("upper", Text, "The text in upper case.", ["upper(text string) -> string"], ["upper('abc ä') => 'ABC Ä'"]) { Aliases = ["ucase"] },
        new("lower", Text, "The text in lower case.", ["lower(text string) -> string"], ["lower('ABC Ä') => 'abc ä'"]) { Aliases = ["lcase"] },
        new("initcap", Text, "The first letter of each word in upper case, the others in lower case.", ["initcap(text string) -> string"], ["initcap('new YORK-city') => 'New York-City'"]),
        new("trim", Text, "Without spaces, or without the given characters, at both ends.", ["trim(text string, characters string?) -> string"], ["trim('  a b ') => 'a b'", "trim('--a--', '-') => 'a'"]),
        new("ltrim", Text, "Without spaces, or without the given characters, at the beginning.", ["ltrim(text string, characters string?) -> string"], ["ltrim('  a ') => 'a '"]),
        new("rtrim", Text, "Without spaces, or without the given characters, at the end.", ["rtrim(text string, characters string?) -> string"], ["rtrim(' a  ') => ' a'"]),
        new("length", Text, "Number of characters.", ["length(text string) -> int64"], ["length('äöü') => 3"]) { Aliases = ["len", "char_length", "character_length"] },
        new("octet_length", Text, "Number of bytes in UTF-8.", ["octet_length(text string) -> int64"], ["octet_length('äöü') => 6"]) { Aliases = ["strlen"] },
        new("left", Text, "The first characters; with a negative count all but the last ones.", ["left(text string, count int64) -> string"], ["left('Mesh', 2) => 'Me'", "left('Mesh', -1) => 'Mes'"]),
        new("right", Text, "The last characters; with a negative count all but the first ones.", ["right(text string, count int64) -> string"], ["right('Mesh', 2) => 'sh'", "right('Mesh', -1) => 'esh'"]),
        new("substr", Text, "The characters from a place on (from 1; negative counts from the end), at most as many as said.", ["substr(text string, start int64, length int64?) -> string"],
            ["substr('DataMesh', 5) => 'Mesh'", "substr('DataMesh', 1, 4) => 'Data'", "substr('DataMesh', -4, 2) => 'Me'"]) { Aliases = ["substring"] },
        new("replace", Text, "Every occurrence of a text replaced by another.", ["replace(text string, from string, to string) -> string"], ["replace('1,234,567', ',', '') => '1234567'"]),
        new("split_part", Text, "The part with this number (from 1; negative from the end) between separators; empty when there are fewer.", ["split_part(text string, separator string, number int64) -> string"],
            ["split_part('a-b-c', '-', 2) => 'b'", "split_part('a-b-c', '-', -1) => 'c'", "split_part('a', '-', 2) => ''"]),
        new("concat", Text, "All values as one text; nulls are left out.", ["concat(value any...) -> string"], ["concat('a', 1, null, true) => 'a1true'"]),
        new("concat_ws", Text, "All values as one text with a separator between them; nulls are left out.", ["concat_ws(separator string, value any...) -> string"], ["concat_ws(', ', 'a', null, 2) => 'a, 2'"]),
        new("format", Text, "The text with each {} replaced by the next value; {{ and }} are braces. A row with too few values fails.", ["format(pattern string, value any...) -> string"], ["format('{} of {}', 1, 'two') => '1 of two'"]),
        new("starts_with", Text, "Whether the text begins with another.", ["starts_with(text string, prefix string) -> bool"], ["starts_with('DataMesh', 'Data') => true"]) { Aliases = ["prefix"] },
        new("ends_with", Text, "Whether the text ends with another.", ["ends_with(text string, suffix string) -> bool"], ["ends_with('DataMesh', 'Mesh') => true"]) { Aliases = ["suffix"] },
        new("contains", Text, "Whether the text holds another.", ["contains(text string, part string) -> bool"], ["contains('DataMesh', 'taMe') => true", "contains('DataMesh', 'mesh') => false"]),
        new("position", Text, "Where a text begins inside another, from 1; 0 when it is not there. Also written <c>position('x' in text)</c>.", ["position(text string, part string) -> int64"],
            ["position('DataMesh', 'Mesh') => 5", "position('x' in 'abc') => 0"]) { Aliases = ["strpos", "instr"] },
        new("lpad", Text, "Filled up at the beginning (with spaces or the given text) to a number of characters, or cut to it.", ["lpad(text string, length int64, fill string?) -> string"], ["lpad('7', 3, '0') => '007'", "lpad('abcd', 2) => 'ab'"]),
        new("rpad", Text, "Filled up at the end (with spaces or the given text) to a number of characters, or cut to it.", ["rpad(text string, length int64, fill string?) -> string"], ["rpad('7', 3, 'x') => '7xx'"]),
        new("repeat", Text, "The text several times.", ["repeat(text string, count int64) -> string"], ["repeat('ab', 3) => 'ababab'"]),
        new("reverse", Text, "The characters in reverse order.", ["reverse(text string) -> string"], ["reverse('añb') => 'bña'"]),
        new("translate", Text, "Each character of the second text becomes the one at its place in the third, or nothing.", ["translate(text string, from string, to string) -> string"], ["translate('a.b,c', '.,', ';') => 'a;bc'"]),
        new("ascii", Text, "Code point of the first character; 0 for an empty text.", ["ascii(text string) -> int64"], ["ascii('A') => 65"]) { Aliases = ["unicode", "ord"] },
        new("chr", Text, "The character of a code point.", ["chr(code int64) -> string"], ["chr(65) => 'A'"]),
        new("to_hex", Text, "An integer in hexadecimal (two's complement when negative).", ["to_hex(number int64) -> string"], ["to_hex(255) => 'FF'"]) { Aliases = ["hex"] },
        new("url_encode", Text, "The text escaped for a URL.", ["url_encode(text string) -> string"], ["url_encode('a b&c') => 'a%20b%26c'"]),
        new("url_decode", Text, "The text of a URL without escapes.", ["url_decode(text string) -> string"], ["url_decode('a%20b') => 'a b'"]),
    ];
}
