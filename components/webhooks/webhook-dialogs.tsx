'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Checkboxes, Input } from '@/components/ui/field';
import { Reveal } from '@/components/ui/reveal';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { create, disable, retry, test } from './actions';

export function AddEndpoint({ events }: { events: readonly { value: string; label: string }[] }) {
  const [made, setMade] = useState<{ url: string; secret: string } | null>(null);
  return (
    <Dialog
      trigger="Add endpoint"
      variant="primary"
      title={made === null ? 'Add a webhook endpoint' : 'Endpoint added'}
      onClose={() => setMade(null)}
      {...(made === null
        ? {
            description:
              'Messages follow the Standard Webhooks convention, signed so that you can check they are ours.',
          }
        : {})}
    >
      {(close) =>
        made === null ? (
          <ActionForm
            action={create}
            onDone={(state) => setMade({ url: state.message, secret: state.reveal ?? '' })}
          >
            <Input
              name="url"
              type="url"
              label="URL"
              placeholder="https://pager.example.com/countersign"
              required
              autoComplete="off"
              maxLength={2000}
            />
            <Checkboxes
              name="events"
              legend="Events"
              hint="None chosen: all of them, later ones too."
              options={events}
            />
            <DialogActions onCancel={close} confirm="Add endpoint" />
          </ActionForm>
        ) : (
          <Reveal title="The signing secret of this endpoint" value={made.secret} what="secret">
            <p className="text-sm text-ink-2">
              Verify each message with it: the header <span className="code">webhook-signature</span> is made
              with this secret over id, timestamp and body. Messages go to{' '}
              <span className="code break-all">{made.url}</span>.
            </p>
            <div className="flex justify-end">
              <Button variant="primary" onClick={close}>
                Done, I have it
              </Button>
            </div>
          </Reveal>
        )
      }
    </Dialog>
  );
}

export function TestEndpoint({ id, url }: { id: string; url: string }) {
  return (
    <ActionForm action={test} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default" size="small">
        Send test<span className="sr-only"> to {url}</span>
      </SubmitButton>
    </ActionForm>
  );
}

export function DisableEndpoint({ id, url, waiting }: { id: string; url: string; waiting: number }) {
  return (
    <Dialog
      trigger={
        <>
          Disable<span className="sr-only"> {url}</span>
        </>
      }
      variant="danger"
      size="small"
      title="Disable this endpoint"
      description={
        <>
          Nothing is sent to <span className="code break-all">{url}</span> any more
          {waiting === 0 ? '' : `, and ${waiting} waiting deliveries are given up`}. It cannot be enabled
          again: a new endpoint has a new secret.
        </>
      }
    >
      {(close) => (
        <ActionForm
          action={disable}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="id" value={id} />
          <DialogActions onCancel={close} confirm="Disable endpoint" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function Redeliver({ id }: { id: string }) {
  return (
    <ActionForm action={retry} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default" size="small">
        Try again
      </SubmitButton>
    </ActionForm>
  );
}
