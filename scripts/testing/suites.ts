import { readFileSync } from 'node:fs';
import { isServiceName, type ServiceName } from '../services.ts';

/** Names of the services that the text of a test file asks for with `requireService('name')`. */
export function neededServices(source: string): string[] {
  const names = [...source.matchAll(/\brequireService\(\s*['"]([\w-]+)['"]\s*\)/g)].map((match) => match[1]!);
  return [...new Set(names)];
}

/** Test files that can run here, and those that cannot with the reason. */
export interface Selection {
  readonly runnable: readonly string[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

/** Sorts test files by whether the services that they need can be had; each service is asked for once. */
export function selectSuites(
  files: readonly string[],
  ensure: (name: ServiceName) => { readonly ok: true } | { readonly ok: false; readonly reason: string },
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): Selection {
  const known = new Map<string, string | undefined>();
  const reasonFor = (name: string): string | undefined => {
    if (!known.has(name)) {
      if (!isServiceName(name)) known.set(name, 'no such service in scripts/services.ts');
      else {
        const outcome = ensure(name);
        known.set(name, outcome.ok ? undefined : outcome.reason);
      }
    }
    return known.get(name);
  };
  const runnable: string[] = [];
  const leftOut: { file: string; reason: string }[] = [];
  for (const file of files) {
    const reasons = neededServices(read(file)).flatMap((name) => {
      const reason = reasonFor(name);
      return reason === undefined ? [] : [`${name}: ${reason}`];
    });
    if (reasons.length === 0) runnable.push(file);
    else leftOut.push({ file, reason: reasons.join('; ') });
  }
  return { runnable, leftOut };
}
