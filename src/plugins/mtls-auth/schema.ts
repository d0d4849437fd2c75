import { f } from '../../schema/index.ts';

/** Configuration of mtls-auth. */
export const config = {
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its certificate is missing or not to be trusted. ' +
      'Without one such a request is refused with 401.',
  }),
  consumer_by: f.array(f.string({ one_of: ['username', 'custom_id'] }), {
    required: false,
    default: ['username', 'custom_id'],
    description:
      "What of a consumer may be a name in the certificate; an empty list leaves it to the consumer's own credentials.",
  }),
  ca_certificates: f.array(f.string({ uuid: true }), {
    required: true,
    len_min: 1,
    description: 'Ids of the CA certificates that a certificate must lead to.',
  }),
  cache_ttl: f.number({
    required: true,
    default: 60,
    description:
      'Seconds for which it is remembered what was thought of a certificate; what it leads to is looked at anew.',
  }),
  skip_consumer_lookup: f.boolean({
    required: true,
    default: false,
    description: 'True lets every trusted certificate through, whoever it is.',
  }),
  allow_partial_chain: f.boolean({
    required: true,
    default: false,
    description: 'True trusts a certificate that leads to one of `ca_certificates` even where that is no root.',
  }),
  authenticated_group_by: f.string({
    required: false,
    default: 'CN',
    one_of: ['CN', 'DN'],
    description:
      'What of the certificate is the group that acl knows the client by with `skip_consumer_lookup`: its common name, or ' +
      'its whole name.',
  }),
  revocation_check_mode: f.string({
    required: false,
    default: 'SKIP',
    one_of: ['SKIP'],
    description: 'Whether a certificate may have been revoked is not looked into; Kong knows further modes.',
  }),
  send_ca_dn: f.boolean({
    required: true,
    default: false,
    description:
      'True tells clients in the handshake which authorities are trusted, so that they choose a certificate.',
  }),
  default_consumer: f.string({
    description: 'Id or username of the consumer of a trusted certificate that names no consumer.',
  }),
};
