'use client';

import { ActionForm } from '@/components/ui/action-form';
import { useClock } from '@/components/ui/clock';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { toast } from '@/components/ui/toast';
import { formatDate } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { DelegationDto, DelegationList } from '@/lib/services/delegations/list-delegations';
import { revokeAction } from './actions';
import { GrantDelegation } from './grant-delegation';

/** Who signs in whose place: what the reader gave, what was given to them, and for who may, everybody's. */
export function Delegations({
  list,
  me,
  agents,
}: {
  list: DelegationList;
  me: string;
  agents: readonly { name: string; displayName: string }[];
}) {
  const groups = [
    { title: 'They may sign for you', rows: list.mine, who: (each: DelegationDto) => each.to.name },
    { title: 'You may sign for', rows: list.toMe, who: (each: DelegationDto) => each.from.name },
    {
      title: 'Others',
      rows: list.others,
      who: (each: DelegationDto) => `${each.to.name} for ${each.from.name}`,
    },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <Sheet
      title="Signing for each other"
      {...(list.mayGrant ? { actions: <GrantDelegation list={list} me={me} agents={agents} /> } : {})}
    >
      {groups.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          {list.mayGrant
            ? 'While you are away somebody else can sign gates in your role. Their signature says that it was given for you.'
            : 'Nobody signs for you, and you sign for nobody. Gates do not ask for your role.'}
        </SheetBody>
      ) : (
        groups.map(({ title, rows, who }) => (
          <section key={title} aria-label={title} className="border-b border-line last:border-b-0">
            <h3 className="px-3.5 pt-2.5 text-xs font-medium text-ink-2">{title}</h3>
            <ul className="text-sm">
              {rows.map((each) => (
                <Row key={each.id} delegation={each} who={who(each)} />
              ))}
            </ul>
          </section>
        ))
      )}
    </Sheet>
  );
}

function Row({ delegation, who }: { delegation: DelegationDto; who: string }) {
  const { zone } = useClock();
  const { role, agent, reason, endsAt, revokedAt, active, mayRevoke } = delegation;
  return (
    <li className="flex items-start justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className={active ? 'font-medium' : 'text-ink-2'}>{who}</span>{' '}
        <span className="text-ink-2">
          as {ROLE_IN_WORDS[role]}, {agent === null ? 'for all agents' : `for ${agent.displayName}`}
        </span>
        <span className="block text-ink-2">{reason}</span>
      </span>
      <span className="grid flex-none justify-items-end gap-1 text-right text-ink-2">
        {revokedAt !== null ? (
          <>
            <Tag>taken back</Tag>
            <ExactTime at={revokedAt} precision="minute" />
          </>
        ) : (
          <span>
            {active ? 'until' : 'ended'} {formatDate(endsAt, zone)}
          </span>
        )}
        {mayRevoke ? <Revoke delegation={delegation} /> : null}
      </span>
    </li>
  );
}

function Revoke({ delegation }: { delegation: DelegationDto }) {
  const { from, to, role } = delegation;
  return (
    <Dialog
      trigger="Take back"
      size="small"
      title={`${to.name} signs no longer for ${from.name}?`}
      description={`From now on ${to.name} cannot sign as ${ROLE_IN_WORDS[role]} for ${from.name}. What they signed stays.`}
    >
      {(close) => (
        <ActionForm
          action={revokeAction}
          onDone={({ message }) => {
            close();
            toast(message);
          }}
        >
          <input type="hidden" name="id" value={delegation.id} />
          <DialogActions onCancel={close} confirm="Take back" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}
