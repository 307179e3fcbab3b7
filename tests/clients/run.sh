#!/bin/sh
# Run the clients' suite.  It and its programs want Node.js 20 or later; where
# the system's is older (Debian 12 has 18), npm lends one.
set -eu

if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then
	exec node tests/clients/run.mjs
fi
exec npm exec --yes --package=node@22 -- node tests/clients/run.mjs
