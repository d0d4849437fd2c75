import { X509Certificate } from 'node:crypto';
import { definePlugin, f, type Kong } from 'gibbon-gateway/pdk';

const cut = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A plugin that has a say in handshakes, tells clients which certificates they sent, and logs what is thought of them. */
export const plugin = definePlugin({
  name: 'handshake',
  version: '1.0.0',
  priority: 3000,
  config: {
    asks: f.boolean({ default: false }),
    authority: f.string(),
    apart: f.boolean({ default: false }),
    verify: f.string(),
    answers: f.boolean({ default: false }),
  },
  setup: () => (config) => ({
    async certificate(kong: Kong) {
      const { tls } = kong.client;
      // What takes its time holds the handshake up.
      await new Promise((resolve) => setImmediate(resolve));
      if (config.asks === true) tls.requestClientCertificate(config.authority === null ? [] : [config.authority]);
      if (config.apart === true) tls.disableSessionReuse();
    },
    access(kong: Kong) {
      const { tls } = kong.client;
      if (config.verify !== null) tls.setClientVerify(config.verify);
      if (config.answers !== true) return;
      const chain = tls.getFullClientCertificateChain()?.match(cut) ?? [];
      const refusals = [
        () => tls.requestClientCertificate(),
        () => tls.disableSessionReuse(),
        () => tls.setClientVerify(''),
      ];
      kong.response.exit(200, {
        chain: chain.map((pem) => new X509Certificate(pem).subject),
        refusals: refusals.map(messageOf),
      });
    },
    log(kong: Kong) {
      if (config.answers !== true) return;
      const { request } = kong.log.serialize() as { readonly request: { readonly tls?: unknown } };
      kong.log.notice(
        `handshake ${JSON.stringify(request.tls)} ${messageOf(() => kong.client.tls.setClientVerify('NONE'))}`,
      );
    },
  }),
});

function messageOf(call: () => void): string {
  try {
    call();
    return 'nothing';
  } catch (fault) {
    return (fault as Error).message;
  }
}
