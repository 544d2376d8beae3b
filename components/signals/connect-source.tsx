'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select } from '@/components/ui/field';
import { Reveal } from '@/components/ui/reveal';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { SOURCE_KINDS, SOURCE_NAMES } from '@/lib/scoring/signal-mapping';
import { connectSource, removeSource } from './actions';

/** Connects a system that posts signals; shows its address and secret once. */
export function ConnectSource({
  agents,
  runtimeUrl,
}: {
  agents: readonly { name: string; displayName: string }[];
  runtimeUrl: string;
}) {
  const [made, setMade] = useState<{ key: string; secret: string } | null>(null);
  return (
    <Dialog
      trigger="Connect a system"
      variant="primary"
      title={made === null ? 'Connect a system' : 'Connected'}
      onClose={() => setMade(null)}
      {...(made === null
        ? {
            description:
              'It posts JSON to an address of its own, signed. Each record is answered, and what it means is read by the kind of system.',
          }
        : {})}
    >
      {(close) =>
        made === null ? (
          <ActionForm
            action={connectSource}
            onDone={(state) => setMade({ key: state.message, secret: state.reveal ?? '' })}
          >
            <Input
              name="name"
              label="Name"
              hint="What people call it, e.g. “Service desk EU”."
              required
              autoComplete="off"
              maxLength={120}
            />
            <Select name="kind" label="Kind" defaultValue="servicenow">
              {SOURCE_KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {SOURCE_NAMES[kind]}
                </option>
              ))}
            </Select>
            <Select name="agent" label="Whose work it tells of" defaultValue="">
              <option value="">as its records say</option>
              {agents.map((agent) => (
                <option key={agent.name} value={agent.name}>
                  {agent.displayName}
                </option>
              ))}
            </Select>
            <Input
              name="secret"
              label="Its signing secret"
              hint="Zendesk makes one itself: paste it. Left empty, one is made here."
              autoComplete="off"
              maxLength={500}
            />
            <DialogActions onCancel={close} confirm="Connect" />
          </ActionForm>
        ) : (
          <Reveal title="The secret of this source" value={made.secret} what="secret" onDone={close}>
            <p className="text-sm text-ink-2">
              Let the system post to{' '}
              <span className="code break-all">{`${runtimeUrl}/v1/signals/${made.key}`}</span>, signed with
              this secret or with it as bearer token.
            </p>
          </Reveal>
        )
      }
    </Dialog>
  );
}

export function RemoveSource({ id, name }: { id: string; name: string }) {
  return (
    <Dialog
      trigger={
        <>
          Remove<span className="sr-only"> {name}</span>
        </>
      }
      size="small"
      title={`Remove ${name}?`}
      description="Nothing more is taken from it. What it has sent stays."
    >
      {(close) => (
        <ActionForm
          action={removeSource}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="id" value={id} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <SubmitButton variant="danger">Remove</SubmitButton>
          </div>
        </ActionForm>
      )}
    </Dialog>
  );
}
