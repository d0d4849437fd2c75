import { writeFileSync } from 'node:fs';
import { definePlugin, f, type Kong } from 'gibbon-gateway/pdk';

type Call = (kong: Kong) => unknown;

/**
 * Calls of the development kit by their names in Kong. Arguments are wrong on purpose where a call would have an effect: a
 * phase is refused before arguments are looked at.
 */
// biome-ignore lint/suspicious/noExplicitAny: wrong arguments are what is handed in
const wrong: any = true;
const calls: { readonly [name: string]: Call } = {
  'client.get_ip': ({ client }) => client.getIp(),
  'client.get_forwarded_ip': ({ client }) => client.getForwardedIp(),
  'client.get_port': ({ client }) => client.getPort(),
  'client.get_forwarded_port': ({ client }) => client.getForwardedPort(),
  'client.get_credential': ({ client }) => client.getCredential(),
  'client.load_consumer': ({ client }) => client.loadConsumer(wrong),
  'client.get_consumer': ({ client }) => client.getConsumer(),
  'client.authenticate': ({ client }) => client.authenticate(wrong, wrong),
  'client.get_protocol': ({ client }) => client.getProtocol(),
  'client.tls.request_client_certificate': ({ client }) => client.tls.requestClientCertificate(),
  'client.tls.disable_session_reuse': ({ client }) => client.tls.disableSessionReuse(),
  'client.tls.get_full_client_certificate_chain': ({ client }) => client.tls.getFullClientCertificateChain(),
  'client.tls.set_client_verify': ({ client }) => client.tls.setClientVerify(wrong),
  'request.get_scheme': ({ request }) => request.getScheme(),
  'request.get_host': ({ request }) => request.getHost(),
  'request.get_port': ({ request }) => request.getPort(),
  'request.get_forwarded_scheme': ({ request }) => request.getForwardedScheme(),
  'request.get_forwarded_host': ({ request }) => request.getForwardedHost(),
  'request.get_forwarded_port': ({ request }) => request.getForwardedPort(),
  'request.get_forwarded_path': ({ request }) => request.getForwardedPath(),
  'request.get_forwarded_prefix': ({ request }) => request.getForwardedPrefix(),
  'request.get_http_version': ({ request }) => request.getHttpVersion(),
  'request.get_method': ({ request }) => request.getMethod(),
  'request.get_path': ({ request }) => request.getPath(),
  'request.get_raw_path': ({ request }) => request.getRawPath(),
  'request.get_path_with_query': ({ request }) => request.getPathWithQuery(),
  'request.get_raw_query': ({ request }) => request.getRawQuery(),
  'request.get_query_arg': ({ request }) => request.getQueryArg(wrong),
  'request.get_query': ({ request }) => request.getQuery(),
  'request.get_header': ({ request }) => request.getHeader(wrong),
  'request.get_headers': ({ request }) => request.getHeaders(),
  'request.get_raw_body': ({ request }) => request.getRawBody(),
  'request.get_body': ({ request }) => request.getBody(),
  'request.get_start_time': ({ request }) => request.getStartTime(),
  'request.get_uri_captures': ({ request }) => request.getUriCaptures(),
  'response.get_status': ({ response }) => response.getStatus(),
  'response.get_header': ({ response }) => response.getHeader(wrong),
  'response.get_headers': ({ response }) => response.getHeaders(),
  'response.get_source': ({ response }) => response.getSource(),
  'response.set_status': ({ response }) => response.setStatus(wrong),
  'response.set_header': ({ response }) => response.setHeader(wrong, wrong),
  'response.add_header': ({ response }) => response.addHeader(wrong, wrong),
  'response.clear_header': ({ response }) => response.clearHeader(wrong),
  'response.set_headers': ({ response }) => response.setHeaders(wrong),
  'response.get_raw_body': ({ response }) => response.getRawBody(),
  'response.set_raw_body': ({ response }) => response.setRawBody(wrong),
  'response.exit': ({ response }) => response.exit(wrong),
  'response.error': ({ response }) => response.error(wrong),
  'router.get_route': ({ router }) => router.getRoute(),
  'router.get_service': ({ router }) => router.getService(),
  'service.set_upstream': ({ service }) => service.setUpstream(wrong),
  'service.set_target': ({ service }) => service.setTarget(wrong, wrong),
  'service.set_retries': ({ service }) => service.setRetries(wrong),
  'service.set_timeouts': ({ service }) => service.setTimeouts(wrong, wrong, wrong),
  'service.request.set_scheme': ({ service }) => service.request.setScheme(wrong),
  'service.request.set_path': ({ service }) => service.request.setPath(wrong),
  'service.request.set_raw_query': ({ service }) => service.request.setRawQuery(wrong),
  'service.request.set_method': ({ service }) => service.request.setMethod(wrong),
  'service.request.set_query': ({ service }) => service.request.setQuery(wrong),
  'service.request.clear_query_arg': ({ service }) => service.request.clearQueryArg(wrong),
  'service.request.set_header': ({ service }) => service.request.setHeader(wrong, wrong),
  'service.request.add_header': ({ service }) => service.request.addHeader(wrong, wrong),
  'service.request.clear_header': ({ service }) => service.request.clearHeader(wrong),
  'service.request.set_headers': ({ service }) => service.request.setHeaders(wrong),
  'service.request.set_raw_body': ({ service }) => service.request.setRawBody(wrong),
  'service.request.set_body': ({ service }) => service.request.setBody(wrong),
  'service.response.get_status': ({ service }) => service.response.getStatus(),
  'service.response.get_header': ({ service }) => service.response.getHeader(wrong),
  'service.response.get_headers': ({ service }) => service.response.getHeaders(),
  'service.response.get_raw_body': ({ service }) => service.response.getRawBody(),
  'service.response.get_body': ({ service }) => service.response.getBody(),
  'log.serialize': ({ log }) => log.serialize(),
};

