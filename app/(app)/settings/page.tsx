import type { Metadata } from 'next';
import { SettingsPage } from '@/components/settings/settings-page';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { WorkspaceForm } from '@/components/workspace/workspace-form';
import { can } from '@/lib/auth/can';
import { requireSession } from '@/lib/auth/session';
import { config } from '@/lib/config';

export const metadata: Metadata = { title: 'Settings' };

export default async function WorkspaceSettingsPage() {
  const { actor, workspace } = await requireSession();
  const { runtimeUrl, dashboardUrl } = config();
  const known = Intl.supportedValuesOf('timeZone');
  return (
    <SettingsPage place="workspace" title="Workspace">
      <Columns>
        <Sheet title="Name and clock">
          <SheetBody>
            <WorkspaceForm
              name={workspace.name}
              timeZone={workspace.timeZone}
              zones={[...new Set(['UTC', workspace.timeZone, ...known])]}
              mayEdit={can(actor, 'workspace.manage', { workspaceId: workspace.id })}
            />
          </SheetBody>
        </Sheet>
        <Stack>
          <Sheet title="This instance">
            <FactRows
              rows={[
                { name: 'Dashboard', value: <span className="code break-all">{dashboardUrl}</span> },
                { name: 'Agents send to', value: <span className="code break-all">{runtimeUrl}</span> },
                { name: 'Kind', value: workspace.isDemo ? 'Demo: invented people and data' : 'Your own' },
              ]}
            />
          </Sheet>
        </Stack>
      </Columns>
    </SettingsPage>
  );
}
