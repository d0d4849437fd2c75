import { createHash } from 'node:crypto';
import { type Clock, createLru, type Logger, messageOf } from '../../kernel/index.ts';
import { createOcspRequest } from './ocsp-request.ts';
import { readOcspResponse } from './ocsp-response.ts';

/** Keeps the proofs that certificates are not revoked, to be sent along with them (OCSP stapling, RFC 6066 section 8). */
export interface Stapler {
  /**
   * The proof for a certificate; undefined as long as there is none. It is asked for in the background when it is first
   * wanted and when it grows old, so that no handshake waits. Both are DER; without the issuer nobody can be asked.
   */
  proofFor(certificate: Buffer, issuer: Buffer | undefined): Buffer | undefined;
}

/** What {@link createStapler} needs. */
export interface StaplerOptions {
  /** Posts bytes to a responder and gives back what it answers. */
  readonly ask: (url: string, body: Uint8Array) => Promise<Buffer>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Proof {
  bytes: Buffer | undefined;
  /** Milliseconds since the epoch until which `bytes` may be sent. */
  goodUntil: number;
  /** When to ask again. */
  askAt: number;
  isAsking: boolean;
}

const maxProofs = 1000;
/** How long to wait after a failure, as nginx does. */
const pauseMs = 300_000;
/** A proof is renewed at least this often, and where the responder gives no end. */
const longestMs = 3_600_000;

/** Creates a {@link Stapler}. */
export function createStapler({ ask, clock, logger }: StaplerOptions): Stapler {
  const proofs = createLru<string, Proof>(maxProofs);

  async function renew(proof: Proof, certificate: Buffer, issuer: Buffer): Promise<void> {
    let url = '';
    try {
      const request = createOcspRequest(certificate, issuer);
      if (request === undefined) {
        proof.askAt = Number.POSITIVE_INFINITY;
        return;
      }
      url = request.url;
      const bytes = await ask(url, request.body);
      const answer = readOcspResponse(bytes);
      const now = clock.now();
      const { status, serial, nextUpdate = now + longestMs } = answer ?? { status: 'nothing', serial: undefined };
      if (serial === undefined || Buffer.compare(serial, request.serial) !== 0)
        throw new Error('it says nothing of it');
      if (nextUpdate <= now) throw new Error('what it says is out of date');
      // A client that is told of its revocation learns more than one that is told nothing.
      proof.bytes = bytes;
      proof.goodUntil = nextUpdate;
      proof.askAt = now + Math.min(longestMs, (nextUpdate - now) / 2);
      if (status !== 'good') logger.warn(`Certificate is ${status}, says "${url}"`);
    } catch (fault) {
      proof.askAt = clock.now() + pauseMs;
      logger.warn(`Cannot ask "${url}" whether a certificate is good: ${messageOf(fault)}`);
    } finally {
      proof.isAsking = false;
    }
  }

  return {
    proofFor(certificate, issuer) {
      const key = createHash('sha256').update(certificate).digest('base64');
      let proof = proofs.get(key);
      if (proof === undefined) {
        proof = { bytes: undefined, goodUntil: 0, askAt: 0, isAsking: false };
        proofs.set(key, proof);
      }
      const now = clock.now();
      if (issuer !== undefined && now >= proof.askAt && !proof.isAsking) {
        proof.isAsking = true;
        void renew(proof, certificate, issuer);
      }
      return now < proof.goodUntil ? proof.bytes : undefined;
    },
  };
}
