/**
 * Reads a date of HTTP (RFC 9110 section 5.6.7) in any of its three forms; undefined for anything else. Seconds since the
 * epoch. Like nginx it does not look at the name of the day, nor at what comes after the time.
 */
export function parseHttpDate(text: string): number | undefined {
  const comma = text.indexOf(',');
  const blank = text.indexOf(' ');
  const isAsctime = blank !== -1 && (comma === -1 || blank < comma);
  if (!isAsctime && comma === -1) return undefined;
  const at = skipBlanks(text, (isAsctime ? blank : comma) + 1);
  if (text.length - at < 18) return undefined;
  return isAsctime ? parseAsctime(text, at) : parseFixed(text, at);
}

/** `06 Nov 1994 08:49:37`, or `06-Nov-94 08:49:37` of older days. */
function parseFixed(text: string, at: number): number | undefined {
  const separator = text[at + 2];
  if ((separator !== ' ' && separator !== '-') || text[at + 6] !== separator) return undefined;
  const day = digits(text, at, 2);
  const month = monthAt(text, at + 3);
  const isShort = separator === '-';
  const short = digits(text, at + 7, 2);
  const year = isShort ? short + (short < 70 ? 2000 : 1900) : digits(text, at + 7, 4);
  const next = at + (isShort ? 9 : 11);
  return text[next] === ' ' ? secondsOf(year, month, day, text, next + 1) : undefined;
}

/** `Nov  6 08:49:37 1994`: as C's asctime prints it. */
function parseAsctime(text: string, at: number): number | undefined {
  let next = at + 4;
  if (text[at + 3] !== ' ') return undefined;
  if (text[next] === ' ') next++;
  let day = digits(text, next, 1);
  next++;
  if (text[next] !== ' ') {
    day = day * 10 + digits(text, next, 1);
    next++;
  }
  if (text[next] !== ' ' || text[next + 9] !== ' ') return undefined;
  return secondsOf(digits(text, next + 10, 4), monthAt(text, at), day, text, next + 1);
}

/** NaN from any part, or a date that the calendar does not have, gives undefined. */
function secondsOf(year: number, month: number, day: number, text: string, at: number): number | undefined {
  const hour = digits(text, at, 2);
  const minute = digits(text, at + 3, 2);
  const second = digits(text, at + 6, 2);
  if (text[at + 2] !== ':' || text[at + 5] !== ':') return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  // Years below 100 are taken for those of the 20th century by Date; nobody's clock stands there.
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  return date.getUTCDate() === day ? date.getTime() / 1000 : undefined;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function monthAt(text: string, at: number): number {
  const month = months.indexOf(text.slice(at, at + 3));
  return month === -1 ? Number.NaN : month;
}

/** The number of `count` decimal digits at a place; NaN where there are other characters. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let place = at; place < at + count; place++) {
    const digit = text.charCodeAt(place) - 0x30;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}
