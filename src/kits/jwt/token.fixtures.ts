import { createHmac, type KeyObject } from 'node:crypto';
import { type AlgorithmName, signToken } from './algorithms.ts';
import type { Claims } from './token.ts';

/** The part of a token that stands for `value`. */
export function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A token signed with a secret, by HS256 unless told. */
export function signed(claims: unknown, secret: string, header: Claims = {}): string {
  const { alg = 'HS256' } = header as { readonly alg?: string };
  const text = `${part({ typ: 'JWT', alg, ...header })}.${part(claims)}`;
  return `${text}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(text)
    .digest('base64url')}`;
}

/** A token signed with a private key by one of the asymmetric algorithms. */
export function signedWith(claims: unknown, alg: string, key: KeyObject): string {
  const text = `${part({ alg })}.${part(claims)}`;
  return `${text}.${signToken(text, alg as AlgorithmName, key)}`;
}
