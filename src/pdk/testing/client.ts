import { isUuid } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import { checkClientVerify, checkIdentity, checkPhase, checkString, pdkError } from '../checks.ts';
import type { KongClient } from '../kong.ts';
import type { ExchangeState } from './state.ts';

/** `kong.client` over a fake exchange. */
export function createClient(state: ExchangeState): KongClient {
  const request = state.options.request ?? {};
  return {
    tls: {
      requestClientCertificate(authorities = []) {
        checkPhase('client.tls.request_client_certificate', state.phase);
        state.handshake.authorities = [...(state.handshake.authorities ?? []), ...authorities];
      },
      disableSessionReuse() {
        checkPhase('client.tls.disable_session_reuse', state.phase);
        state.handshake.isApart = true;
      },
      getFullClientCertificateChain() {
        checkPhase('client.tls.get_full_client_certificate_chain', state.phase);
        return state.scheme === 'https' ? request.clientCertificate : undefined;
      },
      setClientVerify(value) {
        checkPhase('client.tls.set_client_verify', state.phase);
        checkClientVerify(value);
        state.clientVerify = value;
      },
    },
    getIp() {
      checkPhase('client.get_ip', state.phase);
      return state.clientIp;
    },
    getForwardedIp() {
      checkPhase('client.get_forwarded_ip', state.phase);
      return request.forwardedIp ?? state.clientIp;
    },
    getPort() {
      checkPhase('client.get_port', state.phase);
      return request.clientPort ?? 50000;
    },
    getForwardedPort() {
      checkPhase('client.get_forwarded_port', state.phase);
      return request.forwardedPort ?? request.clientPort ?? 50000;
    },
    getCredential() {
      checkPhase('client.get_credential', state.phase);
      return state.credential;
    },
    getConsumer() {
      checkPhase('client.get_consumer', state.phase);
      return state.consumer;
    },
    loadConsumer(id, byUsername = false) {
      checkPhase('client.load_consumer', state.phase);
      checkString('consumer_id', id);
      return loadConsumer(state, id, byUsername);
    },
    authenticate(consumer, credential) {
      checkPhase('client.authenticate', state.phase);
      checkIdentity(consumer, credential);
      state.consumer = consumer ?? undefined;
      state.credential = credential ?? undefined;
    },
    getProtocol(allowTerminated = false) {
      checkPhase('client.get_protocol', state.phase);
      const protocols = state.route?.['protocols'];
      if (Array.isArray(protocols) && protocols.length === 1) return String(protocols[0]);
      if (state.scheme === 'https' || !allowTerminated || !state.isTrusted(state.clientIp)) return state.scheme;
      return state.requestHeaders.get('x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http';
    },
  };
}

function loadConsumer(
  state: ExchangeState,
  id: string,
  byUsername: boolean,
): Row | undefined | Promise<Row | undefined> {
  const consumers = state.host.rows('consumers');
  if (!isUuid(id)) {
    if (!byUsername) throw pdkError('cannot load a consumer with an id that is not a uuid');
    return consumers.findBy('username', id);
  }
  const found = consumers.findById(id);
  if (!byUsername) return found;
  if (found instanceof Promise) return found.then((row) => row ?? consumers.findBy('username', id));
  return found ?? consumers.findBy('username', id);
}
