import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { createLogger, gatherLines, type Logger, type LogLevel } from '../kernel/index.ts';

/**
 * Opens the error log: `proxy_error_log` relative to the prefix, or a device such as /dev/stderr. Every thread opens it for
 * itself; lines are appended whole.
 * @throws the error of the file system.
 */
export function openLog(prefix: string, path: string, level: LogLevel, worker: number): Logger {
  return createLogger({ level, sink: sinkOf(prefix, path), worker });
}

/**
 * Opens the access log: `proxy_access_log`, a path and after a blank the name of a format, which has no effect. Undefined
 * when it is off.
 */
export function openAccessLog(prefix: string, setting: string): ((line: string) => void) | undefined {
  const path = setting.trim().split(/\s+/)[0]!;
  if (path === 'off' || path === '/dev/null') return undefined;
  const gatherer = gatherLines(sinkOf(prefix, path));
  return (line) => gatherer.write(line);
}

function sinkOf(prefix: string, path: string): (lines: string) => void {
  if (path === 'off' || path === '/dev/null') return () => {};
  if (path === '/dev/stderr') return (lines) => write(2, lines);
  if (path === '/dev/stdout') return (lines) => write(1, lines);
  const file = isAbsolute(path) ? path : join(prefix, path);
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a', 0o640);
  return (lines) => write(descriptor, lines);
}

function write(descriptor: number, lines: string): void {
  try {
    writeSync(descriptor, lines);
  } catch {
    // A full disk or a closed terminal must not stop traffic, and there is nowhere else to say it.
  }
}
