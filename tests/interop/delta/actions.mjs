// The actions of a log entry: required members, rules inside one entry, and replay.
import { fail } from './fail.mjs';

const text = value => typeof value === 'string';
const whole = value => Number.isInteger(value);
const flag = value => typeof value === 'boolean';
const texts = value => Array.isArray(value) && value.every(text);
const textMap = value => value !== null && typeof value === 'object' && Object.values(value).every(each => each === null || text(each));
const optional = check => value => value === undefined || value === null || check(value);

// Members by action: name -> check. Members that are not listed may be there.
const shapes = {
  add: { path: text, partitionValues: textMap, size: whole, modificationTime: whole, dataChange: flag, stats: optional(text), tags: optional(textMap) },
  remove: { path: text, deletionTimestamp: optional(whole), dataChange: flag, extendedFileMetadata: optional(flag), partitionValues: optional(textMap), size: optional(whole) },
  metaData: {
    id: value => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value), name: optional(text), description: optional(text),
    format: value => text(value?.provider), schemaString: text, partitionColumns: texts, createdTime: optional(whole), configuration: textMap,
  },
  protocol: { minReaderVersion: whole, minWriterVersion: whole, readerFeatures: optional(texts), writerFeatures: optional(texts) },
  txn: { appId: text, version: whole, lastUpdated: optional(whole) },
  domainMetadata: { domain: text, configuration: text, removed: flag },
  commitInfo: {},
};

export function checkShape(name, body, where) {
  const shape = shapes[name];
  if (!shape) return;
  if (body === null || typeof body !== 'object') fail(`${where}: ${name} is not an object`);
  for (const [member, check] of Object.entries(shape))
    if (!check(body[member])) fail(`${where}: ${name}.${member} is missing or wrong: ${JSON.stringify(body[member])}`);
  if (name === 'remove' && body.extendedFileMetadata && (body.partitionValues == null || body.size == null)) fail(`${where}: remove says it has extended metadata and has none`);
}

// What a single entry may hold. `before` is the state that it is applied to.
export function checkEntry(actions, version, before) {
  const where = `version ${version}`;
  const seen = new Set();
  for (const action of actions) {
    const names = Object.keys(action);
    if (names.length !== 1) fail(`${where}: a line holds ${names.length} actions`);
    const [name] = names;
    if (!(name in shapes)) fail(`${where}: there is no action named '${name}'`);
    checkShape(name, action[name], where);
    const key = reconciliationKey(name, action[name]);
    if (seen.has(key)) fail(`${where}: two actions reconcile with each other: ${key}`);
    seen.add(key);
    if (name === 'remove' && !before.live.has(fileKey(action.remove))) fail(`${where}: removes ${action.remove.path}, which is not live`);
  }

  if (before.protocol === null && !seen.has('protocol')) fail(`${where}: the first entry has no protocol`);
  if (before.metaData === null && !seen.has('metaData')) fail(`${where}: the first entry has no metaData`);
}

function reconciliationKey(name, body) {
  switch (name) {
    case 'add': case 'remove': return `file ${fileKey(body)}`;
    case 'txn': return `txn ${body.appId}`;
    case 'domainMetadata': return `domainMetadata ${body.domain}`;
    default: return name;
  }
}

export function fileKey(file) {
  return decodeURIComponent(file.path);
}

export function emptyState() {
  return { version: -1, protocol: null, metaData: null, txns: new Map(), domains: new Map(), live: new Map(), tombstones: new Map() };
}

export function apply(state, action) {
  const [[name, body]] = Object.entries(action);
  switch (name) {
    case 'protocol': case 'metaData': state[name] = body; break;
    case 'txn': state.txns.set(body.appId, body); break;
    case 'domainMetadata':
      if (body.removed) state.domains.delete(body.domain);
      else state.domains.set(body.domain, body);
      break;
    case 'add':
      state.tombstones.delete(fileKey(body));
      state.live.set(fileKey(body), body);
      break;
    case 'remove':
      state.live.delete(fileKey(body));
      state.tombstones.set(fileKey(body), body);
      break;
  }
}
