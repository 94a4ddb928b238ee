// What a cluster costs and manages on this machine, as tables: grain calls, activations, state writes and rows from silo to silo; W1 over 1, 2 and 3 silos
// beside one embedded silo; what exactly-once costs; how long grains stand still when silos are killed.
//   node loadtests/cluster.mjs [--host redis|orleans] [--megabytes 1000] [--rounds 3] [--seconds 5] [--kills 20] [--save] [--built]
// Sets itself up like run.mjs; redis-server is needed. Everything runs on the same cores, the driver too. With --host orleans, OrleansEngine=true has to stand
// in the environment. Takes five to ten minutes, and ends itself after fifteen.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { median, once } from './measure.mjs';
import { endAll, pause, start, startRedis } from './processes.mjs';

const here = import.meta.dirname;
const root = path.join(here, '..');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const host = option('host', 'redis');
const megabytes = Number(option('megabytes', '1000'));
const rounds = Number(option('rounds', '3'));
const seconds = Number(option('seconds', '5'));
const kills = Number(option('kills', '20'));
const binary = path.join(root, 'artifacts/datamesh/datamesh');
const project = path.join(root, 'tests/DataMesh.TestSilo');
const testSilo = path.join(project, 'bin/Release/net10.0/DataMesh.TestSilo.dll');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamesh-cluster-'));
const lines = [];
const say = text => { lines.push(text); console.log(text); };
const number = value => Math.round(value).toLocaleString('en');

/** What Orleans 10 does on two cores that it shares with its load driver, by the names of our lines. */
const orleans = {
  'local calls, 1000 in flight': '670,000', 'remote calls, 1000 in flight': '300,000', 'remote calls, 1 in flight': '5,000–18,000',
  'remote calls with 1 MB, 8 in flight': '830–1,010 MB/s', 'state writes, 1000 in flight': '55,000', 'activations, 64 in flight': '37,000',
};

let redisCount = 0;
const redis = () => startRedis(path.join(folder, `redis${++redisCount}`));

/** What one silo of two manages. */
async function grains() {
  const { address } = await redis();
  const silos = [];
  for (let i = 0; i < 2; i++) silos.push(await start('dotnet', [testSilo, address, host], line => line.startsWith('ready')));
  say('| one of two silos | per second | p50 ms | p99 ms | MB/s | Orleans 10 per second |\n|---|---:|---:|---:|---:|---:|');
  const done = new Promise((resolve, reject) => {
    for (const silo of silos) silo.gone.then(code => reject(new Error(`a silo ended with ${code}`)));
    silos[0].heard = line => {
      const [word, name, rate, p50, p99, moved, failed] = line.split(' ');
      if (word === 'failed') reject(new Error(line));
      if (word === 'done') resolve();
      if (word !== 'bench') return;
      const what = name.replaceAll('_', ' ');
      say(`| ${what}${failed === '0' ? '' : ` (${failed} failed)`} | ${number(rate)} | ${(p50 / 1000).toFixed(2)} | ${(p99 / 1000).toFixed(2)} | ${moved === '0' ? '' : number(moved)} | ${orleans[what] ?? ''} |`);
    };
  });
  silos[0].stdin.write(`bench ${seconds}\n`);
  await done;
  await endAll();
}

/** W1's input, and the same as a dozen files, each with the header. */
function input() {
  const data = process.env.TRIPS ?? path.join(here, 'data', String(megabytes));
  if (!fs.existsSync(path.join(data, 'trips.csv'))) execFileSync('node', [path.join(here, 'trips.mjs'), data, megabytes, megabytes], { stdio: 'inherit' });
  const parts = path.join(folder, 'input');
  fs.mkdirSync(parts);
  execFileSync('bash', ['-c', `set -e; cd "$2"; head -1 "$1" > head; head -c ${megabytes * 1_000_000} "$1" | sed '1d;$d' > all
    split -n l/12 --filter='cat head - > "$FILE.csv"' all part; (cat head all) > whole; rm head all; mv whole ../trips.csv`, 'split', path.join(data, 'trips.csv'), parts]);
  return parts;
}

