/** The file that `gibbon config init` writes: every part of the format once, in comments. */
export const exampleConfig = `# A declarative configuration: services, routes, plugins and all the rest in one file.
#
# Check it:                  gibbon config parse kong.yml
# Write it into the store:   gibbon config db_import kong.yml
# Run on it, without store:  KONG_DATABASE=off KONG_DECLARATIVE_CONFIG=kong.yml gibbon start

# The version of the format; this key must be there. Files of 1.1 and 2.1 are read too.
_format_version: "3.0"

# Whether secrets are still in clear, as people write them, so that they are hashed on the way in. Exports say false.
_transform: true

# Notes for people. Both are allowed in every entity as well.
_comment: An example to start from
_ignore:
- whatever stands in this list has no meaning

# Every entity has a list under its plural name. What belongs to another may be nested in it:

# services:
# - name: example-service
#   url: http://example.com
#   tags:
#   - example
#   routes:
#   - name: example-route
#     paths:
#     - /example
#   plugins:
#   - name: key-auth

# or stand on its own and name the other, by name or id:

# routes:
# - name: another-route
#   service: example-service
#   hosts:
#   - example.org

# Entities of plugins are listed in the same way:

# consumers:
# - username: example-user
#   keyauth_credentials:
#   - key: a-secret-key

# What belongs to several others at once cannot be nested:

# plugins:
# - name: rate-limiting
#   consumer: example-user
#   service: example-service
#   config:
#     minute: 20
#     policy: local
`;
