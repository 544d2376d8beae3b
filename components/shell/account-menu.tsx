'use client';

import * as Menu from '@radix-ui/react-dropdown-menu';
import { useRouter } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { formatCount } from '@/lib/format';
import type { Shell } from '@/lib/services/workspaces/get-shell';
import { markRead } from './actions';
import type { DemoPerson } from './demo-people';
import { switchWorkspace } from './switch-workspace';
import { applyTheme, chosenTheme, isTheme, THEME_TITLES, THEMES } from './theme';
import { useActAs } from './use-act-as';
import { roleTitles, type Who } from './who';

const ITEM =
  'flex min-h-8 cursor-pointer items-center justify-between gap-4 rounded-sm px-2 py-1 outline-none data-[highlighted]:bg-sunk';
const LABEL = 'px-2 pt-2 pb-1 text-xs text-ink-2';

/** Who one acts as, and what belongs to that: notifications, theme, the demo's other people, signing out. */
export function AccountMenu({
  who,
  unread,
  demoPeople,
}: {
  who: Who;
  unread: Shell['unread'];
  demoPeople: readonly DemoPerson[];
}) {
  const router = useRouter();
  const { actAs } = useActAs();
  const [theme, setTheme] = useState<string>('system');
  const initials = who.name
    .split(/\s+/)
    .map((part) => part.charAt(0))
    .slice(0, 2)
    .join('');
  return (
    <Menu.Root modal={false} onOpenChange={(open) => open && setTheme(chosenTheme())}>
      <Menu.Trigger className="flex items-center rounded-md text-left text-sm hover:bg-sunk md:w-full md:border-t md:border-line md:rounded-t-none md:px-2 md:pt-3 md:pb-1.5 focus-visible:-outline-offset-2">
        <span className="grid size-8 place-items-center rounded-full border border-line-strong text-xs font-medium md:hidden">
          <span aria-hidden="true">{initials}</span>
          <span className="sr-only">Account of {who.name}</span>
        </span>
        <span className="hidden min-w-0 flex-1 md:block">
          <span className="block truncate">{who.name}</span>
          <span className="block text-ink-2 break-words">
            {roleTitles(who.roles)} · {who.workspace}
          </span>
        </span>
        <span className="ml-1 md:hidden">
          <Unread count={unread.length} />
        </span>
      </Menu.Trigger>
      <Menu.Content
        side="top"
        align="start"
        sideOffset={6}
        collisionPadding={8}
        className="z-50 max-h-(--radix-dropdown-menu-content-available-height) w-64 animate-fade-in overflow-y-auto rounded-lg border border-line bg-sheet p-1 shadow-float"
      >
        <Menu.Label className="px-2 py-1.5 text-sm">
          <span className="block font-medium">{who.name}</span>
          <span className="block text-ink-2 break-words">{who.email}</span>
          <span className="block text-ink-2">
            {roleTitles(who.roles)} · {who.workspace}
          </span>
        </Menu.Label>
        {unread.length === 0 ? null : (
          <>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Label className={LABEL}>Waits for you</Menu.Label>
            {unread.slice(0, 6).map((each) => (
              <Menu.Item
                key={each.id}
                className={ITEM}
                onSelect={() => {
                  void markRead([each.id]);
                  router.push(each.path);
                }}
              >
                {each.title}
              </Menu.Item>
            ))}
            <Menu.Item className={`${ITEM} text-ink-2`} onSelect={() => router.push('/inbox')}>
              Open the inbox
            </Menu.Item>
            <Menu.Item className={`${ITEM} text-ink-2`} onSelect={() => void markRead('all')}>
              Mark all as read
            </Menu.Item>
          </>
        )}
        {who.isDemo ? (
          <div className="md:hidden">
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Label className={LABEL}>Demo: act as</Menu.Label>
            {demoPeople.map((person) => (
              <Menu.Item key={person.personId} className={ITEM} onSelect={() => actAs(person.personId)}>
                {person.name}
                <span className="text-xs text-ink-3">{roleTitles(person.roles)}</span>
              </Menu.Item>
            ))}
          </div>
        ) : null}
        {who.workspaces.length < 2 ? null : (
          <>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Label className={LABEL}>Workspace</Menu.Label>
            <Menu.RadioGroup value={who.workspaceId} onValueChange={(id) => void switchWorkspace(id)}>
              {who.workspaces.map((each) => (
                <Menu.RadioItem key={each.id} value={each.id} className={ITEM}>
                  <span className="min-w-0 break-words">{each.name}</span>
                  <Menu.ItemIndicator aria-hidden="true">✓</Menu.ItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </>
        )}
        <Menu.Separator className="my-1 h-px bg-line" />
        <Menu.Label className={LABEL}>Appearance</Menu.Label>
        <Menu.RadioGroup
          value={theme}
          onValueChange={(value) => {
            if (!isTheme(value)) return;
            applyTheme(value);
            setTheme(value);
          }}
        >
          {THEMES.map((each) => (
            <Menu.RadioItem
              key={each}
              value={each}
              className={ITEM}
              onSelect={(event) => event.preventDefault()}
            >
              {THEME_TITLES[each]}
              <Menu.ItemIndicator aria-hidden="true">✓</Menu.ItemIndicator>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Separator className="my-1 h-px bg-line" />
        <Menu.Item className={ITEM} onSelect={() => router.push('/settings/you')}>
          Your settings
        </Menu.Item>
        <Menu.Item
          className={ITEM}
          onSelect={async () => {
            await signOut({ redirect: false });
            // A full load: nothing of this person may stay in memory.
            window.location.assign('/sign-in');
          }}
        >
          {who.isDemo ? 'Leave the demo' : 'Sign out'}
        </Menu.Item>
      </Menu.Content>
    </Menu.Root>
  );
}

function Unread({ count }: { count: number }) {
  return count === 0 ? null : (
    <span className="rounded-full bg-critical-soft px-1.5 text-xs font-medium text-critical">
      {formatCount(count)}
      <span className="sr-only"> unread</span>
    </span>
  );
}
