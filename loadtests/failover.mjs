// How long grains stand still when a silo is killed, frozen or asked to end, and when Redis is killed and restarted.
// Before that: calls per second, and what a grain costs.
// usage: node loadtests/failover.mjs [kills=20] [grains=12] [host=redis] [--built]      (needs redis-server and the .NET SDK; takes some minutes)
// The host is redis, orleans, or orleans-default: with Orleans' own failure detection. OrleansEngine=true in the environment compiles Orleans in.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endAll, freePort, pause, start, startRedis } from './processes.mjs';

const kills = Number(process.argv[2] ?? 20);
const grains = Number(process.argv[3] ?? 12);
const host = process.argv[4] ?? 'redis';
const patience = host === 'orleans-default' ? 180_000 : 60_000;
const root = path.resolve(import.meta.dirname, '..');
const project = path.join(root, 'tests/DataMesh.TestSilo');
const binary = path.join(project, 'bin/Release/net10.0/DataMesh.TestSilo.dll');
const folder = mkdtempSync(path.join(tmpdir(), 'datamesh-failover-'));
const port = await freePort();
let redis;
const silos = [];

/** Starts a silo; resumes[] gets what it takes up, with the time on its clock. */
async function startSilo() {
  const silo = { resumes: [], waiting: [] };
  silo.child = await start('dotnet', [binary, `127.0.0.1:${port}`, host], line => line.startsWith('ready'), line => {
    const words = line.split(' ');
    if (words[0] === 'ready' || words[0] === 'session') silo.id = words[1];
    if (words[0] === 'resumed') silo.resumes.push([words[1].split('/')[0], Number(words[2])]);
    if (words[0] === 'done' || words[0] === 'failed') silo.waiting.shift()?.(line);
    if (words[0] === 'groups') silo.groups = (words[1] ?? '').split(',').filter(Boolean);
    if (words[0] === 'filled') console.log(line);
  });
  silos.push(silo);
  return silo;
}

const tell = (silo, line) => new Promise(resolve => { silo.waiting.push(resolve); silo.child.stdin.write(line + '\n'); });

/** Milliseconds from a moment until each of the groups has been resumed by some silo. */
async function resumed(groups, since) {
  for (let waited = 0; waited < patience; waited += 20) {
    const times = groups.map(group => silos.flatMap(silo => silo.resumes).filter(([key, at]) => key === group && at >= since - 5).map(([, at]) => at)[0]);
    if (times.every(at => at !== undefined)) return times.map(at => at - since);
    await pause(20);
  }
  throw new Error('the grains were not resumed in time');
}

function report(what, times) {
  times.sort((a, b) => a - b);
  const at = share => (times[Math.min(times.length - 1, Math.floor(times.length * share))] / 1000).toFixed(2);
  console.log(`${what.padEnd(28)} ${times.length} times, seconds: least ${at(0)}  p25 ${at(0.25)}  median ${at(0.5)}  p75 ${at(0.75)}  p90 ${at(0.9)}  worst ${at(1)}`);
}

async function busiest() {
  for (const silo of silos) await tell(silo, 'groups');
  return [...silos].sort((a, b) => b.groups.length - a.groups.length).map(silo => [silo, silo.groups])[0];
}

/** Does something to the silo with the most grains, measures until the last of them is resumed, and brings in another silo. */
async function measure(what, times, harm, afterwards) {
  const all = [];
  for (let i = 0; i < times; i++) {
    await pause(500 + Math.random() * 500);
    const [victim, groups] = await busiest();
    const since = Date.now();
    harm(victim.child);
    all.push(Math.max(...await resumed(groups, since)));
    if (afterwards) { await afterwards(victim); continue; }
    silos.splice(silos.indexOf(victim), 1);
    await startSilo();
  }
  report(what, all);
}

try {
  if (!process.argv.includes('--built')) execFileSync('dotnet', ['build', project, '-c', 'Release', '-nologo', '-v', 'quiet'], { stdio: ['ignore', 'ignore', 'inherit'] });
  redis = await startRedis(folder, port);
  for (let i = 0; i < 3; i++) await startSilo();
  for (let i = 0; i < grains; i++) await tell(silos[0], `call p${i} 1000001`);
  for (const calls of [2_000, 20_000]) await tell(silos[0], `calls ${calls}`);
  await tell(silos[0], 'fill 2000');
  await measure('silo killed', kills, child => child.kill('SIGKILL'));
  await measure('silo asked to end', Math.ceil(kills / 2), child => child.kill('SIGTERM'));
  // A silo on Orleans that was taken for dead ends when it wakes: another one takes its place.
  if (host !== 'redis') await measure('silo frozen', Math.ceil(kills / 4), child => child.kill('SIGSTOP'));
  else await measure('silo frozen', Math.ceil(kills / 4), child => child.kill('SIGSTOP'), async silo => {
    const before = silo.id;
    silo.child.kill('SIGCONT');
    while (silo.id === before) await pause(50);
  });
  const back = [];
  for (let i = 0; i < Math.ceil(kills / 4); i++) {
    redis.kill('SIGKILL');
    await pause(200);
    redis = await startRedis(folder, port);
    const since = Date.now();
    for (let j = 0; j < grains; j++) while (!(await tell(silos[0], `call p${j} 1`)).startsWith('done'));
    back.push(Date.now() - since);
  }
  report('Redis killed and restarted', back);
} finally {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}
