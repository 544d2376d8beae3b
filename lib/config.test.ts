import { describe, expect, it } from 'vitest';
import { startConfig } from './config';

describe('the environment of npm start', () => {
  it('needs nothing: embedded database, demo, ports 3000 and 4318', () => {
    expect(startConfig({})).toEqual({
      databaseUrl: undefined,
      secret: undefined,
      dashboardPort: 3000,
      runtimePort: 4318,
      host: '127.0.0.1',
      dashboardUrl: 'http://localhost:3000',
      demo: true,
      dataFolder: undefined,
    });
  });

  it('counts a variable set to nothing as unset', () => {
    expect(startConfig({ DATABASE_URL: '', COUNTERSIGN_PORT: '' }).dashboardPort).toBe(3000);
  });

  it('has no demo with a database of your own, and refuses to be told otherwise', () => {
    const DATABASE_URL = 'postgresql://me@db.example/countersign';
    expect(startConfig({ DATABASE_URL }).demo).toBe(false);
    expect(() => startConfig({ DATABASE_URL, COUNTERSIGN_DEMO: 'on' })).toThrow(/embedded database only/);
  });

  it.each([
    [{ COUNTERSIGN_PORT: 'abc' }, 'COUNTERSIGN_PORT: expected a port number, got "abc"'],
    [{ COUNTERSIGN_PORT: '70000' }, 'COUNTERSIGN_PORT: expected a port number from 1 to 65535, got "70000"'],
    [{ COUNTERSIGN_DEMO: 'yes' }, 'COUNTERSIGN_DEMO: expected "on" or "off", got "yes"'],
    [{ COUNTERSIGN_URL: 'countersign' }, 'COUNTERSIGN_URL: expected an address such as'],
    [
      { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1, proxy.example' },
      'COUNTERSIGN_TRUSTED_PROXIES: expected IP addresses or ranges',
    ],
    [{ COUNTERSIGN_TRUSTED_PROXIES: '10.0.0.0/33' }, 'COUNTERSIGN_TRUSTED_PROXIES: expected'],
    [{ COUNTERSIGN_PORT: '4318' }, 'expected two different ports'],
    [
      { COUNTERSIGN_OIDC_ISSUER: 'https://login.example.com', COUNTERSIGN_OIDC_CLIENT_ID: 'countersign' },
      'COUNTERSIGN_OIDC_CLIENT_SECRET: is missing: sign-in by OpenID Connect needs',
    ],
    [
      {
        COUNTERSIGN_OIDC_ISSUER: 'http://login.example.com',
        COUNTERSIGN_OIDC_CLIENT_ID: 'countersign',
        COUNTERSIGN_OIDC_CLIENT_SECRET: 'secret',
      },
      'COUNTERSIGN_OIDC_ISSUER: expected https',
    ],
  ])('names the variable that is wrong and what it takes: %o', (environment, message) => {
    expect(() => startConfig(environment)).toThrow(message);
  });

  it('never repeats a secret in an error', () => {
    expect(() => startConfig({ COUNTERSIGN_SECRET: 'hunter2' })).toThrow(/^(?!.*hunter2)/s);
    expect(() => startConfig({ DATABASE_URL: 'mysql://me:hunter2@db' })).toThrow(/^(?!.*hunter2)/s);
    expect(() => startConfig({ COUNTERSIGN_SMTP_URL: 'http://me:hunter2@mail' })).toThrow(/^(?!.*hunter2)/s);
    expect(() => startConfig({ COUNTERSIGN_OIDC_CLIENT_SECRET: 'hunter2' })).toThrow(/^(?!.*hunter2)/s);
  });
});
