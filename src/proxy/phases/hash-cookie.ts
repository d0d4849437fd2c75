import { headerValues, type ResponseHead, searchForm } from '../../http1/index.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** A cookie that the client is to bring along, so that its next request is hashed as this one was. */
export interface HashCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** Adds the cookie to the answer, in place of one of the same name from the upstream where `head` has such a one. */
export function setHashCookie(x: Exchange, cookie: HashCookie, head: ResponseHead | undefined): void {
  const prefix = `${cookie.name}=`;
  // Kong's spelling, attribute by attribute.
  const text = `${prefix}${cookie.value}; Path=${cookie.path}; Same-Site=Lax; HttpOnly`;
  const edits = x.editResponse();
  if (head !== undefined) {
    const block = `\n${head.untouched}`;
    const values = headerValues(block, searchForm(block), 'set-cookie');
    const same = values.findIndex((value) => value.startsWith(prefix));
    if (same !== -1) {
      edits.set('Set-Cookie', 'set-cookie', values.with(same, text));
      return;
    }
  }
  edits.add('Set-Cookie', 'set-cookie', [text]);
}
