import { readFileSync } from 'node:fs';
import { GibbonError, messageOf } from '../kernel/index.ts';

/**
 * The PEM text of a setting that is PEM text or the path of a file.
 * @throws GibbonError `ERR_SETTINGS_PEM` when the file cannot be read.
 */
export function readPem(key: string, value: string): string {
  if (value.includes('-----BEGIN')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (fault) {
    throw new GibbonError(`Cannot read ${key} "${value}": ${messageOf(fault)}`, {
      code: 'ERR_SETTINGS_PEM',
      cause: fault,
    });
  }
}
