import type { Metadata } from 'next';
import { Delegations } from '@/components/delegations/delegations';
import { Passkeys } from '@/components/passkeys/passkeys';
import { Appearance, ChangePassword, MailSetting } from '@/components/people/you';
import { SettingsPage } from '@/components/settings/settings-page';
import { roleTitles } from '@/components/shell/who';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { requireSession } from '@/lib/auth/session';
import { listAgentNames } from '@/lib/services/agents/list-agent-names';
import { listDelegations } from '@/lib/services/delegations/list-delegations';
import { listPasskeys } from '@/lib/services/passkeys/list-passkeys';
import { getMail } from '@/lib/services/people/set-mail';
import { proofMethods } from '@/lib/services/signing/prove';

export const metadata: Metadata = { title: 'You' };

export default async function YouPage() {
  const { actor, claim, person, workspace } = await requireSession();
  const [{ passkeys, possible }, methods, delegations, agents] = await Promise.all([
    listPasskeys(actor),
    proofMethods(actor),
    listDelegations(actor),
    listAgentNames(actor),
  ]);
  const mail = await getMail(actor);
  return (
    <SettingsPage place="you" title="You">
      <Columns>
        <Stack>
          <Sheet title="Who you are here">
            <FactRows
              rows={[
                { name: 'Name', value: actor.name },
                { name: 'E-mail', value: person.email },
                { name: 'Roles', value: roleTitles(actor.roles) },
                ...(person.jobTitle === null ? [] : [{ name: 'Job title', value: person.jobTitle }]),
              ]}
            />
          </Sheet>
          <Passkeys
            passkeys={passkeys}
            possible={possible}
            methods={methods}
            signedInWith={claim.via === 'passkey' ? claim.proof : null}
          />
          <Delegations list={delegations} me={actor.personId} agents={agents} />
          {workspace.isDemo || !methods.password ? null : (
            <Sheet title="Password">
              <SheetBody>
                <ChangePassword />
              </SheetBody>
            </Sheet>
          )}
        </Stack>
        <Stack>
          <Sheet title="Appearance">
            <SheetBody>
              <Appearance />
            </SheetBody>
          </Sheet>
          {workspace.isDemo ? null : (
            <Sheet title="Mail">
              <SheetBody>
                <MailSetting {...mail} email={person.email} />
              </SheetBody>
            </Sheet>
          )}
        </Stack>
      </Columns>
    </SettingsPage>
  );
}
