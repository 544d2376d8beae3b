'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog } from '@/components/ui/dialog';
import { FileButton } from '@/components/ui/file-button';
import { Snippet } from '@/components/ui/reveal';
import { EVALS_TOO_LARGE, MOST_EVAL_BYTES } from '@/lib/evidence/file-kinds';
import { formatBytes } from '@/lib/format';
import type { VersionDto } from '@/lib/services/gates/dto';
import { sendFile } from './send-file';

interface Sent {
  outcome: 'passed' | 'failed';
  summary: string;
}
type State = { step: 'idle' | 'sending' } | { step: 'sent'; sent: Sent } | { step: 'refused'; why: string };

/** Takes a file of eval results and says at once how they stand. */
export function EvalsDialog({ agent, version }: { agent: string; version: VersionDto }) {
  const router = useRouter();
  const [state, setState] = useState<State>({ step: 'idle' });
  async function send(file: File) {
    // The server refuses it too; a browser that is cut off in the middle of sending does not hear why.
    if (file.size > MOST_EVAL_BYTES)
      return setState({
        step: 'refused',
        why: `${file.name} has ${formatBytes(file.size)}. ${EVALS_TOO_LARGE}`,
      });
    setState({ step: 'sending' });
    try {
      const query = new URLSearchParams({ agent, version: String(version.number) });
      setState({ step: 'sent', sent: await sendFile<Sent>(`/api/v1/evals?${query}`, file) });
      router.refresh();
    } catch (error) {
      setState({ step: 'refused', why: error instanceof Error ? error.message : String(error) });
    }
  }
  return (
    <Dialog
      trigger="Send results"
      size="small"
      title={`Eval results for v${version.label}`}
      description="promptfoo’s JSON, a JUnit report, or CSV with the columns criterion, case and passed or score. Results are bound to criteria by metric, id or clause."
      onClose={() => setState({ step: 'idle' })}
    >
      {(close) => (
        <div className="grid gap-4">
          <div className="flex items-center gap-3">
            <FileButton
              accept=".json,.xml,.csv,application/json,text/xml,text/csv"
              label="File of eval results"
              onFile={(file) => void send(file)}
            />
            <span role="status" className="text-sm text-ink-2">
              {state.step === 'sending' ? 'Reading…' : ''}
            </span>
          </div>
          {state.step === 'sent' ? (
            <Callout
              tone={state.sent.outcome === 'passed' ? 'low' : 'critical'}
              alert
              title={state.sent.outcome === 'passed' ? 'Passed' : 'Not passed'}
            >
              {state.sent.summary}
            </Callout>
          ) : null}
          {state.step === 'refused' ? (
            <Callout tone="critical" alert title="Not taken">
              {state.why}
            </Callout>
          ) : null}
          <Snippet
            title="Or from a pipeline, with a key of scope author"
            text={`npx countersign evals push results.json --agent ${agent}`}
          />
          <div className="flex justify-end">
            <Button onClick={close}>Close</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
