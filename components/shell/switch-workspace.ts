'use client';

import { getCsrfToken } from 'next-auth/react';
import { toast } from '@/components/ui/toast';

/** Goes on in another workspace the person belongs to; the page that was open exists only in the one before. */
export async function switchWorkspace(workspaceId: string): Promise<void> {
  const csrfToken = await getCsrfToken();
  const response = await fetch('/api/auth/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ csrfToken, data: { workspaceId } }),
  }).catch(() => null);
  if (response?.ok !== true) {
    toast('The workspace could not be switched. Reload the page and try again.');
    return;
  }
  // A full load: nothing of the workspace before may stay in memory.
  window.location.assign('/');
}
