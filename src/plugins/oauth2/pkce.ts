import { hash } from 'node:crypto';
import { decodeBase64Url, isSameSecret } from '../../kits/credentials/index.ts';
import { type Parameters, textOf } from './parameters.ts';
import { type Problem, problems } from './problem.ts';

/** Whom a configuration wants a proof of. */
export type PkceMode = 'none' | 'lax' | 'strict' | null;

/** The challenge of a request for a code: a text, none, or what is wrong with it. */
export type Challenge = { readonly text: string | undefined } | { readonly problem: Problem };

/** Reads the challenge of a request for a code (RFC 7636 section 4.3); only S256 is known, whatever its case. */
export function readChallenge(parameters: Parameters): Challenge {
  const text = textOf(parameters, 'code_challenge') ?? '';
  if (text === '') {
    const isAnnounced = parameters.has('code_challenge') || parameters.has('code_challenge_method');
    return isAnnounced ? { problem: problems.challengeMissing } : { text: undefined };
  }
  if (parameters.has('code_challenge_method')) {
    const method = textOf(parameters, 'code_challenge_method');
    if (method !== 'S256' && method !== 's256') return { problem: problems.challengeMethod };
  }
  const isEncoded = decodeBase64Url(text) !== undefined;
  return { text: isEncoded ? Buffer.from(text, 'base64url').toString('base64url') : text };
}

/** True when a client has to prove that a code is its own, whether or not it began with a challenge. */
export function needsProof(mode: PkceMode, clientType: string): boolean {
  return clientType === 'public' ? mode !== 'none' : mode === 'strict';
}

/** What is wrong with the proof that comes with a code whose challenge was `challenge`; undefined for a good one. */
export function checkVerifier(parameters: Parameters, challenge: string | null): Problem | undefined {
  if (!parameters.has('code_verifier')) return problems.verifierMissing;
  const verifier = textOf(parameters, 'code_verifier');
  if (verifier === undefined) return problems.verifierText;
  if (verifier.length < 43 || verifier.length > 128) return problems.verifierLength;
  const derived = hash('sha256', verifier, 'base64url');
  return challenge !== null && isSameSecret(derived, challenge) ? undefined : problems.verifier;
}
