import { isUuid } from '../../kernel/index.ts';
import type { KongClient, KongClientTls } from '../../pdk/index.ts';
import { checkClientVerify, checkIdentity, checkString, pdkError } from '../../pdk/support.ts';
import type { Row } from '../../schema/index.ts';
import type { Exchange } from './exchange.ts';
import { phasesOf, refusePhase } from './phase-check.ts';

const anywhere = phasesOf('client.get_ip');
const fromAccess = phasesOf('client.get_consumer');
const inAccess = phasesOf('client.authenticate');
const inHandshake = phasesOf('client.tls.request_client_certificate');
const withChain = phasesOf('client.tls.get_full_client_certificate_chain');
const withVerdict = phasesOf('client.tls.set_client_verify');

/** `kong.client` over an exchange. */
export class ClientApi implements KongClient, KongClientTls {
  readonly #x: Exchange;

  constructor(x: Exchange) {
    this.#x = x;
  }

  getIp(): string {
    if ((anywhere & this.#x.phase) === 0) refusePhase('client.get_ip', this.#x.phase);
    return this.#x.down.client.remoteAddress;
  }

  getForwardedIp(): string {
    if ((anywhere & this.#x.phase) === 0) refusePhase('client.get_forwarded_ip', this.#x.phase);
    return this.#x.clientIp;
  }

  getPort(): number {
    if ((anywhere & this.#x.phase) === 0) refusePhase('client.get_port', this.#x.phase);
    return this.#x.down.client.remotePort;
  }

  getForwardedPort(): number {
    if ((anywhere & this.#x.phase) === 0) refusePhase('client.get_forwarded_port', this.#x.phase);
    return this.#x.clientPort;
  }

  getCredential(): Row | undefined {
    if ((fromAccess & this.#x.phase) === 0) refusePhase('client.get_credential', this.#x.phase);
    return this.#x.credential;
  }

  getConsumer(): Row | undefined {
    if ((fromAccess & this.#x.phase) === 0) refusePhase('client.get_consumer', this.#x.phase);
    return this.#x.consumer;
  }

  loadConsumer(id: string, byUsername = false): Row | undefined | Promise<Row | undefined> {
    const x = this.#x;
    if ((fromAccess & x.phase) === 0) refusePhase('client.load_consumer', x.phase);
    checkString('consumer_id', id);
    const { consumers } = x.runtime;
    // What is found at once needs no look at its shape.
    const cached = id.length === 36 ? consumers.find(id) : undefined;
    if (cached !== undefined && !(cached instanceof Promise)) return cached;
    if (!isUuid(id)) {
      if (!byUsername) throw pdkError('cannot load a consumer with an id that is not a uuid');
      return consumers.findByUsername(id);
    }
    const found = cached;
    if (!byUsername) return found;
    if (found instanceof Promise) return found.then((row) => row ?? consumers.findByUsername(id));
    return found ?? consumers.findByUsername(id);
  }

  authenticate(consumer: Row | null, credential: Row | null): void {
    const x = this.#x;
    if ((inAccess & x.phase) === 0) refusePhase('client.authenticate', x.phase);
    checkIdentity(consumer, credential);
    x.consumer = consumer ?? undefined;
    x.credential = credential ?? undefined;
  }

  /** The module is this object itself, as the small ones of `kong` are. */
  get tls(): KongClientTls {
    return this;
  }

  requestClientCertificate(authorities: readonly string[] = []): void {
    const x = this.#x;
    if ((inHandshake & x.phase) === 0) refusePhase('client.tls.request_client_certificate', x.phase);
    const wishes = x.down.client.handshake;
    if (wishes !== undefined) wishes.authorities = [...(wishes.authorities ?? []), ...authorities];
  }

  disableSessionReuse(): void {
    const x = this.#x;
    if ((inHandshake & x.phase) === 0) refusePhase('client.tls.disable_session_reuse', x.phase);
    const wishes = x.down.client.handshake;
    if (wishes !== undefined) wishes.isApart = true;
  }

  getFullClientCertificateChain(): string | undefined {
    const x = this.#x;
    if ((withChain & x.phase) === 0) refusePhase('client.tls.get_full_client_certificate_chain', x.phase);
    return x.down.client.certificate?.chain;
  }

  setClientVerify(value: string): void {
    const x = this.#x;
    if ((withVerdict & x.phase) === 0) refusePhase('client.tls.set_client_verify', x.phase);
    checkClientVerify(value);
    x.clientVerify = value;
  }

  getProtocol(allowTerminated = false): string {
    const x = this.#x;
    if ((fromAccess & x.phase) === 0) refusePhase('client.get_protocol', x.phase);
    const { route, down, head } = x;
    if (route !== undefined && route.protocols.length === 1) return route.protocols[0]!;
    if (x.scheme === 'https' || !allowTerminated || !down.client.isTrusted) return x.scheme;
    return head.forwardedProto?.toLowerCase() === 'https' ? 'https' : 'http';
  }
}
