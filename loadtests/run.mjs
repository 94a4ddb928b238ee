// Runs W1-W4 in DataMesh and in its peers, side by side on this machine in one run, and prints a table of medians and ratios.
//   node loadtests/run.mjs [--megabytes 1000] [--rounds 3] [--threads 1,2] [--works w1,w2,w3,w4] [--peers duckdb,polars,chdb,dry] [--save]
// 'dry' is DataMesh itself with nothing made durable and nothing committed: what exactly-once and the account cost.
// Sets itself up: builds DataMesh, installs the peers (npm), makes the input with loadtests/trips.mjs. GNU time is needed (Debian: time).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median, once } from './measure.mjs';

const here = import.meta.dirname;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const megabytes = Number(option('megabytes', '1000'));
const rounds = Number(option('rounds', '3'));
const threads = option('threads', '1,2').split(',').map(Number);
const works = option('works', 'w1,w2,w3,w4').split(',');
const peers = option('peers', 'duckdb,polars,chdb,dry').split(',');
const runsOn = { duckdb: ['w1', 'w2', 'w3', 'w4'], polars: ['w1', 'w3'], chdb: ['w3', 'w4'], dry: ['w1'] };

const data = path.join(here, 'data', String(megabytes));
const out = path.join(here, 'data', 'out');
const binary = path.join(here, '..', 'artifacts', 'datamesh', 'datamesh');

function setUp() {
  execFileSync(path.join(here, '..', 'datamesh'), ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (!fs.existsSync(path.join(here, 'node_modules'))) execFileSync('npm', ['install', '--prefix', here, '--no-audit', '--no-fund'], { stdio: 'inherit' });
  if (!fs.existsSync(path.join(data, 'trips.ndjson'))) execFileSync('node', [path.join(here, 'trips.mjs'), data, megabytes, megabytes], { stdio: 'inherit' });
  fs.mkdirSync(out, { recursive: true });
}

const cores = count => Array.from({ length: count }, (_, i) => i).join(',');

function clean(work) {
  for (const name of fs.readdirSync(out)) if (name.startsWith(work) || name === '_datamesh') fs.rmSync(path.join(out, name), { recursive: true, force: true });
  fs.rmSync(path.join(here, 'pipelines', '.datamesh'), { recursive: true, force: true });
}

const runDataMesh = (work, count, ...more) => {
  clean(work);
  return once(binary, ['run', path.join(here, 'pipelines', `${work}.yaml`), '-q', '--cores', String(count), ...more], { TRIPS: data, OUT: out }, cores(count));
};

const runPeer = (peer, work, count) => {
  if (peer === 'dry') return runDataMesh(work, count, '--dry-run');
  const input = path.join(data, work === 'w2' ? 'trips.ndjson' : 'trips.csv');
  const env = peer === 'polars' ? { POLARS_MAX_THREADS: String(count) } : {};
  return once('node', [path.join(here, 'peers.mjs'), peer, work, String(count), input, path.join(out, `${peer}-${work}`)], env, cores(count));
};

async function measure() {
  const rows = [];
  for (const count of threads) {
    for (const work of works) {
      const taking = ['datamesh', ...peers.filter(peer => runsOn[peer].includes(work))];
      const samples = Object.fromEntries(taking.map(name => [name, []]));
      // Rounds go around the participants, so that a noisy minute falls on all of them.
      for (let round = 0; round < rounds; round++) {
        for (const name of taking) {
          samples[name].push(await (name === 'datamesh' ? runDataMesh(work, count) : runPeer(name, work, count)));
          process.stderr.write(`${work} ${count}t ${name} ${samples[name].at(-1).wall.toFixed(2)} s\n`);
        }
      }
      const ours = median(samples.datamesh.map(sample => sample.wall));
      for (const name of taking) {
        const wall = median(samples[name].map(sample => sample.wall));
        rows.push({ work, count, name, wall, cpu: median(samples[name].map(sample => sample.cpu)), peakMB: median(samples[name].map(sample => sample.peakMB)), ratio: wall / ours });
      }
    }
  }
  return rows;
}

function table(rows) {
  const lines = ['| work | threads | program | wall s | CPU s | peak MB | time against DataMesh |', '|---|---:|---|---:|---:|---:|---:|'];
  for (const row of rows)
    lines.push(`| ${row.work} | ${row.count} | ${row.name} | ${row.wall.toFixed(2)} | ${row.cpu.toFixed(2)} | ${row.peakMB.toFixed(0)} | ${row.name === 'datamesh' ? '1' : row.ratio.toFixed(2) + ' ×'} |`);
  return lines.join('\n');
}

setUp();
const rows = await measure();
const machine = `${os.cpus()[0].model}, ${os.cpus().length} cores, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, ${os.type()} ${os.release()}`;
const report = `# W1-W4, ${megabytes} MB of input, medians of ${rounds} rounds

Machine: ${machine}. Page cache warm; whole process; DataMesh infers types, keeps input order, keeps the ledger and commits a Delta table;
the peers are given the schema and DuckDB runs with \`preserve_insertion_order=false\`.

${table(rows)}
`;
console.log(report);
if (process.argv.includes('--save')) {
  const file = path.join(here, 'results', `${new Date().toISOString().slice(0, 10)}.md`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, report);
  console.log(`saved as ${path.relative(process.cwd(), file)}`);
}
