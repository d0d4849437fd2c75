import type { Clock } from './clock.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The moment as access logs show it, `20/Nov/2026:14:49:13 +0000` in local time; made anew once a second. */
export function createLogTime(clock: Clock): () => string {
  let second = -1;
  let text = '';
  return () => {
    const now = clock.now();
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      text = timeOf(new Date(now));
    }
    return text;
  };
}

/** The user that an Authorization header names, as access logs show it: `-` where it names none. */
export function loggedUser(authorization: string | undefined): string {
  if (authorization === undefined || !/^basic /i.test(authorization)) return '-';
  const pair = Buffer.from(authorization.slice(6), 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  return colon < 1 ? '-' : loggedText(pair.slice(0, colon));
}

/**
 * What a client gave, as access logs show it: `-` where it gave nothing. As nginx does: quotes, backslashes and whatever is
 * not visible ASCII as `\xXX`, so that nobody can forge a line.
 */
export function loggedText(text: string | undefined): string {
  if (text === undefined) return '-';
  if (/^[ !#-[\]-~]*$/.test(text)) return text;
  return text.replace(
    /[^ !#-[\]-~]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function timeOf(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return (
    `${two(time.getDate())}/${months[time.getMonth()]!}/${time.getFullYear()}:` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${zone}`
  );
}
