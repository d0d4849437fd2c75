-- The tables of a database that Kong 3.9.3 bootstrapped, written down from its catalogues.

CREATE TABLE acls (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "consumer_id" uuid,
  "group" text,
  "cache_key" text,
  "tags" text[],
  "ws_id" uuid
);
CREATE TABLE acme_storage (
  "id" uuid NOT NULL,
  "key" text,
  "value" text,
  "created_at" timestamp with time zone,
  "ttl" timestamp with time zone
);
CREATE TABLE basicauth_credentials (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "consumer_id" uuid,
  "username" text,
  "password" text,
  "tags" text[],
  "ws_id" uuid
);
CREATE TABLE ca_certificates (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "cert" text NOT NULL,
  "tags" text[],
  "cert_digest" text NOT NULL,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE certificates (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "cert" text,
  "key" text,
  "tags" text[],
  "ws_id" uuid,
  "cert_alt" text,
  "key_alt" text,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE cluster_events (
  "id" uuid NOT NULL,
  "node_id" uuid NOT NULL,
  "at" timestamp with time zone NOT NULL,
  "nbf" timestamp with time zone,
  "expire_at" timestamp with time zone NOT NULL,
  "channel" text,
  "data" text
);
CREATE TABLE clustering_data_planes (
  "id" uuid NOT NULL,
  "hostname" text NOT NULL,
  "ip" text NOT NULL,
  "last_seen" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "config_hash" text NOT NULL,
  "ttl" timestamp with time zone,
  "version" text,
  "sync_status" text NOT NULL DEFAULT 'unknown'::text,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "labels" jsonb,
  "cert_details" jsonb,
  "rpc_capabilities" text[]
);
CREATE TABLE clustering_rpc_requests (
  "id" bigserial,
  "node_id" uuid NOT NULL,
  "reply_to" uuid NOT NULL,
  "ttl" timestamp with time zone NOT NULL,
  "payload" json NOT NULL
);
CREATE TABLE clustering_sync_delta (
  "version" integer NOT NULL,
  "type" text NOT NULL,
  "pk" json NOT NULL,
  "ws_id" uuid NOT NULL,
  "entity" json
);
CREATE TABLE clustering_sync_version (
  "version" serial
);
CREATE TABLE consumers (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "username" text,
  "custom_id" text,
  "tags" text[],
  "ws_id" uuid,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE filter_chains (
  "id" uuid NOT NULL,
  "name" text,
  "enabled" boolean DEFAULT true,
  "route_id" uuid,
  "service_id" uuid,
  "ws_id" uuid,
  "cache_key" text,
  "filters" jsonb[],
  "tags" text[],
  "created_at" timestamp with time zone,
  "updated_at" timestamp with time zone
);
CREATE TABLE hmacauth_credentials (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "consumer_id" uuid,
  "username" text,
  "secret" text,
  "tags" text[],
  "ws_id" uuid
);
CREATE TABLE jwt_secrets (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "consumer_id" uuid,
  "key" text,
  "secret" text,
  "algorithm" text,
  "rsa_public_key" text,
  "tags" text[],
  "ws_id" uuid
);
CREATE TABLE key_sets (
  "id" uuid NOT NULL,
  "name" text,
  "tags" text[],
  "ws_id" uuid,
  "created_at" timestamp with time zone,
  "updated_at" timestamp with time zone
);
CREATE TABLE keyauth_credentials (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "consumer_id" uuid,
  "key" text,
  "tags" text[],
  "ttl" timestamp with time zone,
  "ws_id" uuid
);
CREATE TABLE keys (
  "id" uuid NOT NULL,
  "set_id" uuid,
  "name" text,
  "cache_key" text,
  "ws_id" uuid,
  "kid" text,
  "jwk" text,
  "pem" jsonb,
  "tags" text[],
  "created_at" timestamp with time zone,
  "updated_at" timestamp with time zone
);
CREATE TABLE locks (
  "key" text NOT NULL,
  "owner" text,
  "ttl" timestamp with time zone
);
CREATE TABLE oauth2_authorization_codes (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "credential_id" uuid,
  "service_id" uuid,
  "code" text,
  "authenticated_userid" text,
  "scope" text,
  "ttl" timestamp with time zone,
  "challenge" text,
  "challenge_method" text,
  "ws_id" uuid,
  "plugin_id" uuid
);
CREATE TABLE oauth2_credentials (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "name" text,
  "consumer_id" uuid,
  "client_id" text,
  "client_secret" text,
  "redirect_uris" text[],
  "tags" text[],
  "client_type" text,
  "hash_secret" boolean,
  "ws_id" uuid
);
CREATE TABLE oauth2_tokens (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "credential_id" uuid,
  "service_id" uuid,
  "access_token" text,
  "refresh_token" text,
  "token_type" text,
  "expires_in" integer,
  "authenticated_userid" text,
  "scope" text,
  "ttl" timestamp with time zone,
  "ws_id" uuid
);
CREATE TABLE parameters (
  "key" text NOT NULL,
  "value" text NOT NULL,
  "created_at" timestamp with time zone
);
CREATE TABLE plugins (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "name" text NOT NULL,
  "consumer_id" uuid,
  "service_id" uuid,
  "route_id" uuid,
  "config" jsonb NOT NULL,
  "enabled" boolean NOT NULL,
  "cache_key" text,
  "protocols" text[],
  "tags" text[],
  "ws_id" uuid,
  "instance_name" text,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE ratelimiting_metrics (
  "identifier" text NOT NULL,
  "period" text NOT NULL,
  "period_date" timestamp with time zone NOT NULL,
  "service_id" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
  "route_id" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
  "value" integer,
  "ttl" timestamp with time zone
);
CREATE TABLE response_ratelimiting_metrics (
  "identifier" text NOT NULL,
  "period" text NOT NULL,
  "period_date" timestamp with time zone NOT NULL,
  "service_id" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
  "route_id" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
  "value" integer
);
CREATE TABLE routes (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone,
  "updated_at" timestamp with time zone,
  "name" text,
  "service_id" uuid,
  "protocols" text[],
  "methods" text[],
  "hosts" text[],
  "paths" text[],
  "snis" text[],
  "sources" jsonb[],
  "destinations" jsonb[],
  "regex_priority" bigint,
  "strip_path" boolean,
  "preserve_host" boolean,
  "tags" text[],
  "https_redirect_status_code" integer,
  "headers" jsonb,
  "path_handling" text DEFAULT 'v0'::text,
  "ws_id" uuid,
  "request_buffering" boolean,
  "response_buffering" boolean,
  "expression" text,
  "priority" bigint
);
CREATE TABLE schema_meta (
  "key" text NOT NULL,
  "subsystem" text NOT NULL,
  "last_executed" text,
  "executed" text[],
  "pending" text[]
);
CREATE TABLE services (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone,
  "updated_at" timestamp with time zone,
  "name" text,
  "retries" bigint,
  "protocol" text,
  "host" text,
  "port" bigint,
  "path" text,
  "connect_timeout" bigint,
  "write_timeout" bigint,
  "read_timeout" bigint,
  "tags" text[],
  "client_certificate_id" uuid,
  "tls_verify" boolean,
  "tls_verify_depth" smallint,
  "ca_certificates" uuid[],
  "ws_id" uuid,
  "enabled" boolean DEFAULT true
);
CREATE TABLE sessions (
  "id" uuid NOT NULL,
  "session_id" text,
  "expires" integer,
  "data" text,
  "created_at" timestamp with time zone,
  "ttl" timestamp with time zone
);
CREATE TABLE sm_vaults (
  "id" uuid NOT NULL,
  "ws_id" uuid,
  "prefix" text,
  "name" text NOT NULL,
  "description" text,
  "config" jsonb NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "updated_at" timestamp with time zone,
  "tags" text[]
);
CREATE TABLE snis (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "name" text NOT NULL,
  "certificate_id" uuid,
  "tags" text[],
  "ws_id" uuid,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE tags (
  "entity_id" uuid NOT NULL,
  "entity_name" text,
  "tags" text[]
);
CREATE TABLE targets (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'),
  "upstream_id" uuid,
  "target" text NOT NULL,
  "weight" integer NOT NULL,
  "tags" text[],
  "ws_id" uuid,
  "cache_key" text,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC')
);
CREATE TABLE upstreams (
  "id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(3) AT TIME ZONE 'UTC'),
  "name" text,
  "hash_on" text,
  "hash_fallback" text,
  "hash_on_header" text,
  "hash_fallback_header" text,
  "hash_on_cookie" text,
  "hash_on_cookie_path" text,
  "slots" integer NOT NULL,
  "healthchecks" jsonb,
  "tags" text[],
  "algorithm" text,
  "host_header" text,
  "client_certificate_id" uuid,
  "ws_id" uuid,
  "hash_on_query_arg" text,
  "hash_fallback_query_arg" text,
  "hash_on_uri_capture" text,
  "hash_fallback_uri_capture" text,
  "use_srv_name" boolean DEFAULT false,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
CREATE TABLE workspaces (
  "id" uuid NOT NULL,
  "name" text,
  "comment" text,
  "created_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC'),
  "meta" jsonb,
  "config" jsonb,
  "updated_at" timestamp with time zone DEFAULT (CURRENT_TIMESTAMP(0) AT TIME ZONE 'UTC')
);
ALTER TABLE acls ADD CONSTRAINT acls_pkey PRIMARY KEY (id);
ALTER TABLE acls ADD CONSTRAINT acls_cache_key_key UNIQUE (cache_key);
ALTER TABLE acls ADD CONSTRAINT acls_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE acme_storage ADD CONSTRAINT acme_storage_pkey PRIMARY KEY (id);
ALTER TABLE acme_storage ADD CONSTRAINT acme_storage_key_key UNIQUE (key);
ALTER TABLE basicauth_credentials ADD CONSTRAINT basicauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE basicauth_credentials ADD CONSTRAINT basicauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE basicauth_credentials ADD CONSTRAINT basicauth_credentials_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE ca_certificates ADD CONSTRAINT ca_certificates_pkey PRIMARY KEY (id);
ALTER TABLE ca_certificates ADD CONSTRAINT ca_certificates_cert_digest_key UNIQUE (cert_digest);
ALTER TABLE certificates ADD CONSTRAINT certificates_pkey PRIMARY KEY (id);
ALTER TABLE certificates ADD CONSTRAINT certificates_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE cluster_events ADD CONSTRAINT cluster_events_pkey PRIMARY KEY (id);
ALTER TABLE clustering_data_planes ADD CONSTRAINT clustering_data_planes_pkey PRIMARY KEY (id);
ALTER TABLE clustering_rpc_requests ADD CONSTRAINT clustering_rpc_requests_pkey PRIMARY KEY (id);
ALTER TABLE clustering_sync_version ADD CONSTRAINT clustering_sync_version_pkey PRIMARY KEY (version);
ALTER TABLE consumers ADD CONSTRAINT consumers_pkey PRIMARY KEY (id);
ALTER TABLE consumers ADD CONSTRAINT consumers_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE consumers ADD CONSTRAINT consumers_ws_id_custom_id_unique UNIQUE (ws_id, custom_id);
ALTER TABLE consumers ADD CONSTRAINT consumers_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_pkey PRIMARY KEY (id);
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_cache_key_key UNIQUE (cache_key);
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_name_key UNIQUE (name);
ALTER TABLE hmacauth_credentials ADD CONSTRAINT hmacauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE hmacauth_credentials ADD CONSTRAINT hmacauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE hmacauth_credentials ADD CONSTRAINT hmacauth_credentials_ws_id_username_unique UNIQUE (ws_id, username);
ALTER TABLE jwt_secrets ADD CONSTRAINT jwt_secrets_pkey PRIMARY KEY (id);
ALTER TABLE jwt_secrets ADD CONSTRAINT jwt_secrets_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE jwt_secrets ADD CONSTRAINT jwt_secrets_ws_id_key_unique UNIQUE (ws_id, key);
ALTER TABLE key_sets ADD CONSTRAINT key_sets_pkey PRIMARY KEY (id);
ALTER TABLE key_sets ADD CONSTRAINT key_sets_name_key UNIQUE (name);
ALTER TABLE keyauth_credentials ADD CONSTRAINT keyauth_credentials_pkey PRIMARY KEY (id);
ALTER TABLE keyauth_credentials ADD CONSTRAINT keyauth_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE keyauth_credentials ADD CONSTRAINT keyauth_credentials_ws_id_key_unique UNIQUE (ws_id, key);
ALTER TABLE keys ADD CONSTRAINT keys_pkey PRIMARY KEY (id);
ALTER TABLE keys ADD CONSTRAINT keys_cache_key_key UNIQUE (cache_key);
ALTER TABLE keys ADD CONSTRAINT keys_kid_set_id_key UNIQUE (kid, set_id);
ALTER TABLE keys ADD CONSTRAINT keys_name_key UNIQUE (name);
ALTER TABLE locks ADD CONSTRAINT locks_pkey PRIMARY KEY (key);
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_pkey PRIMARY KEY (id);
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_ws_id_code_unique UNIQUE (ws_id, code);
ALTER TABLE oauth2_credentials ADD CONSTRAINT oauth2_credentials_pkey PRIMARY KEY (id);
ALTER TABLE oauth2_credentials ADD CONSTRAINT oauth2_credentials_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE oauth2_credentials ADD CONSTRAINT oauth2_credentials_ws_id_client_id_unique UNIQUE (ws_id, client_id);
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_pkey PRIMARY KEY (id);
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_ws_id_access_token_unique UNIQUE (ws_id, access_token);
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_ws_id_refresh_token_unique UNIQUE (ws_id, refresh_token);
ALTER TABLE parameters ADD CONSTRAINT parameters_pkey PRIMARY KEY (key);
ALTER TABLE plugins ADD CONSTRAINT plugins_pkey PRIMARY KEY (id);
ALTER TABLE plugins ADD CONSTRAINT plugins_cache_key_key UNIQUE (cache_key);
ALTER TABLE plugins ADD CONSTRAINT plugins_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE plugins ADD CONSTRAINT plugins_ws_id_instance_name_unique UNIQUE (ws_id, instance_name);
ALTER TABLE ratelimiting_metrics ADD CONSTRAINT ratelimiting_metrics_pkey PRIMARY KEY (identifier, period, period_date, service_id, route_id);
ALTER TABLE response_ratelimiting_metrics ADD CONSTRAINT response_ratelimiting_metrics_pkey PRIMARY KEY (identifier, period, period_date, service_id, route_id);
ALTER TABLE routes ADD CONSTRAINT routes_pkey PRIMARY KEY (id);
ALTER TABLE routes ADD CONSTRAINT routes_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE routes ADD CONSTRAINT routes_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE schema_meta ADD CONSTRAINT schema_meta_pkey PRIMARY KEY (key, subsystem);
ALTER TABLE services ADD CONSTRAINT services_pkey PRIMARY KEY (id);
ALTER TABLE services ADD CONSTRAINT services_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE services ADD CONSTRAINT services_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE sessions ADD CONSTRAINT sessions_session_id_key UNIQUE (session_id);
ALTER TABLE sm_vaults ADD CONSTRAINT sm_vaults_pkey PRIMARY KEY (id);
ALTER TABLE sm_vaults ADD CONSTRAINT sm_vaults_id_ws_id_key UNIQUE (id, ws_id);
ALTER TABLE sm_vaults ADD CONSTRAINT sm_vaults_prefix_key UNIQUE (prefix);
ALTER TABLE sm_vaults ADD CONSTRAINT sm_vaults_prefix_ws_id_key UNIQUE (prefix, ws_id);
ALTER TABLE snis ADD CONSTRAINT snis_pkey PRIMARY KEY (id);
ALTER TABLE snis ADD CONSTRAINT snis_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE snis ADD CONSTRAINT snis_name_key UNIQUE (name);
ALTER TABLE tags ADD CONSTRAINT tags_pkey PRIMARY KEY (entity_id);
ALTER TABLE targets ADD CONSTRAINT targets_pkey PRIMARY KEY (id);
ALTER TABLE targets ADD CONSTRAINT targets_cache_key_key UNIQUE (cache_key);
ALTER TABLE targets ADD CONSTRAINT targets_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE upstreams ADD CONSTRAINT upstreams_pkey PRIMARY KEY (id);
ALTER TABLE upstreams ADD CONSTRAINT upstreams_id_ws_id_unique UNIQUE (id, ws_id);
ALTER TABLE upstreams ADD CONSTRAINT upstreams_ws_id_name_unique UNIQUE (ws_id, name);
ALTER TABLE workspaces ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);
ALTER TABLE workspaces ADD CONSTRAINT workspaces_name_key UNIQUE (name);
ALTER TABLE acls ADD CONSTRAINT acls_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE acls ADD CONSTRAINT acls_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX acls_consumer_id_idx ON acls USING btree (consumer_id);
CREATE INDEX acls_group_idx ON acls USING btree ("group");
CREATE INDEX acls_tags_idex_tags_idx ON acls USING gin (tags);
CREATE INDEX acme_storage_ttl_idx ON acme_storage USING btree (ttl);
ALTER TABLE basicauth_credentials ADD CONSTRAINT basicauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE basicauth_credentials ADD CONSTRAINT basicauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX basicauth_consumer_id_idx ON basicauth_credentials USING btree (consumer_id);
CREATE INDEX basicauth_tags_idex_tags_idx ON basicauth_credentials USING gin (tags);
ALTER TABLE certificates ADD CONSTRAINT certificates_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX certificates_tags_idx ON certificates USING gin (tags);
CREATE INDEX cluster_events_at_idx ON cluster_events USING btree (at);
CREATE INDEX cluster_events_channel_idx ON cluster_events USING btree (channel);
CREATE INDEX cluster_events_expire_at_idx ON cluster_events USING btree (expire_at);
CREATE INDEX clustering_data_planes_ttl_idx ON clustering_data_planes USING btree (ttl);
CREATE INDEX clustering_rpc_requests_node_id_idx ON clustering_rpc_requests USING btree (node_id);
ALTER TABLE clustering_sync_delta ADD CONSTRAINT clustering_sync_delta_version_fkey FOREIGN KEY (version) REFERENCES clustering_sync_version (version) ON DELETE CASCADE;
CREATE INDEX clustering_sync_delta_version_idx ON clustering_sync_delta USING btree (version);
ALTER TABLE consumers ADD CONSTRAINT consumers_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX consumers_tags_idx ON consumers USING gin (tags);
CREATE INDEX consumers_username_idx ON consumers USING btree (lower(username));
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_route_id_fkey FOREIGN KEY (route_id) REFERENCES routes (id) ON DELETE CASCADE;
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_service_id_fkey FOREIGN KEY (service_id) REFERENCES services (id) ON DELETE CASCADE;
ALTER TABLE filter_chains ADD CONSTRAINT filter_chains_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX filter_chains_cache_key_idx ON filter_chains USING btree (cache_key);
CREATE UNIQUE INDEX filter_chains_name_idx ON filter_chains USING btree (name);
CREATE INDEX filter_chains_tags_idx ON filter_chains USING gin (tags);
ALTER TABLE hmacauth_credentials ADD CONSTRAINT hmacauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE hmacauth_credentials ADD CONSTRAINT hmacauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX hmacauth_credentials_consumer_id_idx ON hmacauth_credentials USING btree (consumer_id);
CREATE INDEX hmacauth_tags_idex_tags_idx ON hmacauth_credentials USING gin (tags);
ALTER TABLE jwt_secrets ADD CONSTRAINT jwt_secrets_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE jwt_secrets ADD CONSTRAINT jwt_secrets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX jwt_secrets_consumer_id_idx ON jwt_secrets USING btree (consumer_id);
CREATE INDEX jwt_secrets_secret_idx ON jwt_secrets USING btree (secret);
CREATE INDEX jwtsecrets_tags_idex_tags_idx ON jwt_secrets USING gin (tags);
ALTER TABLE key_sets ADD CONSTRAINT key_sets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX key_sets_tags_idx ON key_sets USING gin (tags);
ALTER TABLE keyauth_credentials ADD CONSTRAINT keyauth_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE keyauth_credentials ADD CONSTRAINT keyauth_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX keyauth_credentials_consumer_id_idx ON keyauth_credentials USING btree (consumer_id);
CREATE INDEX keyauth_credentials_ttl_idx ON keyauth_credentials USING btree (ttl);
CREATE INDEX keyauth_tags_idex_tags_idx ON keyauth_credentials USING gin (tags);
ALTER TABLE keys ADD CONSTRAINT keys_set_id_fkey FOREIGN KEY (set_id) REFERENCES key_sets (id) ON DELETE CASCADE;
ALTER TABLE keys ADD CONSTRAINT keys_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX keys_fkey_key_sets ON keys USING btree (set_id);
CREATE INDEX keys_tags_idx ON keys USING gin (tags);
CREATE INDEX locks_ttl_idx ON locks USING btree (ttl);
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES oauth2_credentials (id, ws_id) ON DELETE CASCADE;
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins (id) ON DELETE CASCADE;
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services (id, ws_id) ON DELETE CASCADE;
ALTER TABLE oauth2_authorization_codes ADD CONSTRAINT oauth2_authorization_codes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX oauth2_authorization_codes_authenticated_userid_idx ON oauth2_authorization_codes USING btree (authenticated_userid);
CREATE INDEX oauth2_authorization_codes_ttl_idx ON oauth2_authorization_codes USING btree (ttl);
CREATE INDEX oauth2_authorization_credential_id_idx ON oauth2_authorization_codes USING btree (credential_id);
CREATE INDEX oauth2_authorization_service_id_idx ON oauth2_authorization_codes USING btree (service_id);
ALTER TABLE oauth2_credentials ADD CONSTRAINT oauth2_credentials_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE oauth2_credentials ADD CONSTRAINT oauth2_credentials_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX oauth2_credentials_consumer_id_idx ON oauth2_credentials USING btree (consumer_id);
CREATE INDEX oauth2_credentials_secret_idx ON oauth2_credentials USING btree (client_secret);
CREATE INDEX oauth2_credentials_tags_idex_tags_idx ON oauth2_credentials USING gin (tags);
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_credential_id_fkey FOREIGN KEY (credential_id, ws_id) REFERENCES oauth2_credentials (id, ws_id) ON DELETE CASCADE;
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services (id, ws_id) ON DELETE CASCADE;
ALTER TABLE oauth2_tokens ADD CONSTRAINT oauth2_tokens_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX oauth2_tokens_authenticated_userid_idx ON oauth2_tokens USING btree (authenticated_userid);
CREATE INDEX oauth2_tokens_credential_id_idx ON oauth2_tokens USING btree (credential_id);
CREATE INDEX oauth2_tokens_service_id_idx ON oauth2_tokens USING btree (service_id);
CREATE INDEX oauth2_tokens_ttl_idx ON oauth2_tokens USING btree (ttl);
ALTER TABLE plugins ADD CONSTRAINT plugins_consumer_id_fkey FOREIGN KEY (consumer_id, ws_id) REFERENCES consumers (id, ws_id) ON DELETE CASCADE;
ALTER TABLE plugins ADD CONSTRAINT plugins_route_id_fkey FOREIGN KEY (route_id, ws_id) REFERENCES routes (id, ws_id) ON DELETE CASCADE;
ALTER TABLE plugins ADD CONSTRAINT plugins_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services (id, ws_id) ON DELETE CASCADE;
ALTER TABLE plugins ADD CONSTRAINT plugins_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX plugins_consumer_id_idx ON plugins USING btree (consumer_id);
CREATE INDEX plugins_name_idx ON plugins USING btree (name);
CREATE INDEX plugins_route_id_idx ON plugins USING btree (route_id);
CREATE INDEX plugins_service_id_idx ON plugins USING btree (service_id);
CREATE INDEX plugins_tags_idx ON plugins USING gin (tags);
CREATE INDEX ratelimiting_metrics_idx ON ratelimiting_metrics USING btree (service_id, route_id, period_date, period);
CREATE INDEX ratelimiting_metrics_ttl_idx ON ratelimiting_metrics USING btree (ttl);
ALTER TABLE routes ADD CONSTRAINT routes_service_id_fkey FOREIGN KEY (service_id, ws_id) REFERENCES services (id, ws_id) ON DELETE NO ACTION;
ALTER TABLE routes ADD CONSTRAINT routes_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX routes_service_id_idx ON routes USING btree (service_id);
CREATE INDEX routes_tags_idx ON routes USING gin (tags);
ALTER TABLE services ADD CONSTRAINT services_client_certificate_id_fkey FOREIGN KEY (client_certificate_id, ws_id) REFERENCES certificates (id, ws_id) ON DELETE NO ACTION;
ALTER TABLE services ADD CONSTRAINT services_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX services_fkey_client_certificate ON services USING btree (client_certificate_id);
CREATE INDEX services_tags_idx ON services USING gin (tags);
CREATE INDEX session_sessions_expires_idx ON sessions USING btree (expires);
CREATE INDEX sessions_ttl_idx ON sessions USING btree (ttl);
ALTER TABLE sm_vaults ADD CONSTRAINT sm_vaults_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX sm_vaults_tags_idx ON sm_vaults USING gin (tags);
ALTER TABLE snis ADD CONSTRAINT snis_certificate_id_fkey FOREIGN KEY (certificate_id, ws_id) REFERENCES certificates (id, ws_id) ON DELETE NO ACTION;
ALTER TABLE snis ADD CONSTRAINT snis_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX snis_certificate_id_idx ON snis USING btree (certificate_id);
CREATE INDEX snis_tags_idx ON snis USING gin (tags);
CREATE INDEX tags_entity_name_idx ON tags USING btree (entity_name);
CREATE INDEX tags_tags_idx ON tags USING gin (tags);
ALTER TABLE targets ADD CONSTRAINT targets_upstream_id_fkey FOREIGN KEY (upstream_id, ws_id) REFERENCES upstreams (id, ws_id) ON DELETE CASCADE;
ALTER TABLE targets ADD CONSTRAINT targets_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX targets_tags_idx ON targets USING gin (tags);
CREATE INDEX targets_target_idx ON targets USING btree (target);
CREATE INDEX targets_upstream_id_idx ON targets USING btree (upstream_id);
ALTER TABLE upstreams ADD CONSTRAINT upstreams_client_certificate_id_fkey FOREIGN KEY (client_certificate_id) REFERENCES certificates (id) ON DELETE NO ACTION;
ALTER TABLE upstreams ADD CONSTRAINT upstreams_ws_id_fkey FOREIGN KEY (ws_id) REFERENCES workspaces (id) ON DELETE NO ACTION;
CREATE INDEX upstreams_fkey_client_certificate ON upstreams USING btree (client_certificate_id);
CREATE INDEX upstreams_tags_idx ON upstreams USING gin (tags);

CREATE FUNCTION sync_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM tags WHERE entity_name = TG_TABLE_NAME;
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    DELETE FROM tags WHERE entity_id = OLD.id;
    RETURN OLD;
  END IF;
  INSERT INTO tags VALUES (NEW.id, TG_TABLE_NAME, NEW.tags)
    ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
  RETURN NEW;
END $$;
CREATE FUNCTION batch_delete_expired_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %1$I WHERE ctid IN (SELECT ctid FROM %1$I WHERE %2$I < now() ORDER BY %2$I LIMIT 2 FOR UPDATE SKIP LOCKED)',
    TG_TABLE_NAME, TG_ARGV[0]);
  RETURN NULL;
END $$;
CREATE TRIGGER acls_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON acls FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER acme_storage_ttl_trigger AFTER INSERT ON acme_storage FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER basicauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON basicauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER ca_certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON ca_certificates FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER certificates_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON certificates FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER cluster_events_ttl_trigger AFTER INSERT ON cluster_events FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('expire_at');
CREATE TRIGGER clustering_data_planes_ttl_trigger AFTER INSERT ON clustering_data_planes FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER consumers_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON consumers FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER filter_chains_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON filter_chains FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER hmacauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON hmacauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER jwtsecrets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON jwt_secrets FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER key_sets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON key_sets FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER keyauth_credentials_ttl_trigger AFTER INSERT ON keyauth_credentials FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER keyauth_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON keyauth_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER keys_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON keys FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER oauth2_authorization_codes_ttl_trigger AFTER INSERT ON oauth2_authorization_codes FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER oauth2_credentials_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON oauth2_credentials FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER oauth2_tokens_ttl_trigger AFTER INSERT ON oauth2_tokens FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER plugins_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON plugins FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER ratelimiting_metrics_ttl_trigger AFTER INSERT ON ratelimiting_metrics FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER routes_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON routes FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER services_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON services FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER sessions_ttl_trigger AFTER INSERT ON sessions FOR EACH STATEMENT EXECUTE FUNCTION batch_delete_expired_rows('ttl');
CREATE TRIGGER sm_vaults_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON sm_vaults FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER snis_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON snis FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER targets_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON targets FOR EACH ROW EXECUTE FUNCTION sync_tags();
CREATE TRIGGER upstreams_sync_tags_trigger AFTER INSERT OR DELETE OR UPDATE OF tags ON upstreams FOR EACH ROW EXECUTE FUNCTION sync_tags();

-- What Kong records of its migrations.
INSERT INTO schema_meta VALUES ('schema_meta', 'acl', '004_212_to_213', '{000_base_acl,002_130_to_140,003_200_to_210,004_212_to_213}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'acme', '003_350_to_360', '{000_base_acme,001_280_to_300,002_320_to_330,003_350_to_360}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'ai-proxy', '001_360_to_370', '{001_360_to_370}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'basic-auth', '003_200_to_210', '{000_base_basic_auth,002_130_to_140,003_200_to_210}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'bot-detection', '001_200_to_210', '{001_200_to_210}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'core', '024_380_to_390', '{000_base,003_100_to_110,004_110_to_120,005_120_to_130,006_130_to_140,007_140_to_150,008_150_to_200,009_200_to_210,010_210_to_211,011_212_to_213,012_213_to_220,013_220_to_230,014_230_to_270,015_270_to_280,016_280_to_300,017_300_to_310,018_310_to_320,019_320_to_330,020_330_to_340,021_340_to_350,022_350_to_360,023_360_to_370,024_380_to_390}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'hmac-auth', '003_200_to_210', '{000_base_hmac_auth,002_130_to_140,003_200_to_210}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'http-log', '001_280_to_300', '{001_280_to_300}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'ip-restriction', '001_200_to_210', '{001_200_to_210}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'jwt', '003_200_to_210', '{000_base_jwt,002_130_to_140,003_200_to_210}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'key-auth', '004_320_to_330', '{000_base_key_auth,002_130_to_140,003_200_to_210,004_320_to_330}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'oauth2', '007_320_to_330', '{000_base_oauth2,003_130_to_140,004_200_to_210,005_210_to_211,006_320_to_330,007_320_to_330}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'opentelemetry', '001_331_to_332', '{001_331_to_332}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'post-function', '001_280_to_300', '{001_280_to_300}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'pre-function', '001_280_to_300', '{001_280_to_300}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'rate-limiting', '006_350_to_360', '{000_base_rate_limiting,003_10_to_112,004_200_to_210,005_320_to_330,006_350_to_360}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'response-ratelimiting', '001_350_to_360', '{000_base_response_rate_limiting,001_350_to_360}', '{}');
INSERT INTO schema_meta VALUES ('schema_meta', 'session', '002_320_to_330', '{000_base_session,001_add_ttl_index,002_320_to_330}', NULL);