/** W1 in silos that share the cores, from the request to submit it until it is done. */
async function throughput(parts, silos, tasks) {
  const work = fs.mkdtempSync(path.join(folder, 'w1-'));
  const more = silos === 0 ? ['--state', path.join(work, 'state')] : ['--host', host, '--redis', (await redis()).address];
  const at = [];
  for (let i = 0; i < Math.max(1, silos); i++)
    at.push(JSON.parse((await start(binary, ['silo', '--listen', '127.0.0.1:0', '--json', ...more], line => line.startsWith('{'))).line).address);
  const text = fs.readFileSync(path.join(here, 'pipelines/w1.yaml'), 'utf8').replace(/path: "[^"]*trips.csv"/, `path: "${parts}/*.csv"`).replace(/path: "[^"]*\/w1"/, `path: "${work}/w1"`);
  const cpu = async () => { let sum = 0; for (const silo of at) sum += (await (await fetch(`${silo}/v1/silo`)).json()).cpu_seconds; return sum; };
  const [before, since] = [await cpu(), process.hrtime.bigint()];
  const submitted = await fetch(`${at[0]}/v1/pipelines`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text, folder: work, parallelism: tasks }) });
  if (!submitted.ok) throw new Error(await submitted.text());
  let status;
  do {
    await pause(20);
    status = await (await fetch(`${at[0]}/v1/pipelines/w1`)).json();
    if (status.phase === 'failed') throw new Error(status.error);
  } while (status.phase !== 'done');
  const sample = { wall: Number(process.hrtime.bigint() - since) / 1e9, cpu: await cpu() - before, rows: status.counts.rows_read };
  await endAll();
  fs.rmSync(work, { recursive: true });
  return sample;
}

async function pipelines(parts) {
  const shapes = [['one embedded silo', 0, 1], ['1 silo', 1, 1], ['2 silos, 2 tasks', 2, 2], ['3 silos, 3 tasks', 3, 3]];
  const samples = shapes.map(() => []);
  // Rounds go around the shapes, so that a noisy minute falls on all of them.
  for (let round = 0; round < rounds; round++) for (const [i, [, silos, tasks]] of shapes.entries()) samples[i].push(await throughput(parts, silos, tasks));
  if (new Set(samples.flat().map(sample => sample.rows)).size !== 1) throw new Error(`the rows differ: ${JSON.stringify(samples)}`);
  const of = (i, figure) => median(samples[i].map(sample => sample[figure]));
  say(`\n| W1, ${megabytes} MB in 12 files | wall s | CPU s | MB/s | speed, of embedded | CPU, of embedded |\n|---|---:|---:|---:|---:|---:|`);
  for (const [i, [name]] of shapes.entries())
    say(`| ${name} | ${of(i, 'wall').toFixed(2)} | ${of(i, 'cpu').toFixed(2)} | ${(megabytes / of(i, 'wall')).toFixed(0)} | ${(of(0, 'wall') / of(i, 'wall')).toFixed(2)} | ${(of(i, 'cpu') / of(0, 'cpu')).toFixed(2)} |`);
}

/** What it costs that every epoch is prepared, synced and committed once. */
async function exactlyOnce() {
  const env = { TRIPS: folder, OUT: path.join(folder, 'out') };
  const samples = { run: [], dry: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['run', 'dry']) {
      fs.rmSync(env.OUT, { recursive: true, force: true });
      fs.mkdirSync(env.OUT);
      samples[kind].push(await once(binary, ['run', path.join(here, 'pipelines/w1.yaml'), '-q', ...(kind === 'dry' ? ['--dry-run'] : [])], env));
    }
  }
  const of = (kind, figure) => median(samples[kind].map(sample => sample[figure]));
  say(`\n| W1, ${megabytes} MB in one file, \`datamesh run\` | wall s | CPU s |\n|---|---:|---:|`);
  say(`| exactly once | ${of('run', 'wall').toFixed(2)} | ${of('run', 'cpu').toFixed(2)} |\n| nothing synced, prepared or committed | ${of('dry', 'wall').toFixed(2)} | ${of('dry', 'cpu').toFixed(2)} |`);
  say(`\nExactly-once costs ${((of('run', 'wall') / of('dry', 'wall') - 1) * 100).toFixed(1)} % of time, ${((of('run', 'cpu') / of('dry', 'cpu') - 1) * 100).toFixed(1)} % of CPU, at most: at least once would have to write its files down too.`);
}

async function failover() {
  if (kills === 0) return;
  const { stdout } = await promisify(execFile)('node', [path.join(here, 'failover.mjs'), String(kills), '12', host, '--built']);
  say(`\nGrains that stand still (twelve of them, three silos), and what calls and grains cost:\n\n\`\`\`\n${stdout.trimEnd()}\n\`\`\``);
}

const tooLong = setTimeout(async () => {
  console.error('it took more than fifteen minutes');
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}, 15 * 60_000);
try {
  if (!process.argv.includes('--built')) {
    execFileSync(path.join(root, 'datamesh'), ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('dotnet', ['build', project, '-c', 'Release', '-nologo', '-v', 'quiet'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  say(`# A cluster on one machine: the ${host} host\n\nMachine: ${os.cpus()[0].model}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}; load average at the start ${os.loadavg()[0].toFixed(1)}.`);
  say('Silos, Redis and driver share all cores. Orleans\' figures are those of Orleans 10 by itself on two cores that it shares with its driver.\n');
  await grains();
  const parts = input();
  await pipelines(parts);
  await exactlyOnce();
  await failover();
  say('\nOrleans 10 by itself: a killed silo\'s grains stood still for 12.7 s by default and about 1 s tuned, a frozen one\'s 63–116 s by default and 8.4 s tuned.');
  say(`Load average at the end ${os.loadavg()[0].toFixed(1)}.`);
  if (process.argv.includes('--save')) fs.writeFileSync(path.join(here, 'results', `${new Date().toISOString().slice(0, 10)}-cluster${host === 'redis' ? '' : `-${host}`}.md`), lines.join('\n') + '\n');
} finally {
  clearTimeout(tooLong);
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
}
