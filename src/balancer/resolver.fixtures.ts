import { isIP } from 'node:net';
import { dnsNotFound, type ResolvedAddress, type Resolver } from '../dns/index.ts';
import type { GibbonError } from '../kernel/index.ts';

type Found = string | { ip: string; port: number; weight: number; srvName: string };

/** A resolver whose answers are set by the test; IP addresses resolve to themselves. */
export function createFakeResolver() {
  const answers = new Map<string, readonly Found[] | GibbonError>();
  const given = new Map<string, { found: readonly Found[]; addresses: ResolvedAddress[] }>();
  let waiting: (() => void)[] | undefined;
  const answer = (name: string, port: number): readonly ResolvedAddress[] => {
    const found = answers.get(name) ?? (isIP(name) !== 0 ? [name] : dnsNotFound(name, 'name error'));
    if (found instanceof Error) throw found;
    const key = `${name} ${port}`;
    const known = given.get(key);
    if (known?.found === found || (known && known.found[0] === name)) return known.addresses;
    const addresses = found.map((one) =>
      typeof one === 'string' ? { ip: one, port, weight: undefined, srvName: undefined } : one,
    );
    given.set(key, { found, addresses });
    return addresses;
  };
  const resolver: Resolver = {
    resolve(name, port) {
      if (waiting === undefined) return answer(name, port);
      const queue = waiting;
      return new Promise((resolve, reject) => {
        queue.push(() => {
          try {
            resolve(answer(name, port));
          } catch (fault) {
            reject(fault as Error);
          }
        });
      });
    },
  };
  return {
    resolver,
    answers,
    /** Holds answers back from now on, until the returned function is called. */
    hold: () => {
      const queue: (() => void)[] = [];
      waiting = queue;
      return () => {
        waiting = undefined;
        for (const go of queue) go();
      };
    },
  };
}
