import { whenReady } from '../../kits/credentials/index.ts';
import type { EntityReader, Kong, Row } from '../../pdk/index.ts';
import type { Stored } from '../../schema/index.ts';
import { type Certificate, subjectNames } from './certificate.ts';
import type { mtlsAuthCredentials } from './entities.ts';

/** Who a certificate stands for: a consumer, and the credential or the name that says so. */
export interface Holder {
  readonly consumer: Row;
  readonly credential: Row;
}

/** Where to look for the consumer of a certificate. */
export interface Lookup {
  readonly credentials: EntityReader<Stored<typeof mtlsAuthCredentials>>;
  readonly consumers: EntityReader;
  /** Unique fields of consumers that may be a name in a certificate. */
  readonly fields: readonly string[];
  /** Id or username of the consumer of certificates that name none. */
  readonly fallback: string | null;
}

type MaybeLater<T> = T | undefined | Promise<T | undefined>;

/**
 * Finds the consumer of a trusted certificate: by a credential for one of its names and one of its authorities, nearest
 * first; by one for the name alone; by the consumers' own names; the fallback. Each for all names of the certificate in order.
 */
export function findHolder(
  kong: Kong,
  { credentials, consumers, fields, fallback }: Lookup,
  certificate: Certificate,
  authorities: readonly string[],
): MaybeLater<Holder> {
  const names = subjectNames(certificate);
  const byCredential = [...authorities, ''].flatMap((authority) =>
    names.map(
      (name) => (): MaybeLater<Holder> =>
        whenReady(credentials.find(name, authority), (credential) => {
          if (credential === undefined) return undefined;
          return whenReady(
            kong.client.loadConsumer(credential.consumer.id),
            (consumer) => consumer && { consumer, credential },
          );
        }),
    ),
  );
  const byName = names.flatMap((name) =>
    fields.map((field) => (): MaybeLater<Holder> => whenReady(consumers.findBy(field, name), asHolder)),
  );
  const byDefault = (): MaybeLater<Holder> =>
    fallback === null ? undefined : whenReady(kong.client.loadConsumer(fallback, true), asHolder);
  return firstFound([...byCredential, ...byName, byDefault], 0);
}

function asHolder(consumer: Row | undefined): Holder | undefined {
  return consumer && { consumer, credential: { id: consumer['id'] } };
}

/** What the first attempt that finds anything finds; each waits for those before it. */
function firstFound<T>(attempts: readonly (() => MaybeLater<T>)[], from: number): MaybeLater<T> {
  for (let at = from; at < attempts.length; at++) {
    const found = attempts[at]!();
    if (found instanceof Promise) return found.then((value) => value ?? firstFound(attempts, at + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
