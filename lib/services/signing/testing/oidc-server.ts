/** A real OpenID Connect server on this machine, for tests; anybody logs in by typing their account's name. */
import type { Server } from 'node:http';
import Provider from 'oidc-provider';
import type { OidcConfig } from '@/lib/config';

export interface TestAccount {
  email?: string;
  email_verified?: boolean;
}

export interface OidcServer {
  /** What the product is configured with. */
  client: OidcConfig;
  /** Accounts by their subject, which is what one types to log in. */
  accounts: Map<string, TestAccount>;
  close(): Promise<void>;
}

export async function startOidcServer(input: {
  port: number;
  redirectUris: readonly string[];
  accounts: Readonly<Record<string, TestAccount>>;
}): Promise<OidcServer> {
  const client: OidcConfig = {
    issuer: `http://localhost:${input.port}`,
    clientId: 'countersign',
    clientSecret: 'a-secret-of-the-client',
    name: 'Acme ID',
  };
  const accounts = new Map(Object.entries(input.accounts));
  const provider: Provider = new Provider(client.issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [...input.redirectUris],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    cookies: { keys: ['a key for tests'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, ...accounts.get(sub) }),
    }),
    // Everybody has agreed already.
    async loadExistingGrant(context) {
      const { client: asking, session, account } = context.oidc;
      if (asking === undefined || account === undefined || session === undefined) return undefined;
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: account.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const server = await new Promise<Server>((ready) => {
    const listening: Server = provider.listen(input.port, 'localhost', () => ready(listening));
  });
  return {
    client,
    accounts,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** A browser's cookies, by path as oidc-provider sets them. */
export class CookieJar {
  private readonly cookies = new Map<string, { value: string; path: string }>();

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name = '', value = ''] = pair.split('=', 2);
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, { value, path });
    }
  }

  headerFor(url: URL): string {
    return [...this.cookies]
      .filter(([, cookie]) => url.pathname.startsWith(cookie.path))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join('; ');
  }
}

/**
 * Goes through the server's pages as a browser does, logging in as `subject` where it is asked, until the server sends it
 * back to the product; answers that address.
 */
export async function logInAt(start: string, subject: string, jar = new CookieJar()): Promise<URL> {
  const { origin } = new URL(start);
  let url = new URL(start);
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 20; step += 1) {
    const response: Response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: jar.headerFor(url) },
      ...(form === null ? {} : { method: 'POST', body: form }),
    });
    jar.take(response);
    form = null;
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url);
      if (url.origin !== origin) return url;
      continue;
    }
    const page = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (action === undefined)
      throw new Error(`The server shows no form: ${response.status} ${page.slice(0, 400)}`);
    url = new URL(action, url);
    form = new URLSearchParams();
    for (const [, name = '', value = ''] of page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g))
      form.set(name, value);
    if (page.includes('name="login"')) {
      form.set('login', subject);
      form.set('password', 'any');
    }
  }
  throw new Error('The login went round in circles.');
}
