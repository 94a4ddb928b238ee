// Runs one command several times and reports wall seconds, CPU seconds and peak memory of the whole process (GNU time's figures, read from wait4).
import { spawn } from 'node:child_process';
import fs from 'node:fs';

/** Runs a command once; resolves to { wall, cpu, peakMB, output }. Rejects with its output when it fails. */
export function once(command, args, env, cores) {
  const words = cores ? ['taskset', '-c', cores, command, ...args] : [command, ...args];
  const file = `/tmp/measure-${process.pid}-${Math.random().toString(36).slice(2)}`;
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn('/usr/bin/time', ['-f', '%U %S %M', '-o', file, ...words], { env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', text => (output += text));
    child.stderr.on('data', text => (output += text));
    child.on('error', reject);
    child.on('close', code => {
      const wall = Number(process.hrtime.bigint() - started) / 1e9;
      const line = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').at(-1) : '';
      fs.rmSync(file, { force: true });
      if (code !== 0) return reject(new Error(`${words.join(' ')} exited with ${code}:\n${output}`));
      const [user, system, peak] = line.split(' ').map(Number);
      resolve({ wall, cpu: user + system, peakMB: peak / 1024, output });
    });
  });
}

export const median = values => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
