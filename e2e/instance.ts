/** The product as anybody starts it, with ports and data of its own; beside a running instance if there is one. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@/lib/db/embedded';
import { startOidcServer } from '@/lib/services/signing/testing/oidc-server';

/** Journeys have a build of their own, so that it does not replace the one that a running instance serves. */
export const BUILD_FOLDER = process.env.COUNTERSIGN_BUILD_FOLDER ?? '.next-test';
export const START_MS = 300_000;

export interface Instance {
  dashboardUrl: string;
  runtimeUrl: string;
  /** Ends it and removes its data. */
  stop: () => Promise<void>;
}

/** Started with a demo that is filled. Throws with what the product said when that does not come to be. */
export async function startInstance(): Promise<Instance> {
  const [dashboard, runtime] = [await freePort(), await freePort()];
  const dashboardUrl = `http://localhost:${dashboard}`;
  // The company's sign-in service, where one logs in by typing an account's name.
  const signInService = await startOidcServer({
    port: await freePort(),
    redirectUris: [`${dashboardUrl}/api/auth/callback/oidc`, `${dashboardUrl}/api/signing/login`],
    accounts: {
      ana: { email: 'ana@northwind.example', email_verified: true },
      stranger: { email: 'stranger@elsewhere.example', email_verified: true },
    },
  });
  const data = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  const { DATABASE_URL: _, COUNTERSIGN_SECRET: __, COUNTERSIGN_URL: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: {
      ...inherited,
      COUNTERSIGN_BUILD_FOLDER: BUILD_FOLDER,
      COUNTERSIGN_PORT: String(dashboard),
      COUNTERSIGN_RUNTIME_PORT: String(runtime),
      COUNTERSIGN_HOST: '127.0.0.1',
      COUNTERSIGN_DATA: data,
      COUNTERSIGN_DEMO: 'on',
      // Journeys receive webhooks on this machine.
      COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS: 'on',
      COUNTERSIGN_OIDC_ISSUER: signInService.client.issuer,
      COUNTERSIGN_OIDC_CLIENT_ID: signInService.client.clientId,
      COUNTERSIGN_OIDC_CLIENT_SECRET: signInService.client.clientSecret,
      COUNTERSIGN_OIDC_NAME: signInService.client.name,
      NODE_ENV: 'production',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const filled = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line.includes('The demo workspace is filled')) done();
      });
  });
  const outcome = await Promise.race([
    filled.then(() => 'filled'),
    ended.then((code) => `ended with ${code}`),
    new Promise<string>((done) => setTimeout(done, START_MS, 'took too long').unref()),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await signInService.close();
    await rm(data, { recursive: true, force: true });
  };
  if (outcome !== 'filled') {
    await stop();
    throw new Error(`npm start ${outcome}:\n${said.join('\n')}`);
  }
  return { dashboardUrl, runtimeUrl: `http://localhost:${runtime}`, stop };
}
