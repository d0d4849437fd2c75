import { whenReady } from '../credentials/index.ts';
import { cookieCount, expiry, mergeCookies, splitCookies } from './cookies.ts';
import { dataInCookies, type Entry, type Envelope, openData, openHead, seal, touch } from './envelope.ts';
import { headFlags } from './head.ts';
import type { CookieKind, SessionSettings } from './settings.ts';

/** Seconds that a cookie may last at most (RFC 6265bis section 5.5). */
const longestLife = 34_560_000;
/** A session is renewed when this part of its rolling timeout is over, and touched when it idled for so many seconds. */
const renewAfter = 0.75;
const touchAfter = 60;

/**
 * The session of one request. What becomes of it is gathered in {@link Session.cookies} and {@link Session.writes} and
 * takes effect when the caller sends the former and waits for the latter.
 */
export class Session {
  readonly #settings: SessionSettings;
  readonly #requestCookies: readonly string[];
  readonly #now: number;
  #entries: Entry[];
  #at = 0;
  #current: Envelope | undefined;
  #remembered: Pick<Envelope, 'head'> | undefined;
  #cookies: readonly string[] = [];
  #writes: Promise<void>[] = [];

  /** `cookies` are the request's Cookie headers, `now` is in seconds since the epoch. */
  constructor(settings: SessionSettings, cookies: readonly string[], now: number) {
    this.#settings = settings;
    this.#requestCookies = cookies;
    this.#now = now;
    this.#entries = [[{}, settings.audience]];
  }

  /** What is kept for this configuration's audience; empty for a new session. */
  get data(): readonly unknown[] {
    const data = this.#entries[this.#at]?.[0];
    return Array.isArray(data) ? data : [];
  }

  /** Sets the data, and whom the session is about. */
  set(data: readonly unknown[], subject: string): void {
    this.#entries[this.#at] = [data, this.#settings.audience, subject];
  }

  /** Set-Cookie lines that were not handed out yet. */
  takeCookies(): readonly string[] {
    const cookies = this.#cookies;
    this.#cookies = [];
    return cookies;
  }

