import { createLru, messageOf } from '../../kernel/index.ts';
import type { EntityReader, Row } from '../../pdk/index.ts';
import { type Certificate, readCertificate, readCertificates } from './certificate.ts';
import { type Authority, findChain } from './chain.ts';

/** What is thought of a client's certificate. */
export type Judgement =
  | { readonly ok: true; readonly certificate: Certificate; readonly authorities: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Judges certificates by the CA certificates of one configuration. */
export interface Judge {
  /** `chain` is PEM text, the client's own certificate first. Answers at once while the CA certificates are cached. */
  judge(chain: string): Judgement | Promise<Judgement>;
}

/** What a {@link Judge} is made of. */
export interface JudgeOptions {
  readonly ids: readonly string[];
  readonly rows: EntityReader;
  readonly allowsPartialChain: boolean;
  /** Milliseconds for which a judgement is kept at most. */
  readonly keptFor: number;
  readonly now: () => number;
}

/** Certificates whose judgements are kept. */
const capacity = 1000;

/**
 * Creates a {@link Judge}. What it thinks of a certificate is kept: a chain is verified once for each connection at most, and
 * anew as soon as a CA certificate changes.
 */
export function createJudge({ ids, rows, allowsPartialChain, keptFor, now }: JudgeOptions): Judge {
  const kept = createLru<string, { readonly judgement: Judgement; readonly until: number }>(capacity);
  const current: (Row | undefined)[] = ids.map(() => undefined);
  let authorities: readonly Authority[] = [];

  function refresh(found: readonly (Row | undefined)[]): void {
    if (found.every((row, at) => row === current[at])) return;
    found.forEach((row, at) => {
      current[at] = row;
    });
    authorities = found.flatMap((row, at) =>
      row === undefined ? [] : [{ id: ids[at]!, certificate: readCertificate(row['cert'] as string) }],
    );
    kept.clear();
  }

  function judgeBy(found: readonly (Row | undefined)[], chain: string): Judgement {
    refresh(found);
    const at = now();
    const known = kept.get(chain);
    if (known !== undefined && known.until > at) return known.judgement;
    const { judgement, until } = think(chain, at);
    kept.set(chain, { judgement, until: Math.min(until, at + keptFor) });
    return judgement;
  }

  function think(chain: string, at: number): { readonly judgement: Judgement; readonly until: number } {
    let certificates: readonly Certificate[];
    try {
      certificates = readCertificates(chain);
    } catch (fault) {
      return { judgement: { ok: false, reason: messageOf(fault) }, until: Number.POSITIVE_INFINITY };
    }
    const [leaf, ...sent] = certificates;
    if (leaf === undefined) return { judgement: { ok: false, reason: 'there is no certificate' }, until: at };
    const verdict = findChain(leaf, sent, { authorities, allowsPartialChain, now: at });
    if (!verdict.ok) return { judgement: verdict, until: Number.POSITIVE_INFINITY };
    return { judgement: { ok: true, certificate: leaf, authorities: verdict.authorities }, until: verdict.until };
  }

  const found: (Row | undefined)[] = [];
  return {
    judge(chain) {
      for (let at = 0; at < ids.length; at++) {
        const row = rows.findById(ids[at]!);
        if (row instanceof Promise) {
          return Promise.all(ids.map(async (id) => await rows.findById(id))).then((all) => judgeBy(all, chain));
        }
        found[at] = row;
      }
      return judgeBy(found, chain);
    },
  };
}
