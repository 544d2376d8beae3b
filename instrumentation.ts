/** Next calls this once, before the dashboard takes its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { settleClientAddress } = await import('@/lib/auth/settle-client-address');
  const { ignoreForeignSessions } = await import('@/lib/auth/ignore-foreign-sessions');
  settleClientAddress();
  ignoreForeignSessions();
}
