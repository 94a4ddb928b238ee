// Programs that load tests start, and that all end with the load test: Redis, silos.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import readline from 'node:readline';

const started = new Set();

export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

export const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});

/**
 * Starts a program; resolves when it has written a line that isReady accepts, to the child with that line as `line`. Every line goes to `heard`, which can
 * be set on the child later too.
 */
export function start(command, args, isReady, heard) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  started.add(child);
  child.heard = heard;
  let log = '';
  child.stderr.on('data', text => { log = (log + text).slice(-4000); });
  child.gone = new Promise(resolve => child.on('exit', resolve)).then(code => { started.delete(child); return code; });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.gone.then(code => reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${log}`)));
    readline.createInterface(child.stdout).on('line', line => {
      child.heard?.(line, child);
      if (isReady(line)) resolve(Object.assign(child, { line }));
    });
  });
}

/** Starts Redis with its data in a folder; the child has its `address`. */
export async function startRedis(folder, port) {
  port ??= await freePort();
  fs.mkdirSync(folder, { recursive: true });
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', path.resolve(folder), '--appendonly', 'yes', '--save', ''];
  return Object.assign(await start('redis-server', args, line => line.includes('Ready to accept')), { address: `127.0.0.1:${port}` });
}

/** Kills everything that was started and waits until it is gone. */
export async function endAll() {
  const ending = [...started];
  for (const child of ending) child.kill('SIGKILL');
  await Promise.all(ending.map(child => child.gone));
}
