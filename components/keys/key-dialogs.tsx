'use client';

import { useRef, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { Checkboxes, Input, Select } from '@/components/ui/field';
import { Reveal, Snippet } from '@/components/ui/reveal';
import { KEY_SCOPES, type KeyScope } from '@/lib/auth/actor';
import { create, revoke } from './actions';
import { examplesFor } from './examples';
import { SCOPE_OPTIONS } from './scope-options';

/** Name, scopes, agent; then the key itself, this once, with lines to paste. */
export function CreateKey({
  agents,
  runtimeUrl,
  initial = {},
  trigger = 'Create key',
}: {
  agents: readonly { id: string; displayName: string }[];
  runtimeUrl: string;
  initial?: { name?: string; scopes?: readonly KeyScope[] };
  trigger?: string;
}) {
  const [made, setMade] = useState<{ name: string; key: string; scopes: KeyScope[] } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  return (
    <Dialog
      trigger={trigger}
      variant="primary"
      title={made === null ? 'Create an API key' : `Key “${made.name}”`}
      onClose={() => setMade(null)}
    >
      {(close) =>
        made === null ? (
          <div ref={box}>
            <ActionForm
              action={create}
              onDone={(state) => {
                const chosen = [
                  ...(box.current?.querySelectorAll<HTMLInputElement>('input[name="scopes"]:checked') ?? []),
                ].map((each) => each.value);
                setMade({
                  name: state.message,
                  key: state.reveal ?? '',
                  scopes: KEY_SCOPES.filter((scope) => chosen.includes(scope)),
                });
              }}
            >
              <Input
                name="name"
                label="Name"
                hint="What will use it, e.g. “claims agent, production”."
                required
                autoComplete="off"
                maxLength={120}
                defaultValue={initial.name ?? ''}
              />
              <Checkboxes
                name="scopes"
                legend="Scopes"
                options={SCOPE_OPTIONS}
                chosen={initial.scopes ?? ['ingest', 'decide']}
              />
              <Select
                name="agentId"
                label="Agent"
                hint="Bound to one agent, everything the key sends counts as that agent’s."
              >
                <option value="">Any: by what the spans name</option>
                {agents.map((agent) => (
                  <option key={agent.id} value={agent.id}>
                    {agent.displayName}
                  </option>
                ))}
              </Select>
              <DialogActions onCancel={close} confirm="Create key" />
            </ActionForm>
          </div>
        ) : (
          <Reveal title="Copy the key now" value={made.key} what="key" onDone={close}>
            {examplesFor(made.key, made.scopes, runtimeUrl).map((example) => (
              <Snippet key={example.title} title={example.title} text={example.text} />
            ))}
          </Reveal>
        )
      }
    </Dialog>
  );
}

export function RevokeKey({ id, name }: { id: string; name: string }) {
  return (
    <ReasonDialog
      trigger={
        <>
          Revoke<span className="sr-only"> {name}</span>
        </>
      }
      size="small"
      title={`Revoke “${name}”`}
      consequence="Whatever uses this key is refused from now on: its spans are not taken and its calls not decided. This cannot be undone; make a new key before if something still needs one."
      confirm="Revoke key"
      action={revoke}
      fields={<input type="hidden" name="id" value={id} />}
    />
  );
}
