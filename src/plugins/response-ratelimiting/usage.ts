/**
 * What an upstream says that a request has used up: `videos=2, images=1`, by the index of each name. A name that is not
 * known, a part that is no pair, and an amount that is no number are passed over; of a name that comes twice the last
 * amount counts.
 */
export function parseUsage(header: string | undefined, names: readonly string[]): readonly number[] {
  const used = names.map(() => 0);
  if (header === undefined) return used;
  for (const part of header.split(',')) {
    const equals = part.indexOf('=');
    if (equals === -1 || part.includes('=', equals + 1)) continue;
    const at = names.indexOf(part.slice(0, equals).trim());
    if (at !== -1) used[at] = numberOf(part.slice(equals + 1).trim());
  }
  return used;
}

/** A decimal number, with a sign, a fraction and an exponent or without; 0 for anything else. */
function numberOf(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?$/.test(text)) return 0;
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}
