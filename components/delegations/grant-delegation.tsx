'use client';

import { useState } from 'react';
import { roleTitles } from '@/components/shell/who';
import { ActionForm } from '@/components/ui/action-form';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { ROLE_TITLES, ROLES } from '@/lib/auth/roles';
import { SIGNING_ROLES } from '@/lib/lifecycle/gates';
import type { DelegationList } from '@/lib/services/delegations/list-delegations';
import { grantAction } from './actions';
import { littleAllowed } from './little-allowed';

/** Whom to let sign, in which role, for what, until when and why. */
export function GrantDelegation({
  list,
  me,
  agents,
}: {
  list: DelegationList;
  me: string;
  agents: readonly { name: string; displayName: string }[];
}) {
  const [from, setFrom] = useState(me);
  const [to, setTo] = useState('');
  const [wishedRole, setRole] = useState('');
  const [agent, setAgent] = useState('');
  const chosen = list.people.find((person) => person.id === from);
  const roles = SIGNING_ROLES.filter((role) => chosen?.roles.includes(role));
  const role = roles.find((each) => each === wishedRole) ?? roles[0];
  const both = list.people.filter((person) => person.id === to || (to !== '' && person.id === from));
  const little = role === undefined ? null : littleAllowed(both, { role, agent, agents: list.agents });
  return (
    <Dialog
      trigger="Let somebody sign"
      size="small"
      title="Let somebody sign in another’s place"
      description="It begins at once. Whoever stands in is bound by what both may not sign, and the signature names both."
      onClose={() => {
        setFrom(me);
        setTo('');
        setRole('');
        setAgent('');
      }}
    >
      {(close) => (
        <ActionForm
          action={grantAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          {list.mayGrantForOthers ? (
            <Select
              name="fromId"
              label="In place of"
              value={from}
              onChange={(event) => setFrom(event.currentTarget.value)}
            >
              {list.people.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.id === me ? `${person.name} (you)` : person.name}
                </option>
              ))}
            </Select>
          ) : null}
          <Select
            name="role"
            label="As"
            required
            value={role ?? ''}
            onChange={(event) => setRole(event.currentTarget.value)}
          >
            {roles.length === 0 ? (
              <option value="" disabled>
                They have no role that signs
              </option>
            ) : null}
            {roles.map((role) => (
              <option key={role} value={role}>
                {ROLE_TITLES[role]}
              </option>
            ))}
          </Select>
          <Select
            name="toId"
            label="Who signs"
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          >
            <option value="" disabled>
              Choose a person
            </option>
            {list.people
              .filter((person) => person.id !== from)
              .map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}, {roleTitles(ROLES.filter((role) => person.roles.includes(role)))}
                </option>
              ))}
          </Select>
          <Select
            name="agent"
            label="For"
            value={agent}
            onChange={(event) => setAgent(event.currentTarget.value)}
          >
            <option value="">All agents</option>
            {agents.map((agent) => (
              <option key={agent.name} value={agent.name}>
                {agent.displayName}
              </option>
            ))}
          </Select>
          {little === null ? null : (
            <Callout tone="medium" title="This allows less than it seems">
              {little}
            </Callout>
          )}
          <Input
            type="date"
            name="until"
            label="Last day"
            hint="At most 180 days from now. It ends with that day, or when one of you takes it back."
            required
          />
          <Textarea
            name="reason"
            label="Reason"
            hint="Both of you are told, and it is kept in the audit log."
            required
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm="Let them sign" />
        </ActionForm>
      )}
    </Dialog>
  );
}
