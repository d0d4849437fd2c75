import { daoErrors } from './errors.ts';
import type { DaoResult } from './types.ts';

/** Values of a primary key in the order of its fields; where a page ended. */
export type Position = readonly (string | number)[];

/** Writes a position as an opaque token: base64 of a JSON list, without padding. */
export function encodeOffset(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64').replace(/=+$/, '');
}

/** Reads a token back; code 7 when it is none of ours, or has not `length` values. */
export function decodeOffset(offset: string, length: number): DaoResult<Position> {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(offset)) return invalid(offset, 'bad base64 encoding');
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(offset, 'base64').toString());
  } catch {
    return invalid(offset, 'bad json encoding');
  }
  if (!Array.isArray(parsed) || parsed.length !== length || !parsed.every(isPlain)) {
    return invalid(offset, 'bad json encoding');
  }
  return { ok: true, value: parsed };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function invalid(offset: string, reason: string): DaoResult<never> {
  return { ok: false, error: daoErrors.invalidOffset(offset, reason) };
}
