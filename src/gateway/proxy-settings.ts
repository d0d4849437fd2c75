import { readFileSync } from 'node:fs';
import { defaultHeadLimits, flat } from '../http1/index.ts';
import { type ErrorTemplates, formatOfContentType } from '../pdk/support.ts';
import { createTrust, type ProxySettings } from '../proxy/index.ts';
import { gibbonVersion, kongVersion, type Settings } from '../settings/index.ts';

const mebibyte = 1024 * 1024;

/** The largest body that is held in memory for a plugin that wants to see it whole, unless the settings say more. */
const bufferedBody = 8 * mebibyte;

/** Makes the settings of the data plane ready for use. */
export function proxySettingsOf(settings: Settings, workspaceId: string): ProxySettings {
  const shown = settings.enabled_headers;
  const [buffers, lineSize] = headerBuffers(settings.nginx_http_large_client_header_buffers);
  return Object.freeze({
    kongVersion,
    serverToken: `gibbon/${gibbonVersion}`,
    viaToken: `1.1 gibbon/${gibbonVersion}`,
    viaToken2: `2 gibbon/${gibbonVersion}`,
    viaLine: flat(`Via: 1.1 gibbon/${gibbonVersion}\r\n`),
    sends: {
      server: shown.has('server'),
      via: shown.has('via'),
      proxyLatency: shown.has('x-kong-proxy-latency'),
      upstreamLatency: shown.has('x-kong-upstream-latency'),
      responseLatency: shown.has('x-kong-response-latency'),
      upstreamStatus: shown.has('x-kong-upstream-status'),
      requestId: shown.has('x-kong-request-id'),
    },
    sendsRequestIdUpstream: settings.enabled_headers_upstream.has('x-kong-request-id'),
    isTrusted: createTrust(settings.trusted_ips),
    trustsNobody: settings.trusted_ips.length === 0,
    realIpHeader: settings.real_ip_header.toLowerCase(),
    realIpRecursive: settings.real_ip_recursive,
    allowsDebugHeader: settings.allow_debug_header,
    portMap: new Map(Object.entries(settings.host_ports).map(([port, seen]) => [Number(port), seen])),
    maxBodySize: settings.nginx_http_client_max_body_size,
    maxBufferedBody: Math.max(bufferedBody, settings.nginx_http_client_body_buffer_size),
    headLimits: { ...defaultHeadLimits, requestLine: lineSize, line: lineSize, total: buffers * lineSize },
    headerTimeout: settings.nginx_http_client_header_timeout,
    bodyTimeout: settings.nginx_http_client_body_timeout,
    sendTimeout: settings.nginx_http_send_timeout,
    keepAliveTimeout: settings.nginx_http_keepalive_timeout,
    keepAliveRequests: settings.nginx_http_keepalive_requests,
    errorDefaultFormat: formatOfContentType(settings.error_default_type) ?? 'plain',
    errorTemplates: templatesOf(settings),
    problemDetails: settings.error_problem_details,
    maxHeaders: settings.lua_max_req_headers,
    maxArgs: settings.lua_max_uri_args,
    workspaceId,
  });
}

/** `4 8k` as a number and bytes. */
function headerBuffers(text: string): readonly [number, number] {
  const found = /^(\d+)\s+(\d+)([kKmM]?)$/.exec(text.trim());
  if (found === null) return [4, 8192];
  const unit = found[3] === '' ? 1 : found[3]!.toLowerCase() === 'k' ? 1024 : mebibyte;
  return [Number(found[1]), Number(found[2]) * unit];
}

function templatesOf(settings: Settings): ErrorTemplates | undefined {
  const templates: { -readonly [Format in keyof ErrorTemplates]: string } = {};
  const files = {
    html: settings.error_template_html,
    json: settings.error_template_json,
    xml: settings.error_template_xml,
    plain: settings.error_template_plain,
  };
  for (const [format, path] of Object.entries(files)) {
    if (path !== undefined) templates[format as keyof typeof files] = readFileSync(path, 'utf8');
  }
  return Object.keys(templates).length === 0 ? undefined : templates;
}