  /** What is being written to the store, and was not handed out yet. */
  takeWrites(): readonly Promise<void>[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  /** Opens the session that the request brings; with a cookie that lasts, a new one in its place. True when there is one. */
  open(): boolean | Promise<boolean> {
    const { session, remember } = this.#settings;
    return whenReady(this.#load(session), (found) => {
      if (found !== 'none' || remember === undefined) return found === 'open';
      return whenReady(this.#load(remember), (lasting) => {
        if (lasting !== 'open') return false;
        this.#current = undefined;
        return this.#save(session) && this.#save(remember);
      });
    });
  }

  #load(kind: CookieKind): 'open' | 'other' | 'none' | Promise<'open' | 'other' | 'none'> {
    const { storage } = this.#settings;
    const found = openHead(this.#settings, kind, this.#requestCookies, this.#now);
    if (found === undefined) return 'none';
    const read = (data: string | undefined): 'open' | 'other' | 'none' => {
      if (data === undefined || data.length !== found.head.dataSize) return 'none';
      return this.#read(kind, { head: found.head, bytes: found.bytes, data });
    };
    if (storage === undefined) return read(dataInCookies(kind, found, this.#requestCookies));
    return whenReady(storage.get(keyOf(found)), (value) => read(dataInRow(value)));
  }

  #read(kind: CookieKind, envelope: Envelope): 'open' | 'other' | 'none' {
    const entries = openData(this.#settings.keys, kind, envelope);
    if (entries === undefined) return 'none';
    if (kind.lasts) this.#remembered = envelope;
    else this.#current = envelope;
    const at = entries.findIndex((entry) => entry[1] === this.#settings.audience);
    this.#at = at === -1 ? entries.length : at;
    if (at === -1) entries.push(...this.#entries);
    this.#entries = entries;
    return at === -1 ? 'other' : 'open';
  }

  /** Sends the session anew, with another id. False when it is too large for cookies. */
  save(): boolean {
    const { session, remember } = this.#settings;
    if (!this.#save(session)) return false;
    if (remember !== undefined && !this.#isForgotten) {
      this.#findRemembered(remember);
      this.#save(remember);
    }
    return true;
  }

  /** Renews the session, or notes that it is in use, when it is time to. False when it could not be renewed. */
  refresh(): boolean {
    const { session, keys } = this.#settings;
    const { head } = this.#current!;
    const { rollingTimeout, idlingTimeout } = session;
    const unrenewed = this.#now - head.createdAt - head.rollingOffset;
    if (rollingTimeout > 0 && unrenewed > Math.ceil(rollingTimeout * renewAfter)) return this.#save(session);
    if (idlingTimeout > 0 && unrenewed - head.idlingOffset > touchAfter) {
      this.#current = touch(keys, this.#current!, this.#now);
      this.#set(this.#cookiesOf(session, this.#current).slice(0, 1));
    }
    return true;
  }

  /** Ends the session: for this audience, and with the last one altogether. False when the rest could not be saved. */
  logout(): boolean {
    if (this.#entries.length === 1) {
      this.#destroy();
      return true;
    }
    this.#entries.splice(this.#at, 1);
    return this.save();
  }

  /** A property by the name that configurations have for it; undefined for one that the session has not. */
  property(name: string): string | undefined {
    const { head } = this.#current!;
    const { idlingTimeout, rollingTimeout, absoluteTimeout } = this.#settings.session;
    const age = this.#now - head.createdAt;
    const left = (timeout: number, used: number): string | undefined =>
      timeout > 0 ? String(timeout - used) : undefined;
    switch (name) {
      case 'id':
        return keyOf({ head });
      case 'audience':
        return this.#settings.audience;
      case 'subject':
        return this.#entries[this.#at]?.[2] ?? undefined;
      case 'idling-timeout':
        return left(idlingTimeout, age - head.rollingOffset - head.idlingOffset);
      case 'rolling-timeout':
        return left(rollingTimeout, age - head.rollingOffset);
      case 'absolute-timeout':
        return left(absoluteTimeout, age);
      case 'timeout': {
        const all = ['idling-timeout', 'rolling-timeout', 'absolute-timeout'].map((one) => this.property(one));
        const known = all.filter((one) => one !== undefined).map(Number);
        return known.length === 0 ? undefined : String(Math.min(...known));
      }
      default:
        return undefined;
    }
  }

  /** A cookie may say that nothing lasting is to be set beside it. */
  get #isForgotten(): boolean {
    return ((this.#current?.head.flags ?? 0) & headFlags.isForgotten) !== 0;
  }

  /** Looks at the head of the lasting cookie that the request brings, so that the next one takes its place. */
  #findRemembered(kind: CookieKind): void {
    this.#remembered ??= openHead(this.#settings, kind, this.#requestCookies, this.#now);
  }

  #save(kind: CookieKind): boolean {
    const former = (kind.lasts ? this.#remembered : this.#current)?.head;
    const envelope = seal(this.#settings, kind, this.#entries, former, this.#now);
    if (envelope === undefined) return false;
    this.#set(this.#cookiesOf(kind, envelope));
    const { storage, staleTtl } = this.#settings;
    if (storage === undefined) {
      this.#expire(kind, (cookieCount(kind.name, envelope.head.dataSize) ?? 1) + 1, former?.dataSize);
    } else {
      this.#writes.push(
        storage.set({
          key: keyOf(envelope),
          value: JSON.stringify([envelope.data]),
          ttl: lifeOf(kind),
          now: this.#now,
          oldKey: former === undefined ? undefined : keyOf({ head: former }),
          oldTtl: kind.lasts || !(staleTtl > 0) ? undefined : Math.ceil(staleTtl),
        }),
      );
    }
    if (kind.lasts) this.#remembered = envelope;
    else this.#current = envelope;
    return true;
  }

  #destroy(): void {
    const { session, remember } = this.#settings;
    this.#forget(session, this.#current);
    if (remember === undefined || this.#isForgotten) return;
    this.#findRemembered(remember);
    if (this.#remembered !== undefined) this.#forget(remember, this.#remembered);
  }

  #forget(kind: CookieKind, envelope: Pick<Envelope, 'head'> | undefined): void {
    const { storage } = this.#settings;
    this.#expire(kind, 1, storage === undefined ? (envelope?.head.dataSize ?? 0) : 0);
    if (storage !== undefined && envelope !== undefined) this.#writes.push(storage.delete(keyOf(envelope)));
  }

  /** Takes away the cookies from number `first` on that data of that size took. */
  #expire(kind: CookieKind, first: number, dataSize: number | undefined): void {
    if (dataSize === undefined) return;
    const last = cookieCount(kind.name, dataSize) ?? 1;
    const { attributes } = this.#settings;
    for (let number = first; number <= last; number++) {
      this.#set([`${kind.name}${number === 1 ? '' : number}=${attributes}${expiry}`]);
    }
  }

  #cookiesOf(kind: CookieKind, { head, bytes, data }: Envelope): readonly string[] {
    const { storage, attributes } = this.#settings;
    const life = lifeOf(kind);
    const ending = kind.lasts
      ? `; Expires=${new Date((head.createdAt + life) * 1000).toUTCString()}; Max-Age=${life}`
      : '';
    const values = splitCookies(kind.name, bytes.toString('base64url'), storage === undefined ? data : '');
    return values.map(([name, value]) => `${name}=${value}${attributes}${ending}`);
  }

  #set(cookies: readonly string[]): void {
    this.#cookies = mergeCookies(this.#cookies, cookies);
  }
}

/** A session's id as it is shown, and as the key of a session in the store. */
function keyOf({ head }: Pick<Envelope, 'head'>): string {
  return head.sid.toString('base64url');
}

/** Seconds for which a session is kept. */
function lifeOf({ rollingTimeout }: CookieKind): number {
  return rollingTimeout > 0 ? Math.min(Math.ceil(rollingTimeout), longestLife) : longestLife;
}

/** The data in the value of a row: a list with the data first. */
function dataInRow(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    const [data] = JSON.parse(value) as readonly unknown[];
    return typeof data === 'string' ? data : undefined;
  } catch {
    return undefined;
  }
}
