// What pipelines cost that do nothing: submitted and paused in one embedded silo.
//   node loadtests/idle.mjs [pipelines=100000] [--save]
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const here = import.meta.dirname;
const root = path.join(here, '..');
const count = Number(process.argv[2] ?? 100_000);
const binary = path.join(root, 'artifacts/datamesh/datamesh');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamesh-idle-'));
const lines = [];
const say = text => { lines.push(text); console.log(text); };
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
let silo;

function start() {
  const since = performance.now();
  const child = spawn(binary, ['silo', '--listen', '127.0.0.1:0', '--state', path.join(folder, 'state'), '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise(resolve => readline.createInterface(child.stdout).once('line', line => resolve({ child, address: JSON.parse(line).address, seconds: (performance.now() - since) / 1000 })));
}

const end = () => new Promise(resolve => { silo.child.once('exit', resolve); silo.child.kill('SIGTERM'); });
const ask = async where => (await fetch(silo.address + where)).json();
const proc = name => Number(fs.readFileSync(`/proc/${silo.child.pid}/status`, 'utf8').match(new RegExp(`${name}:\\s+(\\d+)`))[1]);
const cpu = () => { const words = fs.readFileSync(`/proc/${silo.child.pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(words[11]) + Number(words[12])) / 100; };
const size = () => fs.readdirSync(path.join(folder, 'state')).reduce((sum, name) => sum + fs.statSync(path.join(folder, 'state', name)).size, 0);

async function submitAll() {
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    for (let i = next++; i < count; i = next++) {
      const name = `idle_${String(i).padStart(6, '0')}`;
      const text = `pipeline: ${name}\nsource: in/*.csv\ntrigger: continuous\ndataset: { name: ${name}, path: lake/${name} }\n`;
      const answer = await fetch(`${silo.address}/v1/pipelines`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text, folder, paused: true }) });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
  }));
}

async function timed(work) {
  const since = performance.now();
  const value = await work();
  return [(performance.now() - since) / 1000, value];
}

async function listAll() {
  let found = 0;
  for (let after = ''; after !== undefined && after !== null;) {
    const page = await ask(`/v1/pipelines?limit=1000&after=${encodeURIComponent(after)}`);
    found += page.pipelines.length;
    after = page.next;
  }
  return found;
}

try {
  execFileSync(path.join(root, 'datamesh'), ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
  say(`# ${count.toLocaleString('en')} idle pipelines in one silo\n\nMachine: ${os.cpus()[0].model}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB; load average at the start ${os.loadavg()[0].toFixed(1)}. The driver shares the cores.\n`);
  say('| | |\n|---|---:|');
  silo = await start();
  say(`| start of an empty silo, memory | ${silo.seconds.toFixed(2)} s, ${(proc('VmRSS') / 1024).toFixed(0)} MB |`);
  const [seconds] = await timed(submitAll);
  say(`| submitted over HTTP | ${(count / seconds).toFixed(0)}/s |`);
  const silent = await ask('/v1/silo');
  say(`| memory with all grains just active (${silent.grains_active.toLocaleString('en')}), threads | ${(proc('VmRSS') / 1024).toFixed(0)} MB, ${proc('Threads')} |`);
  await pause(1000);
  say(`| state on disk for each | ${(size() / count).toFixed(0)} bytes |`);
  await end();
  silo = await start();
  say(`| start with all of them, memory | ${silo.seconds.toFixed(2)} s, ${(proc('VmRSS') / 1024).toFixed(0)} MB |`);
  const before = cpu();
  await pause(10_000);
  say(`| CPU time while idle for 10 s, threads | ${(cpu() - before).toFixed(2)} s, ${proc('Threads')} |`);
  const one = () => timed(() => ask(`/v1/pipelines/idle_${String(count >> 1).padStart(6, '0')}`));
  const [[first], [second]] = [await one(), await one()];
  say(`| status of one: the first question after the start, the second | ${(first * 1000).toFixed(1)} ms, ${(second * 1000).toFixed(1)} ms |`);
  const [list, found] = await timed(listAll);
  if (found !== count) throw new Error(`${found} of ${count} are listed`);
  say(`| list of all of them, by pages of 1,000 | ${list.toFixed(2)} s |`);
  const [scrape, text] = await timed(async () => (await fetch(silo.address + '/metrics')).text());
  say(`| metrics | ${(scrape * 1000).toFixed(1)} ms, ${text.length.toLocaleString('en')} bytes |`);
  say(`| memory after that | ${(proc('VmRSS') / 1024).toFixed(0)} MB |`);
  if (process.argv.includes('--save')) fs.writeFileSync(path.join(here, 'results', `${new Date().toISOString().slice(0, 10)}-idle.md`), lines.join('\n') + '\n');
} finally {
  silo?.child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
}
