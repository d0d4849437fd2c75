/** One bit for each phase, with the numbers of Kong 3.9; a set of phases is the sum of its bits. */
export const phaseBits = {
  init_worker: 0x1,
  certificate: 0x2,
  client_hello: 0x8,
  rewrite: 0x10,
  access: 0x20,
  balancer: 0x40,
  response: 0x80,
  cluster_listener: 0x100,
  header_filter: 0x200,
  body_filter: 0x400,
  log: 0x2000,
  preread: 0x4000,
  error: 0x1000000,
  admin_api: 0x10000000,
} as const;

/** A phase by Kong's name, those included in which no plugin of ours is called. */
export type PhaseName = keyof typeof phaseBits;

const { rewrite, access, balancer, response, header_filter, body_filter, log, preread, error, admin_api } = phaseBits;

const anyRequest =
  rewrite |
  access |
  balancer |
  response |
  header_filter |
  body_filter |
  log |
  error |
  admin_api |
  phaseBits.cluster_listener;
const beforeContent = rewrite | access | response | error | admin_api;
const fromAccess = access | response | header_filter | body_filter | log;
const answerRead = response | header_filter | body_filter | log | error | admin_api;
const answerWrite = rewrite | access | response | balancer | header_filter | error | admin_api;
const upstreamAnswer = response | header_filter | body_filter | log;
const towardsUpstream = rewrite | access;
const untilBalancer = rewrite | access | balancer;

/** The phases in which a function of the PDK may be called, by its name in Kong (`kong.` left out). */
export const pdkPhases = {
  'client.get_credential': fromAccess,
  'client.load_consumer': fromAccess,
  'client.get_consumer': fromAccess,
  'client.authenticate': access,
  'client.get_protocol': fromAccess,
  'client.tls.request_client_certificate': phaseBits.certificate,
  'client.tls.disable_session_reuse': phaseBits.certificate,
  'client.tls.get_full_client_certificate_chain': rewrite | access | response | balancer | log,
  'client.tls.set_client_verify': rewrite | access | response | balancer,
  'request.get_scheme': anyRequest,
  'request.get_host': anyRequest,
  'request.get_forwarded_scheme': anyRequest,
  'request.get_forwarded_host': anyRequest,
  'request.get_forwarded_port': anyRequest,
  'request.get_forwarded_path': anyRequest,
  'request.get_forwarded_prefix': anyRequest,
  'request.get_http_version': anyRequest,
  'request.get_method': anyRequest,
  'request.get_path': anyRequest,
  'request.get_raw_path': anyRequest,
  'request.get_path_with_query': anyRequest,
  'request.get_raw_query': anyRequest,
  'request.get_query_arg': anyRequest,
  'request.get_query': anyRequest,
  'request.get_header': anyRequest,
  'request.get_header_values': anyRequest,
  'request.get_headers': anyRequest,
  'request.get_raw_body': beforeContent,
  'request.get_body': beforeContent,
  'request.get_start_time': anyRequest,
  'request.get_uri_captures': anyRequest,
  'response.get_status': answerRead,
  'response.get_header': answerRead,
  'response.get_headers': answerRead,
  'response.get_source': answerRead,
  'response.set_status': answerWrite,
  'response.set_header': answerWrite,
  'response.add_header': answerWrite,
  'response.clear_header': answerWrite,
  'response.set_headers': answerWrite,
  'response.get_raw_body': body_filter,
  'response.set_raw_body': body_filter,
  'response.exit': answerWrite,
  'response.error': answerWrite,
  'router.get_route': fromAccess,
  'router.get_service': fromAccess,
  'service.set_upstream': access,
  'service.set_target': untilBalancer | preread,
  'service.set_retries': access,
  'service.set_timeouts': access,
  'service.set_retry_policy': access,
  'service.set_ejection_policy': access,
  'service.request.enable_buffering': untilBalancer,
  'service.request.set_scheme': untilBalancer,
  'service.request.set_path': untilBalancer,
  'service.request.set_raw_query': towardsUpstream,
  'service.request.set_method': towardsUpstream,
  'service.request.set_query': towardsUpstream,
  'service.request.clear_query_arg': towardsUpstream,
  'service.request.set_header': untilBalancer,
  'service.request.add_header': towardsUpstream,
  'service.request.clear_header': towardsUpstream,
  'service.request.set_headers': towardsUpstream,
  'service.request.set_raw_body': untilBalancer,
  'service.request.set_body': towardsUpstream,
  'service.response.get_status': upstreamAnswer,
  'service.response.get_header': upstreamAnswer,
  'service.response.get_headers': upstreamAnswer,
  'service.response.get_raw_body': upstreamAnswer,
  'service.response.get_body': upstreamAnswer,
  'log.serialize': log,
  'log.set_serialize_value': rewrite | access | header_filter | response | body_filter | log,
} as const;

/** The phases in which a function of the PDK may not be called; it may in all others. */
export const pdkDeniedPhases = {
  'client.get_ip': phaseBits.init_worker,
  'client.get_forwarded_ip': phaseBits.init_worker,
  'client.get_port': phaseBits.init_worker,
  'client.get_forwarded_port': phaseBits.init_worker,
  'request.get_port': phaseBits.init_worker,
} as const;

const byBit = (Object.entries(phaseBits) as [PhaseName, number][]).sort((left, right) => left[1] - right[1]);

/** The names of the phases in `mask`, in the order of their bits. */
export function phaseNames(mask: number): readonly PhaseName[] {
  return byBit.filter(([, bit]) => (mask & bit) !== 0).map(([name]) => name);
}

/** Kong's text for a call in phase `current` (one bit) of a function that only the phases in `allowed` may call. */
export function phaseViolation(allowed: number, current: number): string {
  return `function cannot be called in ${nameOf(current)} phase (only in: ${phaseNames(allowed).join(', ')})`;
}

/** Kong's text for a call in phase `current` (one bit) of a function that the phases in `denied` may not call. */
export function deniedPhaseViolation(denied: number, current: number): string {
  const names = phaseNames(denied).join(', ');
  return `function cannot be called in ${nameOf(current)} phase (can be called in any phases except: ${names})`;
}

function nameOf(bit: number): string {
  return phaseNames(bit)[0] ?? "'unknown phase'";
}
