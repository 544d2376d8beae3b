'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { toast } from '@/components/ui/toast';

/** Becomes another of the demo's people on the same page. */
export function useActAs(): { actAs: (personId: string) => Promise<void>; pending: string | null } {
  const router = useRouter();
  const queries = useQueryClient();
  const [pending, setPending] = useState<string | null>(null);
  return {
    pending,
    async actAs(personId) {
      setPending(personId);
      try {
        const result = await signIn('demo', { personId, redirect: false });
        if (result?.ok !== true) {
          toast('That person could not be switched to. Reload the page and try again.');
          return;
        }
        // Nothing read with the former person's rights may stay.
        router.refresh();
        await queries.invalidateQueries();
      } finally {
        setPending(null);
      }
    },
  };
}
