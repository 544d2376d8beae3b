'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Checkboxes, Input, Select } from '@/components/ui/field';
import { Reveal } from '@/components/ui/reveal';
import { toast } from '@/components/ui/toast';
import { addPagerDuty, addSlack, create } from './actions';

export function AddWebhook({ events }: { events: readonly { value: string; label: string }[] }) {
  const [made, setMade] = useState<{ url: string; secret: string } | null>(null);
  return (
    <Dialog
      trigger="Add webhook"
      variant="primary"
      title={made === null ? 'Add a webhook' : 'Webhook added'}
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
            <Input
              name="name"
              label="Name"
              hint="What people call it. A contract names it where it asks for its code to be rolled back."
              autoComplete="off"
              maxLength={80}
            />
            <Checkboxes
              name="events"
              legend="Events"
              hint="None chosen: all of them, later ones too."
              options={events}
            />
            <DialogActions onCancel={close} confirm="Add webhook" />
          </ActionForm>
        ) : (
          <Reveal title="The signing secret of this webhook" value={made.secret} what="secret" onDone={close}>
            <p className="text-sm text-ink-2">
              Verify each message with it: the header <span className="code">webhook-signature</span> is made
              with this secret over id, timestamp and body. Messages go to{' '}
              <span className="code break-all">{made.url}</span>.
            </p>
          </Reveal>
        )
      }
    </Dialog>
  );
}

export function AddSlack() {
  return (
    <Dialog
      trigger="Add Slack"
      title="Page a Slack channel"
      description="Make an incoming webhook in Slack for the channel, and paste its address. It is kept sealed and never shown again."
    >
      {(close) => (
        <ActionForm
          action={addSlack}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <Input
            name="name"
            label="Name"
            placeholder="#claims-on-call"
            required
            autoComplete="off"
            maxLength={80}
          />
          <Input
            name="url"
            type="url"
            label="Address of the incoming webhook"
            placeholder="https://hooks.slack.com/services/…"
            required
            autoComplete="off"
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm="Add Slack channel" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function AddPagerDuty() {
  const [region, setRegion] = useState('us');
  return (
    <Dialog
      trigger="Add PagerDuty"
      title="Page a PagerDuty service"
      description="Add an Events API v2 integration to the service, and paste its key. It is kept sealed and never shown again."
      onClose={() => setRegion('us')}
    >
      {(close) => (
        <ActionForm
          action={addPagerDuty}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <Input
            name="name"
            label="Name"
            placeholder="Claims operations"
            required
            autoComplete="off"
            maxLength={80}
          />
          <Input
            name="key"
            label="Integration key"
            hint="32 letters and digits."
            required
            autoComplete="off"
            maxLength={40}
            className="code"
          />
          <Select
            name="region"
            label="Region of the account"
            value={region}
            onChange={(event) => setRegion(event.currentTarget.value)}
          >
            <option value="us">United States: events.pagerduty.com</option>
            <option value="eu">Europe: events.eu.pagerduty.com</option>
            <option value="other">Another address</option>
          </Select>
          {region === 'other' ? (
            <Input name="url" type="url" label="Address" required autoComplete="off" maxLength={2000} />
          ) : null}
          <DialogActions onCancel={close} confirm="Add PagerDuty service" />
        </ActionForm>
      )}
    </Dialog>
  );
}
