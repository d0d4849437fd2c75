import { constants, createPrivateKey, randomBytes } from 'node:crypto';
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { GibbonError, messageOf } from '../kernel/index.ts';
import { type CipherSuite, handshakeOptions } from './cipher-suites.ts';
import { createSniNames } from './sni-names.ts';
import type { Stapler } from './stapling/stapler.ts';

/** One or more certificates with their keys, PEM, index by index: at most one for each type of key. */
export interface CertificatePairs {
  readonly cert: readonly string[];
  readonly key: readonly string[];
}

/** What the store reads of a `certificates` row; references are resolved by whoever hands it in. */
export interface CertificateRow {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
  /** The same server with the other type of key, such as ECDSA beside RSA. */
  readonly cert_alt?: string | null;
  readonly key_alt?: string | null;
}

/** What the store reads of a `snis` row. */
export interface SniRow {
  readonly id: string;
  readonly name: string;
  readonly certificate: { readonly id: string };
}

/** What {@link createCertificateStore} may be told. */
export interface CertificateStoreOptions {
  /** Served without a server name, and for names that no SNI stands for. */
  readonly defaultCertificate?: CertificatePairs;
  /** Proofs that certificates are not revoked, sent along with them to clients that ask; none where it is absent. */
  readonly stapler?: Stapler;
  /** OpenSSL decides where it is absent. */
  readonly cipherSuite?: CipherSuite;
  /** True unless told (`ssl_session_tickets`). */
  readonly sessionTickets?: boolean;
  /** 48 bytes from {@link createTicketKeys}, the same in all workers, so that a session resumes in any of them. */
  readonly ticketKeys?: Uint8Array;
  /** Seconds for which a session may be resumed (`ssl_session_timeout`); 86,400 unless told. */
  readonly sessionTimeout?: number;
}

/** Certificates by server name, made ready for handshakes when they are first asked for. */
export interface CertificateStore {
  /** Adds or replaces a certificate; contexts made from the old one are no longer handed out. */
  putCertificate(row: CertificateRow): void;
  deleteCertificate(id: string): void;
  /** Adds or replaces a name; the certificate may come before or after it. */
  putSni(row: SniRow): void;
  deleteSni(row: Pick<SniRow, 'id'>): void;
  /**
   * The context to start a connection with, all its certificates loaded. A name whose certificate is not there gets the
   * default one.
   * @throws GibbonError `ERR_TLS_CERTIFICATE` when the certificate or its key cannot be used.
   */
  contextFor(serverName: string | undefined): SecureContext;
  /**
   * Spread these into the options of `tls.createServer`: the default certificate, and the choice by server name. Of a
   * context that was chosen by server name node takes one certificate only, so for a row with an alternative it is
   * chosen by the signatures that the client knows: ECDSA or RSA when it knows one of them, else ECDSA for TLS 1.3 and
   * RSA before, where nearly every client has ciphers for RSA.
   */
  readonly serverOptions: TlsOptions;
  /** The same for a server whose handshakes differ from the usual ones. */
  optionsFor(profile: HandshakeProfile): TlsOptions;
  /** Encrypts session tickets with other keys from now on; sessions of the former ones begin anew. */
  setTicketKeys(keys: Uint8Array): void;
  /** Tells servers, which keep keys of their own, of the keys to come. */
  onTicketKeys(hear: (keys: Buffer) => void): void;
  /** Proofs to send along with certificates; undefined where none are. */
  readonly stapler: Stapler | undefined;
}

/** How a handshake differs from the usual one: a session that begins with it is never resumed. */
export interface HandshakeProfile {
  /**
   * PEM texts of the authorities that the client is told of when it is asked for a certificate, which may be none;
   * undefined for not asking. What the client sends, or that it sends nothing, never fails the handshake.
   */
  readonly authorities: readonly string[] | undefined;
}

/** A certificate row, made ready as far as handshakes asked for it. */
interface Entry {
  readonly id: string;
  readonly pairs: CertificatePairs;
  /** By the key of the profile that they were made for. */
  readonly contexts: Map<string, Contexts>;
  fault: GibbonError | undefined;
}

/** The contexts of a certificate row for one way to shake hands. */
interface Contexts {
  all: SecureContext | undefined;
  /** One context for each pair, where there are two. */
  single: { readonly rsa: SecureContext; readonly ecdsa: SecureContext } | undefined;
}

/** Ways to shake hands for which a certificate's contexts are kept. */
const maxTerms = 64;

/** The options that the contexts of one way to shake hands share. */
interface Terms {
  readonly key: string;
  readonly options: SecureContextOptions;
}

/**
 * Creates a {@link CertificateStore}. A listener must start from `serverOptions` or `contextFor(undefined)`: OpenSSL takes
 * protocol versions and the keys of session tickets from the context that a connection started with, not from the one
 * that its server name led to.
 */
