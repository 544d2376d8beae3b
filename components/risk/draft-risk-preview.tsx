'use client';

import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { useDraft } from '@/components/editor/editor-context';
import { fetchJson } from '@/components/shell/fetch-json';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { isGroup } from '@/lib/contract/edit-value';
import { plural } from '@/lib/format';
import { previewProfile } from '@/lib/scoring/risk-facts';
import type { RiskTrial } from '@/lib/services/risk/get-risk';
import { PreviewResult } from './preview-result';

/** In the editor's risk section: which recent runs of the agent the profile as it is being written would put elsewhere. */
export function DraftRiskPreview() {
  const agent = useDraft(({ document }) => {
    const { identity } = document;
    return isGroup(identity) && typeof identity.agent === 'string' ? identity.agent : '';
  });
  const written = useDraft(({ reading }) => reading.risk);
  const { data, error } = useQuery({
    queryKey: ['risk-trial', agent],
    queryFn: ({ signal }) => fetchJson<RiskTrial>(`/api/agents/${encodeURIComponent(agent)}/risk`, signal),
    enabled: agent !== '',
    staleTime: 60_000,
    retry: false,
  });
  const profile = useDeferredValue(written);
  const preview = useMemo(
    () =>
      data === undefined || data.profile === null || profile === null
        ? null
        : previewProfile(data.profile, profile, data.facts),
    [data, profile],
  );
  // An agent that never ran has nothing to try a profile on.
  if (agent === '' || error !== null || data === undefined || data.facts.runs.length === 0) return null;
  return (
    <div className="mt-6">
      <Sheet title="On its recent runs" label={plural(data.facts.runs.length, 'run')}>
        <SheetBody>
          {preview === null ? (
            <p className="text-sm text-ink-2">
              {data.profile === null
                ? 'These runs were under no contract, so there is nothing to compare with.'
                : 'Shown once nothing is missing or wrong in this contract.'}
            </p>
          ) : (
            <PreviewResult preview={preview} />
          )}
        </SheetBody>
      </Sheet>
    </div>
  );
}
