import type { Metadata } from 'next';
import { SwitchBanner } from '@/components/kill-switches/switch-banner';
import { WorkspaceSwitches } from '@/components/kill-switches/workspace-switches';
import { SettingsPage } from '@/components/settings/settings-page';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { AnotherWorkspace } from '@/components/workspace/another-workspace';
import { WorkspaceForm } from '@/components/workspace/workspace-form';
import { can } from '@/lib/auth/can';
import { requireSession } from '@/lib/auth/session';
import { config } from '@/lib/config';
import { businessUnits, listSwitches, switchControl } from '@/lib/services/kill-switches/list-switches';

export const metadata: Metadata = { title: 'Settings' };

export default async function WorkspaceSettingsPage() {
  const { actor, workspace } = await requireSession();
  const [switches, control, units] = await Promise.all([
    listSwitches(actor),
    switchControl(actor, { scope: 'workspace', target: '' }),
    businessUnits(actor),
  ]);
  const { runtimeUrl, dashboardUrl } = config();
  const mayManage = can(actor, 'workspace.manage', { workspaceId: workspace.id });
  const known = Intl.supportedValuesOf('timeZone');
  return (
    <SettingsPage place="workspace" title="Workspace">
      <SwitchBanner switches={switches} />
      <Columns>
        <Stack>
          <Sheet title="Name and clock">
            <SheetBody>
              <WorkspaceForm
                name={workspace.name}
                timeZone={workspace.timeZone}
                zones={[...new Set(['UTC', workspace.timeZone, ...known])]}
                mayEdit={mayManage}
              />
            </SheetBody>
          </Sheet>
        </Stack>
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
          <WorkspaceSwitches workspace={workspace.name} control={control} units={units} />
          {mayManage && !workspace.isDemo ? (
            <Sheet title="Other workspaces">
              <SheetBody className="grid justify-items-start gap-3">
                <p className="text-ink-2">
                  For what must be kept apart, such as another company of your group. People may belong to
                  several.
                </p>
                <AnotherWorkspace />
              </SheetBody>
            </Sheet>
          ) : null}
        </Stack>
      </Columns>
    </SettingsPage>
  );
}
