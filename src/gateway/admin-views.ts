import type { CacheView, LogLevelView } from '../admin/index.ts';
import type { SharedCache } from '../cache/index.ts';
import type { Logger, LogLevel } from '../kernel/index.ts';
import type { Workers } from './workers.ts';

/** What the Admin API may see and do of cached rows: those that all workers share, and what each has itself. */
export function createCacheView(
  rows: SharedCache,
  misses: SharedCache,
  workers: () => Pick<Workers, 'forget' | 'lookUps'> | undefined,
): CacheView {
  const forget = (): void => workers()?.forget();
  return {
    lookUps: () => workers()?.lookUps ?? 0,
    get(key) {
      const text = rows.get(key)?.text;
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    delete(key) {
      rows.delete(key);
      misses.delete(key);
      forget();
    },
    clear() {
      rows.clear();
      misses.clear();
      forget();
    },
  };
}

/** Longer than this no timer runs. */
const maxSeconds = 2_000_000;

/** The level of a node's log, which may be changed for a while; `end` forgets about going back. */
export function createLogLevelSwitch(
  logger: Logger,
  usual: () => LogLevel,
  tellWorkers: (level: LogLevel) => void,
): LogLevelView & { end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const set = (level: LogLevel): void => {
    logger.setLevel(level);
    tellWorkers(level);
  };
  return {
    current: () => logger.level,
    change(level, seconds) {
      clearTimeout(timer);
      set(level);
      timer = setTimeout(() => set(usual()), Math.min(seconds, maxSeconds) * 1000);
      timer.unref();
    },
    end: () => clearTimeout(timer),
  };
}
