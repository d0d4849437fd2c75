/** TLS parameters that `ssl_cipher_suite` stands for, after Mozilla's recommendations, version 5.7. */
export interface CipherSuite {
  /** TLS versions, separated by blanks. */
  readonly protocols: string;
  /** OpenSSL list; undefined where TLS 1.3 alone is spoken. */
  readonly ciphers?: string;
  readonly preferServerCiphers: boolean;
  readonly dhparam?: string;
}

const gcmAndChacha = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
];

const cbcAndRsa = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'DHE-RSA-AES128-SHA256',
  'DHE-RSA-AES256-SHA256',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA256',
  'AES256-SHA256',
  'AES128-SHA',
  'AES256-SHA',
  'DES-CBC3-SHA',
];

/** The presets by name; `custom` is not among them, it means the keys of the operator. */
export const cipherSuites: Readonly<Record<string, CipherSuite>> = {
  modern: { protocols: 'TLSv1.3', preferServerCiphers: false },
  intermediate: {
    protocols: 'TLSv1.2 TLSv1.3',
    ciphers: gcmAndChacha.join(':'),
    preferServerCiphers: false,
    dhparam: 'ffdhe2048',
  },
  old: {
    protocols: 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3',
    ciphers: [...gcmAndChacha, ...cbcAndRsa].join(':'),
    preferServerCiphers: true,
  },
  fips: { protocols: 'TLSv1.2', ciphers: 'TLSv1.2+FIPS:kRSA+FIPS:!eNULL:!aNULL', preferServerCiphers: true },
};