export function createCertificateStore(options: CertificateStoreOptions = {}): CertificateStore {
  const usual: Terms = { key: '', options: contextOptions(options) };
  const standard = entryOf('default', options.defaultCertificate ?? { cert: [], key: [] });
  const certificates = new Map<string, Entry>();
  const sniById = new Map<string, SniRow>();
  const names = createSniNames<SniRow>();
  const keyHearers: ((keys: Buffer) => void)[] = [];

  function forget(id: string): void {
    const known = sniById.get(id);
    if (known === undefined) return;
    sniById.delete(id);
    // Another row may have taken the name over before this one was told to go.
    if (names.get(known.name)?.id === id) names.delete(known.name);
  }

  function find(serverName: string | undefined): Entry {
    if (serverName === undefined || serverName === '') return standard;
    const sni = names.match(serverName);
    return (sni && certificates.get(sni.certificate.id)) ?? standard;
  }

  function make<T>(entry: Entry, build: (pairs: CertificatePairs) => T): T {
    // A bad certificate stays bad until it is put again: parsing it for every handshake would be an open flank.
    if (entry.fault !== undefined) throw entry.fault;
    try {
      return build(entry.pairs);
    } catch (cause) {
      entry.fault = new GibbonError(`Cannot use certificate "${entry.id}": ${messageOf(cause)}`, {
        code: 'ERR_TLS_CERTIFICATE',
        cause,
      });
      throw entry.fault;
    }
  }

  function contextsOf(entry: Entry, terms: Terms): Contexts {
    let contexts = entry.contexts.get(terms.key);
    if (contexts === undefined) {
      // Authorities that are named no more leave contexts behind.
      if (entry.contexts.size >= maxTerms) entry.contexts.clear();
      contexts = { all: undefined, single: undefined };
      entry.contexts.set(terms.key, contexts);
    }
    return contexts;
  }

  function contextOf(entry: Entry, terms: Terms): SecureContext {
    const contexts = contextsOf(entry, terms);
    contexts.all ??= make(entry, (pairs) => createSecureContext({ ...terms.options, ...certificateOptions(pairs) }));
    return contexts.all;
  }

  function singleContextOf(entry: Entry, terms: Terms, client: TLSSocket): SecureContext {
    const contexts = contextsOf(entry, terms);
    contexts.single ??= make(entry, ({ cert, key }) => {
      const each = cert.map((text, at) =>
        createSecureContext({ ...terms.options, ...certificateOptions({ cert: [text], key: [key[at]!] }) }),
      );
      const rsa = createPrivateKey(key[0]!).asymmetricKeyType === 'rsa' ? 0 : 1;
      return { rsa: each[rsa]!, ecdsa: each[1 - rsa]! };
    });
    const signatures = client.getSharedSigalgs();
    if (!signatures.some((name) => name.startsWith('RSA'))) return contexts.single.ecdsa;
    if (!signatures.some((name) => name.startsWith('ECDSA'))) return contexts.single.rsa;
    return client.getProtocol() === 'TLSv1.3' ? contexts.single.ecdsa : contexts.single.rsa;
  }

  function serverOptionsFor(terms: Terms): TlsOptions {
    return {
      ...terms.options,
      ...certificateOptions(standard.pairs),
      SNICallback(this: TLSSocket, serverName, done) {
        const entry = find(serverName);
        let chosen: SecureContext | undefined;
        try {
          // Without a choice the connection keeps the context it started with, and thereby both default certificates.
          if (entry !== standard) {
            chosen = entry.pairs.cert.length > 1 ? singleContextOf(entry, terms, this) : contextOf(entry, terms);
          }
        } catch (fault) {
          done(fault as GibbonError);
          return;
        }
        done(null, chosen);
      },
    };
  }

  return {
    stapler: options.stapler,
    setTicketKeys(keys) {
      for (const hear of keyHearers) hear(Buffer.from(keys));
    },
    onTicketKeys(hear) {
      keyHearers.push(hear);
    },
    serverOptions: serverOptionsFor(usual),
    optionsFor({ authorities }) {
      const secureOptions = (usual.options.secureOptions ?? 0) | constants.SSL_OP_NO_TICKET;
      const ca = authorities === undefined || authorities.length === 0 ? {} : { ca: [...authorities] };
      const terms: Terms = {
        key: authorities === undefined ? 'apart' : `asks ${authorities.join('')}`,
        options: { ...usual.options, secureOptions, ...ca },
      };
      const asking = authorities === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
      return { ...serverOptionsFor(terms), ...asking };
    },
    contextFor: (serverName) => contextOf(find(serverName), usual),
    putCertificate(row) {
      const alternative = row.cert_alt != null && row.key_alt != null;
      const pairs = alternative
        ? { cert: [row.cert, row.cert_alt], key: [row.key, row.key_alt] }
        : { cert: [row.cert], key: [row.key] };
      certificates.set(row.id, entryOf(row.id, pairs));
    },
    deleteCertificate(id) {
      certificates.delete(id);
    },
    putSni(row) {
      forget(row.id);
      sniById.set(row.id, row);
      names.set(row.name, row);
    },
    deleteSni(row) {
      forget(row.id);
    },
  };
}

/** 48 random bytes that encrypt session tickets: made by the main thread, handed to every worker. */
export function createTicketKeys(): Uint8Array {
  return new Uint8Array(randomBytes(48));
}

function entryOf(id: string, pairs: CertificatePairs): Entry {
  return { id, pairs, contexts: new Map(), fault: undefined };
}

function certificateOptions(pairs: CertificatePairs): SecureContextOptions {
  return { cert: [...pairs.cert], key: [...pairs.key] };
}

function contextOptions(options: CertificateStoreOptions): SecureContextOptions {
  const handshake = options.cipherSuite === undefined ? undefined : handshakeOptions(options.cipherSuite);
  const withoutTickets = options.sessionTickets === false ? constants.SSL_OP_NO_TICKET : 0;
  return {
    ...handshake,
    secureOptions: (handshake?.secureOptions ?? 0) | withoutTickets,
    sessionIdContext: 'gibbon',
    sessionTimeout: options.sessionTimeout ?? 86_400,
    ...(options.ticketKeys === undefined ? {} : { ticketKeys: Buffer.from(options.ticketKeys) }),
  };
}
