import { afterEach, expect, test, vi } from 'vitest';
import { authOptions } from './options';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a cookie that another instance made is no error to log; what else goes wrong is', () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'x'.repeat(32));
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { logger } = authOptions();
  logger?.error?.('JWT_SESSION_ERROR', new Error('decryption operation failed'));
  expect(logged).not.toHaveBeenCalled();
  logger?.error?.('OAUTH_CALLBACK_ERROR', new Error('refused'));
  expect(logged).toHaveBeenCalledOnce();
});
