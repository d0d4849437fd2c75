import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'];

/** Runs `node` with `args` in our place: same streams, signals handed on, same exit code or signal at the end. */
export function runUnder(node, args) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, args, { stdio: 'inherit', env });
  const handlers = forwarded.map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  child.on('error', (error) => {
    process.stderr.write(`Error: cannot run ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const [name, handler] of handlers) process.off(name, handler);
    process.kill(process.pid, signal);
  });
}
