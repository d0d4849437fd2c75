import { escapePath as escapeBytes } from '../kernel/index.ts';
import { latin1OfText } from './text.ts';

/** Percent-encodes what may not stand in a path, byte by byte as UTF-8; what is encoded already stays so (Kong 3.9). */
export function escapePath(path: string): string {
  return escapeBytes(latin1OfText(path));
}
