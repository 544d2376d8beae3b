import type { ReactNode } from 'react';
import { LiveProvider } from '@/components/shell/live';
import { PaletteProvider } from '@/components/shell/palette';
import { Rail } from '@/components/shell/rail';
import { ClockProvider } from '@/components/ui/clock';
import { Toaster } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
import { requireSession } from '@/lib/auth/session';
import { findDemoWorkspace } from '@/lib/services/workspaces/create-demo-workspace';
import { getShell } from '@/lib/services/workspaces/get-shell';
import { listOwnWorkspaces } from '@/lib/services/workspaces/list-own-workspaces';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const { actor, person, workspace } = await requireSession();
  const [shell, workspaces, demo] = await Promise.all([
    getShell(actor),
    listOwnWorkspaces(actor),
    workspace.isDemo ? findDemoWorkspace() : Promise.resolve(null),
  ]);
  return (
    <ClockProvider zone={workspace.timeZone} renderedAt={Date.now()}>
      <TooltipProvider>
        <LiveProvider>
          <PaletteProvider>
            <a
              href="#main"
              className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 text-accent-ink focus:translate-y-0 print:hidden"
            >
              Skip to the page
            </a>
            <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] md:grid-cols-[var(--rail)_minmax(0,1fr)] md:grid-rows-1 print:block">
              <Rail
                initial={shell}
                who={{
                  personId: actor.personId,
                  name: actor.name,
                  email: person.email,
                  roles: actor.roles,
                  workspace: workspace.name,
                  workspaceId: workspace.id,
                  workspaces,
                  isDemo: workspace.isDemo,
                }}
                demoPeople={demo?.people ?? []}
              />
              <main
                id="main"
                tabIndex={-1}
                className="w-full max-w-[1320px] p-4 outline-none md:px-7 md:pt-5 md:pb-12 print:max-w-none print:p-0"
              >
                {children}
              </main>
            </div>
            <Toaster />
          </PaletteProvider>
        </LiveProvider>
      </TooltipProvider>
    </ClockProvider>
  );
}
