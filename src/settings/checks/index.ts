import type { Check } from '../draft.ts';
import { checkDns, checkHeaders, checkPortMaps, checkStreamListeners, checkTrustedIps } from './network.ts';
import { checkErrorTemplates, checkNode, checkProxyServer, checkTracing } from './node.ts';
import { checkRole, checkServed } from './role.ts';
import {
  checkCipherSuite,
  checkClientCertificate,
  checkClusterCertificates,
  checkListenerCertificates,
  checkTrustedCertificates,
} from './tls.ts';

/** Everything that is checked once each key is read by itself, in the order in which mistakes are listed. */
export const checks: readonly Check[] = [
  checkTrustedCertificates,
  checkPortMaps,
  checkStreamListeners,
  checkListenerCertificates,
  checkClientCertificate,
  checkNode,
  checkCipherSuite,
  checkHeaders,
  checkDns,
  checkTrustedIps,
  checkProxyServer,
  checkRole,
  checkClusterCertificates,
  checkTracing,
  checkErrorTemplates,
  checkServed,
];
