import { type Logger, type LogLevel, logLevels } from '../../kernel/index.ts';

/** A line that a plugin logged. */
export interface LogLine {
  readonly level: LogLevel;
  /** With the names of the loggers before it, such as `[key-auth] `. */
  readonly message: string;
}

/** A logger that keeps its lines, whatever their level, in `lines`. */
export function createMemoryLogger(lines: LogLine[], prefix = ''): Logger {
  let threshold: LogLevel = 'debug';
  const write = (level: LogLevel, message: string): void => {
    lines.push({ level, message: prefix + message });
  };
  return {
    get level() {
      return threshold;
    },
    enabled: (level) => logLevels.indexOf(level) <= logLevels.indexOf(threshold),
    setLevel(level) {
      threshold = level;
    },
    child: (name) => createMemoryLogger(lines, `${prefix}[${name}] `),
    write,
    alert: (message) => write('alert', message),
    crit: (message) => write('crit', message),
    error: (message) => write('error', message),
    warn: (message) => write('warn', message),
    notice: (message) => write('notice', message),
    info: (message) => write('info', message),
    debug: (message) => write('debug', message),
  };
}
