import { isIP } from 'node:net';
import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a port number')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65535, 'expected a port number from 1 to 65535');
const onOff = z.enum(['on', 'off'], { error: 'expected "on" or "off"' });

const shape = {
  /** PostgreSQL 15 or newer. `npm start` sets it to the embedded server's when it is absent. */
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'expected a PostgreSQL address such as postgresql://user:password@host:5432/countersign',
  }),
  /** Signs sessions and seals stored secrets; `npm start` keeps one in the data folder. */
  COUNTERSIGN_SECRET: z.string({ error: 'is missing' }).min(32, 'expected at least 32 characters'),
  COUNTERSIGN_PORT: port.default(3000),
  COUNTERSIGN_RUNTIME_PORT: port.default(4318),
  /** The address both planes listen on. */
  COUNTERSIGN_HOST: z.string().default('127.0.0.1'),
  /** Where people reach the dashboard; links in webhooks start with it. */
  COUNTERSIGN_URL: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://countersign.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Where agents reach the runtime plane, when it is not the dashboard's host on COUNTERSIGN_RUNTIME_PORT. */
  COUNTERSIGN_RUNTIME_URL: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://otlp.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Offers the demo workspace. `npm start` sets it, and only with the embedded database. */
  COUNTERSIGN_DEMO: onOff.default('off'),
  /** Sign-in by OpenID Connect: the issuer's address as its discovery document names it. */
  COUNTERSIGN_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://login.example.com' })
    .refine(isSafeIssuer, 'expected https: sign-in over plain http is for localhost only')
    .optional(),
  COUNTERSIGN_OIDC_CLIENT_ID: z.string().optional(),
  COUNTERSIGN_OIDC_CLIENT_SECRET: z.string().optional(),
  /** What the sign-in page calls the service. */
  COUNTERSIGN_OIDC_NAME: z.string().max(60, 'expected at most 60 characters').default('single sign-on'),
  /** Reverse proxies whose `X-Forwarded-For` is believed; without any, a request comes from whoever connects. */
  COUNTERSIGN_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(/[\s,]+/).filter((each) => each !== ''))
    .refine(
      (list) => list.every(isAddressOrRange),
      'expected IP addresses or ranges, separated by commas, such as 127.0.0.1, 10.0.0.0/8',
    ),
  /** Lets webhooks reach private addresses (tests, closed networks). Off: such URLs are refused. */
  COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS: onOff.default('off'),
  /** The mail server. Without one nothing is mailed; everything is in the app. */
  COUNTERSIGN_SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      error: 'expected an address such as smtp://user:password@mail.example.com:587',
    })
    .optional(),
  /** Who mail comes from; by default countersign@ and the dashboard's host. */
  COUNTERSIGN_MAIL_FROM: z.email('expected an e-mail address such as countersign@example.com').optional(),
};
const OIDC_PARTS = [
  'COUNTERSIGN_OIDC_ISSUER',
  'COUNTERSIGN_OIDC_CLIENT_ID',
  'COUNTERSIGN_OIDC_CLIENT_SECRET',
] as const;
type Oidc = Partial<Record<(typeof OIDC_PARTS)[number], string | undefined>>;

/** Half of a sign-in service would fail only when somebody signs in. */
function wholeOidc(env: Oidc, context: z.RefinementCtx): void {
  const missing = OIDC_PARTS.filter((name) => env[name] === undefined);
  if (missing.length === 0 || missing.length === OIDC_PARTS.length) return;
  for (const name of missing)
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `is missing: sign-in by OpenID Connect needs ${OIDC_PARTS.join(', ')}`,
    });
}
const schema = z.object(shape).superRefine(wholeOidc);

/** Tokens and the client secret travel to it. */
function isSafeIssuer(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
}

/** What `npm start` reads besides; what the planes need, it may fill in. */
const startSchema = z
  .object({
    ...shape,
    DATABASE_URL: shape.DATABASE_URL.optional(),
    COUNTERSIGN_SECRET: shape.COUNTERSIGN_SECRET.optional(),
    COUNTERSIGN_DEMO: onOff.optional(),
    /** Where the embedded database, the secret and the logs are kept. */
    COUNTERSIGN_DATA: z.string().optional(),
  })
  .superRefine(wholeOidc);

type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  databaseUrl: string;
  secret: string;
  dashboardPort: number;
  runtimePort: number;
  host: string;
  dashboardUrl: string;
  runtimeUrl: string;
  demo: boolean;
  trustedProxies: readonly string[];
  allowPrivateWebhooks: boolean;
  /** Null: nothing is mailed. */
  smtp: { url: string; from: string } | null;
  /** Null: nobody signs in by OpenID Connect. */
  oidc: OidcConfig | null;
}

