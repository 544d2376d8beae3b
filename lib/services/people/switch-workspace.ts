import { loadSession, type SessionClaim } from './load-session';

/**
 * The same person in another workspace they belong to: the claim for the session that goes on there, or null when
 * they don't belong to it. The demo's people stay in the demo.
 */
export async function switchWorkspace(
  claim: SessionClaim,
  workspaceId: string,
): Promise<SessionClaim | null> {
  if (claim.via === 'demo') return null;
  // Who is no longer let in where they are is not let in elsewhere by that session.
  if ((await loadSession(claim)) === null) return null;
  const wished = { ...claim, workspaceId };
  return (await loadSession(wished)) === null ? null : wished;
}
