// File statistics against the data. Bounds are tight, apart from cut strings and timestamps in milliseconds, and never inside the data.
import { fail } from './fail.mjs';
import { physicalName } from './metadata.mjs';

export function checkStatistics(json, rows, columns, where) {
  const stats = parseExact(json, where);
  if (stats.numRecords !== `#${rows.length}`) fail(`${where}: statistics say ${stats.numRecords?.slice(1)} rows, the file has ${rows.length}`);
  for (const member of ['minValues', 'maxValues', 'nullCount'])
    for (const name of Object.keys(stats[member] ?? {})) if (!columns.some(field => physicalName(field) === name)) fail(`${where}: ${member} of ${name}, which is no column`);
  for (const field of columns) {
    const name = physicalName(field);
    const values = rows.map(row => row[name]).filter(value => value !== null && value !== undefined);
    const nulls = stats.nullCount?.[name];
    if (nulls !== undefined && nulls !== `#${rows.length - values.length}`) fail(`${where}: statistics say ${nulls.slice(1)} nulls in ${name}, there are ${rows.length - values.length}`);
    checkBound(stats.minValues?.[name], values, field, -1, where);
    checkBound(stats.maxValues?.[name], values, field, 1, where);
  }
}

function checkBound(bound, values, field, side, where) {
  if (bound === undefined) return;
  const what = `${where}: ${side < 0 ? 'minimum' : 'maximum'} ${bound} of ${field.name}`;
  const { read, compare } = order(field.type, what);
  const stated = read(bound);
  if (values.length === 0) fail(`${what}: the column has no values`);
  let extreme;
  for (const value of values) {
    if (Number.isNaN(value)) fail(`${what}: the column holds NaN`);
    const own = field.type.startsWith('decimal') ? toBigInt(value) : value;
    if (compare(own, stated) * side > 0) fail(`${what}: ${own} lies outside`);
    if (extreme === undefined || compare(own, extreme) * side > 0) extreme = own;
  }

  if (!isTight(stated, extreme, field.type, side)) fail(`${what} is not tight: it is ${extreme}`);
}

function isTight(stated, extreme, type, side) {
  if (type === 'string') return stated === extreme || (side < 0 ? extreme.startsWith(stated) : [...stated].length <= 32);
  if (type === 'timestamp') return (stated > extreme ? stated - extreme : extreme - stated) < 1000n;
  return stated === extreme || Number(stated) === Number(extreme);
}

function order(type, what) {
  const byValue = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  if (type.startsWith('decimal')) return { read: text => unscaled(number(text, what), Number(/,(\d+)\)/.exec(type)[1])), compare: byValue };
  switch (type) {
    case 'long': return { read: text => BigInt(number(text, what)), compare: byValue };
    case 'double': return { read: text => Number(number(text, what)), compare: byValue };
    case 'date': return { read: text => Date.parse(`${text}T00:00:00Z`) / 86400000, compare: byValue };
    case 'timestamp': return { read: text => BigInt(Date.parse(text)) * 1000n, compare: byValue };
    case 'string': return { read: text => text, compare: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) };
    default: return fail(`${what}: columns of type ${type} have no bounds`);
  }
}

// JSON in which every number stays its own text, marked with '#': 64-bit integers and decimals do not fit a double.
function parseExact(json, where) {
  try {
    return JSON.parse(json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, token => (token.startsWith('"') ? token : `"#${token}"`)));
  } catch (error) {
    return fail(`${where}: statistics are not JSON: ${error.message}`);
  }
}

function number(text, what) {
  return text.startsWith('#') ? text.slice(1) : fail(`${what} is not a number`);
}

function unscaled(text, scale) {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

// Unscaled decimals come as numbers, bigints, or big-endian two's complement bytes.
function toBigInt(value) {
  if (!(value instanceof Uint8Array)) return BigInt(value);
  const bits = BigInt(8 * value.length);
  const unsigned = BigInt(`0x${Buffer.from(value).toString('hex')}`);
  return BigInt.asIntN(Number(bits), unsigned);
}