export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** As the sign-in page calls it. */
  name: string;
}

export interface StartConfig {
  /** Undefined: the embedded database. */
  databaseUrl: string | undefined;
  /** Undefined: kept in the data folder. */
  secret: string | undefined;
  dashboardPort: number;
  runtimePort: number;
  host: string;
  dashboardUrl: string;
  demo: boolean;
  dataFolder: string | undefined;
}

let parsed: Config | undefined;

/** The environment, parsed once. Throws naming each variable that is wrong and what it takes. */
export function config(): Config {
  if (parsed !== undefined) return parsed;
  const env = parseEnvironment(schema, process.env);
  parsed = {
    databaseUrl: env.DATABASE_URL,
    secret: env.COUNTERSIGN_SECRET,
    dashboardPort: env.COUNTERSIGN_PORT,
    runtimePort: env.COUNTERSIGN_RUNTIME_PORT,
    host: env.COUNTERSIGN_HOST,
    dashboardUrl: env.COUNTERSIGN_URL ?? `http://localhost:${env.COUNTERSIGN_PORT}`,
    runtimeUrl:
      env.COUNTERSIGN_RUNTIME_URL ??
      `http://${new URL(env.COUNTERSIGN_URL ?? 'http://localhost').hostname}:${env.COUNTERSIGN_RUNTIME_PORT}`,
    demo: env.COUNTERSIGN_DEMO === 'on',
    trustedProxies: env.COUNTERSIGN_TRUSTED_PROXIES,
    allowPrivateWebhooks: env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS === 'on',
    smtp:
      env.COUNTERSIGN_SMTP_URL === undefined
        ? null
        : {
            url: env.COUNTERSIGN_SMTP_URL,
            from:
              env.COUNTERSIGN_MAIL_FROM ??
              `countersign@${new URL(env.COUNTERSIGN_URL ?? 'http://localhost').hostname}`,
          },
    oidc: oidcOf(env),
  };
  return parsed;
}

function oidcOf(env: z.output<typeof schema>): OidcConfig | null {
  const {
    COUNTERSIGN_OIDC_ISSUER: issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: clientId,
    COUNTERSIGN_OIDC_CLIENT_SECRET: clientSecret,
  } = env;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null;
  return { issuer, clientId, clientSecret, name: env.COUNTERSIGN_OIDC_NAME };
}

/** The environment of `npm start`. The demo comes with the embedded database and with no other. */
export function startConfig(environment: Environment): StartConfig {
  const env = parseEnvironment(startSchema, environment);
  if (env.COUNTERSIGN_DEMO === 'on' && env.DATABASE_URL !== undefined)
    throw new EnvironmentError([
      'COUNTERSIGN_DEMO: the demo lets anyone at the keyboard act as its people, so it runs on the ' +
        'embedded database only. Unset DATABASE_URL or COUNTERSIGN_DEMO.',
    ]);
  if (env.COUNTERSIGN_PORT === env.COUNTERSIGN_RUNTIME_PORT)
    throw new EnvironmentError([
      'COUNTERSIGN_PORT and COUNTERSIGN_RUNTIME_PORT: expected two different ports',
    ]);
  return {
    databaseUrl: env.DATABASE_URL,
    secret: env.COUNTERSIGN_SECRET,
    dashboardPort: env.COUNTERSIGN_PORT,
    runtimePort: env.COUNTERSIGN_RUNTIME_PORT,
    host: env.COUNTERSIGN_HOST,
    dashboardUrl: env.COUNTERSIGN_URL ?? `http://localhost:${env.COUNTERSIGN_PORT}`,
    demo: env.DATABASE_URL === undefined && env.COUNTERSIGN_DEMO !== 'off',
    dataFolder: env.COUNTERSIGN_DATA,
  };
}

export class EnvironmentError extends Error {
  constructor(faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'EnvironmentError';
  }
}

/** A variable set to nothing counts as unset, as compose files and CI write it. */
function parseEnvironment<T>(wanted: z.ZodType<T>, environment: Environment): T {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = wanted.safeParse(set);
  if (result.success) return result.data;
  throw new EnvironmentError(
    result.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}${given(set, issue.path[0])}`,
    ),
  );
}

const SECRET = new Set([
  'COUNTERSIGN_SECRET',
  'DATABASE_URL',
  'COUNTERSIGN_OIDC_CLIENT_SECRET',
  'COUNTERSIGN_SMTP_URL',
]);

/** The wrong value, except where it may be a secret. */
function given(set: Environment, name: PropertyKey | undefined): string {
  if (typeof name !== 'string' || SECRET.has(name)) return '';
  const value = set[name];
  return value === undefined ? '' : `, got "${value}"`;
}
