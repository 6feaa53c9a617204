// SPDX-License-Identifier: Apache-2.0
// A certified OpenID provider for the tests: node oidc.mjs MODULES PORT. Its first line is its address.
// One public client for the device grant, one confidential for its own name; refresh tokens rotate.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port] = process.argv.slice(2);
const require = createRequire(modules + '/');
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'motcua-device',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
    },
    {
      client_id: 'motcua-service',
      client_secret: 'demo client secret: 100%',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
  ],
  features: {
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      // The service asks for the interface beside it; the person's token is for the provider itself.
      defaultResource: (ctx) => (ctx.oidc.params.grant_type === 'client_credentials' ? `${issuer}/api` : undefined),
      useGrantedResource: () => false,
      getResourceServerInfo: () => ({ scope: 'read', audience: `${issuer}/api`, accessTokenTTL: 600, accessTokenFormat: 'opaque' }),
    },
  },
  scopes: ['openid', 'offline_access', 'profile', 'email', 'read'],
  conformIdTokenClaims: false,
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: 4, ClientCredentials: 4, DeviceCode: 60, RefreshToken: 3600 },
  cookies: { keys: ['motcua'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: `Cán bộ ${id}`, email: `${id}@example.vn` }),
  }),
});

// A protected resource beside it: it lists three records to whoever brings a living token, and says who that is.
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/api')) return next();
  const value = (ctx.get('authorization').match(/^Bearer (.+)$/) || [])[1];
  const token = value && ((await provider.AccessToken.find(value)) || (await provider.ClientCredentials.find(value)));
  if (!token || token.isExpired) {
    ctx.status = 401;
    ctx.body = { error: 'invalid_token' };
    return undefined;
  }
  const who = token.accountId || token.clientId;
  ctx.body = ctx.path === '/api/me'
    ? { who }
    : { items: [1, 2, 3].map((n) => ({ id: `R-00${n}`, title: `Việc số ${n} của ${who}`, status: 'open' })) };
  return undefined;
});

provider.listen(Number(port), '127.0.0.1', () => console.log(issuer));
