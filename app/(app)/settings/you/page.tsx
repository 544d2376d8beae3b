import type { Metadata } from 'next';
import { Appearance, ChangePassword, MailSetting } from '@/components/people/you';
import { SettingsPage } from '@/components/settings/settings-page';
import { roleTitles } from '@/components/shell/who';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { requireSession } from '@/lib/auth/session';
import { getMail } from '@/lib/services/people/set-mail';

export const metadata: Metadata = { title: 'You' };

export default async function YouPage() {
  const { actor, person, workspace } = await requireSession();
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
          {workspace.isDemo ? null : (
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
