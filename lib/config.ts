import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65535);

const schema = z.object({
  /** PostgreSQL 15 or newer. `npm start` sets it to the embedded server's when it is absent. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Signs sessions and seals stored secrets; `npm start` keeps one in the data folder. */
  COUNTERSIGN_SECRET: z.string().min(32),
  COUNTERSIGN_PORT: port.default(3000),
  COUNTERSIGN_RUNTIME_PORT: port.default(4318),
  COUNTERSIGN_HOST: z.string().default('127.0.0.1'),
  /** Where people reach the dashboard; links in webhooks start with it. */
  COUNTERSIGN_URL: z.url().optional(),
  /** `npm start` sets it only with the embedded database. */
  COUNTERSIGN_DEMO: z.enum(['on', 'off']).default('off'),
  /** Lets webhooks reach private addresses (tests, closed networks). Off: such URLs are refused. */
  COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS: z.enum(['on', 'off']).default('off'),
});

export interface Config {
  databaseUrl: string;
  secret: string;
  dashboardPort: number;
  runtimePort: number;
  host: string;
  dashboardUrl: string;
  demo: boolean;
  allowPrivateWebhooks: boolean;
}

let parsed: Config | undefined;

/** The environment, parsed once. Throws naming each variable that is wrong and what it takes. */
export function config(): Config {
  if (parsed !== undefined) return parsed;
  const result = schema.safeParse(process.env);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not usable:\n${faults.join('\n')}`);
  }
  const env = result.data;
  parsed = {
    databaseUrl: env.DATABASE_URL,
    secret: env.COUNTERSIGN_SECRET,
    dashboardPort: env.COUNTERSIGN_PORT,
    runtimePort: env.COUNTERSIGN_RUNTIME_PORT,
    host: env.COUNTERSIGN_HOST,
    dashboardUrl: env.COUNTERSIGN_URL ?? `http://localhost:${env.COUNTERSIGN_PORT}`,
    demo: env.COUNTERSIGN_DEMO === 'on',
    allowPrivateWebhooks: env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS === 'on',
  };
  return parsed;
}
