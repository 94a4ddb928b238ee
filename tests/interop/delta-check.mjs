// Checks a Delta table from the outside: replays its log by the protocol text, compares the result with the checkpoints, and the files'
// statistics with the data. Prints a summary as JSON; on the first violation prints it and exits with 1.
//   node delta-check.mjs TABLE
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { checkEntry, emptyState, apply } from './delta/actions.mjs';
import { readCheckpoint, compareWithCheckpoint } from './delta/checkpoints.mjs';
import { checkProtocol, checkMetadata } from './delta/metadata.mjs';
import { checkFile } from './delta/files.mjs';
import { fail } from './delta/fail.mjs';

const table = process.argv[2];
const folder = path.join(table, '_delta_log');
try {
  console.log(JSON.stringify(await check()));
} catch (violation) {
  console.error(violation.isViolation ? violation.message : violation.stack);
  process.exit(1);
}

async function check() {
  if (!existsSync(folder)) fail('there is no _delta_log');
  const names = readdirSync(folder);
  const versions = names.filter(name => /^\d{20}\.json$/.test(name)).map(name => Number(name.slice(0, 20))).sort((a, b) => a - b);
  const checkpoints = names.filter(name => /^\d{20}\.checkpoint\.parquet$/.test(name)).map(name => Number(name.slice(0, 20))).sort((a, b) => a - b);
  if (versions.length === 0) fail('the log has no entry');
  versions.forEach((version, i) => { if (version !== versions[0] + i) fail(`log entry ${versions[0] + i} is missing`); });

  let state = emptyState();
  if (versions[0] > 0) {
    const start = checkpoints.find(version => version >= versions[0] - 1) ?? fail(`entries before ${versions[0]} are gone and no checkpoint covers them`);
    state = (await readCheckpoint(checkpointPath(start))).state;
    versions.splice(0, versions.filter(version => version <= start).length);
    state.version = start;
  }

  let compared = 0;
  for (const version of versions) {
    const actions = readEntry(version);
    checkEntry(actions, version, state);
    for (const action of actions) apply(state, action);
    state.version = version;
    checkProtocol(state.protocol, version);
    checkMetadata(state.metaData, state.protocol, state.domains, version);
    if (checkpoints.includes(version)) {
      compareWithCheckpoint(state, await readCheckpoint(checkpointPath(version)), version, timeOf(actions));
      compared++;
    }
  }

  const hint = await checkLastCheckpoint(checkpoints);
  let rows = 0;
  for (const add of state.live.values()) rows += await checkFile(table, add, state.metaData);
  return { version: state.version, files: state.live.size, rows, transactions: state.txns.size, checkpoints: compared, lastCheckpoint: hint };
}

function readEntry(version) {
  const name = `${String(version).padStart(20, '0')}.json`;
  const text = readFileSync(path.join(folder, name), 'utf8');
  if (!text.endsWith('\n')) fail(`${name} does not end with a newline`);
  return text.slice(0, -1).split('\n').map((line, i) => {
    try {
      return JSON.parse(line);
    } catch (error) {
      return fail(`${name} line ${i + 1} is not JSON: ${error.message}`);
    }
  });
}

function checkpointPath(version) {
  return path.join(folder, `${String(version).padStart(20, '0')}.checkpoint.parquet`);
}

function timeOf(actions) {
  return actions.find(action => action.commitInfo)?.commitInfo.timestamp ?? Date.now();
}

async function checkLastCheckpoint(checkpoints) {
  const file = path.join(folder, '_last_checkpoint');
  if (!existsSync(file)) return null;
  const hint = JSON.parse(readFileSync(file, 'utf8'));
  if (!Number.isInteger(hint.version) || !Number.isInteger(hint.size)) fail('_last_checkpoint lacks version or size');
  if (!checkpoints.includes(hint.version)) fail(`_last_checkpoint points to version ${hint.version}, which has no checkpoint`);
  const { rows, state } = await readCheckpoint(checkpointPath(hint.version));
  if (rows !== hint.size) fail(`_last_checkpoint says ${hint.size} actions, the checkpoint has ${rows}`);
  if (hint.numOfAddFiles !== undefined && hint.numOfAddFiles !== state.live.size) fail(`_last_checkpoint says ${hint.numOfAddFiles} files, the checkpoint has ${state.live.size}`);
  return hint.version;
}