type Told = { [phase: string]: { [name: string]: string } };

async function tell(kong: Kong, phase: string): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call(kong);
      note(kong, phase, name, 'done');
    } catch (fault) {
      note(kong, phase, name, (fault as Error).message);
    }
  }
}

/** For phases that wait for nothing; no call that may be made in them gives a promise. */
function tellAtOnce(kong: Kong, phase: string): void {
  for (const [name, call] of Object.entries(calls)) {
    try {
      const outcome = call(kong);
      if (outcome instanceof Promise) outcome.catch(() => {});
      note(kong, phase, name, 'done');
    } catch (fault) {
      note(kong, phase, name, (fault as Error).message);
    }
  }
}

function note(kong: Kong, phase: string, name: string, outcome: string): void {
  const told = (kong.ctx.shared['told'] ??= {}) as Told;
  told[phase] ??= {};
  told[phase][name] = outcome;
}

/** A plugin that calls everything in every phase, and writes into a file what came of it. */
export const plugin = definePlugin({
  name: 'phases',
  version: '1.0.0',
  priority: 20,
  config: { file: f.string({ required: true }), reads_answers: f.boolean({ default: false }) },
  setup: () => (config) => {
    const log = async (kong: Kong): Promise<void> => {
      await tell(kong, 'log');
      writeFileSync(config.file, JSON.stringify(kong.ctx.shared['told']));
    };
    const rewrite = (kong: Kong) => tell(kong, 'rewrite');
    const access = (kong: Kong) => tell(kong, 'access');
    if (config.reads_answers === true) return { rewrite, access, response: (kong) => tell(kong, 'response'), log };
    return {
      rewrite,
      access,
      headerFilter: (kong) => tellAtOnce(kong, 'header_filter'),
      bodyFilter(kong) {
        tellAtOnce(kong, 'body_filter');
        return undefined;
      },
      log,
    };
  },
});
